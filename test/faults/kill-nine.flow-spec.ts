import { ClientError } from 'graphql-request';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PersonaName } from '../../apps/embedded/src/personas.js';
import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import { MY_REPORTS } from '../flows/documents.js';
import { eventually, FlowClient } from '../flows/flow-client.builder.js';
import { plainReport } from '../flows/reports.builder.js';
import { EmbeddedProcess } from './embedded-process.builder.js';

const SUBMISSIONS = 200;
const KILLS = 4;
const AT_ONCE = 6;
const RETRIES = 40;
/** After the last kill: the reconciler looks every 5 s for what has been away for 10 s. */
const QUIET_MS = 40_000;
const seed = Number(process.env['CONCORD_SEED'] ?? Date.now() % 1_000_000);

/** What the client was told, kept outside the system. */
interface Told {
  readonly reference: string;
  readonly recordId: string;
  readonly attempts: number;
}

describe('kill -9 of api and worker in the middle of submissions', () => {
  let dataDir: string;
  let embedded: EmbeddedProcess;
  const clients = new Map<PersonaName, FlowClient>();
  const as = (persona: PersonaName): FlowClient => clients.get(persona) ?? fail(persona);

  beforeAll(async () => {
    process.stderr.write(`kill-nine: CONCORD_SEED=${seed}\n`);
    dataDir = await mkdtemp(join(tmpdir(), 'concord-kill-'));
    await chmod(dataDir, 0o711);
    embedded = await EmbeddedProcess.build(dataDir);
    await embedded.start();
    const personas = JSON.parse(await readFile(join(dataDir, 'personas.json'), 'utf8')) as Record<
      string,
      { token: string }
    >;
    for (const persona of ['local-submitter', 'state-analyst'] as const) {
      clients.set(persona, new FlowClient(() => embedded.url, personas[persona]?.token ?? fail(persona)));
    }
  }, 60_000);

  afterAll(async () => {
    await Promise.all([...clients.values()].map((client) => client.close()));
    await embedded.kill('SIGTERM');
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }, 30_000);

  test('every acknowledged report is stored once and alerted once', async () => {
    await as('state-analyst').rule('everything');
    const first = as('state-analyst').live(null);
    // Submitted until the stream stands: its first event is the cursor from which all is counted.
    const warmUps = new Set<string>();
    while (first.events.length === 0) warmUps.add((await as('local-submitter').report(plainReport())).recordId);
    const start = (await first.next()).cursor;
    await first.close();

    const told: Told[] = [];
    let unknown = 0;
    const submit = async (number: number): Promise<void> => {
      const report = plainReport({ submitterReference: `KILL-${number}` });
      for (let attempts = 1; ; attempts += 1) {
        try {
          const { recordId } = await as('local-submitter').report(report);
          told.push({ reference: `KILL-${number}`, recordId, attempts });
          return;
        } catch (error) {
          // Refused connections and answers that say "not available" are no answers: the same reference again.
          if (error instanceof ClientError && error.response.status < 500 && !isUnavailable(error)) throw error;
          if (attempts === RETRIES) throw error;
          unknown += 1;
          await new Promise((resolve) => setTimeout(resolve, 250));
        }
      }
    };

    const random = new SeededRandom(seed);
    const killAt = Array.from({ length: KILLS }, (_, n) =>
      Math.floor((SUBMISSIONS / KILLS) * (n + 0.2 + 0.6 * random.next())),
    );
    let next = 0;
    const submitters = Array.from({ length: AT_ONCE }, async () => {
      for (let number = next++; number < SUBMISSIONS; number = next++) await submit(number);
    });
    const killer = (async () => {
      for (const at of killAt) {
        await eventually(`submission ${at}`, () => told.length >= at, 30_000);
        await new Promise((resolve) => setTimeout(resolve, random.next() * 30));
        await embedded.kill('SIGKILL');
        await embedded.start();
      }
    })();
    await Promise.all([...submitters, killer]);

    const alerted = async (): Promise<string[]> =>
      (await as('state-analyst').alerts(['DELIVERED'])).map((alert) => alert.record?.id ?? '');
    await eventually(
      'as many alerts as reports',
      async () => (await alerted()).length >= SUBMISSIONS + warmUps.size,
      QUIET_MS,
    ).catch(() => undefined);
    const stored = await ownReferences(as('local-submitter'));
    const inbox = await alerted();
    const live = as('state-analyst').live(start);
    await eventually(
      'the stream gives them all',
      () => live.events.length >= SUBMISSIONS + warmUps.size - 1,
      5_000,
    ).catch(() => undefined);
    const streamed = live.events.map((event) => event.alert.record?.id ?? '');
    const times = (list: readonly string[], id: string): number => list.filter((it) => it === id).length;
    const counted = told.map(({ reference, recordId }) => [
      times(stored, reference),
      times(inbox, recordId),
      times(streamed, recordId),
    ]);
    const summary = {
      attempted: told.reduce((sum, { attempts }) => sum + attempts, 0),
      ok: told.length,
      unknown,
      lost: counted.filter((counts) => counts.includes(0)).length,
      duplicated: counted.filter((counts) => counts.some((n) => n > 1)).length,
    };
    process.stderr.write(`kill-nine: ${JSON.stringify(summary)}\n`);
    expect(summary).toMatchObject({ ok: SUBMISSIONS, lost: 0, duplicated: 0 });
    expect(summary.unknown).toBeGreaterThan(0);
    expect(stored.filter((reference) => reference.startsWith('KILL-'))).toHaveLength(SUBMISSIONS);
    expect(new Set([...streamed, ...warmUps])).toEqual(new Set(inbox));
  }, 150_000);
});

function isUnavailable(error: ClientError): boolean {
  return error.response.errors?.some(({ extensions }) => extensions['code'] === 'UNAVAILABLE') ?? false;
}

async function ownReferences(client: FlowClient): Promise<string[]> {
  type Page = {
    mySeizureReports: {
      edges: { node: { submitterReference: string } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
    };
  };
  const references: string[] = [];
  for (let after: string | null = null; ;) {
    const { mySeizureReports }: Page = await client.run<Page>(MY_REPORTS, { first: 200, after });
    references.push(...mySeizureReports.edges.map(({ node }) => node.submitterReference));
    if (!mySeizureReports.pageInfo.hasNextPage) return references;
    after = mySeizureReports.pageInfo.endCursor;
  }
}

function fail(persona: string): never {
  throw new Error(`no token for ${persona}`);
}
