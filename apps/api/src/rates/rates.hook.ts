import { DomainError } from '@concord/platform/errors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { SignedIn } from '../sign-in/sign-in.js';
import type { Operation } from './operation.js';
import type { Rates } from './rates.js';

type SignedInRequest = FastifyRequest & { concordSignedIn?: SignedIn };

/** Counts every operation of HTTP once it is known to be valid and before it runs. */
export function installRates(fastify: FastifyInstance, rates: Rates): void {
  fastify.graphql.addHook('preExecution', async (_schema, document, { reply }, variables) => {
    const { concordSignedIn: signedIn, body } = reply.request as SignedInRequest;
    if (signedIn === undefined) return;
    const operation: Operation = { document, operationName: operationNameOf(body), variables: variables ?? {} };
    try {
      await rates.operate(signedIn, operation);
    } catch (error) {
      if (error instanceof DomainError && error.retryAfterSeconds !== undefined)
        reply.header('retry-after', String(error.retryAfterSeconds));
      throw error;
    }
  });
}

const operationNameOf = (body: unknown): string | null =>
  typeof body === 'object' && body !== null && 'operationName' in body && typeof body.operationName === 'string'
    ? body.operationName
    : null;
