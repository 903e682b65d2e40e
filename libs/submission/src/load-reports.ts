import type { AgencyActor } from '@concord/access';
import {
  asActor,
  findStoredReferences,
  persistReports,
  type DefaultedField,
  type HoldReason,
  type PersistOutcome,
  type ReadyReport,
} from '@concord/records';
import { randomInt } from 'node:crypto';
import { contentDigest } from './content-digest.js';
import type { RepeatedReport } from './examine-report.js';
import type { Issue } from './issue.js';
import { reasonsToHold } from './hold-report.js';
import {
  countyNamed,
  findReportContexts,
  findSubmissionContext,
  validationContext,
  type ReportContext,
  type SubmissionContext,
} from './report-context.js';
import { withDefaults } from './report-defaults.js';
import { makeReportParts } from './report-parts.js';
import { screenReport } from './screening/screen-report.js';
import { judgeRepeated, REFERENCE_REUSED, type SubmissionServices } from './submit-report.js';
import type { SubmittedReport } from './submitted-report.js';
import { validateReport } from './validate-report.js';

/** What is loaded is told apart by its reference, so each has one. */
export type ReferencedReport = SubmittedReport & { readonly submitterReference: string };

export interface LoadOptions {
  /** Made up for demonstration or tests; marked so for ever. */
  readonly synthetic: boolean;
  /**
   * Over how many milliseconds those records come out, each at a random moment of its own, that withhold their contributor:
   * what comes out at once is of one agency. Default half an hour; 0: at once.
   */
  readonly spreadMs?: number;
}

const SPREAD_MS = 30 * 60_000;

/** What became of a batch: each report is in one of the three. */
export interface LoadOutcome {
  /** Stored now. */
  readonly loaded: number;
  /** Of those, how many wait for a supervisor, because a rule of the agency says so. */
  readonly held: number;
  /** Stored before, with the same content. */
  readonly present: number;
  /** Not stored, and why; the others are. In the order of the batch, by the reference as it was given. */
  readonly refused: readonly { readonly reference: string; readonly issues: readonly Issue[] }[];
}

/** A valid report of the batch. */
interface Candidate extends RepeatedReport {
  readonly given: string;
  readonly defaulted: readonly DefaultedField[];
  readonly context: ReportContext;
}

interface Judged {
  readonly reports: readonly (Candidate | Refusal)[];
  readonly rules: SubmissionContext;
}

type Refusal = LoadOutcome['refused'][number];

/**
 * Reports of one agency, in one transaction: same validation, digest, de-identification, audience and sealing as
 * {@link submitReport}; stored by staging and COPY, held where a rule of the agency holds it. Raises no alerts, whatever rules
 * there are. When this resolves it is
 * committed, and loading the same batch again stores nothing: everything is present. When it throws, nothing is stored.
 * Of several reports under one reference the first counts, as if they had been submitted one after the other.
 *
 * @param services with a pool as the role `concord_loader`; a load uses one connection of it, and a second one while it
 *   seals for an agency for the first time.
 * @param reports some hundreds: they are held in memory in every form.
 */
export async function loadReports(
  services: SubmissionServices,
  actor: AgencyActor,
  reports: readonly ReferencedReport[],
  options: LoadOptions,
): Promise<LoadOutcome> {
  const { reports: judged, rules } = await validated(services, actor, reports);
  const first = new Map<string, Candidate>();
  for (const one of judged) {
    if ('issues' in one || first.has(one.report.submitterReference)) continue;
    first.set(one.report.submitterReference, one);
  }
  const candidates = [...first.values()];
  const held = await heldByRules(services, actor, candidates, rules);
  const stored = await persist(services, actor, candidates, held, options);

  const refused: Refusal[] = [];
  let present = 0;
  for (const one of judged) {
    if ('issues' in one) {
      refused.push(one);
      continue;
    }
    const { submitterReference } = one.report;
    const before = stored.get(submitterReference);
    const beside = first.get(submitterReference);
    if (before === undefined && beside === one) continue;
    const issue = before === undefined ? besideAnother(one, beside) : await judgeRepeated(services, actor, one, before);
    if (issue === null) present += 1;
    else refused.push({ reference: one.given, issues: [issue] });
  }
  const waiting = candidates.filter((one) => held.has(one) && !stored.has(one.report.submitterReference));
  return { loaded: first.size - stored.size, held: waiting.length, present, refused };
}

