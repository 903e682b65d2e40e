import type { AgencyActor } from '@concord/access';
import { auditEntry, type AuditEvent } from '@concord/audit';
import { DomainError } from '@concord/platform/errors';
import { asActor, beginExport } from '@concord/records';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import type { ApiServices } from '../services.js';
import { answerFile, type FileRoutesOptions } from '../sign-in/file-routes.js';
import {
  exportPages,
  exportWriter,
  type ExportedReport,
  type ExportFormat,
  type ReportExport,
} from './report-export.js';

/** Where an agency's own reports are given out as a file. */
const PATH = '/reports/export';
const TYPES: Readonly<Record<ExportFormat, string>> = { csv: 'text/csv', jsonl: 'application/jsonl' };

interface ExportRequest {
  readonly Querystring: { readonly format?: unknown; readonly since?: unknown };
}

/**
 * Everything that an agency has submitted, as a file, at any time. For whoever may read its reports; everybody else sees
 * what they would see if there were no such path.
 */
export function installReportExport(fastify: FastifyInstance, options: FileRoutesOptions): void {
  fastify.get<ExportRequest>(PATH, (request, reply) =>
    answerFile(options, request, reply, 'report.read', (actor, signal) =>
      give(options.services, actor, request, reply, signal),
    ),
  );
}

async function give(
  services: ApiServices,
  actor: AgencyActor,
  { query }: FastifyRequest<ExportRequest>,
  reply: FastifyReply,
  signal: AbortSignal,
): Promise<void> {
  const { format = 'csv' } = query;
  if (format !== 'csv' && format !== 'jsonl')
    throw new DomainError('invalid', 'BAD_USER_INPUT', '`format` is csv or jsonl.');
  const since = sinceOf(query.since);
  const as = { personId: actor.personId, agencyId: actor.agency.id };
  const { now, mostPeople } = await asActor(services.db, as, (tx) => beginExport(tx, actor.agency.id));
  const asked: ReportExport = { format, mostPeople, bounds: { until: now.toISOString(), since }, signal };
  await book(services, actor, 'report.export.begin', {});
  await reply
    .code(200)
    .headers({
      'content-type': `${TYPES[format]}; charset=utf-8`,
      'content-disposition': `attachment; filename="reports-${actor.agency.ori ?? actor.agency.id}-${now.toISOString().slice(0, 10)}.${format}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    .send(Readable.from(fileOf(services, actor, asked), { objectMode: false, highWaterMark: 65_536 }));
}

/** The file, as it is read. Each page is on the books before any of it leaves, and how it ended afterwards. */
async function* fileOf(services: ApiServices, actor: AgencyActor, asked: ReportExport): AsyncGenerator<string> {
  const writer = exportWriter(services, actor, asked);
  let rows = 0;
  let isWhole = false;
  let failure: unknown;
  try {
    const head = writer.head();
    if (head !== '') yield head;
    for await (const page of exportPages(services, actor, asked)) {
      await book(services, actor, 'report.export', { rows: page.length, subjects: subjectsOf(page, asked.format) });
      let text = '';
      for (const one of page) text += await writer.report(one);
      rows += page.length;
      if (text !== '') yield text;
    }
    yield writer.end();
    isWhole = true;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    if (!isWhole) services.log.warn({ agencyId: actor.agency.id, rows, err: failure }, 'report.export-cut');
    // What cannot be booked now has its pages on the books, and no end.
    await book(services, actor, isWhole ? 'report.export.end' : 'report.export.cut', { rows }).catch(() => undefined);
  }
}

/** An instant with its offset. */
function sinceOf(text: unknown): string | null {
  if (text === undefined || text === '') return null;
  const form = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
  if (typeof text !== 'string' || !form.test(text) || Number.isNaN(Date.parse(text)))
    throw new DomainError(
      'invalid',
      'BAD_USER_INPUT',
      '`since` is a date (its midnight by UTC) or an instant with its offset: 2026-11-23T08:00:00-08:00.',
    );
  return new Date(text).toISOString();
}

/** Which reports left in which version; with its history, all of them. */
const subjectsOf = (page: readonly ExportedReport[], format: ExportFormat): AuditEvent['subjects'] =>
  page.flatMap(({ report: { id, version }, versions }) => {
    const numbers = format === 'jsonl' && versions.length > 0 ? versions.map((one) => one.version) : [version];
    return numbers.map((number) => ({ kind: 'report' as const, id, version: number }));
  });

async function book(
  services: ApiServices,
  actor: AgencyActor,
  action: string,
  what: { readonly rows?: number; readonly subjects?: AuditEvent['subjects'] },
): Promise<void> {
  await services.ledger.book(
    auditEntry({
      ...{ at: services.clock.now(), personId: actor.personId, agencyId: actor.agency.id, roles: [...actor.roles] },
      ...{ keyId: actor.key?.id, action, outcome: 'DONE', purpose: actor.purpose, subjects: [], ...what },
    }),
  );
}
