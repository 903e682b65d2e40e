import { audienceOf, type AgencyActor } from '@concord/access';
import { auditEntry } from '@concord/audit';
import type { KeyHolder } from '@concord/blinding';
import type { SharingCode, TlpCode } from '@concord/codes';
import { deidentify, identifyingContent, type H3Resolution, type ValidReport } from '@concord/deidentification';
import type { Clock } from '@concord/platform/clock';
import { newId } from '@concord/platform/ids';
import type { Queryable } from '@concord/platform/database';
import { NO_TRACING, type Tracer } from '@concord/platform/tracing';
import { persistReport, type PersistOutcome } from '@concord/records';
import { contentDigest } from './content-digest.js';
import type { Issue } from './issue.js';
import type { SubmittedReport } from './submitted-report.js';
import { validateReport } from './validate-report.js';

export interface SubmissionServices {
  readonly db: Queryable;
  readonly keyHolder: KeyHolder;
  readonly clock: Clock;
  /** Keys the digest that recognises a repeated submission; 32 bytes, of its own domain. */
  readonly digestKey: Buffer;
  readonly tracer?: Tracer;
}

export interface SubmissionOptions {
  /** Made up for demonstration or tests; marked so for ever. Default false. */
  readonly synthetic?: boolean;
  /** False for data that is loaded and not news. Default true. */
  readonly raisesAlerts?: boolean;
}

export type SubmissionOutcome =
  | {
      readonly kind: 'accepted';
      readonly duplicate: boolean;
      readonly stored: PersistOutcome;
      readonly tlp: TlpCode;
      readonly warnings: readonly Issue[];
    }
  | { readonly kind: 'rejected'; readonly issues: readonly Issue[] };

interface Context {
  readonly widest_sharing: SharingCode;
  readonly task_force_ids: readonly string[];
  readonly region_ids: readonly string[];
  readonly h3_resolution: H3Resolution;
}

/**
 * The first half of the corridor: validate, de-identify, seal, persist (T1). Accepted means committed. The same
 * reference with the same content is answered with the same report; with other content it is rejected.
 */
export async function submitReport(
  services: SubmissionServices,
  actor: AgencyActor,
  input: SubmittedReport,
  options: SubmissionOptions = {},
): Promise<SubmissionOutcome> {
  const given = input.place?.countyFips;
  const county = typeof given === 'string' && /^\d{5}$/.test(given) ? given : '';
  const context = await findContext(services.db, actor.agency.id, county);
  const validation = validateReport(input, {
    now: services.clock.now(),
    agreementWidestSharing: context.widest_sharing,
    memberTaskForceIds: new Set(context.task_force_ids),
  });
  if (!validation.ok) return { kind: 'rejected', issues: validation.issues };
  const { report, warnings } = validation;
  const digest = contentDigest(report, services.digestKey);
  const stored = await persist(services, actor, report, context, digest, options);
  if (stored.outcome === 'EXISTS' && !sameContent(services, report, digest, stored))
    return { kind: 'rejected', issues: [REFERENCE_REUSED] };
  return { kind: 'accepted', duplicate: stored.outcome === 'EXISTS', stored, tlp: report.tlp, warnings };
}

/** A release time that has passed since reads as none; sent again unchanged it is still what was stored. */
function sameContent(
  services: SubmissionServices,
  report: ValidReport,
  digest: string,
  stored: PersistOutcome,
): boolean {
  if (stored.contentDigest === digest) return true;
  if (report.releaseAfter !== null || stored.releaseAfter === null || stored.releaseAfter > services.clock.now())
    return false;
  return stored.contentDigest === contentDigest({ ...report, releaseAfter: stored.releaseAfter }, services.digestKey);
}

const REFERENCE_REUSED: Issue = {
  path: 'submitterReference',
  code: 'REFERENCE_REUSED',
  message:
    'Your agency has submitted other content under this reference. Use a new reference, or correct the report that has it.',
};

async function findContext(db: Queryable, agencyId: string, countyFips: string): Promise<Context> {
  const { rows } = await db.query<Context & Record<string, unknown>>({
    name: 'submission_context',
    text: 'select * from submission_context($1, $2)',
    values: [agencyId, countyFips],
  });
  const row = rows[0];
  if (row === undefined) throw new Error('submission_context answers with one row');
  return row;
}

async function persist(
  services: SubmissionServices,
  actor: AgencyActor,
  report: ValidReport,
  context: Context,
  digest: string,
  options: SubmissionOptions,
): Promise<PersistOutcome> {
  const reportId = newId();
  const recordId = newId();
  const views = deidentify(report, { h3Resolution: context.h3_resolution });
  const facts = {
    agencyId: actor.agency.id,
    sharing: report.sharing,
    taskForceIds: report.taskForceIds,
    stateFips: report.place.stateFips,
    countyFips: report.place.countyFips,
    regionIds: context.region_ids,
  };
  const sealed = await seal(services.keyHolder, actor.agency.id, reportId, report);
  const parts = {
    personId: actor.personId,
    agencyId: actor.agency.id,
    reportId,
    recordId,
    contentDigest: digest,
    synthetic: options.synthetic ?? false,
    raisesAlerts: options.raisesAlerts ?? true,
    views,
    audiences: views.map((view) => audienceOf(view.precision, facts)),
    ...sealed,
    audit: auditEntry({
      at: services.clock.now(),
      personId: actor.personId,
      agencyId: actor.agency.id,
      roles: [...actor.roles],
      action: 'report.submit',
      outcome: 'DONE',
      purpose: actor.purpose,
      subjects: [
        { kind: 'report', id: reportId, version: 1 },
        { kind: 'record', id: recordId, version: 1 },
      ],
    }),
  };
  return (services.tracer ?? NO_TRACING).span('submission.t1', { reportId, recordIds: [recordId] }, () =>
    persistReport(services.db, report, parts),
  );
}

async function seal(keyHolder: KeyHolder, agencyId: string, reportId: string, report: ValidReport) {
  const { narrative, basis, identifiers } = identifyingContent(report);
  const place = (table: string, column: string, rowId: string) => ({ agencyId, table, column, rowId });
  return {
    sealedNarrative:
      narrative === null
        ? null
        : await keyHolder.seal(narrative, place('seizure_report', 'sealed_narrative', reportId)),
    sealedBasis:
      basis === null
        ? null
        : await keyHolder.seal(
            JSON.stringify({ reasonableSuspicion: basis.reasonableSuspicion, decidedBy: basis.decidedBy }),
            place('report_basis', 'sealed', reportId),
          ),
    sealedIdentifiers: await Promise.all(
      identifiers.map(async (identifier) => {
        const id = newId();
        const plain = JSON.stringify(identifier.kind === 'PERSON' ? identifier.person : identifier.value);
        return {
          id,
          kind: identifier.kind,
          sensitivity: identifier.sensitivity,
          sealed: await keyHolder.seal(plain, place('sealed_identifier', 'sealed', id)),
        };
      }),
    ),
  };
}
