import type { Queryable } from '@concord/platform/database';
import { isId, newId } from '@concord/platform/ids';
import type { Pool } from 'pg';
import { administer, issue, RefusedAct, type Administered, type BookActs } from '../administration.js';
import { readOptionalLine, type Fault } from '../fault.js';
import type { AdminSeat } from '../seat.js';
import type { Approval, ApprovalKinds, ApprovalRequest } from './approval.js';
import { findApproval } from './approval.reader.js';

const MAX_NOTE = 500;

/** Asks for a second person's decision, in the transaction of whoever asks. Books nothing: the act that asks does. */
export async function requestApproval(tx: Queryable, who: AdminSeat, request: ApprovalRequest): Promise<Approval> {
  const id = request.id ?? newId();
  await tx.query(
    `insert into approval (id, kind, agency_id, subject_ids, payload, summary, requested_by)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      id,
      request.kind,
      request.agencyId,
      request.subjectIds,
      JSON.stringify(request.payload),
      request.summary.slice(0, 500),
      who.personId,
    ],
  );
  const approval = await findApproval(tx, id);
  if (approval === null) throw new Error('whoever asks sees what was asked');
  return approval;
}

/**
 * What is asked for already, and nobody has decided: asking again is no second request.
 *
 * @param of whose request counts as the same: this person's, or that of anybody who still may ask in this seat's name
 */
export async function findPendingRequest(
  tx: Queryable,
  who: AdminSeat,
  { kind, payload }: Pick<ApprovalRequest, 'kind' | 'payload'>,
  of: 'person' | 'seat',
): Promise<Approval | null> {
  const { rows } = await tx.query<{ id: string }>(
    `select a.id from approval a
     where a.agency_id is not distinct from $2 and a.kind = $3 and a.payload = $4::jsonb
       and a.state = 'PENDING' and a.expires_at > statement_timestamp()
       and case when $5 then a.requested_by = $1 else may_still_ask(a.agency_id, a.requested_by) end
     order by a.requested_at limit 1`,
    [who.personId, who.agencyId, kind, JSON.stringify(payload), of === 'person'],
  );
  return rows[0] === undefined ? null : findApproval(tx, rows[0].id);
}

export interface ApprovalDecision {
  readonly id: string;
  readonly approve: boolean;
  readonly note?: string | null | undefined;
}

interface DecidedRow {
  kind: string;
  agency_id: string | null;
  requested_by: string;
  payload: unknown;
  may_still_ask: boolean;
}

/**
 * Decides what somebody else has asked for and, if it is approved, does it: one transaction. Of two who decide at the
 * same moment the second waits for the first and is told; row-level security lets nobody else's decision through, nor
 * one about an own request or about oneself.
 */
export async function decideApproval(
  pool: Pool,
  who: AdminSeat,
  decision: ApprovalDecision,
  { kinds, book }: { readonly kinds: ApprovalKinds; readonly book: BookActs },
): Promise<Administered<Approval>> {
  const faults: Fault[] = [];
  const note = readOptionalLine('note', decision.note, MAX_NOTE, faults);
  if (!isId(decision.id)) faults.push(ABSENT);
  if (faults.length > 0) return { kind: 'rejected', issues: faults };
  return administer(pool, who, async (tx) => {
    const decided = await decide(tx, who, decision, note);
    if (decided === null) throw new RefusedAct([await whyNot(tx, who, decision.id)]);
    const subject = { kind: 'approval', id: decision.id } as const;
    if (!decision.approve) await book(tx, [{ action: 'approval.refuse', subjects: [subject] }]);
    else {
      const kind = kinds.get(decided.kind);
      if (kind === undefined) throw new Error(`nothing is known of approvals of the kind ${decided.kind}`);
      if (!decided.may_still_ask)
        throw new RefusedAct([
          issue('id', 'REQUESTER_GONE', 'Whoever asked for it could not ask any more. Refuse it.'),
        ]);
      const applied = await kind.apply(tx, {
        id: decision.id,
        agencyId: decided.agency_id,
        requestedBy: decided.requested_by,
        payload: decided.payload,
      });
      if (applied.kind === 'rejected') throw new RefusedAct(applied.issues);
      await book(tx, [{ action: 'approval.approve', subjects: [subject] }, ...applied.acts]);
    }
    const approval = await findApproval(tx, decision.id);
    if (approval === null) throw new Error('whoever decides sees what was decided');
    return approval;
  });
}

async function decide(
  tx: Queryable,
  who: AdminSeat,
  { id, approve }: ApprovalDecision,
  note: string | null,
): Promise<DecidedRow | null> {
  const { rows } = await tx.query<DecidedRow>(
    `update approval a set state = $2, decided_by = $3, decided_at = statement_timestamp(), note = $4
     where a.id = $1 and a.state = 'PENDING'
     returning a.kind, a.agency_id, a.requested_by, a.payload,
       may_still_ask(a.agency_id, a.requested_by) as may_still_ask`,
    [id, approve ? 'APPROVED' : 'REFUSED', who.personId, note],
  );
  return rows[0] ?? null;
}

const ABSENT = issue('id', 'NOT_FOUND', 'There is nothing to decide for you under that id.');

/** Of what the seat may see; the rest is not there. */
async function whyNot(tx: Queryable, who: AdminSeat, id: string): Promise<Fault> {
  const approval = await findApproval(tx, id);
  if (approval === null) return ABSENT;
  if (approval.state !== 'PENDING')
    return issue('id', 'ALREADY_DECIDED', `It is not open any more: ${approval.state}.`);
  if (approval.requestedBy.id === who.personId)
    return issue('id', 'OWN_REQUEST', 'Nobody decides what they have asked for themselves.');
  if (approval.subjectIds.includes(who.personId))
    return issue('id', 'OWN_REQUEST', 'Nobody decides what is about themselves.');
  return issue('id', 'WAITS_FOR_ANOTHER', `This waits for somebody else: ${approval.needs}.`);
}
