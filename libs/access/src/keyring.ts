import type { AgencyLevel, PurposeCode, Role } from '@concord/codes';
import type { HeldKey } from './actor.reader.js';
import { agencyKey, COMMUNITY_KEY, dangerKey, NATION_KEY, regionKey, taskForceKey } from './audience.js';
import { ANY_PURPOSE, type KeyringPurpose } from './keyring-purpose.js';

/** From `validFrom`, included, until `validUntil`, excluded; without an end if that is null. */
export interface Term {
  readonly validFrom: Date;
  readonly validUntil: Date | null;
}

export interface MembershipFact extends Term {
  readonly personId: string;
  readonly agencyId: string | null;
  readonly roles: readonly Role[];
}

export interface AgreementFact extends Term {
  readonly name: string;
  /** Why its parties may read under it. */
  readonly purposes: readonly PurposeCode[];
  /** Agencies that have signed it, each until it withdraws, or as long as the agreement. */
  readonly parties: readonly { readonly agencyId: string; readonly validUntil: Date | null }[];
}

/** A version of the policy text; it has to be accepted from `effectiveFrom` on. */
export interface PolicyTextFact {
  readonly version: number;
  readonly effectiveFrom: Date;
}

/** A record that somebody has opened in imminent danger (28 CFR 23.20(f)(2)). */
export interface DangerFact {
  readonly personId: string;
  readonly agencyId: string;
  readonly recordId: string;
  readonly validUntil: Date;
}

export interface TaskForceFact extends Term {
  readonly id: string;
  readonly name: string;
  readonly agencies: readonly (Term & { readonly agencyId: string })[];
  /** Named people; each counts while their agency takes part. */
  readonly members: readonly (Term & { readonly agencyId: string; readonly personId: string })[];
}

/** What the directory knows; it may hold more than concerns this person and agency. */
export interface KeyringFacts {
  readonly now: Date;
  /** Null where shared records are read without naming one: nothing is opened then. */
  readonly purpose: KeyringPurpose | null;
  readonly person: { readonly id: string; readonly status: 'ACTIVE' | 'DISABLED' };
  readonly agency: {
    readonly id: string;
    readonly name: string;
    readonly level: AgencyLevel;
    readonly status: 'ACTIVE' | 'LEFT';
    /** `nation:us`, `state:06`, `county:06073`, `tribe:…`. */
    readonly placeKeys: readonly string[];
  };
  readonly memberships: readonly MembershipFact[];
  readonly agreements: readonly AgreementFact[];
  readonly policyTexts: readonly PolicyTextFact[];
  readonly acceptances: readonly { readonly agencyId: string; readonly version: number }[];
  readonly dangers: readonly DangerFact[];
  readonly taskForces: readonly TaskForceFact[];
  readonly regions: readonly { readonly id: string; readonly countyFips: readonly string[] }[];
}

/** Roles that read their own agency's records, at OWNER. */
const READS_OWN: readonly Role[] = ['SUBMITTER', 'ANALYST', 'SUPERVISOR', 'AGENCY_ADMIN', 'WATCH_OFFICER'];
/** Roles that read other agencies' records: all of those but a submitter. */
const READS_SHARED: readonly Role[] = READS_OWN.filter((role) => role !== 'SUBMITTER');

/**
 * Every key that a person carries for an agency at this moment, what it opens and why, in the order of the keys. What
 * decides in production is the SQL function `actor_keys`, in the statement that reads; this says the same where it can
 * be read and tested without a database, and a test compares the two. Pure.
 */
export function keyringOf(facts: KeyringFacts): HeldKey[] {
  const { person, agency } = facts;
  const roles = rolesNow(facts);
  const keys: HeldKey[] = [];
  if (roles.some((role) => READS_OWN.includes(role))) {
    keys.push({ key: agencyKey(agency.id), precision: 'OWNER', because: `member of ${agency.name}` });
  }
  if (roles.includes('SUPERVISOR')) keys.push(...dangerKeys(facts));
  const agreement = hasAcceptedPolicy(facts) ? firstAgreement(facts) : null;
  if (agreement !== null && roles.some((role) => READS_SHARED.includes(role))) {
    keys.push(...taskForceKeys(facts, person.id), ...placeKeys(facts, agreement), ...regionKeys(facts, agreement));
    if (agency.level === 'COMMUNITY') {
      keys.push({ key: COMMUNITY_KEY, precision: 'COMMUNITY', because: `community partner under ${agreement}` });
    }
  }
  return keys.sort((a, b) => compare(a.key, b.key));
}

