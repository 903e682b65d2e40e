import type { ActorFact, AgencyFact, RecordFact, Role, Sharing, World } from './world.facts.js';

/**
 * Who sees what, written by hand from design.md, section 5 ("Access: locks and keys"), and from the words of section 2.
 * It imports none of our rooms, or it would repeat their mistakes.
 */

/** `-`: as if the record did not exist. `X`: may not ask for records at all. `?`: is nobody here. */
export type Seen = 'OWNER' | 'TASK_FORCE' | 'PARTNER' | '-' | 'X' | '?';

export interface Verdict {
  readonly seen: Seen;
  /** The sentence of the prose that says so. */
  readonly because: string;
}

type Column = 'same agency' | 'task force named' | 'STATE of that state' | 'FEDERAL' | 'LOCAL, TRIBAL of the place';

/** The table of section 5, row by row. */
const TABLE: Readonly<Record<Sharing, Readonly<Record<Column, Seen>>>> = {
  AGENCY: row('OWNER', '-', '-', '-', '-'),
  TASK_FORCES: row('OWNER', 'TASK_FORCE', '-', '-', '-'),
  STATE: row('OWNER', 'TASK_FORCE', 'PARTNER', '-', '-'),
  NATION: row('OWNER', 'TASK_FORCE', 'PARTNER', 'PARTNER', '-'),
  PARTNERS: row('OWNER', 'TASK_FORCE', 'PARTNER', 'PARTNER', 'PARTNER'),
};

function row(own: Seen, force: Seen, state: Seen, federal: Seen, local: Seen): Readonly<Record<Column, Seen>> {
  return {
    'same agency': own,
    'task force named': force,
    'STATE of that state': state,
    FEDERAL: federal,
    'LOCAL, TRIBAL of the place': local,
  };
}

/** "Roles of the owning agency read at OWNER"; "auditors and privacy officers read the books". */
const READS_RECORDS: readonly Role[] = ['SUBMITTER', 'ANALYST', 'SUPERVISOR', 'AGENCY_ADMIN', 'WATCH_OFFICER'];
/** "A SUBMITTER of another agency reads no shared records." */
const READS_SHARED: readonly Role[] = ['ANALYST', 'SUPERVISOR', 'AGENCY_ADMIN', 'WATCH_OFFICER'];

export const agencyOf = (world: World, id: string | null): AgencyFact | null =>
  world.agencies.find((agency) => agency.id === id) ?? null;

/** Every role of the actor in the agency that it acts for, right now. */
export function rolesOf(world: World, actor: ActorFact): Role[] {
  const rows = world.seats.filter((it) => it.personId === actor.personId && it.agencyId === actor.agencyId);
  return [...new Set(rows.filter((it) => it.term === 'NOW').flatMap((it) => it.roles))].sort();
}

/** "A membership … that ends takes its key away the same instant." Without a seat nobody is anybody. */
export function isSomebody(world: World, actor: ActorFact): boolean {
  if (actor.credential !== 'GOOD') return false;
  const person = world.persons.find((it) => it.id === actor.personId);
  const agency = agencyOf(world, actor.agencyId);
  if (person?.status !== 'ACTIVE' || rolesOf(world, actor).length === 0) return false;
  return actor.agencyId === null || agency?.status === 'ACTIVE';
}

/** Who has a seat elsewhere is somebody, and learns that this agency is none of theirs; nobody else learns as much. */
export const isSomebodyElsewhere = (world: World, actor: ActorFact): boolean =>
  world.seats.some((it) => it.personId === actor.personId && isSomebody(world, { ...actor, agencyId: it.agencyId }));

/** Whose token is good and who has no seat anywhere: whoever was invited comes like this, and may accept, and nothing else. */
export function isNewcomer(world: World, actor: ActorFact): boolean {
  if (actor.credential === 'UNKNOWN_SUBJECT') return true;
  const person = world.persons.find((it) => it.id === actor.personId);
  return actor.credential === 'GOOD' && person?.status === 'ACTIVE' && !isSomebodyElsewhere(world, actor);
}

