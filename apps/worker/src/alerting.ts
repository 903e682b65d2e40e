import { raiseAlerts } from '@concord/alerting';
import { matchRecords, type RuleBook } from '@concord/matching';
import { claimUndone, markDone, type OutboxRow } from '@concord/outbox';
import type { Clock } from '@concord/platform/clock';
import { inTransaction } from '@concord/platform/database';
import { NO_TRACING, type Tracer } from '@concord/platform/tracing';
import { findRecordIdsInRange } from '@concord/records';
import type { Pool, PoolClient } from 'pg';

export interface AlertingServices {
  readonly pool: Pool;
  readonly book: RuleBook;
  readonly clock: Clock;
  readonly tracer?: Tracer;
}

/**
 * `record.released` -> alerts. The rows are locked, matched, and marked done in the transaction in which the alerts
 * are written (T2): killed at any line, the job runs again and finds what is left.
 */
export async function handleReleasedRecords(services: AlertingServices, outboxIds: readonly string[]): Promise<void> {
  const tracer = services.tracer ?? NO_TRACING;
  await tracer.span('alerting.t2', { outboxIds }, (span) =>
    inTransaction(services.pool, async (tx) => {
      const rows = await claimUndone(tx, outboxIds);
      if (rows.length === 0) return;
      const recordIds = (
        await Promise.all(rows.filter((row) => row.raisesAlerts).map((row) => subjectsOf(tx, row)))
      ).flat();
      const matches = await tracer.span('alerting.match', { recordIds }, async (match) => {
        const found = await matchRecords(tx, services.book, recordIds);
        match.add({ matches: found.length });
        return found;
      });
      const alertIds = await raiseAlerts(tx, matches, services.clock.now());
      await markDone(
        tx,
        rows.map((row) => row.id),
      );
      span.add({ rows: rows.length, recordIds, alertIds });
    }),
  );
}

async function subjectsOf(tx: PoolClient, row: OutboxRow): Promise<readonly string[]> {
  return row.subjectIds ?? (row.range === null ? [] : findRecordIdsInRange(tx, row.range.from, row.range.to));
}
