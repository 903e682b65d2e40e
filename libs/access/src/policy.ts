import type { AgencyLevel, ApiKeyCapability, Role } from '@concord/codes';
import type { Actor, ActorKey, AgencyActor } from './actor.js';

/**
 * Who may do what: one row an action. Reading a record is decided by keys and not here (a row only lets somebody
 * ask); this table says which roles and levels may ask at all, and whether a purpose must be named.
 */
interface Rule {
  readonly roles: readonly Role[];
  readonly levels: readonly AgencyLevel[];
  /** Shared records are read: a purpose is named (28 CFR 23.20(e)). */
  readonly purpose: boolean;
  /** Roles of the deployment that may do it too, for no agency; absent: none. */
  readonly deployment?: readonly Role[];
}

const SWORN: readonly AgencyLevel[] = ['FEDERAL', 'STATE', 'LOCAL', 'TRIBAL'];
const EVERY_LEVEL: readonly AgencyLevel[] = [...SWORN, 'COMMUNITY'];
const READERS: readonly Role[] = ['SUBMITTER', 'ANALYST', 'SUPERVISOR', 'AGENCY_ADMIN', 'WATCH_OFFICER'];
const EVERYBODY: readonly Role[] = [...READERS, 'AUDITOR', 'PRIVACY_OFFICER'];

