import type { MetricsRegistry } from '@concord/platform/metrics';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);
const BY_WAY_OF_A_PROXY = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'];

/**
 * /metrics on the API's own port, where no port was set apart for it: to this machine, under a loopback name, and not
 * through a proxy, which is on this machine too. Everybody else gets what any unknown path gets.
 */
export function installMetrics(fastify: FastifyInstance, metrics: MetricsRegistry): void {
  fastify.get('/metrics', async (request, reply) => {
    if (!isFromHere(request)) return reply.code(404).send({ reason: 'Not here.' });
    return reply
      .type(metrics.contentType)
      .header('cache-control', 'no-store')
      .send(await metrics.metrics());
  });
}

function isFromHere(request: FastifyRequest): boolean {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '');
  return (
    LOOPBACK.has(request.socket.remoteAddress ?? '') &&
    LOOPBACK_NAMES.has(name) &&
    BY_WAY_OF_A_PROXY.every((header) => request.headers[header] === undefined)
  );
}
