import type { PersonaName } from '../../../apps/embedded/src/personas.js';
import { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { WholeDocuments } from '../../access-matrix/whole-documents.js';
import { CORRECT, CREATE_RULE } from '../../flows/documents.js';
import { eventually, PURPOSE, type LiveStream } from '../../flows/flow-client.builder.js';
import { FlowStack } from '../../flows/stack.builder.js';
import { playCommunity } from './play-community.builder.js';
import { SearchAdversary, type Ask, type Finding } from './search-adversary.js';
import { Transcript } from './transcript.js';
import type { World } from './worlds.builder.js';

const documents = new WholeDocuments();
const WHOLE = documents.everyFieldOf('SeizureRecord');
const ALERTS = `{ alerts(first: 50) { edges { cursor node ${documents.everyFieldOf('Alert')} } } }`;
const OVERVIEWS: Readonly<Partial<Record<PersonaName, string>>> = {
  'federal-analyst': `{ nationOverview ${documents.everyFieldOf('NationOverview')} }`,
  'state-analyst': `{ stateOverview ${documents.everyFieldOf('StateOverview')} }`,
};
const OWNER_MOST = 60;

export interface PlayOptions {
  readonly seed: number;
  readonly questions: number;
  readonly readers: readonly PersonaName[];
}

export interface Played {
  readonly world: World;
  readonly transcripts: ReadonlyMap<PersonaName, readonly string[]>;
  readonly findings: ReadonlyMap<PersonaName, readonly Finding[]>;
  readonly asked: ReadonlyMap<PersonaName, number>;
  /** What the same adversary finds where the filter is evaluated on the owner's view, of the first record. */
  readonly owner: readonly Finding[];
  /** What a community partner heard, and what in a build whose batches need no company. */
  readonly community: { readonly heard: readonly string[]; readonly broken: readonly string[] };
}

/** Plays a world from the first rule to the last question; every reader has the same seed in every world. */
export async function playWorld(world: World, { seed, questions, readers }: PlayOptions): Promise<Played> {
  const stack = await FlowStack.start(undefined, { rates: { factor: 100, windowSeconds: 10 } });
  try {
    const eyes: Eye[] = [];
    for (const persona of readers) {
      const transcript = new Transcript();
      const ask = askerOf(stack, persona, transcript);
      await makeRules(ask, new SeededRandom(seed));
      const options = { random: new SeededRandom(seed), most: questions, wholeRecord: WHOLE };
      const adversary = new SearchAdversary(ask, options);
      eyes.push({ persona, transcript, ask, adversary, stream: await stack.live(persona) });
    }
    const first = await report(stack, world, eyes);
    const findings = new Map<PersonaName, readonly Finding[]>();
    for (const { persona, adversary } of eyes) {
      const shown = await adversary.readAll();
      await adversary.tryConditions();
      findings.set(persona, await adversary.search(shown));
    }
    await correct(stack, world, first);
    await readAlerts(stack, eyes);
    for (const eye of eyes) await readLast(stack, eye);
    const owner = await searchAsOwner(stack, eyes[0], seed);
    return {
      ...{ world, findings, owner, community: await searchAsPartner(stack, world) },
      transcripts: new Map(eyes.map(({ persona, transcript }) => [persona, transcript.lines])),
      asked: new Map(eyes.map(({ persona, adversary }) => [persona, adversary.asked])),
    };
  } finally {
    await stack.stop();
  }
}

interface Eye {
  readonly persona: PersonaName;
  readonly transcript: Transcript;
  readonly ask: Ask;
  readonly adversary: SearchAdversary;
  readonly stream: LiveStream;
}

interface Made {
  readonly by: PersonaName;
  readonly id: string;
}

/** One after the other; after each of them everybody looks what it raised. */
async function report(stack: FlowStack, { reports }: World, eyes: readonly Eye[]): Promise<Made> {
  const made: Made[] = [];
  for (const { by, input } of reports) {
    made.push({ by, id: (await stack.as(by).report(input)).reportId });
    await readAlerts(stack, eyes);
  }
  const [first] = made;
  if (first === undefined) throw new Error('a world has reports');
  return first;
}

async function readAlerts(stack: FlowStack, eyes: readonly Eye[]): Promise<void> {
  await stack.drain();
  for (const { ask } of eyes) await ask(ALERTS);
}

async function correct(stack: FlowStack, { correction }: World, { by, id }: Made): Promise<void> {
  if (correction === null) return;
  const change = { id, version: 1, input: correction, reason: 'Typed wrong.' };
  const { correctSeizureReport } = await stack
    .as(by)
    .run<{ correctSeizureReport: { __typename: string } }>(CORRECT, change);
  if (correctSeizureReport.__typename !== 'SeizureReportAccepted')
    throw new Error(JSON.stringify(correctSeizureReport));
}

async function readLast(stack: FlowStack, { persona, ask, adversary, stream, transcript }: Eye): Promise<void> {
  await adversary.readAll();
  const overview = OVERVIEWS[persona];
  if (overview !== undefined) await ask(overview);
  const inbox = (await stack.as(persona).alerts()).length;
  await eventually('the stream told all', () => stream.events.length >= inbox);
  transcript.note('live', null, stream.events);
}

/** A filter of a broken build: one that looks at a finer view than the reader's. Here it is the owner's own. */
async function searchAsOwner(stack: FlowStack, eye: Eye | undefined, seed: number): Promise<readonly Finding[]> {
  const shown = (await eye?.adversary.readAll()) ?? [];
  const ask = askerOf(stack, 'supervisor', new Transcript());
  const options = { random: new SeededRandom(seed), most: OWNER_MOST, wholeRecord: WHOLE };
  return new SearchAdversary(ask, options).search(shown.slice(-1));
}

async function searchAsPartner(stack: FlowStack, { community }: World): Promise<Played['community']> {
  const [heard, broken] = [new Transcript(), new Transcript()];
  const askerTo = (transcript: Transcript): Ask => askerOf(stack, 'community-partner', transcript, PARTNERS_PURPOSE);
  await playCommunity(stack, community, { ask: askerTo(heard), askBroken: askerTo(broken) });
  return { heard: heard.lines, broken: broken.lines };
}
const PARTNERS_PURPOSE = 'ANALYSIS; ref=CLINIC-1';

/** Raw HTTP, so that the status counts too. A filter that is refused is an answer like any other. */
function askerOf(stack: FlowStack, persona: PersonaName, transcript: Transcript, purpose = PURPOSE): Ask {
  const headers = {
    ...{ authorization: `Bearer ${stack.as(persona).token}`, 'concord-purpose': purpose },
    'content-type': 'application/json',
  };
  return async (query, variables = {}) => {
    const body = JSON.stringify({ query, variables });
    const response = await fetch(`${stack.origin}/graphql`, { method: 'POST', headers, body });
    const heard = (await response.json()) as { data?: unknown; errors?: readonly { extensions: { code: string } }[] };
    transcript.note(query, variables, { status: response.status, ...heard });
    const code = heard.errors?.[0]?.extensions.code;
    if (code !== undefined && !('filter' in variables)) throw new Error(`${query}: ${JSON.stringify(heard.errors)}`);
    return code === undefined ? heard.data : null;
  };
}

/** Rules that would tell the gram, the piece, the minute and the way by whether they fire, and how surely. */
async function makeRules(ask: Ask, random: SeededRandom): Promise<void> {
  const day = (ago: number): string => new Date(Math.floor(Date.now() / 86_400_000 - ago) * 86_400_000).toISOString();
  const several = (times: number, filter: () => Record<string, unknown>): Record<string, unknown>[] =>
    Array.from({ length: times }, filter);
  const filters = [
    ...several(4, () => ({ quantity: { minGrams: random.between(10_000, 99_999) } })),
    ...several(2, () => ({ quantity: { maxGrams: random.between(10_000, 99_999) } })),
    ...several(2, () => ({ quantity: { minUnits: random.between(1_000, 9_999) } })),
    ...several(4, () => ({ occurred: { from: day(random.between(8, 28)) } })),
    ...several(2, () => ({ not: { occurred: { to: day(random.between(8, 28)) } } })),
    { conveyance: ['BUS', 'VESSEL'] },
    { not: { concealment: ['ON_PERSON'] } },
  ];
  for (const [at, filter] of filters.entries()) await ask(CREATE_RULE, { input: { name: `rule ${at}`, filter } });
}
