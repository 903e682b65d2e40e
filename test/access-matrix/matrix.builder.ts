import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import type { AskedFilter } from './filter.oracle.js';
import { Findings } from './findings.js';
import { ActorJudge } from './judge-actors.builder.js';
import { AdministrationJudge } from './judge-administration.builder.js';
import { RecordJudge } from './judge-records.builder.js';
import { WholeDocuments } from './whole-documents.js';
import { byHands, type StandingWorld } from './world.builder.js';
import type { ActorFact, RecordFact, World } from './world.facts.js';

export interface MatrixOptions {
  /** Filters for each actor, and records by id. */
  readonly filters: number;
  readonly byId: number;
  /** Which ways; all of them if left out. */
  readonly only?: readonly ('roots' | 'records' | 'filters' | 'ids' | 'actors' | 'administration' | 'acts')[];
  /** Of the root fields one in so many for each actor, in turn; whoever has one role alone at one level is asked for all. */
  readonly rootsInTurn?: number;
  /** Whom; everybody if left out. */
  readonly who?: (actor: ActorFact, world: World) => boolean;
  /** Asked between actors, with how much has been decided: no further one is begun. */
  readonly isOver?: (decided: number) => boolean;
  /** Ends with the first actor for whom something differs. */
  readonly untilFound?: boolean;
}

const AT_ONCE = 4;
/** The first actors of a world have one role each: seven at five levels, and two system admins. */
const OF_ONE_ROLE = 37;

/** Everything that every actor of a standing world can ask, against the oracle. */
export async function runMatrix(
  standing: StandingWorld,
  options: MatrixOptions,
  documents: WholeDocuments = new WholeDocuments(),
): Promise<Findings> {
  const findings = new Findings();
  const records = new RecordJudge(standing, documents, findings);
  const actors = new ActorJudge(standing, documents, findings);
  const administration = new AdministrationJudge(standing, findings);
  const random = new SeededRandom(standing.world.seed + 1);
  const does = (way: NonNullable<MatrixOptions['only']>[number]): boolean => options.only?.includes(way) ?? true;
  const plans = standing.world.actors.map((actor, n) => ({
    actor,
    turn: n < OF_ONE_ROLE ? null : n,
    filters: Array.from({ length: options.filters }, () => randomFilter(random, standing.world.records)),
    sample: Array.from({ length: options.byId }, () => pick(random, standing.world.records)),
  }));
  const judgeOne = async ({ actor, turn, filters, sample }: (typeof plans)[number]): Promise<void> => {
    if (options.isOver?.(findings.total) || (options.untilFound && findings.faults > 0)) return;
    if (does('roots'))
      await actors.rootFields(
        actor,
        turn === null ? undefined : { of: options.rootsInTurn ?? 1, turn },
        options.untilFound,
      );
    if (does('records')) await records.list(actor);
    if (does('ids')) await records.byId(actor, [...new Set(sample)]);
    if (does('filters')) for (const filter of filters) await records.filter(actor, filter);
    if (does('administration')) {
      await administration.lists(actor);
      await administration.explanations(actor, sample.slice(0, 2));
    }
    if (does('acts')) await administration.acts(actor);
    if (!does('actors')) return;
    await actors.self(actor);
    await actors.reports(actor, sample.slice(0, 2));
    await actors.overviews(actor);
    await actors.alerts(actor);
  };
  const asked = plans.filter(({ actor }) => options.who?.(actor, standing.world) ?? true);
  await byHands(asked, judgeOne, AT_ONCE);
  return findings;
}

/** Conditions that tell the precisions apart: cut bands, days inside weeks, methods that may be withheld. */
function randomFilter(random: SeededRandom, records: readonly RecordFact[]): AskedFilter {
  const part = (): AskedFilter => condition(random, pick(random, records));
  switch (random.between(0, 4)) {
    case 0:
      return { not: part() };
    case 1: {
      const both = [part(), part()];
      return both.filter(isOfSubstance).length > 1 && !namesOneSubstance(both) ? (both[0] ?? {}) : { and: both };
    }
    case 2:
      return { or: [part(), { not: part() }] };
    default:
      return part();
  }
}

const isOfSubstance = (it: AskedFilter): boolean => it.substance !== undefined || it.quantity !== undefined;
/** A substance in one and how much in the other: of the same one. */
const namesOneSubstance = (both: readonly AskedFilter[]): boolean =>
  both.filter((it) => it.substance !== undefined && it.quantity === undefined).length === 1 &&
  both.filter((it) => it.substance === undefined && it.quantity !== undefined).length === 1;

/** About something that a record has: what asks for nothing that there is tells nothing apart. */
function condition(random: SeededRandom, record: RecordFact): AskedFilter {
  const grams = record.substances.flatMap(({ quantity, unit }) =>
    quantity === null ? [] : unit === 'KG' ? [quantity * 1_000] : unit === 'GM' ? [quantity] : [],
  );
  const [substance] = record.substances;
  const bound = Math.max(0.001, Math.round((grams[0] ?? 500) * pick(random, [0.5, 1, 1.5]) * 1_000) / 1_000);
  const day = 86_400_000;
  const instant = new Date(record.occurredAt.ms + random.between(-3, 3) * day).toISOString();
  switch (random.between(0, 8)) {
    case 0:
      return { quantity: { minGrams: bound } };
    case 1:
      return { substance: { deaCodes: [substance?.deaCode ?? '9801'] }, quantity: { minGrams: bound } };
    case 2:
      return { quantity: { minUnits: random.between(1, 40_000) } };
    case 3:
      return { occurred: { from: instant } };
    case 4:
      return { occurred: { to: instant } };
    case 5:
      return { conveyance: [record.conveyance === 'UNKNOWN' ? 'BUS' : record.conveyance] };
    case 6:
      return { concealment: [record.concealment[0] === 'UNKNOWN' ? 'PARCEL' : (record.concealment[0] ?? 'PARCEL')] };
    case 7:
      return {
        place: random.chance(0.5) ? { countyFips: [record.place.countyFips] } : { stateFips: [record.place.stateFips] },
      };
    default:
      return { substance: { deaCodes: [substance?.deaCode ?? '9801'] } };
  }
}

function pick<T>(random: SeededRandom, items: readonly T[]): T {
  const item = items[random.between(0, items.length - 1)];
  if (item === undefined) throw new RangeError('there is nothing to choose from');
  return item;
}
