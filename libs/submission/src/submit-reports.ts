import type { AgencyActor } from '@concord/access';
import { isOutage } from '@concord/platform/database-link';
import { NO_TRACING } from '@concord/platform/tracing';
import {
  persistImportedReport,
  persistImportedTogether,
  persistReport,
  persistTogether,
  type ImportedEntry,
  type PersistOutcome,
  type ReadyReport,
} from '@concord/records';
import { ahead } from './ahead.js';
import { examineIn, type ExaminedReport } from './examine-report.js';
import type { Issue } from './issue.js';
import { countyNamed, findSubmissionContexts } from './report-context.js';
import { partsOf, settle, submitReport, type SubmissionOutcome, type SubmissionServices } from './submit-report.js';
import type { SubmittedReport } from './submitted-report.js';

/** Most reports of one batch. */
export const MOST_REPORTS = 500;

/**
 * Reports that are written by one statement. More would save little (the round trip is shared by 25 already) and hold the
 * locks of new references longer.
 */
export const REPORTS_AT_ONCE = 25;

/** What could not be done for a report with others, nor so often by itself, fails. */
const TRIES = 3;

/** `failed`: by a fault of ours; it was not stored, and others were. */
export type BatchedOutcome = SubmissionOutcome | { readonly kind: 'failed'; readonly error: unknown };

/** One report of a batch, and where in an import it stands, if it does. */
export interface BatchedReport {
  readonly input: SubmittedReport;
  /** Noted in the transaction that stores the report. Given its warnings. */
  readonly entry?: (warnings: readonly Issue[]) => Promise<ImportedEntry>;
}

export interface BatchOptions {
  /** False for what is no news. Default true. */
  readonly raisesAlerts?: boolean;
}

/**
 * Submits reports as `submitReport` would, each on its own: what is wrong with one stops no other. They are written in
 * order, some at a time, and when this resolves all that it says is committed. An outage in the middle is thrown, and
 * nothing is answered: what was written before it is a duplicate when the batch is sent again.
 *
 * @throws what an outage of PostgreSQL throws
 */
export async function submitReports(
  services: SubmissionServices,
  actor: AgencyActor,
  inputs: readonly SubmittedReport[],
): Promise<readonly BatchedOutcome[]> {
  const outcomes: BatchedOutcome[] = [];
  for await (const prepared of ahead(prepareInTurn(services, actor, inputs)))
    outcomes.push(...(await storeReports(services, actor, prepared)));
  return outcomes;
}

async function* prepareInTurn(
  services: SubmissionServices,
  actor: AgencyActor,
  inputs: readonly SubmittedReport[],
): AsyncGenerator<readonly PreparedReport[]> {
  for (let from = 0; from < inputs.length; from += REPORTS_AT_ONCE) {
    const some = inputs.slice(from, from + REPORTS_AT_ONCE);
    yield await prepareReports(
      services,
      actor,
      some.map((input) => ({ input })),
    );
  }
}

type Failed = Extract<BatchedOutcome, { kind: 'failed' }>;
type Rejected = Extract<BatchedOutcome, { kind: 'rejected' }>;
interface Ready {
  readonly kind: 'ready';
  readonly examined: ExaminedReport;
  readonly ready: ReadyReport;
  readonly entry: ImportedEntry | null;
}

/** A report that was looked at and is not stored yet. */
export type PreparedReport = Ready | Rejected | Failed | { readonly kind: 'newcomer'; readonly of: BatchedReport };

/** Everything up to the moment at which they are stored: writes nothing, and so may go on while others are stored. */
export async function prepareReports(
  services: SubmissionServices,
  actor: AgencyActor,
  reports: readonly BatchedReport[],
  options: BatchOptions = {},
): Promise<readonly PreparedReport[]> {
  if (reports.length === 0) return [];
  const as = { personId: actor.personId, agencyId: actor.agency.id };
  const counties = reports.map(({ input }) => countyNamed(input));
  const { contexts, rules } = await findSubmissionContexts(services.db, as, counties);
  // Each report of a newcomer may be the last that is looked at: that is known only when the one before it is stored.
  if (rules.newMember) return reports.map((of) => ({ kind: 'newcomer', of }));
  return Promise.all(
    reports.map(({ input, entry }) =>
      orFailed(async (): Promise<Ready | Rejected> => {
        const context = contexts.get(countyNamed(input));
        if (context === undefined) throw new Error('every county that is named has a context');
        const examined = examineIn(services, actor, input, { context, rules });
        if ('issues' in examined) return { kind: 'rejected', issues: examined.issues };
        const parts = await partsOf(services, actor, examined, options);
        const noted = entry === undefined ? null : await entry(examined.warnings);
        return { kind: 'ready', examined, ready: { report: examined.report, parts }, entry: noted };
      }, TRIES),
    ),
  );
}

/** Stores what may be stored of it, in order. When this resolves all that it says is committed. */
export async function storeReports(
  services: SubmissionServices,
  actor: AgencyActor,
  prepared: readonly PreparedReport[],
  options: BatchOptions = {},
): Promise<readonly BatchedOutcome[]> {
  const ready = prepared.filter((one): one is Ready => one.kind === 'ready');
  const stored = await persistSome(services, ready);
  const outcomes: BatchedOutcome[] = [];
  let next = 0;
  for (const one of prepared) {
    if (one.kind === 'newcomer')
      outcomes.push(
        await orFailed(() => submitReport(services, actor, one.of.input, { ...options, entry: one.of.entry })),
      );
    else if (one.kind === 'ready') {
      const what = stored[next];
      next += 1;
      if (what === undefined) throw new Error('what is ready is stored, or it is known why not');
      outcomes.push('kind' in what ? what : await orFailed(() => settle(services, actor, one.examined, what)));
    } else outcomes.push(one);
  }
  return outcomes;
}

/** In one transaction; where that fails, each in its own, so that one that cannot be stored stops no other. */
async function persistSome(
  { db, tracer = NO_TRACING }: SubmissionServices,
  ready: readonly Ready[],
): Promise<readonly (PersistOutcome | Failed)[]> {
  try {
    return await tracer.span('submission.t1', { recordIds: ready.map(({ ready: { parts } }) => parts.recordId) }, () =>
      ready.some(({ entry }) => entry !== null)
        ? persistImportedTogether(db, ready.map(withEntry))
        : persistTogether(
            db,
            ready.map((one) => one.ready),
          ),
    );
  } catch (error) {
    if (isOutage(error)) throw error;
    const done: (PersistOutcome | Failed)[] = [];
    for (const { ready: one, entry } of ready)
      done.push(
        await orFailed(
          () =>
            entry === null
              ? persistReport(db, one.report, one.parts)
              : persistImportedReport(db, one.report, one.parts, entry),
          TRIES,
        ),
      );
    return done;
  }
}

function withEntry({ ready, entry }: Ready): { readonly ready: ReadyReport; readonly entry: ImportedEntry } {
  if (entry === null) throw new Error('of an import every report has its entry');
  return { ready, entry };
}

/** What is thrown in vain so often is the fault of this one. An outage is everybody's, and is thrown on. */
async function orFailed<T>(act: () => Promise<T>, tries = 1): Promise<T | Failed> {
  for (let left = tries - 1; ; left -= 1) {
    try {
      return await act();
    } catch (error) {
      if (isOutage(error)) throw error;
      if (left <= 0) return { kind: 'failed', error };
    }
  }
}
