import {
  createConcordClient,
  SubmitSeizureReportDocument,
  SubmitSeizureReportsDocument,
  type ConcordClient,
  type SubmitSeizureReportInput,
} from '@concord/client';
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seedDirectory } from '../../apps/embedded/src/directory.seed.js';
import { openPersonaIssuer, writePersonas } from '../../apps/embedded/src/persona-tokens.js';
import { onEnd, openBenchDatabase } from './bench-database.js';
import { machineFacts, numberOption, printResult, quantile, round, tell } from './measures.js';
import type { SubmitHost } from './submit-host.js';
import { reportOf } from './submit-reports.js';

/**
 * `npm run bench -- submit-batch [--reports 500] [--rounds 5]`: as many reports as one call of `submitSeizureReports` takes,
 * over HTTP to an API in a process of its own, without a worker. Peers, turn by turn: one submission a request, one behind the
 * other on one connection, and six at once, which is what one person may have; and ten submissions in one document, which
 * is what one may hold.
 */
const REPORTS = numberOption('reports', 500);
const ROUNDS = numberOption('rounds', 5);
const AT_ONCE = 6;
const IN_A_DOCUMENT = 10;

type Way = (client: ConcordClient) => Promise<void>;
const freshOne = (): SubmitSeizureReportInput => reportOf(randomUUID()) as SubmitSeizureReportInput;
const fresh = (length: number): SubmitSeizureReportInput[] => Array.from({ length }, freshOne);

async function inTurn<T>(items: readonly T[], act: (item: T) => Promise<unknown>, atOnce = 1): Promise<void> {
  const left = [...items];
  const work = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) await act(next);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

const submitOne = async (client: ConcordClient, input: SubmitSeizureReportInput): Promise<void> => {
  const { submitSeizureReport } = await client.request(SubmitSeizureReportDocument, { input });
  if (submitSeizureReport.__typename !== 'SeizureReportAccepted') throw new Error(submitSeizureReport.__typename);
};

const WAYS: Readonly<Record<'batch' | 'oneByOne' | 'sixAtOnce' | 'tenInADocument', Way>> = {
  batch: async (client) => {
    const answer = await client.request(SubmitSeizureReportsDocument, { inputs: fresh(REPORTS) });
    const { submitSeizureReports: batch } = answer;
    if (batch.__typename !== 'SeizureReportsSubmitted' || batch.accepted !== REPORTS)
      throw new Error(JSON.stringify(batch).slice(0, 500));
  },
  oneByOne: (client) => inTurn(fresh(REPORTS), (input) => submitOne(client, input)),
  sixAtOnce: (client) => inTurn(fresh(REPORTS), (input) => submitOne(client, input), AT_ONCE),
  tenInADocument: (client) => {
    const names = Array.from({ length: IN_A_DOCUMENT }, (_, n) => `i${n}`);
    const fields = names.map(
      (name) => `${name}: submitSeizureReport(input: $${name}) { __typename
      ... on SeizureReportAccepted { duplicate receipt report { id status version } record { id version } } }`,
    );
    const document = `mutation (${names.map((name) => `$${name}: SubmitSeizureReportInput!`).join(' ')}) { ${fields.join(' ')} }`;
    const documents = Array.from({ length: REPORTS / IN_A_DOCUMENT }, () => fresh(IN_A_DOCUMENT));
    return inTurn(documents, async (inputs) => {
      const variables = Object.fromEntries(inputs.map((input, n) => [`i${n}`, input]));
      const answer = await client.request<Record<string, { __typename: string }>>(document, variables);
      if (Object.values(answer).some(({ __typename }) => __typename !== 'SeizureReportAccepted'))
        throw new Error(JSON.stringify(answer).slice(0, 500));
    });
  },
};

const database = await openBenchDatabase(null);
onEnd(() => database.remove());
try {
  const { dataDir, applicationUrl, superuserUrl } = database;
  const issuer = await openPersonaIssuer(dataDir);
  await seedDirectory(superuserUrl, issuer.issuer);
  await writePersonas(dataDir, issuer);
  const personas = JSON.parse(await readFile(join(dataDir, 'personas.json'), 'utf8')) as Record<
    string,
    { token: string }
  >;
  const host: SubmitHost = { runs: 'api', dataDir, databaseUrl: applicationUrl };
  const api = fork(join(import.meta.dirname, 'submit-host.js'), [JSON.stringify(host)]);
  const [ready] = (await once(api, 'message')) as [{ url: string }];
  const client = createConcordClient({ url: ready.url, token: personas['local-submitter']?.token ?? '' });
  const perSecond: Record<string, number[]> = {};
  // The first of each is warming up.
  for (let turn = 0; turn <= ROUNDS; turn += 1) {
    for (const [name, way] of Object.entries(WAYS)) {
      const since = performance.now();
      await way(client);
      const rate = (REPORTS * 1_000) / (performance.now() - since);
      if (turn > 0) (perSecond[name] ??= []).push(rate);
      tell(`  ${turn === 0 ? 'warming up' : `round ${turn}`}: ${name} ${round(rate, 0)}/s`);
    }
  }
  const medians = Object.fromEntries(
    Object.entries(perSecond).map(([name, all]) => [name, round(quantile(all, 0.5), 0)]),
  );
  const to = (name: string): number => round((medians['batch'] ?? NaN) / (medians[name] ?? NaN), 2);
  printResult({
    benchmark: 'submit-batch',
    machine: machineFacts(),
    reports: REPORTS,
    reportsPerSecond: medians,
    ratio: { toOneByOne: to('oneByOne'), toSixAtOnce: to('sixAtOnce'), toTenInADocument: to('tenInADocument') },
  });
  api.kill('SIGTERM');
  await once(api, 'exit');
} finally {
  await database.remove();
}
process.exit(0);
