import { decide, type AgencyActor } from '@concord/access';
import { auditEntry } from '@concord/audit';
import { timeZoneOfState, US_TIME_ZONES } from '@concord/codes';
import { asActor, findActivityDays, findAgencyActivity, findRecordsReceived, type ActivityDay } from '@concord/records';
import { OBSERVATION_KINDS, type ActivityPeriod } from '@concord/records';
import { InvalidInputError } from '../graphql/graphql-error.js';
import type { ApiServices } from '../services.js';
import type { ActivityMatches, AgencyActivity } from './agency-activity.types.js';
import { daysOf, periodOf, type Days } from './local-days.js';
import { lookAround } from './look-around.js';

/** Of a month's records so many are looked around for, the newest: each takes milliseconds of the database. */
const MOST_LOOKED_AT = 100;
/** In one statement. */
const AT_ONCE = 20;

/** What was asked for, and can be. */
export interface AskedPeriod extends Days, ActivityPeriod {
  readonly timeZone: string;
}

/** @throws InvalidInputError with everything that is wrong with it */
export function askedPeriod(
  actor: AgencyActor,
  path: 'date' | 'month',
  asked: string,
  given: string | null,
): AskedPeriod {
  const days = daysOf(path, asked);
  const example = path === 'date' ? 'A day such as 2026-11-20.' : 'A month such as 2026-11.';
  const issues = [
    ...(days === null ? [{ path, code: 'INVALID_FORMAT', message: example }] : []),
    ...(given !== null && given !== 'UTC' && !US_TIME_ZONES.includes(given)
      ? [{ path: 'timeZone', code: 'INVALID_FORMAT', message: `One of ${US_TIME_ZONES.join(', ')}, UTC.` }]
      : []),
  ];
  if (days === null || issues.length > 0) throw new InvalidInputError(issues[0]?.message ?? '', issues);
  const timeZone = given ?? timeZoneOfState(actor.agency.ori?.slice(0, 2) ?? '');
  return { ...days, ...periodOf(days, timeZone), timeZone };
}

const asOf = (actor: AgencyActor) => ({ personId: actor.personId, agencyId: actor.agency.id });

/** What became of the actor's agency's reports in a period. It is on the books before it is told. */
export async function readActivity(
  { db, clock, ledger }: ApiServices,
  actor: AgencyActor,
  { firstDay, lastDay, from, until, timeZone }: AskedPeriod,
): Promise<AgencyActivity> {
  const as = asOf(actor);
  const { readsCounted, left, reads, imminentDangerOpenings, ...counts } = await asActor(db, as, (tx) =>
    findAgencyActivity(tx, as, { from, until }),
  );
  await ledger.book(
    auditEntry({
      ...{ at: clock.now(), personId: actor.personId, agencyId: actor.agency.id, roles: [...actor.roles] },
      ...{ action: 'agency.activity.read', outcome: 'DONE', purpose: actor.purpose },
      subjects: [{ kind: 'agency', id: actor.agency.id }],
    }),
  );
  return {
    ...{ ...counts, firstDay, lastDay, from, until, timeZone, asOf: clock.now() },
    ...{ left: [...left], reads: [...reads], imminentDangerOpenings: [...imminentDangerOpenings] },
    readsCountedSince: readsCounted.since,
    readsCountedUntil: readsCounted.until,
  };
}

/** Every day of the period. */
export const readDays = (
  { db }: ApiServices,
  actor: AgencyActor,
  { from, until, timeZone }: Pick<AskedPeriod, 'from' | 'until' | 'timeZone'>,
): Promise<ActivityDay[]> =>
  asActor(db, asOf(actor), (tx) => findActivityDays(tx, asOf(actor), { from, until }, timeZone));

/**
 * How many of the period's records have something in common with records of other agencies that the actor may list.
 *
 * @returns null where the actor lists nobody else's, without a role that does or without a purpose; and where it could not
 *   be looked for just now
 */
export async function readMatches(
  services: ApiServices,
  actor: AgencyActor,
  { from, until }: ActivityPeriod,
): Promise<ActivityMatches | null> {
  if (!decide(actor, 'record.read').allowed || actor.purpose === null) return null;
  const as = asOf(actor);
  const { ids, of } = await asActor(services.db, as, (tx) =>
    findRecordsReceived(tx, as, { from, until }, MOST_LOOKED_AT),
  );
  const matched = new Set<string>();
  const byKind = new Map<string, number>();
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE);
    const found = await lookAround(services, actor, some, true).catch((err: unknown) => {
      services.log.error({ err }, 'report.comes-back-failed');
      return null;
    });
    if (found === null) return null;
    for (const [id, observations] of found) {
      const kinds = new Set(
        observations.filter((it) => it.kind !== 'SUBSTANCE' && it.records > it.ownAgency).map(({ kind }) => kind),
      );
      if (kinds.size > 0) matched.add(id);
      for (const kind of kinds) byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
    }
  }
  return {
    ...{ records: of, lookedAt: ids.length, matched: matched.size },
    byKind: OBSERVATION_KINDS.filter((kind) => byKind.has(kind)).map((kind) => ({
      kind,
      records: byKind.get(kind) ?? 0,
    })),
  };
}
