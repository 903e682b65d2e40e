import type { AgencyActor } from '@concord/access';
import { SealBrokenError } from '@concord/blinding';
import { csvLine, reportColumns, reportRows } from '@concord/interpretation';
import {
  asActor,
  findReportsToExport,
  findVersionsOfReports,
  type ExportBounds,
  type OwnReport,
  type ReportVersion,
} from '@concord/records';
import { resubmittedForm, SEAL_PLACES } from '@concord/submission';
import { Turns } from '../rates/turns.js';
import type { ApiServices } from '../services.js';
import { presentVersion } from './report-change.resolver.js';
import { presentReport } from './seizure-report.presenter.js';

export type ExportFormat = 'csv' | 'jsonl';

/** Reports of one transaction. Nothing is held between two of them, however slow the reader is. */
const PAGE = 100;
/**
 * Pages that are read at once: an export is never in a hurry, and most connections are for those who wait for an answer.
 */
const PAGES = new Turns({
  ...{ atOnce: 1, atOnceAmongOthers: 1, perGroup: 2, total: 4, mostWaiting: 100, longestWaitMs: 30_000 },
});
/** Longer than any transaction that stores a report: what was not committed yet when this one began comes with the next. */
const OVERLAP_MS = 300_000;

export interface ReportExport {
  readonly format: ExportFormat;
  readonly bounds: ExportBounds;
  readonly mostPeople: number;
  readonly signal: AbortSignal;
}

/** A report with its history, the current version first, as one transaction saw them. */
export interface ExportedReport {
  readonly report: OwnReport;
  readonly versions: readonly ReportVersion[];
}

type Position = Awaited<ReturnType<typeof findReportsToExport>>[number]['position'];

/** Every report of the agency, in the order of submission, page by page: a file of any length in bounded memory. */
export async function* exportPages(
  { db }: ApiServices,
  actor: AgencyActor,
  { bounds, signal }: ReportExport,
): AsyncGenerator<readonly ExportedReport[]> {
  let after: Position | null = null;
  for (;;) {
    const { found, versions } = await readPage(db, actor, { bounds, signal }, after);
    after = found.at(-1)?.position ?? null;
    if (found.length > 0) yield found.map(({ report }) => ({ report, versions: versions.get(report.id) ?? [] }));
    if (found.length < PAGE || after === null) return;
  }
}

/** In a turn and a transaction of its own, which are over before anybody gets any of it. */
async function readPage(
  db: ApiServices['db'],
  actor: AgencyActor,
  { bounds, signal }: Pick<ReportExport, 'bounds' | 'signal'>,
  after: Position | null,
) {
  const end = await PAGES.take({ line: actor.personId, group: actor.agency.id, signal });
  try {
    return await asActor(db, { personId: actor.personId, agencyId: actor.agency.id }, async (tx) => {
      const found = await findReportsToExport(tx, actor.agency.id, bounds, PAGE, after);
      const ids = found.map(({ report }) => report.id);
      return { found, versions: await findVersionsOfReports(tx, ids) };
    });
  } finally {
    end();
  }
}

/** Writes the file of one export: what begins it, each report, and what proves that it is whole. */
export interface ExportWriter {
  readonly head: () => string;
  readonly report: (exported: ExportedReport) => Promise<string>;
  /** @returns the end, without which the file is not whole */
  readonly end: () => string;
}

export function exportWriter(services: ApiServices, actor: AgencyActor, asked: ReportExport): ExportWriter {
  return asked.format === 'csv' ? new CsvWriter(services, asked) : new JsonLinesWriter(services, actor, asked);
}

/**
 * By the columns of the template, with further ones that an import leaves out. The last cell of the last row says how many
 * rows there are: without it the file was cut off. Where there are none, the last heading says so.
 */
class CsvWriter implements ExportWriter {
  readonly #columns;
  #rows = 0;
  /** The last row is known as such only when there is no other. */
  #last: readonly string[] | null = null;

  constructor(
    private readonly services: ApiServices,
    private readonly asked: ReportExport,
  ) {
    this.#columns = reportColumns(asked.mostPeople, 0);
  }

  readonly head = (): string => '';

