import type { Logger } from '@concord/platform/logging';
import type { FastifyReply } from 'fastify';
import { GraphQLError, type ExecutionResult } from 'graphql';
import { noteCode } from '../operations/request-notes.js';
import { retryAfter } from './http-answer.js';
import { isOverRate, isUnavailable, toGraphQLError } from './graphql-error.js';

interface FormattedAnswer {
  readonly statusCode: number;
  readonly response: ExecutionResult;
}

/**
 * Mercurius hands over whatever went wrong, as an answer with errors: what resolvers threw, what validation found, and
 * what Fastify said of a body that it could not read. 200 when the document was executed, 4xx when it was not; 429 over a
 * rate and 503 when the service itself is down, also where a resolver found that.
 */
export function mercuriusErrors(log: Logger) {
  return (answer: ExecutionResult, context?: { readonly reply?: FastifyReply } | null): FormattedAnswer => {
    const given = (answer.errors ?? []).flatMap(unwrapped);
    const request = context?.reply?.request;
    const requestLog = request === undefined ? log : log.child({ requestId: request.id });
    const errors = given.map(({ error }) => toGraphQLError(error, requestLog));
    if (request !== undefined) for (const error of errors) noteCode(request, error.extensions['code']);
    const executed =
      (answer.data !== undefined && answer.data !== null) || errors.some((error) => error.path !== undefined);
    // An operation that was not begun has no data, not even null (GraphQL, section 7.1).
    const response: ExecutionResult = { ...(executed ? { data: answer.data ?? null } : {}), errors };
    const statusCode = statusOf(errors, executed ? 200 : (given.find(({ status }) => status !== null)?.status ?? 400));
    if (statusCode === 429) void context?.reply?.headers(retryAfter(errors));
    return { statusCode, response };
  };
}

const statusOf = (errors: readonly GraphQLError[], otherwise: number): number =>
  isUnavailable(errors) ? 503 : isOverRate(errors) ? 429 : otherwise;

interface Problem {
  readonly error: GraphQLError;
  /** The transport's own verdict, where it has one. */
  readonly status: number | null;
}

function unwrapped(error: unknown): Problem[] {
  if (!(error instanceof GraphQLError)) return [{ error: unreadable(400), status: 400 }];
  const original: unknown = error.originalError;
  if (typeof original !== 'object' || original === null) return [{ error, status: null }];
  const inner: unknown = Reflect.get(original, 'errors');
  // Validation: one wrapper around what graphql-js found.
  if (Array.isArray(inner))
    return inner.map((one: unknown) => ({ error: one instanceof GraphQLError ? one : unreadable(400), status: 400 }));
  const status: unknown = Reflect.get(original, 'statusCode');
  if (error.path === undefined && typeof status === 'number' && status >= 400 && status < 500)
    return [{ error: unreadable(status), status }];
  return [{ error, status: null }];
}

function unreadable(status: number): GraphQLError {
  if (status === 413) return new GraphQLError('The request is too large.', { extensions: { code: 'LIMIT_EXCEEDED' } });
  return new GraphQLError('The request cannot be read: send JSON with `query` and, if it has any, `variables`.', {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}
