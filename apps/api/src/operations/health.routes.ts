import { DatabaseUnavailableError, isOutage, type WatchedPool } from '@concord/platform/database-link';
import type { WakeUps } from '@concord/platform/queue';
import type { FastifyInstance } from 'fastify';

const READY_TIMEOUT_MS = 2_000;

/** Codes and nothing else: no address, no message of a driver. */
type NotReady = DatabaseUnavailableError['code'] | 'DATABASE_FAULT';

export interface HealthOptions {
  readonly db: WatchedPool;
  readonly wakeUps: WakeUps;
}

/**
 * What a load balancer asks: whether the process lives, and whether it can serve. Without PostgreSQL it cannot (503).
 * Without the queue it does: reports are accepted and wait in the outbox, and live streams look by themselves.
 */
export function installHealth(fastify: FastifyInstance, { db, wakeUps }: HealthOptions): void {
  fastify.get('/health/live', () => ({ status: 'live' }));
  fastify.get('/health/ready', async (_request, reply) => {
    const [reason, queueAnswers] = await Promise.all([notReadyBecause({ db }), wakeUps.answers()]);
    if (reason !== null) return reply.code(503).send({ status: 'not ready', reason });
    return queueAnswers ? { status: 'ready' } : { status: 'degraded', reasons: ['QUEUE_AWAY'] };
  });
}

/** Null, or why this process cannot do its work. */
export async function notReadyBecause({ db }: Pick<HealthOptions, 'db'>): Promise<NotReady | null> {
  const { refusal } = db;
  if (refusal !== null) return refusal.code;
  const asked = db.query('select 1').then(
    () => null,
    (error: unknown) => reasonOf(db, error),
  );
  const late = new Promise<NotReady>((resolve) =>
    setTimeout(() => resolve(db.trouble ?? 'POOL_EXHAUSTED'), READY_TIMEOUT_MS).unref(),
  );
  return Promise.race([asked, late]);
}

function reasonOf(db: WatchedPool, error: unknown): NotReady {
  if (error instanceof DatabaseUnavailableError) return error.code;
  return isOutage(error) ? (db.trouble ?? 'DATABASE_REFUSED') : 'DATABASE_FAULT';
}
