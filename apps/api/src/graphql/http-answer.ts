import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLError } from 'graphql';
import { noteCode } from '../operations/request-notes.js';

const JSON_TYPE = 'application/json';
const RESPONSE_TYPE = 'application/graphql-response+json';

/**
 * The media type of an answer (GraphQL over HTTP, "Accept"): the one of GraphQL where it is named and not less wanted
 * than JSON, else JSON, whatever was asked for. The status says the same under both.
 */
export function answerType(accept: string | undefined): string {
  const wanted = new Map((accept ?? '').toLowerCase().split(',').map(qualityOf));
  const asResponse = wanted.get(RESPONSE_TYPE) ?? 0;
  const asJson = wanted.get(JSON_TYPE) ?? 0;
  return `${asResponse > 0 && asResponse >= asJson ? RESPONSE_TYPE : JSON_TYPE}; charset=utf-8`;
}

function qualityOf(range: string): [string, number] {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  const value = quality === undefined ? 1 : Number(quality.slice(2));
  return [type, Number.isNaN(value) ? 0 : value];
}

/** Answers a request whose operation was not begun: errors, and no `data`. */
export async function refuse(
  reply: FastifyReply,
  status: number,
  errors: readonly GraphQLError[],
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  noteCode(reply.request, errors[0]?.extensions['code']);
  await reply
    .code(status)
    .headers({ ...headers, ...retryAfter(errors) })
    .type(answerType(reply.request.headers.accept))
    .send(JSON.stringify({ errors }));
}

/** When to come back, where an error says so. */
export function retryAfter(errors: readonly GraphQLError[]): Record<string, string> {
  const seconds = errors.map(({ extensions }) => extensions['retryAfterSeconds']).find((one) => one !== undefined);
  return typeof seconds === 'number' ? { 'retry-after': String(seconds) } : {};
}

/** The route and not the text of the URL: `/%67raphql` is the same route. */
export const isGraphQL = (request: FastifyRequest): boolean =>
  request.routeOptions.url === '/graphql' || isBatch(request);

/** Where batches go: the same, with a larger body. */
export const BATCH_PATH = '/graphql/batch';
export const isBatch = (request: FastifyRequest): boolean => request.routeOptions.url === BATCH_PATH;
