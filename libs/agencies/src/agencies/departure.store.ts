import type { Queryable } from '@concord/platform/database';

/**
 * An agency leaves, from the commit on: nobody acts for it, its memberships end, open sockets close, a submission under
 * way is waited for or refused, and the worker begins to recall its records, in the name of whoever asked for it.
 * PostgreSQL asks whether a second person has approved it. The audit entry is the caller's, in this transaction.
 *
 * @returns the agency's version now; null where it had left already, and nothing was changed
 */
export async function leaveApprovedAgency(tx: Queryable, approvalId: string): Promise<number | null> {
  const { rows } = await tx.query<{ version: number | null }>({
    name: 'leave_approved_agency',
    text: 'select leave_approved_agency($1) as version',
    values: [approvalId],
  });
  return rows[0]?.version ?? null;
}

/** The same by whoever operates the deployment, in nobody's name. */
export async function endAgency(tx: Queryable, agencyId: string): Promise<number | null> {
  const { rows } = await tx.query<{ version: number | null }>('select end_agency($1, null) as version', [agencyId]);
  return rows[0]?.version ?? null;
}

/** What an operator needs to know of an agency that is to leave; null where there is none of this ORI. */
export async function findStanding(
  tx: Queryable,
  ori: string,
): Promise<{ readonly id: string; readonly name: string; readonly status: 'ACTIVE' | 'LEFT' } | null> {
  const { rows } = await tx.query<{ id: string; name: string; status: 'ACTIVE' | 'LEFT' }>(
    'select id, name, status from agency where ori = $1',
    [ori],
  );
  return rows[0] ?? null;
}
