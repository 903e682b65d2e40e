import type { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import type { ApiKeyFact, ApprovalFact, DangerFact, World } from './world.facts.js';

const EACH = 2;

/** What administration is about: keys of machines, requests for a second person, openings in imminent danger. */
export function generateAdministration(
  world: World,
  random: SeededRandom,
  id: () => string,
): Pick<World, 'apiKeys' | 'approvals' | 'dangers'> {
  return {
    apiKeys: world.agencies.flatMap(({ id: agencyId }) => apiKeys(world, agencyId, random, id)),
    approvals: [...world.agencies.map((it) => it.id), null].flatMap((it) => approvals(world, it, random, id)),
    dangers: dangers(world, random, id),
  };
}

function apiKeys(world: World, agencyId: string, random: SeededRandom, id: () => string): ApiKeyFact[] {
  const seat = world.seats.find((it) => it.agencyId === agencyId);
  if (seat === undefined) return [];
  return (['ALIVE', 'REVOKED', 'EXPIRED'] as const)
    .filter(() => random.chance(0.7))
    .map((state) => ({ id: id(), agencyId, personId: seat.personId, state }));
}

/** Asked for by whoever is, was or will be an admin there, or where there was none by anybody; decided by another admin. */
function approvals(world: World, agencyId: string | null, random: SeededRandom, id: () => string): ApprovalFact[] {
  const role = agencyId === null ? 'SYSTEM_ADMIN' : 'AGENCY_ADMIN';
  const members = world.seats.filter((it) => it.agencyId === agencyId);
  const admins = members.filter((it) => it.roles.includes(role));
  const askers = admins.length > 0 ? admins : members;
  return Array.from({ length: EACH }, (): ApprovalFact | null => {
    const asker = askers.length === 0 ? undefined : pick(random, askers);
    if (asker === undefined) return null;
    const deciders = world.seats.filter((it) => it.roles.includes(role) && it.personId !== asker.personId);
    const state = random.weighted([
      ['PENDING', 50],
      ['EXPIRED', 15],
      ['APPROVED', 20],
      ['REFUSED', 15],
    ] as const);
    const isDecided = (state === 'APPROVED' || state === 'REFUSED') && deciders.length > 0;
    return {
      id: id(),
      agencyId,
      requestedBy: asker.personId,
      decidedBy: isDecided ? pick(random, deciders).personId : null,
      state: isDecided || state === 'EXPIRED' ? state : 'PENDING',
    };
  }).filter((it) => it !== null);
}

/** By supervisors, of whom some are none any more; of records of other agencies. */
function dangers(world: World, random: SeededRandom, id: () => string): DangerFact[] {
  const supervisors = world.seats.filter((it) => {
    const agency = world.agencies.find((one) => one.id === it.agencyId);
    return it.roles.includes('SUPERVISOR') && agency !== undefined && agency.level !== 'COMMUNITY';
  });
  return supervisors.flatMap(({ agencyId, personId }): DangerFact[] => {
    const others = world.records.filter((it) => it.agencyId !== agencyId);
    if (agencyId === null || others.length === 0) return [];
    const opened = Array.from({ length: EACH }, () => pick(random, others));
    return [...new Set(opened)].map((record) => ({
      id: id(),
      agencyId,
      personId,
      n: record.n,
      term: random.chance(0.6) ? 'NOW' : 'ENDED',
      reviewedBy: [agencyId, record.agencyId].filter(() => random.chance(0.4)),
    }));
  });
}

function pick<T>(random: SeededRandom, items: readonly T[]): T {
  const item = items[random.between(0, items.length - 1)];
  if (item === undefined) throw new RangeError('there is nothing to choose from');
  return item;
}
