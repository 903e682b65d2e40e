import { agencyOf, hasOpened, isSomebody, keyringOf, rolesOf, whoSeesById } from './who-sees.oracle.js';
import { audienceOf } from './why.oracle.js';
import type { ActorFact, ApprovalFact, DangerFact, RecordFact, World } from './world.facts.js';

/**
 * Whose rows administration answers, to those who may ask at all: by hand from issue 5 (points 1 to 4, 6 and 7), design.md,
 * section 2, and docs/adr/0009. Each row is told as one text of what matters of it, by its id.
 */
export type Rows = ReadonlyMap<string, string>;

const isAdmin = (world: World, actor: ActorFact): boolean => rolesOf(world, actor).includes('AGENCY_ADMIN');
const isSystemAdmin = (world: World, actor: ActorFact): boolean =>
  actor.agencyId === null && rolesOf(world, actor).includes('SYSTEM_ADMIN');

function rows<T extends { readonly id: string }>(items: readonly T[], tell: (item: T) => string): Rows {
  return new Map(items.map((item) => [item.id, tell(item)]));
}

/** "Agencies": among sworn agencies no secret; who has left takes part no more. */
export const listedAgencies = (world: World): Rows =>
  rows(
    world.agencies.filter((it) => it.status === 'ACTIVE'),
    (it) => `${it.name}, ${it.level}, under ${it.parentId ?? 'nobody'}, of ${placesOf(it.places)}`,
  );

/** Its jurisdiction in the order in which it is shown. */
export const placesOf = (places: readonly string[]): string => [...places].sort().join(' ');

/** "Regions as keys of their own": every one. */
export const listedRegions = (world: World): Rows => rows(world.regions, (it) => [...it.counties].sort().join(' '));

/**
 * "AGENCY_ADMIN (own agency)", its auditor beside; a system admin sees the system admins. What has ended is asked for
 * apart. Whoever was disabled is a member still.
 */
export const members = (world: World, actor: ActorFact, ended: boolean): Rows =>
  rows(
    world.seats.filter((it) => it.agencyId === actor.agencyId && (it.term === 'ENDED') === ended),
    (it) => `${it.personId} as ${[...it.roles].sort().join(' ')}`,
  );

/** Of an agency that is named: the own one's; to a system admin the admins that it appoints; of any other as if it were none. */
export function membersOf(world: World, actor: ActorFact, agencyId: string): Rows | null {
  const agency = agencyOf(world, agencyId);
  if (agency?.status !== 'ACTIVE') return null;
  if (actor.agencyId !== null) return actor.agencyId === agencyId ? members(world, actor, false) : null;
  const all = members(world, { ...actor, agencyId }, false);
  const admins = new Set(world.seats.filter((it) => it.roles.includes('AGENCY_ADMIN')).map((it) => it.id));
  return new Map([...all].filter(([id]) => admins.has(id)));
}

/** One's own, in every agency: those that are not over. */
export const ownMemberships = (world: World, actor: ActorFact): Rows =>
  rows(
    world.seats.filter((it) => it.personId === actor.personId && it.term !== 'ENDED'),
    (it) => [...it.roles].sort().join(' '),
  );

/** Whether an agency, or the deployment, has an admin right now who is not this person. */
function hasAnotherAdmin(world: World, agencyId: string | null, personId: string): boolean {
  const role = agencyId === null ? 'SYSTEM_ADMIN' : 'AGENCY_ADMIN';
  return world.seats.some((it) => {
    const actor: ActorFact = { name: '', personId: it.personId, agencyId, credential: 'GOOD', purpose: 'ANY' };
    return (
      it.agencyId === agencyId &&
      it.personId !== personId &&
      isSomebody(world, actor) &&
      rolesOf(world, actor).includes(role)
    );
  });
}

/** "Need a second person's approval; nobody approves their own (in an agency of one, the parent agency's admin does)." */
export function approvalNeeds(world: World, { agencyId, requestedBy }: ApprovalFact): string {
  if (agencyId === null) return 'SYSTEM_ADMIN';
  if (hasAnotherAdmin(world, agencyId, requestedBy)) return 'AGENCY_ADMIN';
  const parentId = agencyOf(world, agencyId)?.parentId ?? null;
  return parentId !== null && hasAnotherAdmin(world, parentId, requestedBy) ? 'PARENT_ADMIN' : 'SYSTEM_ADMIN';
}

/** What somebody asked for or decided, what is of their agency, and what is theirs to decide. */
export function approvals(world: World, actor: ActorFact): Rows {
  return rows(
    world.approvals.filter((it) => isShownApproval(world, actor, it) && !isAgencysAffair(actor, it)),
    (it) =>
      `${it.state}, needs ${approvalNeeds(world, it)}, by ${it.requestedBy}, decided by ${it.decidedBy ?? 'nobody'}`,
  );
}

/** Of an agency whoever runs the deployment lists what waits: what it decided, or let run out, is that agency's. */
const isAgencysAffair = (actor: ActorFact, it: ApprovalFact): boolean =>
  actor.agencyId === null &&
  it.agencyId !== null &&
  it.state !== 'PENDING' &&
  it.requestedBy !== actor.personId &&
  it.decidedBy !== actor.personId;

