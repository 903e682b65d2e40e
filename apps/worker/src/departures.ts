import { appendAudit, auditEntry } from '@concord/audit';
import { claimUndone, markDone, writeOutbox } from '@concord/outbox';
import type { Clock } from '@concord/platform/clock';
import { inTransaction } from '@concord/platform/database';
import { recallLeftReports } from '@concord/records';
import type { Pool, PoolClient } from 'pg';

/** Reports that one transaction recalls: some hundred milliseconds, and what others wait for. */
const BATCH = 100;

export interface DepartureServices {
  readonly pool: Pool;
  readonly clock: Clock;
}

/**
 * `agency.left` -> its reports are recalled, a batch in each transaction: those who were told of them are told through
 * `record.recalled`. What is left over is a further row of the same kind, written in the same transaction: killed at any
 * line, the next worker goes on where this one was, and no job is long.
 */
export async function handleDepartures(services: DepartureServices, outboxIds: readonly string[]): Promise<void> {
  await inTransaction(services.pool, async (tx) => {
    const rows = await claimUndone(tx, outboxIds);
    for (const agencyId of new Set(rows.flatMap((row) => row.subjectIds ?? [])))
      await recallSome(tx, agencyId, services.clock.now());
    await markDone(
      tx,
      rows.map((row) => row.id),
    );
  });
}

async function recallSome(tx: PoolClient, agencyId: string, now: Date): Promise<void> {
  const recalled = await recallLeftReports(tx, agencyId, BATCH);
  if (recalled.length > 0)
    await writeOutbox(
      tx,
      'record.recalled',
      recalled.map(({ recordId }) => recordId),
    );
  await appendAudit(
    tx,
    recalled.map(({ reportId, recordId, version, recalledBy }) =>
      auditEntry({
        at: now,
        personId: recalledBy,
        agencyId,
        roles: [],
        action: 'report.recall',
        outcome: 'DONE',
        purpose: null,
        subjects: [
          { kind: 'report', id: reportId, version },
          { kind: 'record', id: recordId, version },
        ],
      }),
    ),
  );
  if (recalled.length === BATCH) await writeOutbox(tx, 'agency.left', [agencyId]);
}
