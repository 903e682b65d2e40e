import { isInputObjectType, isListType, isNonNullType, type GraphQLInputType } from 'graphql';
import type { PersonaName } from '../../apps/embedded/src/personas.js';
import { committedSchema } from '../access-matrix/whole-documents.js';
import type { ReleaseResult } from './release-results.js';
import { COMMUNITY_CONDITIONS } from './search/play-community.builder.js';
import { playWorld, type Played } from './search/play-world.builder.js';
import { CONDITIONS, type Finding } from './search/search-adversary.js';
import { firstDifference } from './search/transcript.js';
import { worldOf, type Below, type World } from './search/worlds.builder.js';
import { attackOptions, tellResult } from './stack-attack.builder.js';

/** Who reads at which precision. The long form has more readers and more worlds. */
const { seed, questions, worlds } = attackOptions({ seed: Date.now() % 100_000, questions: 7, worlds: 1 });
const READERS: Readonly<Record<Below, readonly PersonaName[]>> = {
  PARTNER: worlds > 1 ? ['state-analyst', 'federal-analyst', 'neighbour-analyst'] : ['state-analyst'],
  TASK_FORCE: ['taskforce-analyst'],
};
const TIERS = ['PARTNER', 'TASK_FORCE'] as const;

/** One world that nothing is done to, and beside it some that differ below each tier, in which a report is corrected too. */
const FIRST: World = worldOf(seed, 'TASK_FORCE', { draw: 0, corrects: false });
const OTHERS: Readonly<Record<Below, readonly World[]>> = {
  PARTNER: Array.from({ length: worlds }, (_, at) => worldOf(seed, 'PARTNER', { draw: 2 * at + 1, corrects: true })),
  TASK_FORCE: Array.from({ length: worlds }, (_, at) =>
    worldOf(seed, 'TASK_FORCE', { draw: 2 * at + 2, corrects: true }),
  ),
};

let first: Played;
const others: Record<Below, Played[]> = { PARTNER: [], TASK_FORCE: [] };
const broken: string[] = [];
const results: ReleaseResult[] = [];

beforeAll(async () => {
  process.stderr.write(`binary-search: --seed ${seed}\n`);
  first = await playWorld(FIRST, { seed, questions, readers: [...READERS.PARTNER, ...READERS.TASK_FORCE] });
  for (const below of TIERS)
    for (const world of OTHERS[below])
      others[below].push(
        await playWorld(world, { seed, questions, readers: [...READERS.PARTNER, ...READERS.TASK_FORCE] }),
      );
}, 1_200_000);

afterAll(() => tellResult({ broken, measured: { worlds: 1 + 2 * worlds, results } }));

/** What becomes of a promise is told by the test and by the program. */
function promise(sentence: string, found: unknown): void {
  if (found !== null) broken.push(`${sentence}: ${JSON.stringify(found)} (--seed ${seed})`);
  expect(found).toBeNull();
}

describe.each(TIERS)('worlds that differ below %s', (below) => {
  it.each(READERS[below])('%s hears the same in each of them, to the byte', (reader) => {
    const heard = first.transcripts.get(reader) ?? [];
    expect(heard.length).toBeGreaterThan(50);
    for (const { transcripts, world } of others[below])
      promise(`${reader} tells ${world.name} from another`, firstDifference(heard, transcripts.get(reader) ?? []));
    results.push({
      tier: below,
      measure: `answers equal to the byte (${reader})`,
      value: heard.length,
      of: heard.length,
    });
  });

  it.each(READERS[below])('%s finds nothing that the view does not show', (reader) => {
    for (const { findings } of [first, ...others[below]]) {
      const hidden = (findings.get(reader) ?? []).filter((it) => !isShown(below, it));
      expect(hidden.length).toBeGreaterThan(3);
      promise(`${reader} finds what is hidden`, hidden.find(({ bits }) => bits > 0) ?? null);
    }
    const asked = first.asked.get(reader) ?? 0;
    results.push({ tier: below, measure: `bits learnt by questions (${reader})`, value: 0, of: asked });
  });
});

