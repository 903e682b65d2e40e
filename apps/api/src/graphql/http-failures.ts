import type { Logger } from '@concord/platform/logging';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import type { StrangerRequest } from '../sign-in/sign-in.hook.js';
import { answerType, retryAfter } from './http-answer.js';
import { mercuriusErrors } from './mercurius-errors.js';

/**
 * Answers what is thrown on the way of a GraphQL request: by Fastify at a body that is too large or no JSON, by Mercurius
 * and its hooks before an operation runs. A stranger hears that it is one, whatever was wrong.
 */
export function graphQLFailures(log: Logger) {
  const format = mercuriusErrors(log);
  return (error: FastifyError, request: StrangerRequest & FastifyRequest, reply: FastifyReply): void => {
    if (request.concordStranger !== undefined) return void request.concordStranger.refuse();
    const given = error instanceof GraphQLError ? error : new GraphQLError('refused', { originalError: error });
    const { statusCode, response } = format({ errors: [given] }, { reply });
    void reply
      .code(statusCode)
      .headers(retryAfter(response.errors ?? []))
      .type(answerType(request.headers.accept))
      .send(JSON.stringify(response));
  };
}
