import type { Logger } from '@concord/platform/logging';
import type { OpenSpan, Tracer } from '@concord/platform/tracing';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isGraphQL } from '../graphql/http-answer.js';
import type { RequestContext, StrangerContext } from '../graphql/request-context.js';
import type { ApiMetrics } from './api-metrics.js';
import { noteOperation, notesOf, operationLabel, outcomeOf } from './request-notes.js';

export interface RequestLogOptions {
  readonly log: Logger;
  readonly metrics: ApiMetrics;
  readonly tracer: Tracer;
}

/** What supervisors ask every few seconds is worth a line when it is refused. */
const ROUTINE = new Set(['/health/live', '/health/ready', '/metrics']);

/**
 * One line, one count and, where tracing is on, one span for each request. The request's id is made here and told in
 * `x-request-id`; what a client sends under such names (`x-request-id`, `traceparent`, `baggage`) is not read: it is a
 * stranger's text, and its sampling flag would let anybody switch tracing on. To be installed before everything else,
 * so that whatever is refused is seen.
 */
export function installRequestLog(fastify: FastifyInstance, options: RequestLogOptions): void {
  const spans = new WeakMap<FastifyRequest, OpenSpan>();
  const finished = new WeakSet<FastifyRequest>();
  const aborts = new WeakMap<FastifyRequest, () => void>();
  const finish = (request: FastifyRequest, reply: FastifyReply, aborted: boolean): void => {
    if (finished.has(request)) return;
    finished.add(request);
    const said = tell(options, request, reply, aborted);
    const span = spans.get(request);
    span?.add({ ...said, status: reply.statusCode });
    span?.end();
  };
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    if (!options.tracer.on || !isGraphQL(request)) return done();
    const span = options.tracer.begin('request', { requestId: request.id });
    spans.set(request, span);
    span.within(done);
  });
  if (options.tracer.on)
    // The body arrives by events of the socket, which know nothing of the span.
    fastify.addHook('preValidation', (request, _reply, done) => {
      const span = spans.get(request);
      if (span === undefined) done();
      else span.within(done);
    });
  fastify.addHook('onResponse', (request, reply, done) => {
    finish(request, reply, false);
    done();
  });
  fastify.addHook('onRequestAbort', (request, done) => {
    // Its answer may still be on the way to nobody: then this is the last that is heard of it.
    aborts.get(request)?.();
    done();
  });
  fastify.addHook('preParsing', (request, reply, _payload, done) => {
    aborts.set(request, () => finish(request, reply, true));
    done();
  });
  fastify.graphql.addHook('preExecution', async (_schema, document, context) => {
    const { request } = context.reply;
    noteOperation(request, document, nameIn(request.body));
  });
}

type Seen = FastifyRequest & { readonly concord?: RequestContext | StrangerContext };

function tell(
  { log, metrics }: RequestLogOptions,
  request: Seen,
  reply: FastifyReply,
  aborted: boolean,
): { operation: string; kind: string; code: string } {
  const notes = notesOf(request);
  const route = request.routeOptions.url ?? 'none';
  const status = reply.statusCode;
  const code = aborted ? 'ABORTED' : outcomeOf(notes, status);
  const operation = operationLabel(notes);
  if (isGraphQL(request))
    metrics.requestDone({ operation, kind: notes.kind, code, seconds: reply.elapsedTime / 1_000 });
  if (!ROUTINE.has(route) || status >= 400)
    log.info(
      {
        requestId: request.id,
        method: request.method,
        route,
        status,
        code,
        durationMs: reply.elapsedTime,
        ...(notes.fields.length === 0 ? {} : { kind: notes.kind, operation: notes.fields.join(',') }),
        ...(notes.cost === null ? {} : { cost: notes.cost }),
        personId: request.concord?.actor?.personId,
        keyId: request.concord?.actor?.key?.id,
        agencyId: request.concord?.actor?.agency?.id,
      },
      'request.done',
    );
  return { operation, kind: notes.kind, code };
}

function nameIn(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('operationName' in body)) return null;
  return typeof body.operationName === 'string' ? body.operationName : null;
}
