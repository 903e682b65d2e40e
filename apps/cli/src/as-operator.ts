import { appendAudit, auditEntry, type AuditSubject } from '@concord/audit';
import { systemClock } from '@concord/platform/clock';
import { inTransaction, openPool, type Queryable } from '@concord/platform/database';

/** One transaction as `concord_operator`. @throws Error that says what to do where the database is of an older version */
export async function asOperator<T>(url: string, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const pool = openPool({ url, role: 'concord_operator', max: 1, statementTimeoutMs: 10_000 });
  try {
    return await inTransaction(pool, work);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    // No such role, or no such table.
    if (code === '22023' || code === '42P01')
      throw new Error(
        'This database has the schema of an older version: run `concord migrate`, or start Concord once.',
        { cause: error },
      );
    throw error;
  } finally {
    await pool.end();
  }
}

/** In nobody's name: whoever may enter `concord_operator` is known to the machine and not to Concord. */
export const bookAsOperator = (tx: Queryable, action: string, subject: AuditSubject): Promise<void> =>
  appendAudit(tx, [
    auditEntry({
      at: systemClock.now(),
      ...{ personId: null, agencyId: null, roles: [], purpose: null },
      ...{ action, outcome: 'DONE', subjects: [subject] },
    }),
  ]);
