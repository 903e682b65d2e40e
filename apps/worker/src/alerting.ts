import { raiseAlerts } from '@concord/alerting';
import { reviseAlerts } from '@concord/delivery';
import { matchRecords, type RuleBook } from '@concord/matching';
import { claimUndone, markDone, type OutboxRow } from '@concord/outbox';
import type { Clock } from '@concord/platform/clock';
import { inTransaction } from '@concord/platform/database';
import type { WakeUps } from '@concord/platform/queue';
import { NO_TRACING, type Tracer } from '@concord/platform/tracing';
import { findRecordIdsInRange } from '@concord/records';
import type { Pool, PoolClient } from 'pg';

export interface AlertingServices {
  readonly pool: Pool;
  readonly book: RuleBook;
  readonly wakeUps: WakeUps;
  readonly clock: Clock;
  readonly tracer?: Tracer;
  /** Takes outbox rows of raised alerts once they are committed; absent, or without room: the relay finds them. */
  readonly deliver?: { readonly hasRoom: boolean; take(outboxIds: readonly string[]): void };
}

const NOTHING = { inboxIds: [], raised: [] };

/**
 * `record.released`, `record.amended`, `record.recalled` -> alerts. The rows are locked, matched, and marked done in the
 * transaction in which the alerts are written (T2): killed at any line, the job runs again and finds what is left. Of
 * what was changed, those who had been told are told again in the same transaction (T4).
 */
export async function handleRecords(services: AlertingServices, outboxIds: readonly string[]): Promise<void> {
  const tracer = services.tracer ?? NO_TRACING;
  const { inboxIds, raised } = await tracer.span('alerting.t2', { outboxIds }, (span) =>
    inTransaction(services.pool, async (tx) => {
      const rows = await claimUndone(tx, outboxIds);
      if (rows.length === 0) return NOTHING;
      const now = services.clock.now();
      const changed = await subjectsOf(tx, rows.filter(isChange));
      const news = new Set(
        await subjectsOf(
          tx,
          rows.filter((row) => row.raisesAlerts),
        ),
      );
      const recordIds = [...new Set([...news, ...changed])];
      const matches = await tracer.span('alerting.match', { recordIds }, async (match) => {
        const found = await matchRecords(tx, services.book, recordIds);
        match.add({ matches: found.length });
        return found;
      });
      const told = await reviseAlerts(tx, changed, matches, now);
      const { alertIds, outboxId } = await raiseAlerts(
        tx,
        matches.filter(({ recordId }) => news.has(recordId)),
        now,
        services.deliver?.hasRoom === true ? 'caller' : 'relay',
      );
      await markDone(
        tx,
        rows.map((row) => row.id),
      );
      span.add({ rows: rows.length, recordIds, alertIds });
      return { inboxIds: told, raised: outboxId === null ? [] : [outboxId] };
    }),
  );
  if (raised.length > 0) services.deliver?.take(raised);
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