export function isShownApproval(world: World, actor: ActorFact, it: ApprovalFact): boolean {
  if (it.requestedBy === actor.personId || it.decidedBy === actor.personId) return true;
  if (it.agencyId === actor.agencyId) return true;
  switch (approvalNeeds(world, it)) {
    case 'PARENT_ADMIN':
      return isAdmin(world, actor) && agencyOf(world, it.agencyId)?.parentId === actor.agencyId;
    case 'SYSTEM_ADMIN':
      return isSystemAdmin(world, actor);
    default:
      return false;
  }
}

/** "Agreements: parties …": those that name the agency, signed or not; the deployment records all of them. */
export function agreements(world: World, actor: ActorFact): Rows {
  const named = world.agreements.filter(
    ({ parties, invited }) =>
      actor.agencyId === null || parties.includes(actor.agencyId) || invited.includes(actor.agencyId),
  );
  return rows(named, (it) => {
    const parties = world.agencies
      .filter(({ id }) => it.parties.includes(id) || it.invited.includes(id))
      .map(
        ({ id, name }) =>
          `${name} ${it.parties.includes(id) ? 'bound' : 'named'}${it.withdrawn.includes(id) ? ', ended' : ''}`,
      );
    const ended = it.term === 'ENDED' || (actor.agencyId !== null && it.withdrawn.includes(actor.agencyId));
    return `${it.name}, ${ended ? 'ended' : 'open'}, for ${[...it.purposes].sort().join(' ')}: ${parties.sort().join('; ')}`;
  });
}

/** "API keys for machine submitters": an admin's own agency's, those that have ended too. */
export const apiKeys = (world: World, actor: ActorFact): Rows =>
  rows(
    world.apiKeys.filter((it) => it.agencyId === actor.agencyId),
    (it) => `${it.state}, acts from ${it.personId}`,
  );

/**
 * "Loud notice to the owner and the auditor, review afterwards": what the agency opened, what was opened of it, and to an
 * auditor all of them, without the reason where it is about others.
 */
export function dangers(world: World, actor: ActorFact, unreviewed: boolean): Rows {
  const audits = rolesOf(world, actor).includes('AUDITOR');
  const shown = world.dangers.filter((it) =>
    unreviewed
      ? sideOf(world, actor, it) !== 'WATCHED' && !it.reviewedBy.includes(actor.agencyId ?? '')
      : audits || sideOf(world, actor, it) !== 'WATCHED',
  );
  return rows(shown, (it) => {
    const side = sideOf(world, actor, it);
    const reviewed = side !== 'WATCHED' && it.reviewedBy.includes(actor.agencyId ?? '');
    const record = world.records[it.n];
    return `${side}, record ${record?.recordId ?? ''}, by ${it.personId}, ${side === 'WATCHED' ? 'no reason' : 'with its reason'}, ${reviewed ? 'reviewed' : 'not reviewed'}`;
  });
}

function sideOf(world: World, actor: ActorFact, { agencyId, n }: DangerFact): string {
  if (world.records[n]?.agencyId === actor.agencyId) return 'OPENED_TO_OURS';
  return agencyId === actor.agencyId ? 'OPENED_BY_US' : 'WATCHED';
}

/** "`explainAccess` for an agency's admin about its own records": what somebody reads of it at this moment, and by which keys. */
export function explained(
  world: World,
  record: RecordFact,
  personId: string,
): { precision: string | null; keys: string[] } {
  const audience = record.recalled ? [] : audienceOf(world, record).map(withoutPrecision);
  const seats = [...new Set(world.seats.filter((it) => it.personId === personId).map((it) => it.agencyId))]
    .filter((agencyId) => agencyId !== null)
    .map((agencyId): ActorFact => ({ name: '', personId, agencyId, credential: 'GOOD', purpose: 'ANY' }));
  const seen = seats.map((seat) => explainedPrecision(world, seat, record));
  const held = seats.flatMap((seat) => [
    ...keyringOf(world, seat)
      .map(withoutPrecision)
      .filter((key) => audience.includes(key)),
    ...(hasOpened(world, seat, record) ? [`danger:${record.recordId}`] : []),
  ]);
  return {
    precision: ['OWNER', 'TASK_FORCE', 'PARTNER'].find((precision) => seen.some((it) => it === precision)) ?? null,
    keys: [...new Set(held.length > 0 ? held : audience)].sort(),
  };
}

/**
 * What is explained is what the keys open. A community partner who is named in a task force carries its key, and nobody of
 * that level may ask for a record: docs/access-matrix.md has it among what the matrix has found.
 */
function explainedPrecision(world: World, seat: ActorFact, record: RecordFact): string {
  if (agencyOf(world, seat.agencyId)?.level !== 'COMMUNITY') return whoSeesById(world, seat, record).seen;
  const audience = new Set(audienceOf(world, record));
  const opened = keyringOf(world, seat).some((key) => key.startsWith('taskforce:') && audience.has(key));
  return opened && !record.recalled && record.embargo !== 'IN_FORCE' ? 'TASK_FORCE' : '-';
}

const withoutPrecision = (entry: string): string => entry.slice(0, entry.indexOf(' '));
