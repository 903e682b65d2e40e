import { agencyOf, isNewcomer, isSomebody, rolesOf } from './who-sees.oracle.js';
import type { ActorFact, Level, Role, World } from './world.facts.js';

/**
 * Who may call what at all: role by level by root field, written by hand from design.md (sections 2, 5 and 10), the
 * words of issue 5 and the decision of docs/adr/0009. A row for a field that does not exist yet is no error: other
 * branches add it. A field without a row is.
 */

interface Row {
  readonly roles: readonly Role[];
  readonly levels: readonly Level[];
  /** Roles that belong to the deployment and not to an agency. */
  readonly deployment: readonly Role[];
  /** Everybody who is signed in, whatever the role. */
  readonly everybody?: true;
  /** "Every read of shared records names its purpose." */
  readonly purpose: boolean;
}

export type Answer = 'ANSWERED' | 'FORBIDDEN' | 'PURPOSE_REQUIRED' | 'UNAUTHENTICATED';

const SWORN: readonly Level[] = ['FEDERAL', 'STATE', 'LOCAL', 'TRIBAL'];
const EVERY: readonly Level[] = [...SWORN, 'COMMUNITY'];
const READERS: readonly Role[] = ['SUBMITTER', 'ANALYST', 'SUPERVISOR', 'AGENCY_ADMIN', 'WATCH_OFFICER'];
const OF_AGENCIES: readonly Role[] = [...READERS, 'AUDITOR', 'PRIVACY_OFFICER'];
const SUBMITS: readonly Role[] = ['SUBMITTER', 'ANALYST', 'SUPERVISOR'];
const ALERTED: readonly Role[] = ['ANALYST', 'SUPERVISOR', 'WATCH_OFFICER'];

const row = (roles: readonly Role[], levels: readonly Level[], more: Partial<Row> = {}): Row => ({
  roles,
  levels,
  deployment: [],
  purpose: false,
  ...more,
});
/** "AGENCY_ADMIN (own agency), SYSTEM_ADMIN (no records)." */
const admins = (more: readonly Role[] = []): Row =>
  row(['AGENCY_ADMIN', ...more], EVERY, { deployment: ['SYSTEM_ADMIN'] });
const deployment = (): Row => row([], [], { deployment: ['SYSTEM_ADMIN'] });
const everybody = (): Row => row([], [], { everybody: true });