/** Against the report of the same batch that was stored under the reference. */
function besideAnother(one: Candidate, first: Candidate | undefined): Issue | null {
  return one.digest === first?.digest ? null : REFERENCE_REUSED;
}

async function validated(
  services: SubmissionServices,
  actor: AgencyActor,
  reports: readonly ReferencedReport[],
): Promise<Judged> {
  const as = { personId: actor.personId, agencyId: actor.agency.id };
  const rules = await findSubmissionContext(services.db, as, '', null);
  const contexts = await findReportContexts(services.db, actor.agency.id, reports.map(countyNamed));
  const limits = new Map(
    [...contexts].map(([county, context]) => [county, validationContext(context, actor, services.clock)]),
  );
  const judged = reports.map((input): Candidate | Refusal => {
    const given = input.submitterReference;
    const county = countyNamed(input);
    const [context, limit] = [contexts.get(county), limits.get(county)];
    if (context === undefined || limit === undefined) throw new Error('every county named was asked for');
    const filled = withDefaults(input, context.defaults, limit.now);
    const validation = validateReport(filled.input, limit);
    if (!validation.ok) return { reference: given, issues: validation.issues };
    const { report } = validation;
    // Thousands at once are no queue for a supervisor: whoever loads them mends the file, or submits them one by one.
    const named = screenReport(report);
    if (named.length > 0)
      return { reference: given, issues: named.map(({ path, code, message }) => ({ path, code, message })) };
    return {
      ...{ given, input, report, digest: contentDigest(report, services.digestKey) },
      ...{ limits: limit, defaulted: filled.defaulted, context },
    };
  });
  return { reports: judged, rules };
}

/**
 * Which of them the agency's rules hold, as if they had been submitted one after the other: of a new member the first ones
 * that the agency does not have yet.
 */
async function heldByRules(
  { db }: SubmissionServices,
  actor: AgencyActor,
  candidates: readonly Candidate[],
  { rules, lookedAt }: SubmissionContext,
): Promise<ReadonlyMap<Candidate, readonly HoldReason[]>> {
  const held = new Map<Candidate, readonly HoldReason[]>();
  if (!rules.newMember && !rules.holdSharingPartners) return held;
  const references = candidates.map(({ report }) => report.submitterReference);
  const as = { personId: actor.personId, agencyId: actor.agency.id };
  const present = await asActor(db, as, (tx) => findStoredReferences(tx, as.agencyId, references));
  let left = lookedAt;
  for (const one of candidates) {
    if (present.has(one.report.submitterReference)) continue;
    const reasons = reasonsToHold(one.report, { ...rules, newMember: left > 0 });
    left -= 1;
    if (reasons.length > 0) held.set(one, reasons);
  }
  return held;
}

async function persist(
  services: SubmissionServices,
  actor: AgencyActor,
  candidates: readonly Candidate[],
  held: ReadonlyMap<Candidate, readonly HoldReason[]>,
  { synthetic, spreadMs = SPREAD_MS }: LoadOptions,
): Promise<ReadonlyMap<string, PersistOutcome>> {
  const ready: ReadyReport[] = [];
  for (const one of candidates) {
    const { report, digest, context, defaulted } = one;
    const how = {
      contentDigest: digest,
      defaulted,
      synthetic,
      raisesAlerts: false,
      hold: held.get(one) ?? null,
      entrance: 'report.load',
    } as const;
    const delayMs = report.withhold.includes('CONTRIBUTOR') && spreadMs > 0 ? randomInt(spreadMs) : 0;
    ready.push({ report, delayMs, parts: await makeReportParts(services, actor, report, context, how) });
  }
  return persistReports(services.db, { personId: actor.personId, agencyId: actor.agency.id }, ready, { synthetic });
}
