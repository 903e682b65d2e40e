import type { FastifyInstance } from 'fastify';
import type { AdmittedRequest } from '../graphql/http-requests.hook.js';
import type { SignedIn } from '../sign-in/sign-in.js';
import type { Operation } from './operation.js';
import type { Rates } from './rates.js';

type SignedInRequest = AdmittedRequest & { concordSignedIn?: SignedIn };

/** Counts every operation of HTTP once it is known to be valid and before it runs. */
export function installRates(fastify: FastifyInstance, rates: Rates): void {
  fastify.graphql.addHook('preExecution', async (_schema, document, { reply }) => {
    const { concordSignedIn: signedIn, concordAdmitted: admitted } = reply.request as SignedInRequest;
    if (signedIn === undefined || admitted === undefined) return;
    const operation: Operation = {
      document,
      operationName: admitted.operation.name?.value ?? null,
      cost: admitted.cost,
      variables: admitted.variables,
    };
    await rates.operate(signedIn, operation);
  });
}