export const MAY_ASK: Readonly<Record<string, Row>> = {
  // The corridor and search.
  'Query.seizureRecord': row(READERS, SWORN, { purpose: true }),
  'Query.seizureRecords': row(READERS, SWORN, { purpose: true }),
  'Query.seizureReport': row(READERS, SWORN),
  'Query.mySeizureReports': row(READERS, SWORN),
  'Mutation.submitSeizureReport': row(SUBMITS, SWORN),
  // Issue 7, point 3: "batches up to 500 with a result per item, … polling for held ones".
  'Mutation.submitSeizureReports': row(SUBMITS, SWORN),
  'Query.submissionOutcomes': row(SUBMITS, SWORN),
  // Point 3 of issue 6: for whoever submits; what it counts of others' it counts for a purpose, or not at all.
  'Mutation.previewSeizureReport': row(SUBMITS, SWORN),
  // Issue 7, point 4: "drafts; copy the last", for whoever submits.
  'Mutation.saveSeizureReportDraft': row(SUBMITS, SWORN),
  'Mutation.submitSeizureReportDraft': row(SUBMITS, SWORN),
  'Mutation.discardSeizureReportDraft': row(SUBMITS, SWORN),
  'Mutation.copySeizureReport': row(SUBMITS, SWORN),
  'Query.seizureReportDraft': row(SUBMITS, SWORN),
  'Query.seizureReportDrafts': row(SUBMITS, SWORN),
  'Mutation.correctSeizureReport': row(SUBMITS, SWORN),
  'Mutation.recallSeizureReport': row(SUBMITS, SWORN),
  'Mutation.recordLaboratoryResult': row(SUBMITS, SWORN),
  // Issue 7, point 1: a file is submitted by whoever may submit its rows.
  'Query.import': row(SUBMITS, SWORN),
  'Query.imports': row(SUBMITS, SWORN),
  'Query.importEntries': row(SUBMITS, SWORN),
  'Query.previewImport': row(SUBMITS, SWORN),
  'Query.guessColumnMapping': row(SUBMITS, SWORN),
  'Query.columnMappings': row(SUBMITS, SWORN),
  'Mutation.startImport': row(SUBMITS, SWORN),
  'Mutation.confirmImport': row(SUBMITS, SWORN),
  'Mutation.pauseImport': row(SUBMITS, SWORN),
  'Mutation.resumeImport': row(SUBMITS, SWORN),
  'Mutation.cancelImport': row(SUBMITS, SWORN),
  'Mutation.saveColumnMapping': row(SUBMITS, SWORN),
  'Subscription.importProgressed': row(SUBMITS, SWORN),
  // Issue 6, point 2: "contact brokered through it": whoever may read asks, analysts and supervisors of the owner answer.
  'Mutation.requestContact': row(READERS, SWORN, { purpose: true }),
  'Query.myContactRequests': row(READERS, SWORN),
  'Query.contactRequests': row(['ANALYST', 'SUPERVISOR'], SWORN),
  'Mutation.answerContactRequest': row(['ANALYST', 'SUPERVISOR'], SWORN),
  'Mutation.declineContactRequest': row(['ANALYST', 'SUPERVISOR'], SWORN),
  // Issue 6, point 4: "holds the report for a supervisor"; "queue, releaseSeizureReport, return with a note".
  'Query.heldSeizureReports': row(['SUPERVISOR'], SWORN),
  'Mutation.releaseSeizureReport': row(['SUPERVISOR'], SWORN),
  'Mutation.returnSeizureReport': row(['SUPERVISOR'], SWORN),
  // Issue 7, points 5 and 6: "daily digest of what left the agency and who read it", for the supervisor.
  'Query.agencyDigest': row(['SUPERVISOR', 'AGENCY_ADMIN'], SWORN),
  'Query.agencyMonth': row(['SUPERVISOR', 'AGENCY_ADMIN'], SWORN),
  // Alerts.
  'Query.alerts': row(ALERTED, SWORN, { purpose: true }),
  'Subscription.alertRaised': row(ALERTED, SWORN, { purpose: true }),
  'Mutation.createAlertRule': row(ALERTED, SWORN),
  // Issue 8, point 2: rules are owned, and their owner alone lists, changes and deletes them.
  'Query.alertRules': row(ALERTED, SWORN),
  // Point 1: it is a search, for whoever may search.
  'Query.dryRunAlertRule': row(READERS, SWORN, { purpose: true }),
  'Mutation.updateAlertRule': row(ALERTED, SWORN),
  'Mutation.deleteAlertRule': row(ALERTED, SWORN),
  'Mutation.acknowledgeAlert': row(ALERTED, SWORN),
  // Point 4: "seen -> acknowledged -> in work -> closed"; "assign, note, escalate", by whoever is alerted.
  'Mutation.markAlertSeen': row(ALERTED, SWORN),
  'Mutation.workOnAlert': row(ALERTED, SWORN),
  'Mutation.closeAlert': row(ALERTED, SWORN),
  'Mutation.assignAlert': row(ALERTED, SWORN),
  // Point 2: "watch (this record …: changed, corrected, recalled)".
  'Mutation.watchRecord': row(ALERTED, SWORN, { purpose: true }),
  'Mutation.unwatchRecord': row(ALERTED, SWORN),
  'Mutation.setAlertEscalation': row(ALERTED, SWORN),
  // Points 5 and 8: channels are one's own; "deliveries per alert and recipient", "replayDelivery", "dead letters as a list".
  'Query.webhooks': row(ALERTED, SWORN),
  'Mutation.addWebhook': row(ALERTED, SWORN),
  'Mutation.rotateWebhookSecret': row(ALERTED, SWORN),
  'Mutation.removeWebhook': row(ALERTED, SWORN),
  'Query.deadDeliveries': row(ALERTED, SWORN),
  'Mutation.replayDelivery': row(ALERTED, SWORN),
  // Levels of their own.
  'Query.stateOverview': row(ALERTED, ['STATE'], { purpose: true }),
  'Query.nationOverview': row(ALERTED, ['FEDERAL'], { purpose: true }),
  // Issue 6, point 5: "`communityRecords` for partners under agreement"; sworn officers have records to read.
  'Query.communityRecords': row(['ANALYST', 'SUPERVISOR', 'AGENCY_ADMIN', 'WATCH_OFFICER'], ['COMMUNITY'], {
    purpose: true,
  }),
  // Issue 6, point 2: "standing agency defaults", for every level that submits.
  'Query.agencySettings': row(OF_AGENCIES, SWORN),
  'Mutation.updateAgencySettings': row(['SUPERVISOR', 'AGENCY_ADMIN'], SWORN),
  'Query.me': everybody(),

  // Issue 5, point 1: "Agencies … Federal and tribal agencies by hand. Regions … as keys of their own." Whoever runs the
  // deployment makes them; whoever works with others may look them up.
  'Query.agencies': row(OF_AGENCIES, SWORN, { deployment: ['SYSTEM_ADMIN'] }),
  'Query.agency': row(OF_AGENCIES, SWORN, { deployment: ['SYSTEM_ADMIN'] }),
  'Query.regions': row(OF_AGENCIES, SWORN, { deployment: ['SYSTEM_ADMIN'] }),
  'Mutation.createAgency': deployment(),
  'Mutation.updateAgency': deployment(),
  // "An agency can leave": its own admin asks for it, or whoever runs the deployment; a second person decides.
  'Mutation.leaveAgency': admins(),
  'Mutation.updateAgencyContact': row(['AGENCY_ADMIN'], SWORN),
  'Mutation.createRegion': deployment(),
  'Mutation.updateRegion': deployment(),
  // Point 2: "invited by their agency's admin"; "a second person's approval"; "auditors … read the books".
  'Query.members': admins(['AUDITOR']),
  'Query.approvals': admins(),
  'Mutation.invitePerson': admins(),
  'Query.openInvitations': admins(),
  'Mutation.withdrawInvitation': admins(),
  'Mutation.acceptInvitation': everybody(),
  'Mutation.grantRole': admins(),
  'Mutation.endMembership': admins(),
  'Mutation.decideApproval': admins(),
  'Mutation.disablePerson': admins(),
  'Mutation.enablePerson': admins(),
  // Point 3: agreements are signed for an agency by whoever answers for it, and "each agency accepts the current policy
  // text before it reads".
  'Query.agreements': admins(['SUPERVISOR', 'AUDITOR', 'PRIVACY_OFFICER']),
  'Query.policyText': everybody(),
  'Mutation.signAgreement': admins(),
  'Mutation.endAgreement': admins(),
  'Mutation.publishPolicyText': deployment(),
  'Mutation.acceptPolicy': row(['AGENCY_ADMIN'], EVERY),
  // Point 4: keys for machines that submit: agencies that may submit have them.
  'Query.apiKeys': row(['AGENCY_ADMIN'], SWORN),
  'Mutation.createApiKey': row(['AGENCY_ADMIN'], SWORN),
  'Mutation.revokeApiKey': row(['AGENCY_ADMIN'], SWORN),
  // Point 6: "a supervisor may open a record …; loud notice to the owner and the auditor, review afterwards".
  'Mutation.openInImminentDanger': row(['SUPERVISOR'], SWORN, { purpose: true }),
  'Mutation.reviewImminentDanger': row(['AGENCY_ADMIN', 'PRIVACY_OFFICER'], EVERY),
  'Query.imminentDangerOpenings': row(['SUPERVISOR', 'AGENCY_ADMIN', 'AUDITOR', 'PRIVACY_OFFICER'], EVERY),
  // Point 7: "`explainAccess` for an agency's admin about its own records".
  'Query.explainAccess': row(['AGENCY_ADMIN'], SWORN),
};

/** What a call comes to before anything is looked for; null where the field has no row. */
export function mayAsk(world: World, actor: ActorFact, field: string, namesPurpose: boolean): Answer | null {
  const rule = MAY_ASK[field];
  if (rule === undefined) return null;
  if (!isSomebody(world, actor))
    return field === 'Mutation.acceptInvitation' && isNewcomer(world, actor) ? 'ANSWERED' : 'UNAUTHENTICATED';
  if (rule.everybody) return 'ANSWERED';
  const roles = rolesOf(world, actor);
  const agency = agencyOf(world, actor.agencyId);
  if (agency === null) return roles.some((role) => rule.deployment.includes(role)) ? 'ANSWERED' : 'FORBIDDEN';
  if (!rule.levels.includes(agency.level) || !roles.some((role) => rule.roles.includes(role))) return 'FORBIDDEN';
  return rule.purpose && !namesPurpose ? 'PURPOSE_REQUIRED' : 'ANSWERED';
}