function rolesNow({ now, person, agency, memberships }: KeyringFacts): Role[] {
  if (person.status !== 'ACTIVE' || agency.status !== 'ACTIVE') return [];
  return memberships
    .filter((it) => it.personId === person.id && it.agencyId === agency.id && isValid(it, now))
    .flatMap(({ roles }) => roles);
}

/** Nothing is shared without participation under an agreement, nor for what it is not for: 28 CFR 23.20(e), (f)(1). */
function firstAgreement({ now, agency, agreements, purpose }: KeyringFacts): string | null {
  const signed = ({ parties }: AgreementFact): boolean =>
    parties.some((it) => it.agencyId === agency.id && (it.validUntil === null || it.validUntil > now));
  const covers = ({ purposes }: AgreementFact): boolean =>
    purpose === ANY_PURPOSE || (purpose !== null && purposes.includes(purpose));
  const names = agreements.filter((it) => signed(it) && covers(it) && isValid(it, now)).map(({ name }) => name);
  return names.sort(compare)[0] ?? null;
}

/** Every text that is in force, or a later one: whoever accepted version 3 has accepted what 2 said. */
function hasAcceptedPolicy({ now, agency, policyTexts, acceptances }: KeyringFacts): boolean {
  const accepted = acceptances.filter(({ agencyId }) => agencyId === agency.id).map(({ version }) => version);
  return policyTexts.every((it) => it.effectiveFrom > now || accepted.some((version) => version >= it.version));
}

/** One record each, at PARTNER and by its id alone, whatever the agreements say. */
function dangerKeys({ now, person, agency, dangers }: KeyringFacts): HeldKey[] {
  const records = dangers
    .filter((it) => it.personId === person.id && it.agencyId === agency.id && it.validUntil > now)
    .map(({ recordId }) => recordId);
  return [...new Set(records)].map((id) => ({
    key: dangerKey(id),
    precision: 'PARTNER',
    because: 'opened in imminent danger',
  }));
}

/** The task force runs, the agency takes part in it and the person is named in it, all three now. */
function taskForceKeys({ now, agency, taskForces }: KeyringFacts, personId: string): HeldKey[] {
  return taskForces
    .filter(
      (taskForce) =>
        isValid(taskForce, now) &&
        taskForce.agencies.some((it) => it.agencyId === agency.id && isValid(it, now)) &&
        taskForce.members.some((it) => it.agencyId === agency.id && it.personId === personId && isValid(it, now)),
    )
    .map(({ id, name }) => ({
      key: taskForceKey(id),
      precision: 'TASK_FORCE',
      because: `named member of task force ${name}`,
    }));
}

/** A level reads by its own kind of place: a state agency that has a county listed does not read by that county. */
function placeKeys({ agency }: KeyringFacts, agreement: string): HeldKey[] {
  return agency.placeKeys
    .filter((key) => readsByPlace(agency.level, key))
    .map((key) => ({
      key,
      precision: 'PARTNER',
      because: `${agency.level.toLowerCase()} agency of this jurisdiction under ${agreement}`,
    }));
}

function readsByPlace(level: AgencyLevel, key: string): boolean {
  switch (level) {
    case 'FEDERAL':
      return key === NATION_KEY;
    case 'STATE':
      return key.startsWith('state:');
    case 'LOCAL':
    case 'TRIBAL':
      return key.startsWith('county:') || key.startsWith('tribe:');
    case 'COMMUNITY':
      return false;
  }
}

function regionKeys({ agency, regions }: KeyringFacts, agreement: string): HeldKey[] {
  if (agency.level !== 'LOCAL' && agency.level !== 'TRIBAL') return [];
  const counties = new Set(agency.placeKeys.filter((key) => key.startsWith('county:')).map((key) => key.slice(7)));
  return regions
    .filter(({ countyFips }) => countyFips.some((fips) => counties.has(fips)))
    .map(({ id }) => ({
      key: regionKey(id),
      precision: 'PARTNER',
      because: `county of this region under ${agreement}`,
    }));
}

const isValid = ({ validFrom, validUntil }: Term, now: Date): boolean =>
  validFrom <= now && (validUntil === null || validUntil > now);

/** By code unit, as the database orders text. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
