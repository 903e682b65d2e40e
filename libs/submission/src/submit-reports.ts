import type { AgencyActor } from '@concord/access';
import { isOutage } from '@concord/platform/database-link';
import { NO_TRACING } from '@concord/platform/tracing';
import { persistReport, persistTogether, type PersistOutcome, type ReadyReport } from '@concord/records';
import { examineIn, type ExaminedReport } from './examine-report.js';
import { countyNamed, findSubmissionContexts } from './report-context.js';
import { partsOf, settle, submitReport, type SubmissionOutcome, type SubmissionServices } from './submit-report.js';
import type { SubmittedReport } from './submitted-report.js';

/** Most reports of one batch. */
export const MOST_REPORTS = 500;

/**
 * Reports that are written by one statement. More would save little (the round trip is shared by 25 already) and hold the
 * locks of new references longer.
 */
const REPORTS_AT_ONCE = 25;

/** `failed`: by a fault of ours; it was not stored, and others were. */
export type BatchedOutcome = SubmissionOutcome | { readonly kind: 'failed'; readonly error: unknown };

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
  for (let from = 0; from < inputs.length; from += REPORTS_AT_ONCE)
    outcomes.push(...(await submitSome(services, actor, inputs.slice(from, from + REPORTS_AT_ONCE))));
  return outcomes;
}

async function submitSome(
  services: SubmissionServices,
  actor: AgencyActor,
  inputs: readonly SubmittedReport[],
): Promise<readonly BatchedOutcome[]> {
  const as = { personId: actor.personId, agencyId: actor.agency.id };
  const { contexts, rules } = await findSubmissionContexts(services.db, as, inputs.map(countyNamed));
  // Each report of a newcomer may be the last that is looked at: that is known only when the one before it is stored.
  if (rules.newMember) return inTurn(inputs, (input) => submitReport(services, actor, input));
  const examined = inputs.map((input) => {
    const context = contexts.get(countyNamed(input));
    if (context === undefined) throw new Error('every county that is named has a context');
    return examineIn(services, actor, input, { context, rules });
  });
  const good = examined.filter((one): one is ExaminedReport => !('issues' in one));
  const ready = await Promise.all(good.map((one) => makeReady(services, actor, one)));
  const stored = await persistSome(services, ready);
  const outcomes: BatchedOutcome[] = [];
  let next = 0;
  for (const one of examined) {
    if ('issues' in one) {
      outcomes.push({ kind: 'rejected', issues: one.issues });
      continue;
    }
    const what = stored[next];
    next += 1;
    if (what === undefined) throw new Error('what is ready is stored, or it is known why not');
    outcomes.push('kind' in what ? what : await settle(services, actor, one, what));
  }
  return outcomes;
}

const makeReady = async (
  services: SubmissionServices,
  actor: AgencyActor,
  examined: ExaminedReport,
): Promise<ReadyReport> => ({ report: examined.report, parts: await partsOf(services, actor, examined, {}) });

type Failed = Extract<BatchedOutcome, { kind: 'failed' }>;

/** In one transaction; where that fails, each in its own, so that one that cannot be stored stops no other. */
async function persistSome(
  { db, tracer = NO_TRACING }: SubmissionServices,
  ready: readonly ReadyReport[],
): Promise<readonly (PersistOutcome | Failed)[]> {
  try {
    return await tracer.span('submission.t1', { recordIds: ready.map(({ parts }) => parts.recordId) }, () =>
      persistTogether(db, ready),
    );
  } catch (error) {
    if (isOutage(error)) throw error;
    return inTurn(ready, ({ report, parts }) => persistReport(db, report, parts));
  }
}

async function inTurn<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<readonly (R | Failed)[]> {
  const done: (R | Failed)[] = [];
  for (const item of items) {
    try {
      done.push(await act(item));
    } catch (error) {
      if (isOutage(error)) throw error;
      done.push({ kind: 'failed', error });
    }
  }
  return done;
}
