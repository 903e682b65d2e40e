import { deliverAlerts } from '@concord/delivery';
import { claimUndone, markDone } from '@concord/outbox';
import type { Clock } from '@concord/platform/clock';
import { inTransaction } from '@concord/platform/database';
import type { WakeUps } from '@concord/platform/queue';
import type { Pool } from 'pg';

export interface DeliveryServices {
  readonly pool: Pool;
  readonly wakeUps: WakeUps;
  readonly clock: Clock;
}

/**
 * `alert.raised` -> inbox entries (T3), then a wake-up with inbox ids. A wake-up that is lost costs a subscriber the
 * time to its next look, and nothing else.
 */
export async function handleRaisedAlerts(services: DeliveryServices, outboxIds: readonly string[]): Promise<void> {
  const inboxIds = await inTransaction(services.pool, async (tx) => {
    const rows = await claimUndone(tx, outboxIds);
    if (rows.length === 0) return [];
    const delivered = await deliverAlerts(
      tx,
      rows.flatMap((row) => row.subjectIds ?? []),
      services.clock.now(),
    );
    await markDone(
      tx,
      rows.map((row) => row.id),
    );
    return delivered;
  });
  if (inboxIds.length > 0) await services.wakeUps.publish(inboxIds);
}
