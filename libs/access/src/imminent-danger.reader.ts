import type { AgencyLevel } from '@concord/codes';
import { inSeat } from '@concord/agencies';
import type { Pool } from 'pg';
import type { DangerSeat, OpenedDanger } from './imminent-danger.store.js';

/** Whose the opening is to whoever looks at it. */
export type DangerSide = 'OPENED_BY_US' | 'OPENED_TO_OURS' | 'WATCHED';

export interface DangerReview {
  readonly note: string;
  readonly reviewedAt: Date;
}

/** An opening as one of the agencies, or an auditor, sees it. */
export interface DangerNotice extends OpenedDanger {
  readonly side: DangerSide;
  readonly recordId: string;
  readonly agency: { readonly name: string; readonly ori: string | null; readonly level: AgencyLevel };
  /** Null to auditors of other agencies. */
  readonly reason: string | null;
  readonly openedBy: { readonly id: string; readonly displayName: string };
  /** The looking agency's own; null while that is open, and to those who only watch. */
  readonly review: DangerReview | null;
}

export interface DangerPosition {
  readonly at: string;
  readonly id: string;
}

interface NoticeRow {
  id: string;
  opened_at: Date;
  valid_until: Date;
  position: string;
  side: DangerSide;
  record_id: string;
  reason: string | null;
  agency_name: string;
  agency_ori: string | null;
  agency_level: AgencyLevel;
  person_id: string;
  display_name: string;
  note: string | null;
  reviewed_at: Date | null;
}

/** To review: by the two agencies of an opening, each for itself. */
const UNREVIEWED = `(d.agency_id = $1 or d.owner_agency_id = $1)
  and not exists (select from imminent_danger_review r where r.imminent_danger_id = d.id and r.agency_id = $1)`;

/** Newest first. Row-level security shows a seat what its agency has opened, or was opened of it, and all to an auditor. */
export async function findDangerNotices(
  pool: Pool,
  seat: DangerSeat,
  unreviewed: boolean,
  limit: number,
  after: DangerPosition | null,
): Promise<{ notice: DangerNotice; position: DangerPosition }[]> {
  return inSeat(pool, seat, async (tx) => {
    const { rows } = await tx.query<NoticeRow>({
      name: 'imminent_dangers',
      text: `select d.id, d.opened_at, d.valid_until, d.opened_at::text as position, d.record_id,
          case when d.owner_agency_id = $1 then 'OPENED_TO_OURS' when d.agency_id = $1 then 'OPENED_BY_US' else 'WATCHED' end as side,
          case when $1 in (d.agency_id, d.owner_agency_id) then d.reason end as reason,
          a.name as agency_name, a.ori as agency_ori, a.level as agency_level, p.id as person_id, p.display_name,
          r.note, r.reviewed_at
        from imminent_danger d
        join agency a on a.id = d.agency_id
        join person p on p.id = d.person_id
        left join imminent_danger_review r on r.imminent_danger_id = d.id and r.agency_id = $1
        where (not $2 or ${UNREVIEWED}) and (d.opened_at, d.id) < ($3::timestamptz, $4::uuid)
        order by d.opened_at desc, d.id desc limit $5`,
      values: [
        ...[seat.agencyId, unreviewed, after?.at ?? 'infinity', after?.id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
        limit,
      ],
    });
    return rows.map((row) => ({ notice: asNotice(row), position: { at: row.position, id: row.id } }));
  });
}

/** How many wait for a review of this agency. */
export async function countUnreviewedDangers(pool: Pool, seat: DangerSeat): Promise<number> {
  return inSeat(pool, seat, async (tx) => {
    const { rows } = await tx.query<{ n: number }>(
      `select count(*)::int as n from imminent_danger d where ${UNREVIEWED}`,
      [seat.agencyId],
    );
    return rows[0]?.n ?? 0;
  });
}

function asNotice(row: NoticeRow): DangerNotice {
  return {
    id: row.id,
    openedAt: row.opened_at,
    until: row.valid_until,
    side: row.side,
    recordId: row.record_id,
    agency: { name: row.agency_name, ori: row.agency_ori, level: row.agency_level },
    reason: row.reason,
    openedBy: { id: row.person_id, displayName: row.display_name },
    review: row.note === null || row.reviewed_at === null ? null : { note: row.note, reviewedAt: row.reviewed_at },
  };
}