export const POLICIES = {
  'report.submit': { roles: ['SUBMITTER', 'ANALYST', 'SUPERVISOR'], levels: SWORN, purpose: false },
  // Whoever may submit may put right what was submitted, at once: every change is on the books, with its reason.
  'report.change': { roles: ['SUBMITTER', 'ANALYST', 'SUPERVISOR'], levels: SWORN, purpose: false },
  // Begun and not submitted: whoever writes it, and nobody else, keys neither.
  'report.draft': { roles: ['SUBMITTER', 'ANALYST', 'SUPERVISOR'], levels: SWORN, purpose: false },
  // What an agency's words mean counts for all of its files: people say it, and no key.
  'column-mapping.save': { roles: ['SUBMITTER', 'ANALYST', 'SUPERVISOR'], levels: SWORN, purpose: false },
  // Whoever wrote it never does: libs/submission and PostgreSQL see to that, and to a parent agency's part in it.
  'report.release': { roles: ['SUPERVISOR'], levels: SWORN, purpose: false },
  'report.read': { roles: READERS, levels: SWORN, purpose: false },
  'record.read': { roles: READERS, levels: SWORN, purpose: true },
  // Whoever sees a record may ask its owner; the owner's analysts and supervisors answer. What was asked stays the asker's.
  'contact.request': { roles: READERS, levels: SWORN, purpose: true },
  'contact.asked': { roles: READERS, levels: SWORN, purpose: false },
  'contact.answer': { roles: ['ANALYST', 'SUPERVISOR'], levels: SWORN, purpose: false },
  'alert.rule.create': { roles: ['ANALYST', 'SUPERVISOR', 'WATCH_OFFICER'], levels: SWORN, purpose: false },
  // One's own rules: that they are there opens no record.
  'alert.rule.read': { roles: ['ANALYST', 'SUPERVISOR', 'WATCH_OFFICER'], levels: SWORN, purpose: false },
  'alert.rule.change': { roles: ['ANALYST', 'SUPERVISOR', 'WATCH_OFFICER'], levels: SWORN, purpose: false },
  'alert.read': { roles: ['ANALYST', 'SUPERVISOR', 'WATCH_OFFICER'], levels: SWORN, purpose: true },
  'alert.acknowledge': { roles: ['ANALYST', 'SUPERVISOR', 'WATCH_OFFICER'], levels: SWORN, purpose: false },
  // It says that the record is there, as reading it does.
  'alert.watch': { roles: ['ANALYST', 'SUPERVISOR', 'WATCH_OFFICER'], levels: SWORN, purpose: true },
  // Where one's own alerts are pushed to; what was pushed is in no record.
  'alert.push': { roles: ['ANALYST', 'SUPERVISOR', 'WATCH_OFFICER'], levels: SWORN, purpose: false },
  'alert.assign': { roles: ['ANALYST', 'SUPERVISOR', 'WATCH_OFFICER'], levels: SWORN, purpose: false },
  'overview.state': { roles: ['ANALYST', 'SUPERVISOR', 'WATCH_OFFICER'], levels: ['STATE'], purpose: true },
  'overview.nation': { roles: ['ANALYST', 'SUPERVISOR', 'WATCH_OFFICER'], levels: ['FEDERAL'], purpose: true },
  // What the weekly batches let out: for partners that have no records to read (ADR 0024).
  'community.read': {
    roles: ['ANALYST', 'SUPERVISOR', 'AGENCY_ADMIN', 'WATCH_OFFICER'],
    levels: ['COMMUNITY'],
    purpose: true,
  },
  // Every level that submits has defaults for its reports.
  'agency.settings.read': { roles: EVERYBODY, levels: SWORN, purpose: false },
  // The directory is no secret among sworn agencies; whom to call there is for them alone.
  'agency.read': { roles: EVERYBODY, levels: SWORN, purpose: false, deployment: ['SYSTEM_ADMIN'] },
  'agency.contact.read': { roles: EVERYBODY, levels: SWORN, purpose: false, deployment: ['SYSTEM_ADMIN'] },
  // Its admin says whom to call; whether an agency leaves, a second person decides.
  'agency.contact.change': { roles: ['AGENCY_ADMIN'], levels: SWORN, purpose: false },
  'agency.leave': { roles: ['AGENCY_ADMIN'], levels: EVERY_LEVEL, purpose: false, deployment: ['SYSTEM_ADMIN'] },
  'agency.manage': { roles: [], levels: SWORN, purpose: false, deployment: ['SYSTEM_ADMIN'] },
  'region.read': { roles: EVERYBODY, levels: SWORN, purpose: false, deployment: ['SYSTEM_ADMIN'] },
  'region.manage': { roles: [], levels: SWORN, purpose: false, deployment: ['SYSTEM_ADMIN'] },
  // What an agency has signed, and what its agreements rest on.
  'agreement.read': {
    roles: ['SUPERVISOR', 'AGENCY_ADMIN', 'AUDITOR', 'PRIVACY_OFFICER'],
    levels: EVERY_LEVEL,
    purpose: false,
    deployment: ['SYSTEM_ADMIN'],
  },
  'agreement.sign': { roles: ['AGENCY_ADMIN'], levels: EVERY_LEVEL, purpose: false, deployment: ['SYSTEM_ADMIN'] },
  'agreement.end': { roles: ['AGENCY_ADMIN'], levels: EVERY_LEVEL, purpose: false, deployment: ['SYSTEM_ADMIN'] },
  'policy.publish': { roles: [], levels: EVERY_LEVEL, purpose: false, deployment: ['SYSTEM_ADMIN'] },
  'policy.accept': { roles: ['AGENCY_ADMIN'], levels: EVERY_LEVEL, purpose: false },
  // What left the agency and which agencies read it: for whoever answers for its reports.
  'agency.activity.read': { roles: ['SUPERVISOR', 'AGENCY_ADMIN'], levels: SWORN, purpose: false },
  'access.explain': { roles: ['AGENCY_ADMIN'], levels: SWORN, purpose: false },
  // 28 CFR 23.20(f)(2), and who hears of it.
  'danger.open': { roles: ['SUPERVISOR'], levels: SWORN, purpose: true },
  'danger.read': {
    roles: ['SUPERVISOR', 'AGENCY_ADMIN', 'AUDITOR', 'PRIVACY_OFFICER'],
    levels: EVERY_LEVEL,
    purpose: false,
  },
  'danger.review': { roles: ['AGENCY_ADMIN', 'PRIVACY_OFFICER'], levels: EVERY_LEVEL, purpose: false },
  'agency.settings.change': { roles: ['SUPERVISOR', 'AGENCY_ADMIN'], levels: SWORN, purpose: false },
  // Administration. Which agency, and which roles somebody may give, is decided by libs/agencies and PostgreSQL.
  'approval.read': { roles: ['AGENCY_ADMIN'], levels: EVERY_LEVEL, purpose: false, deployment: ['SYSTEM_ADMIN'] },
  'approval.decide': { roles: ['AGENCY_ADMIN'], levels: EVERY_LEVEL, purpose: false, deployment: ['SYSTEM_ADMIN'] },
  'person.invite': { roles: ['AGENCY_ADMIN'], levels: EVERY_LEVEL, purpose: false, deployment: ['SYSTEM_ADMIN'] },
  'invitation.read': { roles: ['AGENCY_ADMIN'], levels: EVERY_LEVEL, purpose: false, deployment: ['SYSTEM_ADMIN'] },
  'invitation.withdraw': { roles: ['AGENCY_ADMIN'], levels: EVERY_LEVEL, purpose: false, deployment: ['SYSTEM_ADMIN'] },
  'person.disable': { roles: ['AGENCY_ADMIN'], levels: EVERY_LEVEL, purpose: false, deployment: ['SYSTEM_ADMIN'] },
  'person.enable': { roles: ['AGENCY_ADMIN'], levels: EVERY_LEVEL, purpose: false, deployment: ['SYSTEM_ADMIN'] },
  'role.grant': { roles: ['AGENCY_ADMIN'], levels: EVERY_LEVEL, purpose: false, deployment: ['SYSTEM_ADMIN'] },
  'membership.read': {
    roles: ['AGENCY_ADMIN', 'AUDITOR'],
    levels: EVERY_LEVEL,
    purpose: false,
    deployment: ['SYSTEM_ADMIN'],
  },
  'membership.end': { roles: ['AGENCY_ADMIN'], levels: EVERY_LEVEL, purpose: false, deployment: ['SYSTEM_ADMIN'] },
  'api-key.manage': { roles: ['AGENCY_ADMIN'], levels: SWORN, purpose: false },
} as const satisfies Record<string, Rule>;

