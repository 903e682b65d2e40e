import type { Logger } from '@concord/platform/logging';
import type { FastifyInstance } from 'fastify';
import { BATCH_PATH } from './http-answer.js';
import { graphQLFailures } from './http-failures.js';
import { MAX_BATCH_BODY_BYTES } from './limits.js';
import { contextOf } from './request-context.js';

/**
 * GraphQL for batches: the same requests, hooks and answers as on `/graphql`, with a larger body and one field alone, so that
 * nothing else can be asked for with so much to read.
 */
export function installBatches(fastify: FastifyInstance, log: Logger): void {
  fastify.post<{ Body: { query: string; variables: Record<string, unknown>; operationName: string | null } }>(
    BATCH_PATH,
    { bodyLimit: MAX_BATCH_BODY_BYTES, errorHandler: graphQLFailures(log) },
    async (request, reply) => {
      const { query, variables, operationName } = request.body;
      return reply.graphql(query, { ...contextOf(request) }, variables, operationName ?? undefined);
    },
  );
}
