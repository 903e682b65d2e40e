import type { Precision } from '@concord/deidentification';
import type {
  ConcealmentCode,
  ConveyanceCode,
  FormCode,
  LaboratoryStatus,
  SettingCode,
  SourceCredibility,
  SourceReliability,
  SubstanceCategory,
  UnitCode,
} from '@concord/codes';
import type { Queryable } from '@concord/platform/database';
import type { FilterableView } from './filter/index.js';

/** A released view as matching needs it: what filters ask for, who can open it, and no more. */
export interface MatchableView extends FilterableView {
  readonly recordId: string;
  readonly version: number;
  readonly rank: number;
  readonly precision: Precision;
  /** int4 ids of the keys that open it. */
  readonly audience: readonly number[];
}

interface ViewRow {
  record_id: string;
  version: number;
  rank: number;
  precision: Precision;
  audience: number[];
  released_at: Date;
  occurred_from: Date;
  occurred_to: Date;
  offset_minutes: number;
  state_fips: string;
  county_fips: string | null;
  setting: SettingCode | null;
  conveyance: ConveyanceCode | null;
  source_reliability: SourceReliability | null;
  source_credibility: SourceCredibility | null;
  concealment: ConcealmentCode[] | null;
  substances: SubstanceRow[] | null;
}

interface SubstanceRow {
  dea_code: string | null;
  name: string;
  category: SubstanceCategory;
  form: FormCode | null;
  laboratory_status: LaboratoryStatus | null;
  unit: UnitCode | null;
  min_milligrams: string | null;
  max_milligrams: string | null;
  min_units: string | null;
  max_units: string | null;
}

/** Every released view of the records, for the worker: it may read all and must judge each by a recipient's keyring. */
export async function findMatchableViews(db: Queryable, recordIds: readonly string[]): Promise<MatchableView[]> {
  const { rows } = await db.query<ViewRow>({
    name: 'matchable_views',
    text: `select v.record_id, v.version, v.rank, v.precision, v.audience, v.released_at, v.occurred_from, v.occurred_to, v.offset_minutes,
        v.state_fips, v.county_fips, v.setting, v.conveyance, v.source_reliability, v.source_credibility,
        (select array_agg(c.concealment) from record_view_concealment c where c.record_id = v.record_id and c.rank = v.rank) as concealment,
        (select json_agg(json_build_object('dea_code', s.dea_code, 'name', s.name, 'category', s.category, 'form', s.form,
            'laboratory_status', s.laboratory_status, 'unit', s.unit, 'min_milligrams', s.min_milligrams::text,
            'max_milligrams', s.max_milligrams::text, 'min_units', s.min_units::text, 'max_units', s.max_units::text) order by s.ordinal)
          from record_view_substance s where s.record_id = v.record_id and s.rank = v.rank) as substances
      from record_view v where v.record_id = any($1) order by v.record_id, v.rank`,
    values: [recordIds],
  });
  return rows.map(asView);
}

function asView(row: ViewRow): MatchableView {
  return {
    recordId: row.record_id,
    version: row.version,
    rank: row.rank,
    precision: row.precision,
    audience: row.audience,
    releasedAt: row.released_at,
    occurred: { from: row.occurred_from, to: row.occurred_to, offsetMinutes: row.offset_minutes },
    place: {
      stateFips: row.state_fips,
      countyFips: row.county_fips,
      h3: null,
      latitude: null,
      longitude: null,
      setting: row.setting,
      portOfEntry: null,
    },
    substances: (row.substances ?? []).map(asSubstance),
    concealment: row.concealment,
    conveyance: row.conveyance,
    source:
      row.source_reliability === null || row.source_credibility === null
        ? null
        : { reliability: row.source_reliability, credibility: row.source_credibility },
  };
}

function asSubstance(row: SubstanceRow): FilterableView['substances'][number] {
  return {
    deaCode: row.dea_code,
    name: row.name,
    category: row.category,
    form: row.form,
    laboratoryStatus: row.laboratory_status,
    quantity:
      row.unit === null
        ? null
        : {
            unit: row.unit,
            milligrams: range(row.min_milligrams, row.max_milligrams),
            units: range(row.min_units, row.max_units),
            amount: null,
            estimated: false,
          },
    purity: null,
    signature: null,
    adulterants: null,
  };
}

const range = (min: string | null, max: string | null): { min: bigint; max: bigint } | null =>
  min === null || max === null ? null : { min: BigInt(min), max: BigInt(max) };

/** The records of a bulk load's range that are stored. */
export async function findRecordIdsInRange(db: Queryable, from: string, to: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>('select id from seizure_record where sequence between $1 and $2', [
    from,
    to,
  ]);
  return rows.map((row) => row.id);
}
