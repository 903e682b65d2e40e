import { migrationsDirectory } from '@concord/platform/project';
import { FaultProxy } from '@concord/platform/testing';
import { ClientError } from 'graphql-request';
import { Client } from 'pg';
import { eventually } from '../flows/flow-client.builder.js';
import { plainReport } from '../flows/reports.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { startTestCluster, type TestCluster } from '../setup/test-cluster.js';
import { healthOf, say } from './outages.builder.js';

const SUBMISSIONS = 60;
const AT_ONCE = 4;
const HEALED_MS = 30_000;

describe('kill -9 of PostgreSQL in the middle of submissions', () => {
  let cluster: TestCluster;
  let front: FaultProxy;
  let stack: FlowStack;
  beforeAll(async () => {
    // A server of its own, for others are using the run's; behind one address, for it comes back on another port.
    cluster = await startTestCluster(migrationsDirectory());
    front = await FaultProxy.before(cluster.facts['CONCORD_TEST_POSTGRES_URL'] ?? '');
    Object.assign(process.env, cluster.facts, { CONCORD_TEST_POSTGRES_URL: front.through() });
    stack = await FlowStack.start(undefined, {
      reconciler: { reconcileMs: 200, lostAfterSeconds: 2 },
      rates: { factor: 100 },
    });
    await stack.as('state-analyst').rule('everything');
  }, 60_000);
  afterAll(async () => {
    await stack.stop();
    await front.close();
    await cluster.remove();
  }, 60_000);

  test('what was acknowledged is there, everything goes on by itself', async () => {
    const ok = new Map<string, string>();
    let unknown = 0;
    const submit = async (number: number): Promise<void> => {
      const report = plainReport({ submitterReference: `CRASH-${number}` });
      for (;;) {
        try {
          ok.set(`CRASH-${number}`, (await stack.as('local-submitter').report(report)).recordId);
          return;
        } catch (error) {
          if (!(error instanceof ClientError) || error.response.status !== 503) throw error;
          unknown += 1;
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }
    };
    let next = 0;
    const submitting = Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let number = next++; number < SUBMISSIONS; number = next++) await submit(number);
      }),
    );
    await eventually('it is in the middle', () => ok.size >= SUBMISSIONS / 3);
    const crashing = cluster.crash();
    await eventually('it is known', async () => (await healthOf(stack)).ready === 503);
    expect(await healthOf(stack)).toMatchObject({ live: 200, body: { status: 'not ready' } });
    front.retarget(await crashing);
    front.cut();
    const back = performance.now();
    await submitting;
    const alerted = async (): Promise<string[]> =>
      (await stack.as('state-analyst').alerts(['DELIVERED'])).map(({ record }) => record?.id ?? '');
    await eventually('all are alerted', async () => (await alerted()).length >= SUBMISSIONS, HEALED_MS);
    const ms = Math.round(performance.now() - back);
    const inbox = await alerted();
    const stored = await countedReferences();
    const once = [...ok].filter(([reference, id]) => stored.get(reference) === 1 && count(inbox, id) === 1);
    say(
      `PostgreSQL killed: ${JSON.stringify({ ok: ok.size, unknown, lost: ok.size - once.length, stored: stored.size })}, all done ${ms} ms after it was back`,
    );
    expect(once).toHaveLength(SUBMISSIONS);
    expect(unknown).toBeGreaterThan(0);
  }, 120_000);

  async function countedReferences(): Promise<Map<string, number>> {
    const client = new Client({ connectionString: stack.database.superuserUrl });
    await client.connect();
    const { rows } = await client.query<{ reference: string; n: number }>(
      `select submitter_reference as reference, count(*)::int as n from seizure_report where submitter_reference like 'CRASH-%' group by 1`,
    );
    await client.end();
    return new Map(rows.map(({ reference, n }) => [reference, n]));
  }
});

const count = (list: readonly string[], id: string): number => list.filter((it) => it === id).length;
