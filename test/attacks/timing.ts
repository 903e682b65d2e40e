import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectRoot } from '@concord/platform/project';
import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import { makeBenchDirectory, onEnd, removeBenchDirectory } from '../bench/bench-database.js';
import { machineFacts, numberOption, quantile, round, tell } from '../bench/measures.js';
import { PERSONA_NAMES, type PersonaName } from '../../apps/embedded/src/personas.js';
import { rankTest } from './rank-test.js';

/**
 * `npm run timing [-- --count 2000 --seed N]`: whether an answer about what is hidden takes another time than one about
 * what does not exist. Both are asked for in turn, in an order that is drawn, by one reader on one connection; the rank
 * test says how likely the difference of the two is by chance. It prints JSON and judges nothing: the machine's other
 * work is in the numbers.
 */
const COUNT = numberOption('count', 2_000);
const SEED = numberOption('seed', Date.now() % 1_000_000);
/** Records of each kind. */
const RECORDS = 20;

type Kind = 'absent' | 'hidden';

interface Case {
  readonly name: string;
  readonly query: string;
  readonly variables: (id: { reportId: string; recordId: string }) => Record<string, unknown>;
}

const CASES: readonly Case[] = [
  {
    name: 'seizureRecord',
    query: 'query($id: ID!) { seizureRecord(id: $id) { id precision } }',
    variables: ({ recordId }) => ({ id: recordId }),
  },
  {
    name: 'seizureReport',
    query: 'query($id: ID!) { seizureReport(id: $id) { id version } }',
    variables: ({ reportId }) => ({ id: reportId }),
  },
  {
    name: 'recallSeizureReport',
    query:
      'mutation($id: ID!) { recallSeizureReport(id: $id, version: 1, reason: "wrong") { __typename ... on SeizureReportRejected { issues { code } } } }',
    variables: ({ reportId }) => ({ id: reportId }),
  },
  {
    name: 'recordLaboratoryResult',
    query:
      'mutation($id: ID!) { recordLaboratoryResult(id: $id, version: 1, results: [{ substance: 0, laboratoryStatus: "CONFIRMED" }]) { __typename ... on SeizureReportRejected { issues { code } } } }',
    variables: ({ reportId }) => ({ id: reportId }),
  },
];

const report = (sharing: 'AGENCY' | 'PARTNERS', n: number): Record<string, unknown> => ({
  submitterReference: `TIMING-${sharing}-${n}`,
  occurredAt: new Date(Date.now() - 7_200_000).toISOString(),
  sharing,
  place: { countyFips: '06073', setting: 'HIGHWAY' },
  substances: [{ deaCode: '9801', form: 'POWDER', quantity: 12.5, unit: 'KG' }],
});

class Asker {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  async ask(query: string, variables: Record<string, unknown>): Promise<string> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${this.token}`,
        'concord-purpose': 'INVESTIGATION; ref=TIMING-2026-001',
      },
      body: JSON.stringify({ query, variables }),
    });
    return response.text();
  }
}

async function submit(asker: Asker, sharing: 'AGENCY' | 'PARTNERS'): Promise<{ reportId: string; recordId: string }[]> {
  const ids: { reportId: string; recordId: string }[] = [];
  const query =
    'mutation($input: SubmitSeizureReportInput!) { submitSeizureReport(input: $input) { ... on SeizureReportAccepted { report { id } record { id } } } }';
  for (let n = 0; n < RECORDS; n += 1) {
    const answer = JSON.parse(await asker.ask(query, { input: report(sharing, n) })) as {
      data: { submitSeizureReport: { report: { id: string }; record: { id: string } } };
    };
    const { report: stored, record } = answer.data.submitSeizureReport;
    ids.push({ reportId: stored.id, recordId: record.id });
  }
  return ids;
}

async function measure(
  asker: Asker,
  one: Case,
  hidden: readonly { reportId: string; recordId: string }[],
  random: SeededRandom,
) {
  const taken: Record<Kind, number[]> = { absent: [], hidden: [] };
  const bodies = new Set<string>();
  for (let n = -50; n < 2 * COUNT; n += 1) {
    const kind: Kind = random.chance(0.5) ? 'absent' : 'hidden';
    const found = hidden[random.between(0, hidden.length - 1)];
    const id = kind === 'hidden' && found !== undefined ? found : { reportId: randomUUID(), recordId: randomUUID() };
    const variables = one.variables(id);
    const begun = performance.now();
    const body = await asker.ask(one.query, variables);
    const ms = performance.now() - begun;
    bodies.add(body);
    if (n >= 0) taken[kind].push(ms);
  }
  const of = (values: readonly number[]) => ({
    n: values.length,
    ...{
      p25: quantile(values, 0.25),
      p50: quantile(values, 0.5),
      p75: quantile(values, 0.75),
      p99: quantile(values, 0.99),
    },
  });
  const { p, likelier } = rankTest(taken.absent, taken.hidden);
  return {
    ...{ case: one.name, absentMs: of(taken.absent), hiddenMs: of(taken.hidden), differentBodies: bodies.size - 1 },
    /** Probability of such ranks if both took the same time; below 0.001 look closer. */
    p: round(p, 4),
    /** Of a pair drawn, how often the hidden one took longer: 0.5 where nothing tells them apart. */
    hiddenIsLonger: round(likelier, 3),
  };
}

async function run(dataDir: string): Promise<void> {
  const child = fork(join(projectRoot(), 'dist/test/fuzz/fuzz-host.js'), [dataDir], {
    execArgv: ['--expose-gc', '--no-warnings'],
  });
  try {
    const { url, tokens } = await ready(child);
    const tokenOf = (name: PersonaName): string => tokens[PERSONA_NAMES.indexOf(name)] ?? '';
    const owner = new Asker(url, tokenOf('local-submitter'));
    const hidden = await submit(owner, 'AGENCY');
    const shown = await submit(owner, 'PARTNERS');
    const random = new SeededRandom(SEED);
    const stranger = new Asker(url, tokenOf('neighbour-analyst'));
    const cases: unknown[] = [];
    for (const one of CASES) {
      cases.push(await measure(stranger, one, hidden, random));
      tell(`${one.name} measured`);
    }
    // What the reader does see takes longer: a measurement that finds nothing here would find nothing anywhere.
    const [first] = CASES;
    const control = first === undefined ? null : await measure(stranger, first, shown, random);
    process.stdout.write(`${JSON.stringify({ seed: SEED, machine: machineFacts(), cases, control }, null, 2)}\n`);
  } finally {
    const ended = once(child, 'exit');
    if (child.exitCode === null && child.send('stop')) await ended;
  }
}

async function ready(child: ChildProcess): Promise<{ url: string; tokens: readonly string[] }> {
  const [message] = (await once(child, 'message')) as [{ kind: string; url: string; tokens: readonly string[] }];
  if (message.kind !== 'ready') throw new Error('the stack said something else than that it is ready');
  return message;
}

const dataDir = await makeBenchDirectory();
onEnd(() => removeBenchDirectory(dataDir));
try {
  await run(dataDir);
} finally {
  await removeBenchDirectory(dataDir);
}