it('a reader at TASK_FORCE does tell worlds apart that differ in what PARTNER does not show', () => {
  for (const reader of READERS.TASK_FORCE)
    for (const { transcripts } of others.PARTNER)
      expect(firstDifference(first.transcripts.get(reader) ?? [], transcripts.get(reader) ?? [])).not.toBeNull();
});

it('where filters look at the owner’s view, the same adversary finds the gram and the minute', () => {
  for (const { owner } of [first, ...others.PARTNER])
    for (const what of ['gram', 'minute'] as const) {
      const found = owner.find((it) => it.what === what);
      expect(found).toMatchObject({ to: (found?.from ?? 0) + (what === 'minute' ? 60_000 : 1) });
    }
  for (const { what, asked, bits } of first.owner)
    results.push(
      { tier: 'OWNER', measure: `questions until the ${what} is found (a broken build)`, value: asked },
      { tier: 'OWNER', measure: `bits of the ${what} learnt (a broken build)`, value: Number(bits.toFixed(1)) },
    );
  const grams = [first, ...others.PARTNER].map(({ owner }) => owner.find(({ what }) => what === 'gram')?.from);
  expect(new Set(grams).size).toBe(grams.length);
});

describe('worlds that differ below COMMUNITY', () => {
  const all = (): Played[] => [first, ...others.PARTNER, ...others.TASK_FORCE];

  it('community-partner hears the same in each of them, to the byte: before batches, after them and in January', () => {
    const { heard } = first.community;
    expect(heard.length).toBeGreaterThan(150);
    // There was something to be heard, in whatever bands this seed has drawn.
    expect(heard.filter((line) => line.includes('"band":"')).length).toBeGreaterThan(10);
    for (const { community, world } of all().slice(1))
      promise(`community-partner tells ${world.name} from another`, firstDifference(heard, community.heard));
    const of = heard.length;
    results.push(
      { tier: 'COMMUNITY', measure: 'answers equal to the byte (community-partner)', value: of, of },
      { tier: 'COMMUNITY', measure: 'bits learnt by questions (community-partner)', value: 0, of },
    );
  });

  it('where a batch lets rows out alone, the same partner tells every world from every other', () => {
    const heard = all().map(({ community }) => community.broken.join());
    expect(new Set(heard).size).toBe(heard.length);
    results.push({
      ...{ tier: 'COMMUNITY', measure: 'worlds told apart where a batch lets rows out alone (a broken build)' },
      ...{ value: new Set(heard).size, of: heard.length },
    });
  });

  it('every condition of its filter is tried', () => {
    const tried = new Set(COMMUNITY_CONDITIONS.flatMap((filter) => leavesOf(filter)));
    expect([...tried].sort()).toEqual(conditionsOfSchema('CommunityRecordFilter').sort());
  });
});

/** A way that is not withheld is in the view and may be found. */
const isShown = (below: Below, { what, record }: Finding): boolean =>
  what === 'conveyance' && (below === 'TASK_FORCE' || record !== 2);

it('every condition of a filter is tried', () => {
  const tried = new Set(CONDITIONS.flatMap((filter) => leavesOf(filter)));
  expect([...tried, 'not'].sort()).toEqual(conditionsOfSchema('SeizureRecordFilter').sort());
});

function leavesOf(filter: Record<string, unknown>): string[] {
  return Object.entries(filter).flatMap(([name, value]) => {
    if (name === 'and' || name === 'or') return [name, ...(value as Record<string, unknown>[]).flatMap(leavesOf)];
    if (Array.isArray(value) || typeof value !== 'object' || value === null) return [name];
    return Object.keys(value).map((inner) => `${name}.${inner}`);
  });
}

function conditionsOfSchema(name: string): string[] {
  const type = committedSchema().getType(name);
  if (!isInputObjectType(type)) throw new Error('there is a filter');
  return Object.values(type.getFields()).flatMap((field) => {
    const of = bare(field.type);
    if (!isInputObjectType(of) || of.name === type.name) return [field.name];
    return Object.keys(of.getFields()).map((inner) => `${field.name}.${inner}`);
  });
}

function bare(type: GraphQLInputType): GraphQLInputType {
  return isNonNullType(type) || isListType(type) ? bare(type.ofType) : type;
}
