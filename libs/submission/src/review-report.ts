import type { AgencyActor } from '@concord/access';
import { auditEntry } from '@concord/audit';
import {
  asActor,
  findHeldReports,
  findOwnReport,
  releaseHeldReport,
  returnHeldReport,
  type DecidedReport,
  type DecisionRefusal,
} from '@concord/records';
import { refusedChange, type ChangeRejected } from './change-report.js';
import { Findings } from './issue.js';
import { Section } from './section.js';
import { SEAL_PLACES } from './sealed-report.js';
import type { SubmissionServices } from './submit-report.js';

const NOTE = { max: 2_000, characters: 'LINES' } as const;

/** What a supervisor decides about a report that waits. */
export interface Decision {
  readonly id: string;
  /** The version that was read: optimistic locking. */
  readonly version: number;
  readonly note: string | null;
}

/** `duplicate`: decided the same way by the same person before; nothing was stored now. */
export type DecisionOutcome =
  { readonly kind: 'decided'; readonly duplicate: boolean; readonly report: DecidedReport } | ChangeRejected;

/**
 * Lets others see a report that was held, or that its owner keeps back until it is released by hand. What was held is
 * released by a supervisor who wrote nothing of it: of the agency, or of its parent where the agency has no other.
 * Decided when this resolves; its alerts go out with it.
 */
export const releaseReport = (
  services: SubmissionServices,
  actor: AgencyActor,
  decision: Decision,
): Promise<DecisionOutcome> => decide(services, actor, decision, 'RELEASE');

/** Gives a report that was held back to whoever submitted it, with a note that says what to put right. */
export const returnReport = (
  services: SubmissionServices,
  actor: AgencyActor,
  decision: Decision,
): Promise<DecisionOutcome> => decide(services, actor, decision, 'RETURN');

async function decide(
  services: SubmissionServices,
  actor: AgencyActor,
  { id, version, note }: Decision,
  verb: 'RELEASE' | 'RETURN',
): Promise<DecisionOutcome> {
  const findings = new Findings();
  const section = new Section({ note }, '', findings);
  const text = section.text('note', NOTE);
  if (verb === 'RETURN') section.required('note', text);
  const owner = await findOwner(services, actor, id);
  // What is not there has no faults either: whether it exists is not told.
  if (findings.issues.length > 0 && owner !== null) return { kind: 'rejected', issues: findings.issues };
  const next = version + 1;
  const place = verb === 'RELEASE' ? SEAL_PLACES.reason(id, next) : SEAL_PLACES.returnNote(id);
  const parts = {
    personId: actor.personId,
    agencyId: actor.agency.id,
    reportId: id,
    version,
    // For the agency of the report, whoever decides.
    sealedNote:
      text === null || owner === null
        ? null
        : await services.keyHolder.seal(text, { agencyId: owner.agencyId, ...place }),
    audit: auditEntry({
      at: services.clock.now(),
      personId: actor.personId,
      agencyId: actor.agency.id,
      roles: [...actor.roles],
      keyId: actor.key?.id,
      action: verb === 'RELEASE' ? 'report.release' : 'report.return',
      outcome: 'DONE',
      purpose: actor.purpose,
      subjects: [
        { kind: 'report', id, version: next },
        ...(owner === null ? [] : [{ kind: 'record' as const, id: owner.recordId, version: next }]),
      ],
    }),
  };
  const result = await (verb === 'RELEASE' ? releaseHeldReport : returnHeldReport)(services.db, parts);
  if ('report' in result) return { kind: 'decided', duplicate: result.outcome === 'UNCHANGED', report: result.report };
  return refusedDecision(result);
}

interface Owner {
  readonly agencyId: string;
  readonly recordId: string;
}

/** Whose it is: of the actor's agency, or of one that it decides for. */
function findOwner(services: SubmissionServices, actor: AgencyActor, id: string): Promise<Owner | null> {
  return asActor(services.db, { personId: actor.personId, agencyId: actor.agency.id }, async (tx) => {
    const own = await findOwnReport(tx, id);
    if (own !== null) return own;
    const [held] = await findHeldReports(tx, 1, null, id);
    return held === undefined ? null : { agencyId: held.report.agency.id, recordId: held.report.view.id };
  });
}

function refusedDecision(refusal: DecisionRefusal): ChangeRejected {
  switch (refusal.outcome) {
    case 'ABSENT':
    case 'CONFLICT':
    case 'RECALLED':
      return refusedChange(
        refusal.outcome === 'ABSENT' ? { outcome: 'ABSENT' } : { outcome: refusal.outcome, version: refusal.version },
      );
    case 'NOT_HELD':
      return rejected('id', 'NOT_HELD', 'The report waits for no decision.');
    case 'OWN_REPORT':
      return rejected('id', 'OWN_REPORT', 'You wrote what stands in this report: another supervisor decides on it.');
    case 'SHARING':
      return rejected(
        'sharing',
        'SHARING_EXCEEDS_AGREEMENT',
        'The agreement of the agency allows less now: return the report, or have its sharing corrected.',
      );
    case 'TASK_FORCE':
      return rejected(
        'taskForceIds',
        'UNKNOWN_TASK_FORCE',
        'It names a task force to which the agency does not belong now: return the report, or have it corrected.',
      );
  }
}

const rejected = (
  path: string,
  code: 'NOT_HELD' | 'OWN_REPORT' | 'SHARING_EXCEEDS_AGREEMENT' | 'UNKNOWN_TASK_FORCE',
  message: string,
): ChangeRejected => ({
  kind: 'rejected',
  issues: [{ path, code, message }],
});