/** "A system admin sees no record at all"; community partners have a precision of their own that is filled in batches. */
export function mayAskForRecords(world: World, actor: ActorFact): boolean {
  const agency = agencyOf(world, actor.agencyId);
  if (agency === null || agency.level === 'COMMUNITY') return false;
  return rolesOf(world, actor).some((role) => READS_RECORDS.includes(role));
}

export function whoSees(world: World, actor: ActorFact, record: RecordFact): Verdict {
  if (!isSomebody(world, actor)) return { seen: '?', because: 'nobody is behind this credential' };
  const agency = agencyOf(world, actor.agencyId);
  if (agency === null || !mayAskForRecords(world, actor))
    return { seen: 'X', because: 'its roles or level read no records at all' };
  if (record.recalled) return { seen: '-', because: 'a recall takes the record out of everybody’s sight' };
  if (record.agencyId === agency.id) return { seen: 'OWNER', because: 'roles of the owning agency read at OWNER' };
  if (record.embargo === 'IN_FORCE')
    return { seen: '-', because: 'under embargo nobody but the agency sees the record' };
  if (!rolesOf(world, actor).some((role) => READS_SHARED.includes(role)))
    return { seen: '-', because: 'a SUBMITTER of another agency reads no shared records' };
  if (agency.policy === 'OVERDUE')
    return { seen: '-', because: 'each agency accepts the current policy text before it reads' };
  if (!isParty(world, agency, actor.purpose))
    return { seen: '-', because: `its agency has no agreement that is valid now for ${actor.purpose}` };
  const columns = columnsOf(world, actor, agency, record);
  const seen = columns.map((column) => TABLE[record.sharing][column]);
  // "A reader gets the finest visible view of a record."
  if (seen.includes('TASK_FORCE'))
    return { seen: 'TASK_FORCE', because: 'a named member of a task force it is shared into' };
  if (seen.includes('PARTNER'))
    return { seen: 'PARTNER', because: `sharing ${record.sharing} opens it to ${columns.join(' and ')}` };
  return {
    seen: '-',
    because: `sharing ${record.sharing} does not open it to ${columns.length === 0 ? 'anybody of there' : columns.join(' and ')}`,
  };
}

/** "Sharing agreements: parties, purposes …": one that is valid now, that the agency has signed and not ended for itself. */
const isParty = (world: World, agency: AgencyFact, purpose: ActorFact['purpose']): boolean =>
  world.agreements.some(
    (it) =>
      it.term === 'NOW' &&
      it.parties.includes(agency.id) &&
      !it.withdrawn.includes(agency.id) &&
      (purpose === 'ANY' || it.purposes.includes(purpose)),
  );

/** Whether its agency has not accepted the text that is in force, which whoever sees nothing is told in place of it. */
export const isClosed = (world: World, actor: ActorFact): boolean =>
  isSomebody(world, actor) && mayAskForRecords(world, actor) && agencyOf(world, actor.agencyId)?.policy === 'OVERDUE';

/**
 * By its id: "imminent danger: a supervisor may open a record beyond the keyring for at most 60 minutes by a time-boxed
 * extra key"; at PARTNER, and nothing that is not released.
 */
export function whoSeesById(world: World, actor: ActorFact, record: RecordFact): Verdict {
  const verdict = whoSees(world, actor, record);
  if (verdict.seen !== '-' || record.recalled || record.embargo === 'IN_FORCE') return verdict;
  return hasOpened(world, actor, record)
    ? { seen: 'PARTNER', because: 'it opened the record in imminent danger' }
    : verdict;
}

/** Whether a supervisor's extra key for the record is valid now. */
export const hasOpened = (world: World, actor: ActorFact, { n }: RecordFact): boolean =>
  isSomebody(world, actor) &&
  rolesOf(world, actor).includes('SUPERVISOR') &&
  world.dangers.some(
    (it) => it.n === n && it.term === 'NOW' && it.personId === actor.personId && it.agencyId === actor.agencyId,
  );

function columnsOf(world: World, actor: ActorFact, agency: AgencyFact, record: RecordFact): Column[] {
  const columns: Column[] = [];
  const forces = world.taskForces.filter((it) => record.taskForceIds.includes(it.id));
  if (forces.some((force) => isNamed(force, actor, agency))) columns.push('task force named');
  const { stateFips, countyFips } = record.place;
  switch (agency.level) {
    case 'STATE':
      if (agency.places.includes(`state:${stateFips}`)) columns.push('STATE of that state');
      break;
    case 'FEDERAL':
      columns.push('FEDERAL');
      break;
    case 'LOCAL':
    case 'TRIBAL':
      if (isOfThePlace(world, agency, countyFips)) columns.push('LOCAL, TRIBAL of the place');
      break;
    case 'COMMUNITY':
      break;
  }
  return columns;
}

