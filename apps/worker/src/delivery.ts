import { deliverAlerts } from '@concord/delivery';
import { claimUndone, markDone } from '@concord/outbox';
import type { Clock } from '@concord/platform/clock';
import { inTransaction } from '@concord/platform/database';
import type { WakeUps } from '@concord/platform/queue';
import { NO_TRACING, type Tracer } from '@concord/platform/tracing';
import type { Pool } from 'pg';

export interface DeliveryServices {
  readonly pool: Pool;
  readonly wakeUps: WakeUps;
  readonly clock: Clock;
  readonly tracer?: Tracer;
}

/**
 * `alert.raised` -> inbox entries (T3), then a wake-up with inbox ids. A wake-up that is lost costs a subscriber the
 * time to its next look, and nothing else.
 */
export async function handleRaisedAlerts(services: DeliveryServices, outboxIds: readonly string[]): Promise<void> {
  const tracer = services.tracer ?? NO_TRACING;
  const inboxIds = await tracer.span('delivery.t3', { outboxIds }, (span) =>
    inTransaction(services.pool, async (tx) => {
      const rows = await claimUndone(tx, outboxIds);
      if (rows.length === 0) return [];
      const alertIds = rows.flatMap((row) => row.subjectIds ?? []);
      const delivered = await deliverAlerts(tx, alertIds, services.clock.now());
      await markDone(
        tx,
        rows.map((row) => row.id),
      );
      span.add({ rows: rows.length, alertIds, inboxes: delivered.length });
      return delivered;
    }),
  );
  if (inboxIds.length > 0)
    await tracer.span('delivery.wake-up', { inboxes: inboxIds.length }, () => services.wakeUps.publish(inboxIds));
}
