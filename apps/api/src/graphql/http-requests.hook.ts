import type { Logger } from '@concord/platform/logging';
import { GraphQLError, Kind } from 'graphql';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isSubscription, type AdmittedOperation, type DocumentGate, type OfferedOperation } from './admit-document.js';
import { InvalidInputError, toGraphQLError } from './graphql-error.js';
import { answerType, isBatch, isGraphQL, refuse } from './http-answer.js';
import { noteCost } from '../operations/request-notes.js';
import { MAX_DOCUMENT_LENGTH } from './limits.js';

/** A request whose operation was let in; what it may cost is known before it runs. */
export type AdmittedRequest = FastifyRequest & { concordAdmitted?: AdmittedOperation };

/**
 * Everything that is asked of a GraphQL request once it is known who sends it, before Mercurius sees it: its media type,
 * the shape of its JSON, its document. What stands here is what GraphQL over HTTP says and Mercurius does not do.
 */
export function installGraphQLRequests(fastify: FastifyInstance, gate: DocumentGate, log: Logger): void {
  fastify.addHook('onRequest', async (request, reply) => {
    if (!isGraphQL(request)) return;
    const problem = problemOfHeaders(request);
    if (problem !== null) await refuse(reply, 415, [problem], { 'accept-encoding': 'identity' });
  });
  fastify.addHook('preValidation', async (request, reply) => {
    if (!isGraphQL(request)) return;
    reply.type(answerType(request.headers.accept));
    const read = readBody(request.body);
    if ('problem' in read) return refuse(reply, 400, [read.problem]);
    const admission = gate.admit(read.offered);
    if ('errors' in admission)
      return refuse(
        reply,
        400,
        admission.errors.map((error) => toGraphQLError(error, log)),
      );
    if (isSubscription(admission.admitted))
      return refuse(reply, 400, [badInput('Subscriptions go over WebSocket: graphql-transport-ws on this path.')]);
    if (isBatch(request) && !isOneBatch(admission.admitted))
      return refuse(reply, 400, [badInput('Batches alone are sent here; send everything else to /graphql.')]);
    noteCost(request, admission.admitted.cost);
    const { query, variables } = read.offered;
    const operationName = admission.admitted.operation.name?.value ?? null;
    // Mercurius refuses `extensions: null`, and GraphQL over HTTP does not; it reads none of them anyway.
    Object.assign(request, { body: { query, variables, operationName }, concordAdmitted: admission.admitted });
  });
}

/**
 * JSON in UTF-8, as it is. Not the types that a form of another site's page can send without asking (text/plain,
 * form data), and nothing compressed, which is small here and large when it is unpacked.
 */
export function problemOfHeaders({ headers }: FastifyRequest): GraphQLError | null {
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity')
    return badInput('Send the body as it is: no content-encoding is taken.');
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const isJson = type.trim() === 'application/json';
  const utf8 = parameters.every((parameter) => {
    const [name = '', value = ''] = parameter.split('=');
    return name.trim() !== 'charset' || /^"?utf-?8"?$/.test(value.trim());
  });
  return isJson && utf8 ? null : badInput('Send JSON in UTF-8, with `content-type: application/json`.');
}

type Read = { readonly offered: OfferedOperation } | { readonly problem: GraphQLError };

const PARAMETERS = new Set(['query', 'variables', 'operationName', 'extensions']);

/** `{ query, variables, operationName, extensions }`, and nothing that nobody would read. */
export function readBody(body: unknown): Read {
  if (Array.isArray(body)) return { problem: badInput('Send one operation a request: a list of them is not taken.') };
  if (!isObject(body)) return { problem: badInput('Send one JSON object with `query`.') };
  const unknown = Object.keys(body).find((name) => !PARAMETERS.has(name));
  if (unknown !== undefined) return { problem: unknownParameter(unknown) };
  const { query, variables, operationName, extensions } = body;
  if (typeof query !== 'string') return { problem: badInput('`query` is the text of a GraphQL document.') };
  if (query.length > MAX_DOCUMENT_LENGTH) {
    const message = `A document may have at most ${MAX_DOCUMENT_LENGTH} characters.`;
    return { problem: new GraphQLError(message, { extensions: { code: 'LIMIT_EXCEEDED' } }) };
  }
  if (!isAbsent(variables) && !isObject(variables)) return { problem: badInput('`variables` is an object.') };
  if (!isAbsent(extensions) && !isObject(extensions)) return { problem: badInput('`extensions` is an object.') };
  if (!isAbsent(operationName) && typeof operationName !== 'string')
    return { problem: badInput('`operationName` is a text.') };
  return { offered: { query, variables, operationName: operationName === '' ? null : operationName } };
}

function unknownParameter(name: string): GraphQLError {
  const path = /^\w{1,64}$/.test(name) ? name : '?';
  const message = 'A request has `query`, `variables`, `operationName` and `extensions`, and nothing else.';
  const refusal = new InvalidInputError(message, [{ path, code: 'UNKNOWN_FIELD', message: 'There is no such field.' }]);
  return new GraphQLError(message, { extensions: { code: refusal.code, issues: refusal.issues } });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;
const badInput = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

/** The one field that the route is for. */
const BATCH_FIELD = 'submitSeizureReports';

/** Whether an operation is one batch and nothing else. */
function isOneBatch({ operation }: AdmittedOperation): boolean {
  const [field, ...others] = operation.selectionSet.selections;
  return field?.kind === Kind.FIELD && field.name.value === BATCH_FIELD && others.length === 0;
}