/** "A task force that ends takes its key away": it runs, the agency takes part, the person is named, all three now. */
function isNamed(force: World['taskForces'][number], actor: ActorFact, agency: AgencyFact): boolean {
  return (
    force.term === 'NOW' &&
    force.agencies.some((it) => it.agencyId === agency.id && it.term === 'NOW') &&
    force.members.some((it) => it.agencyId === agency.id && it.personId === actor.personId && it.term === 'NOW')
  );
}

/** "LOCAL, TRIBAL agencies of the record's counties and region." The ends of a route open nothing. */
function isOfThePlace(world: World, agency: AgencyFact, countyFips: string): boolean {
  if (agency.places.includes(`county:${countyFips}`)) return true;
  return world.regions.some(
    ({ counties }) => counties.includes(countyFips) && counties.some((it) => agency.places.includes(`county:${it}`)),
  );
}

/** `me.keyring` in the words of section 2: what opens for the actor, at which precision. */
export function keyringOf(world: World, actor: ActorFact): string[] {
  const agency = agencyOf(world, actor.agencyId);
  if (!isSomebody(world, actor) || agency === null) return [];
  const roles = rolesOf(world, actor);
  const keys: string[] = [];
  if (roles.some((role) => READS_RECORDS.includes(role))) keys.push(`agency:${agency.id} OWNER`);
  for (const record of world.records)
    if (hasOpened(world, actor, record)) keys.push(`danger:${record.recordId} PARTNER`);
  const reads = roles.some((role) => READS_SHARED.includes(role)) && agency.policy !== 'OVERDUE';
  if (!reads || !isParty(world, agency, actor.purpose)) return keys.sort();
  for (const force of world.taskForces)
    if (isNamed(force, actor, agency)) keys.push(`taskforce:${force.id} TASK_FORCE`);
  const opening = {
    FEDERAL: ['nation:'],
    STATE: ['state:'],
    LOCAL: ['county:', 'tribe:'],
    TRIBAL: ['county:', 'tribe:'],
  };
  // "`communityRecords` for partners under agreement": a key that opens no record.
  if (agency.level === 'COMMUNITY') return [...keys, 'community:us COMMUNITY'].sort();
  const kinds = opening[agency.level];
  for (const place of agency.places) if (kinds.some((kind) => place.startsWith(kind))) keys.push(`${place} PARTNER`);
  if (agency.level === 'LOCAL' || agency.level === 'TRIBAL')
    for (const { id, counties } of world.regions)
      if (counties.some((county) => agency.places.includes(`county:${county}`))) keys.push(`region:${id} PARTNER`);
  return keys.sort();
}

/** The same world when everything was submitted: every term held, nothing was recalled or corrected, nobody had left. */
export const asItWas = (world: World): World => ({
  ...beforeTheEnd(world),
  records: world.records.map((it) => ({
    ...it,
    recalled: false,
    sharing: it.sharedBefore ?? it.sharing,
    embargo: it.embargo === 'NONE' ? 'NONE' : 'IN_FORCE',
  })),
});

/** The same world when all was corrected and recalled and short embargoes were over, and no term had ended yet. */
export function beforeTheEnd(world: World): World {
  const held = <T extends { readonly term: unknown }>(it: T): T => ({ ...it, term: 'NOW' });
  return {
    ...world,
    dangers: [],
    agencies: world.agencies.map((it) => ({ ...it, status: 'ACTIVE', policy: 'ACCEPTED' })),
    persons: world.persons.map((it) => ({ ...it, status: 'ACTIVE' })),
    seats: world.seats.map(held),
    agreements: world.agreements.map((it) => ({ ...held(it), withdrawn: [] })),
    taskForces: world.taskForces.map((it) => ({
      ...held(it),
      agencies: it.agencies.map(held),
      members: it.members.map(held),
    })),
  };
}
