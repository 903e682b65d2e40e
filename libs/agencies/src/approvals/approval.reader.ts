import type { Queryable } from '@concord/platform/database';
import type { Pool } from 'pg';
import { administer } from '../administration.js';
import type { AdminSeat } from '../seat.js';
import type { Approval, ApprovalNeeds, ApprovalState } from './approval.js';

interface ApprovalRow {
  id: string;
  kind: string;
  state: ApprovalState;
  needs: ApprovalNeeds;
  summary: string;
  requested_by: string;
  subject_ids: string[];
  requester: string;
  requested_at: Date;
  expires_at: Date;
  decided_by: string | null;
  decider: string | null;
  decided_at: Date | null;
  note: string | null;
}

const CARD = `select a.id, a.kind, approval_state(a.state, a.expires_at) as state, approval_needs(a.agency_id, a.requested_by, a.subject_ids) as needs,
    a.summary, a.requested_by, a.subject_ids, r.display_name as requester, a.requested_at, a.expires_at, a.decided_by,
    d.display_name as decider, a.decided_at, a.note
  from approval a join person r on r.id = a.requested_by left join person d on d.id = a.decided_by`;

/** One that the seat which was entered may see. */
export async function findApproval(tx: Queryable, id: string): Promise<Approval | null> {
  const { rows } = await tx.query<ApprovalRow>(`${CARD} where a.id = $1`, [id]);
  return rows[0] === undefined ? null : asApproval(rows[0]);
}

/** Where a page goes on: after this one, newest first. */
export interface ApprovalPosition {
  readonly at: string;
  readonly id: string;
}

/**
 * Newest first: what this seat has asked for, may decide, or was decided in its agency. Row-level security says which.
 * @param state null: all of them
 */
export async function findApprovals(
  pool: Pool,
  who: AdminSeat,
  { state, limit, after }: { state: ApprovalState | null; limit: number; after: ApprovalPosition | null },
): Promise<Approval[]> {
  const read = await administer(pool, who, async (tx) => {
    const candidates = await candidatesOf(tx, who);
    const { rows } = await tx.query<ApprovalRow>(
      `${CARD}
       where (a.requested_by = $5 or a.decided_by = $5 or ${candidates.text})
         and ($1::text is null or approval_state(a.state, a.expires_at) = $1)
         and ($2::timestamptz is null or (a.requested_at, a.id) < ($2, $3::uuid))
       order by a.requested_at desc, a.id desc limit $4`,
      [state, after?.at ?? null, after?.id ?? null, limit, who.personId, ...candidates.values],
    );
    return rows.map(asApproval);
  });
  return read.kind === 'done' ? read.value : [];
}

/**
 * The only ones that row-level security is asked about: it looks at several memberships for each, so that everybody would
 * wait for the requests of all agencies, and learn from it how many there are. Leakproof and cheap, so PostgreSQL looks at
 * this first.
 */
async function candidatesOf(tx: Queryable, { agencyId }: AdminSeat): Promise<{ text: string; values: unknown[] }> {
  if (agencyId === null)
    return { text: `a.agency_id is null or a.state = 'PENDING' and a.expires_at > statement_timestamp()`, values: [] };
  const { rows } = await tx.query<{ id: string }>('select id from agency where id = $1 or parent_id = $1', [agencyId]);
  return { text: 'a.agency_id = any($6::uuid[])', values: [rows.map(({ id }) => id)] };
}

const asApproval = (row: ApprovalRow): Approval => ({
  id: row.id,
  kind: row.kind,
  state: row.state,
  needs: row.needs,
  summary: row.summary,
  subjectIds: row.subject_ids,
  requestedBy: { id: row.requested_by, displayName: row.requester },
  requestedAt: row.requested_at,
  expiresAt: row.expires_at,
  decidedBy: row.decided_by === null || row.decider === null ? null : { id: row.decided_by, displayName: row.decider },
  decidedAt: row.decided_at,
  note: row.note,
});
