import { ClientError } from 'graphql-request';
import { join } from 'node:path';
import { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { ME, RECORDS } from '../../flows/documents.js';
import { eventually, type FlowClient } from '../../flows/flow-client.builder.js';
import { BACKENDS, Fleet, type ApiMember } from '../harness/fleet.builder.js';
import { Journal } from '../harness/journal.js';
import { byLength, LONG, SEED } from '../harness/length.config.js';
import { Load } from '../harness/load.builder.js';
import { RECIPIENTS, type LoadReport } from '../harness/load-report.js';
import { quiesce, readBack } from '../harness/read-back.builder.js';
import { openReaders } from '../harness/readers.builder.js';
import { tell } from '../harness/results.js';
import { tally } from '../harness/tally.js';
import { StreamReader } from '../harness/stream-reader.builder.js';
import { NO_FAULTS, sendUntilStored } from '../one-report.builder.js';
import { preload } from '../preload.builder.js';
import { clockOf, locateFakeTime, setClock, tokenOf } from '../skewed-clocks.builder.js';

const library = locateFakeTime();
if (library === null) process.stderr.write('SKIPPED with skewed clocks: libfaketime (Debian: faketime) is missing\n');

/** Of api 1 and 2 and worker 1 and 2. Another hour and another sign each, and days. */
const CLOCKS = ['+1h', '-1h', '+3d', '-3d'] as const;
/** What docs/outages.md allows a node's answer to lag behind the database. */
const LATE_MS = 5_000;
const EMBARGO_MS = 4_000;
const IN_ORDER = byLength(4, 20);
const SUBMISSIONS = byLength(40, 600);
const PATIENCE_MS = byLength(60_000, 300_000);

interface Found {
  readonly seizureRecords: { readonly edges: readonly { readonly node: { readonly id: string } }[] };
}

for (const backend of BACKENDS) {
  const possible = backend.available && library !== null;
  (possible ? describe : describe.skip)(`#17 clocks that are wrong, queues on ${backend.name}`, () => {
    let fleet: Fleet;
    const fileOf = (node: number): string => join(fleet.folder, `clock-${node}`);

    const start = async (broken: NodeJS.ProcessEnv | null = null): Promise<void> => {
      fleet = await Fleet.start({ backend: backend.name, database: 'shared', apis: [], workers: [] });
      await Promise.all(CLOCKS.map((offset, node) => setClock(fileOf(node), offset)));
      const env = (node: number) => ({ env: { ...clockOf(library ?? '', fileOf(node)), ...broken } });
      // One after the other: four at once are slow on two cores.
      for (const node of [0, 1]) await fleet.addApi(env(node));
      // Without a common clock it is the api that misjudges.
      if (broken !== null) return;
      for (const node of [2, 3])
        await fleet.addWorker({ ...env(node), options: { reconcileMs: 200, lostAfterSeconds: 2 } });
    };
    afterEach(() => fleet.stop());

    const alerted = async (client: FlowClient): Promise<string[]> =>
      (await client.alerts()).map(({ record }) => record?.id ?? '');
    const found = async (client: FlowClient): Promise<string[]> => {
      const { seizureRecords } = await client.run<Found>(RECORDS, { filter: null, first: 50, after: null });
      return seizureRecords.edges.map(({ node }) => node.id);
    };
    const statusOf = async (token: string, api: ApiMember): Promise<number> =>
      fleet
        .as('state-analyst', api)
        .with({ token })
        .run(ME)
        .then(
          () => 200,
          (error: unknown) => (error instanceof ClientError ? error.response.status : 0),
        );
    /** Entries whose time is not the one at which they were written, by this machine's clock. */
    const misdated = async (from: Date): Promise<number> => {
      const [row] = await fleet.sql<{ n: number }>(
        `select count(*)::int as n from audit_entry where at not between $1 and $2`,
        [new Date(from.getTime() - LATE_MS), new Date(Date.now() + LATE_MS)],
      );
      return row?.n ?? 0;
    };

    test(
      'order, embargoes, tokens and the books are the database’s',
      async () => {
        const began = performance.now();
        const from = new Date();
        await start();
        await openReaders(fleet, RECIPIENTS, { streams: false });
        const journal = new Journal<LoadReport>(join(fleet.folder, 'journal.jsonl'));
        const analyst = fleet.as('state-analyst');
        const [ahead, behind] = fleet.apis as [ApiMember, ApiMember];

        // One after the other, by nodes whose clocks are two hours apart.
        const sent: string[] = [];
        for (let n = 0; n < IN_ORDER; n += 1) {
          const api = n % 2 === 0 ? ahead : behind;
          const recordId = await sendUntilStored(fleet, journal, `ORDER-${n}`, { api });
          sent.push(recordId);
          await eventually('it is alerted', async () => (await alerted(analyst)).includes(recordId), PATIENCE_MS);
        }
        expect(await alerted(analyst)).toEqual([...sent].reverse());

        // An embargo, told to both.
        const releaseAt = Date.now() + EMBARGO_MS;
        const releaseAfter = new Date(releaseAt).toISOString();
        const held: string[] = [];
        for (const [n, api] of [ahead, behind].entries())
          held.push(await sendUntilStored(fleet, journal, `HELD-${n}`, { api, change: { releaseAfter } }));
        let early = 0;
        let looks = 0;
        while (Date.now() < releaseAt) {
          const seen = [
            ...(await alerted(analyst)),
            ...(await found(fleet.as('state-analyst', ahead))),
            ...(await found(fleet.as('state-analyst', behind))),
          ];
          if (Date.now() >= releaseAt) break;
          looks += 1;
          early += held.filter((id) => seen.includes(id)).length;
        }
        expect(looks).toBeGreaterThan(0);
        expect(early).toBe(0);
        await eventually(
          'the embargo is over',
          async () => {
            const seen = await alerted(analyst);
            return held.every((id) => seen.includes(id));
          },
          PATIENCE_MS,
        );

        // Tokens: small leeway, and none of it for what ran out a minute ago.
        const [fresh, skewed, expired, future] = await Promise.all([
          tokenOf(fleet, 'state-analyst', 0, 60),
          tokenOf(fleet, 'state-analyst', 20, 60),
          tokenOf(fleet, 'state-analyst', -4_000, -60),
          tokenOf(fleet, 'state-analyst', 300, 600),
        ]);
        for (const api of [ahead, behind]) {
          const statuses = await Promise.all([fresh, skewed, expired, future].map((token) => statusOf(token, api)));
          expect(statuses).toEqual([200, 200, 401, 401]);
          const live = fleet
            .as('state-analyst', api)
            .with({ token: await tokenOf(fleet, 'state-analyst', 0, 3) })
            .live(null);
          const opened = performance.now();
          await live.ended;
          const seconds = (performance.now() - opened) / 1_000;
          await live.close();
          expect(seconds).toBeGreaterThan(0.5);
          expect(seconds).toBeLessThan(3 + LATE_MS / 1_000);
        }

        // Clocks leap, back and forth, while reports come in.
        const streams = await Promise.all(
          (['state-analyst', 'federal-analyst'] as const).map((persona, n) =>
            StreamReader.start(fleet, persona, n === 0 ? ahead : behind),
          ),
        );
        await Promise.all([...CLOCKS].reverse().map((offset, node) => setClock(fileOf(node), offset)));
        await new Load({
          fleet,
          journal,
          random: new SeededRandom(SEED),
          submissions: SUBMISSIONS,
          atOnce: 4,
          givenUp: 0,
        }).run();
        const { quiet } = await quiesce(fleet, PATIENCE_MS);
        const counted = await readBack(fleet, journal, { streams });
        const wrong = await misdated(from);
        const faults = tell({
          scenario: [17],
          name: 'clocks an hour and three days off, leaping',
          backend: backend.name,
          without: null,
          counted,
          seconds: Math.round((performance.now() - began) / 1_000),
          facts: { early, misdated: wrong, quiet },
        });
        expect(faults).toEqual(NO_FAULTS);
        expect(wrong).toBe(0);
      },
      4 * PATIENCE_MS,
    );

    // The same whichever queue: once, unless there is time.
    (LONG || backend.name === 'PostgreSQL' ? test : test.skip)(
      'each machine by its own clock: embargoes end early, tokens are misjudged, the books lie',
      async () => {
        const from = new Date();
        await start(preload('database-clock'));
        const [ahead, behind] = fleet.apis as [ApiMember, ApiMember];
        const fresh = await tokenOf(fleet, 'local-submitter', 0, 60);
        expect(await statusOf(fresh, behind)).toBe(401);
        expect(await statusOf(await tokenOf(fleet, 'state-analyst', -4_000, -60), behind)).toBe(200);
        const journal = new Journal<LoadReport>(null);
        const recordId = await sendUntilStored(fleet, journal, 'HELD', {
          api: ahead,
          change: { releaseAfter: new Date(Date.now() + 600_000).toISOString() },
        });
        const seen = (await found(fleet.as('state-analyst', ahead))).map((id) => (id === recordId ? 'HELD' : id));
        // Nobody is entitled to it for ten minutes.
        const leaked = tally({ operations: journal.operations, entitled: () => false, seen });
        const wrong = await misdated(from);
        tell({
          scenario: [17],
          name: 'clocks an hour and three days off',
          backend: backend.name,
          without: 'a common clock',
          counted: [{ reader: 'state-analyst', channel: 'search', tally: leaked }],
          seconds: Math.round((Date.now() - from.getTime()) / 1_000),
          facts: { misdated: wrong },
        });
        expect(leaked.leaked).toBe(1);
        expect(wrong).toBeGreaterThan(0);
      },
      4 * PATIENCE_MS,
    );
  });
}
