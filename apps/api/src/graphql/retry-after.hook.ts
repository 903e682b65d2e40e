import type { FastifyInstance } from 'fastify';

/** When to ask again what was answered with 503: the pulse of the database beats more often than that. */
export const RETRY_AFTER_SECONDS = 2;

/** No 503 leaves without saying when to come back. */
export function installRetryAfter(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (reply.statusCode === 503 && !reply.hasHeader('retry-after'))
      void reply.header('retry-after', String(RETRY_AFTER_SECONDS));
    done(null, payload);
  });
}