  readonly report = async ({ report, versions }: ExportedReport): Promise<string> => {
    if (report.content.people.length > this.asked.mostPeople)
      throw new Error('a report names more people than any did when the export began');
    const opened = new Opened(this.services, report.agencyId);
    const narrative = await opened.text('narrative', report.sealedNarrative, SEAL_PLACES.narrative(report.id));
    const kept = keptBack(versions[0]);
    const left = [
      ...(kept.identifiers > 0 ? [`identifiers: ${kept.identifiers}`] : []),
      ...(kept.basis ? ['basis'] : []),
    ];
    const rows = reportRows(resubmittedForm(report, narrative), this.#columns).map((cells, index) => [
      ...cells,
      ...[String(index), report.status, String(report.version), report.submittedAt.toISOString()],
      ...[[...new Set((report.holdReasons ?? []).map(({ code }) => code))].join('; ')],
      ...[[...left, ...opened.unopened.map((part) => `unreadable: ${part}`)].join('; ')],
      ...[report.id, report.recordId, String(report.synthetic)],
    ]);
    const before = this.#rows === 0 ? this.#heading('concord_rows') : '';
    const lines = [...(this.#last === null ? [] : [this.#last]), ...rows];
    this.#last = lines.pop() ?? null;
    this.#rows += rows.length;
    return before + lines.map((cells) => csvLine([...cells, ''])).join('');
  };

  readonly end = (): string =>
    this.#last === null ? this.#heading('concord_no_rows') : csvLine([...this.#last, String(this.#rows)]);

  #heading(last: string): string {
    return csvLine([...this.#columns.map(({ name }) => name), ...STATUS_COLUMNS, last]);
  }
}

/** Beside those of the template, before the one that proves the end. */
const STATUS_COLUMNS = [
  ...['concord_substance', 'concord_status', 'concord_version', 'concord_submitted_at', 'concord_held_for'],
  ...['concord_kept_back', 'concord_report_id', 'concord_record_id', 'concord_synthetic'],
] as const;

/** A line for the beginning, each report with its history, and the end with their number. */
class JsonLinesWriter implements ExportWriter {
  #reports = 0;
  #versions = 0;

  constructor(
    private readonly services: ApiServices,
    private readonly actor: AgencyActor,
    private readonly asked: ReportExport,
  ) {}

  readonly head = (): string => {
    const { bounds } = this.asked;
    const of = {
      form: 'concord-own-reports/1',
      agency: this.actor.agency.ori,
      until: bounds.until,
      since: bounds.since,
    };
    return jsonLine({ kind: 'begin', ...of });
  };

  readonly report = async ({ report, versions }: ExportedReport): Promise<string> => {
    this.#reports += 1;
    this.#versions += versions.length;
    const opened = new Opened(this.services, report.agencyId);
    const { sealed: _, ...said } = presentReport(report);
    const history: object[] = [];
    for (const [index, version] of versions.entries()) {
      const {
        sealedReason,
        sealedReturnNote,
        reportId: __,
        ...facts
      } = presentVersion(report.id, version, versions[index + 1] ?? null);
      const at = `versions.${version.version}`;
      const place = SEAL_PLACES.reason(report.id, version.version);
      history.push({
        ...facts,
        reason: await opened.text(`${at}.reason`, sealedReason, place),
        returnedNote: await opened.text(`${at}.returnedNote`, sealedReturnNote, SEAL_PLACES.returnNote(report.id)),
        keptBack: keptBack(version),
      });
    }
    return jsonLine({
      kind: 'report',
      ...said,
      recordId: report.recordId,
      narrative: await opened.text('narrative', report.sealedNarrative, SEAL_PLACES.narrative(report.id)),
      returnedNote: await opened.text('returnedNote', report.sealedReturnNote, SEAL_PLACES.returnNote(report.id)),
      keptBack: keptBack(versions[0]),
      versions: history,
      ...(opened.unopened.length > 0 ? { unreadable: opened.unopened } : {}),
    });
  };

  readonly end = (): string => {
    const nextSince = new Date(Date.parse(this.asked.bounds.until) - OVERLAP_MS).toISOString();
    return jsonLine({ kind: 'end', reports: this.#reports, versions: this.#versions, nextSince });
  };
}

const jsonLine = (value: object): string => `${JSON.stringify(value)}\n`;

/** What is sealed and not given back, by number alone. */
const keptBack = (version: ReportVersion | undefined) => ({
  identifiers: version?.identifierKinds.length ?? 0,
  basis: (version?.basisActivity ?? null) !== null,
});

/** Opens the texts of a report for its agency. A seal that is broken is named, and takes nothing else with it. */
class Opened {
  readonly unopened: string[] = [];

  constructor(
    private readonly services: ApiServices,
    private readonly agencyId: string,
  ) {}

  async text(
    part: string,
    sealed: Buffer | null,
    place: ReturnType<(typeof SEAL_PLACES)['narrative']>,
  ): Promise<string | null> {
    if (sealed === null) return null;
    try {
      return (await this.services.keyHolder.open(sealed, { agencyId: this.agencyId, ...place })).toString('utf8');
    } catch (error) {
      if (!(error instanceof SealBrokenError)) throw error;
      this.unopened.push(part);
      return null;
    }
  }
}
