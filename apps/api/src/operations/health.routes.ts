import type { FastifyInstance } from 'fastify';
import type { ApiServices } from '../services.js';

const READY_TIMEOUT_MS = 2_000;

/** What a load balancer asks: whether the process lives, and whether it can serve. */
export function installHealth(fastify: FastifyInstance, services: ApiServices): void {
  fastify.get('/health/live', () => ({ status: 'live' }));
  fastify.get('/health/ready', async (_request, reply) => {
    const reason = await notReadyBecause(services);
    return reason === null
      ? { status: 'ready' }
      : reply.code(503).header('retry-after', '2').send({ status: 'not ready', reason });
  });
}

async function notReadyBecause(services: ApiServices): Promise<string | null> {
  const asked = services.db.query('select 1').then(
    () => null,
    () => 'PostgreSQL does not answer',
  );
  const late = new Promise<string>((resolve) =>
    setTimeout(() => resolve('PostgreSQL does not answer in time'), READY_TIMEOUT_MS).unref(),
  );
  return Promise.race([asked, late]);
}
