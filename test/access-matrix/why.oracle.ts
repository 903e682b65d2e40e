import { agencyOf, hasOpened, keyringOf } from './who-sees.oracle.js';
import type { ActorFact, RecordFact, Sharing, World } from './world.facts.js';

/**
 * Why somebody sees a record: design.md, section 5 ("'who can see this?' and 'why can I see this?' are one set each") and
 * issue 5, point 7. The fields come with another branch; until they are in the schema nobody asks.
 */

const ORDER: readonly Sharing[] = ['AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS'];

/** `key precision`: what opens the record, whoever carries it, once it is released. */
export function audienceOf(world: World, record: RecordFact): string[] {
  const reaches = (sharing: Sharing): boolean => ORDER.indexOf(record.sharing) >= ORDER.indexOf(sharing);
  const { stateFips, countyFips } = record.place;
  return [
    `agency:${record.agencyId} OWNER`,
    ...(reaches('TASK_FORCES') ? record.taskForceIds.map((id) => `taskforce:${id} TASK_FORCE`) : []),
    ...(reaches('STATE') ? [`state:${stateFips} PARTNER`] : []),
    ...(reaches('NATION') ? ['nation:us PARTNER'] : []),
    ...(reaches('PARTNERS') ? [`county:${countyFips} PARTNER`] : []),
    ...(reaches('PARTNERS')
      ? world.regions.filter((it) => it.counties.includes(countyFips)).map(({ id }) => `region:${id} PARTNER`)
      : []),
  ].sort();
}

/** What of the reader's own keys opens it. Under embargo the agency's key alone does. */
export function openersOf(world: World, actor: ActorFact, record: RecordFact): string[] {
  const danger = hasOpened(world, actor, record) ? [`danger:${record.recordId} PARTNER`] : [];
  const opening = new Set([...audienceOf(world, record), ...danger]);
  const held = keyringOf(world, actor).filter((key) => opening.has(key));
  return record.embargo === 'IN_FORCE' ? held.filter((key) => key.startsWith('agency:')) : held;
}

interface Entry {
  readonly key: string;
  readonly precision: string;
}

/** Where `audience` and `openedBy` of an answer differ from that; nothing where the answer does not have them. */
export function whyDiffers(
  world: World,
  actor: ActorFact,
  record: RecordFact,
  shown: Readonly<Record<string, unknown>>,
): string[] {
  const own = agencyOf(world, actor.agencyId)?.id === record.agencyId;
  const told = (entries: unknown): string | null =>
    Array.isArray(entries)
      ? (entries as Entry[])
          .map(({ key, precision }) => `${key} ${precision}`)
          .sort()
          .join(', ')
      : null;
  const expected = {
    audience: own ? audienceOf(world, record).join(', ') : null,
    openedBy: openersOf(world, actor, record).join(', '),
  };
  return Object.entries(expected).flatMap(([field, wanted]) => {
    if (!(field in shown)) return [];
    const got = told(shown[field]);
    return got === wanted ? [] : [`${field} is ${String(got)} in place of ${String(wanted)}`];
  });
}
