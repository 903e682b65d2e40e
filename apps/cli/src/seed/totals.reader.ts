import { asActor } from '@concord/records';
import type { Pool } from 'pg';
import { drugStored } from './cbp-drugs.data.js';
import { fiscalYearOf } from './fiscal-calendar.js';
import { REFERENCE_PREFIX } from './report.model.js';
import { LOADER, syntheticAgencies } from './synthetic-agencies.js';
import { Totals } from './totals.js';

interface StoredSum {
  readonly row_key: string;
  /** The local month, as midnight UTC of its first day. */
  readonly month: Date;
  readonly dea_code: string | null;
  readonly name: string;
  readonly events: string;
  readonly milligrams: string;
}

/** Weights from the view that the owner reads, the year from the stored time: nothing is taken from a reference but the row. */
const SUMS = `
  select split_part(r.submitter_reference, '-', 3) as row_key,
         date_trunc('month', v.occurred_from at time zone 'UTC' + v.offset_minutes * interval '1 minute') at time zone 'UTC' as month,
         s.dea_code, s.name, count(*) as events,
         sum(case when s.min_milligrams = s.max_milligrams then s.min_milligrams else 0 end)::text as milligrams
  from seizure_report r
  join seizure_record q on q.report_id = r.id and q.synthetic
  join record_view v on v.record_id = q.id and v.rank = 0 and v.synthetic
  join record_view_substance s on s.record_id = v.record_id and s.rank = v.rank
  where r.agency_id = $1 and r.synthetic and r.submitter_reference like $2
  group by 1, 2, 3, 4`;

/**
 * What is stored of these rows, by fiscal year and drug, read as each agency reads its own records.
 *
 * @param db a pool as `concord_api`
 * @param rowKeys only what came from these rows: other files may have been loaded too
 */
export async function readStoredTotals(db: Pool, rowKeys: ReadonlySet<string>): Promise<Totals> {
  const totals = new Totals();
  for (const { id } of syntheticAgencies()) {
    const sums = await asActor(db, { personId: LOADER.id, agencyId: id }, async (tx) => {
      const { rows } = await tx.query<StoredSum & Record<string, unknown>>(SUMS, [id, `${REFERENCE_PREFIX}%`]);
      return rows;
    });
    for (const sum of sums) {
      if (!rowKeys.has(sum.row_key)) continue;
      const drug = drugStored(sum.dea_code, sum.name);
      if (drug === null) throw new Error(`A synthetic report holds ${sum.name}, which is no drug of CBP's table.`);
      totals.add({
        fiscalYear: fiscalYearOf(sum.month, 0),
        drug,
        events: Number(sum.events),
        milligrams: BigInt(sum.milligrams),
      });
    }
  }
  return totals;
}