/** The one action that each capability of an API key allows. */
export const KEY_ACTIONS = {
  SUBMIT: 'report.submit',
  CORRECT: 'report.change',
  READ_OWN: 'report.read',
} as const satisfies Record<ApiKeyCapability, keyof typeof POLICIES>;

/** Actions that everybody who is signed in may do, with or without an agency. */
export const OPEN_ACTIONS = ['self.read', 'invitation.accept'] as const;

export type Action = keyof typeof POLICIES | (typeof OPEN_ACTIONS)[number];

/** Never a bare boolean: a refusal that is not looked at does not compile away. */
export type Decision = { readonly allowed: true } | { readonly allowed: false; readonly refusal: Refusal };
export type Refusal = 'NO_AGENCY' | 'LEVEL' | 'ROLE' | 'PURPOSE' | 'KEY';

const ALLOWED: Decision = { allowed: true };
const refused = (refusal: Refusal): Decision => ({ allowed: false, refusal });

/** Whether the actor may ask for the action at all. Pure. */
export function decide(actor: Actor, action: Action): Decision {
  // Before what is open to everybody: that is meant for people.
  if (actor.key !== undefined && !keyAllows(actor.key, action)) return refused('KEY');
  if (isOpen(action)) return ALLOWED;
  const rule: Rule = POLICIES[action];
  if (actor.agency === null)
    return rule.deployment?.some((role) => actor.roles.has(role)) ? ALLOWED : refused('NO_AGENCY');
  if (!rule.levels.includes(actor.agency.level)) return refused('LEVEL');
  if (!rule.roles.some((role) => actor.roles.has(role))) return refused('ROLE');
  if (rule.purpose && actor.purpose === null) return refused('PURPOSE');
  return ALLOWED;
}

/** What it was made for, and to ask who it is. */
const keyAllows = ({ capabilities }: ActorKey, action: Action): boolean =>
  action === 'self.read' || [...capabilities].some((capability) => KEY_ACTIONS[capability] === action);

const isOpen = (action: Action): action is (typeof OPEN_ACTIONS)[number] =>
  (OPEN_ACTIONS as readonly string[]).includes(action);

/** Narrows an actor that a policy has let through to one with an agency. */
export const actsForAgency = (actor: Actor): actor is AgencyActor => actor.agency !== null;
