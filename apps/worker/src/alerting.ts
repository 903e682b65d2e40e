import { raiseAlerts } from '@concord/alerting';
import { reviseAlerts } from '@concord/delivery';
import { matchRecords, type RuleBook } from '@concord/matching';
import { claimUndone, markDone, type OutboxRow } from '@concord/outbox';
import type { Clock } from '@concord/platform/clock';
import { inTransaction } from '@concord/platform/database';
import type { WakeUps } from '@concord/platform/queue';
import { findRecordIdsInRange } from '@concord/records';
import type { Pool, PoolClient } from 'pg';

export interface AlertingServices {
  readonly pool: Pool;
  readonly book: RuleBook;
  readonly wakeUps: WakeUps;
  readonly clock: Clock;
}

/**
 * `record.released`, `record.amended`, `record.recalled` -> alerts. The rows are locked, matched, and marked done in the
 * transaction in which the alerts are written (T2): killed at any line, the job runs again and finds what is left. Of
 * what was changed, those who had been told are told again in the same transaction (T4).
 */
export async function handleRecords(services: AlertingServices, outboxIds: readonly string[]): Promise<void> {
  const inboxIds = await inTransaction(services.pool, async (tx) => {
    const rows = await claimUndone(tx, outboxIds);
    if (rows.length === 0) return [];
    const now = services.clock.now();
    const changed = await subjectsOf(tx, rows.filter(isChange));
    const released = await subjectsOf(
      tx,
      rows.filter((row) => row.raisesAlerts && !isChange(row)),
    );
    const matches = await matchRecords(tx, services.book, [...new Set([...released, ...changed])]);
    const told = await reviseAlerts(tx, changed, matches, now);
    await raiseAlerts(tx, matches, now);
    await markDone(
      tx,
      rows.map((row) => row.id),
    );
    return told;
  });
  if (inboxIds.length > 0) await services.wakeUps.publish(inboxIds);
}

const isChange = (row: OutboxRow): boolean => row.kind === 'record.amended' || row.kind === 'record.recalled';

async function subjectsOf(tx: PoolClient, rows: readonly OutboxRow[]): Promise<string[]> {
  const subjects: string[] = [];
  for (const row of rows) {
    subjects.push(
      ...(row.subjectIds ?? (row.range === null ? [] : await findRecordIdsInRange(tx, row.range.from, row.range.to))),
    );
  }
  return subjects;
}
