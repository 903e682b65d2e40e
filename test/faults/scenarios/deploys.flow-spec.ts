import { testQueueBackends } from '@concord/platform/testing';
import { Client } from 'pg';
import type { PersonaName } from '../../../apps/embedded/src/personas.js';
import { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { eventually } from '../../flows/flow-client.builder.js';
import { plainReport } from '../../flows/reports.builder.js';
import { countDeploy } from '../deploy-count.builder.js';
import { DeployTraffic } from '../deploy-traffic.builder.js';
import { Deployment, type VersionProcess } from '../deploy.builder.js';
import { ResumingReader } from '../resuming-reader.builder.js';
import { byLength, LONG, SEED } from '../harness/length.config.js';
import { previousVersion, thisVersion, type Version } from '../versions.builder.js';

/** So many operations are answered in each phase before the next begins. */
const PHASE = byLength(24, 300);
const AT_ONCE = byLength(3, 6);
const PATIENCE_MS = 120_000;
/** What a process has after SIGTERM (libs/platform/src/process). */
const GRACE_MS = 25_000;
const READERS = ['state-analyst', 'federal-analyst', 'watch-officer'] as const;
/** Stays with the old api for as long as that is there; the others change between both all the time. */
const LOYAL = 'watch-officer';
/** Makes a rule while both versions are there. */
const LATE = 'neighbour-analyst';
const say = (line: string): void => void process.stderr.write(`deploys: ${line}\n`);

let older: Version | null = null;
beforeAll(async () => {
  older = await previousVersion();
}, 120_000);
afterAll(() => older?.remove(), 60_000);

for (const backend of testQueueBackends()) {
  // Two whole deployments are long: in the short run one queue stands for both.
  (backend.available && (LONG || backend.name === 'PostgreSQL') ? describe : describe.skip)(
    `#19 two versions and a migration in mid-traffic, queues on ${backend.name}`,
    () => {
      const random = new SeededRandom(SEED);
      const readers = new Map<PersonaName, ResumingReader>();
      const warmUps = new Set<string>();
      let newer: Version;
      let deployment: Deployment;
      let traffic: DeployTraffic;

      beforeAll(async () => {
        say(`queues on ${backend.name}, CONCORD_SEED=${SEED}`);
        newer = await thisVersion();
        deployment = await Deployment.start(backend, older ?? newer);
        traffic = new DeployTraffic(() => deployment.as('local-submitter'), random, 'DEPLOY');
      }, 60_000);
      afterAll(async () => {
        await traffic?.stop().catch(() => undefined);
        await Promise.all([...readers.values()].map((reader) => reader.stop()));
        await deployment?.stop();
      }, 60_000);

      /** A reader whose first cursor is there before any traffic: from then on everything counts. */
      const startReader = async (persona: PersonaName, stay?: VersionProcess): Promise<void> => {
        const first = deployment.as(persona).live(null);
        await eventually('a first event', async () => {
          warmUps.add((await deployment.as('local-submitter').report(plainReport())).recordId);
          return first.events.length > 0;
        });
        first.cut();
        const at = (): VersionProcess | undefined =>
          stay !== undefined && deployment.inService.includes(stay) ? stay : undefined;
        const cutAfter = stay === undefined ? { cutAfter: () => 4 + Math.floor(random.next() * 12) } : {};
        const open = (after: string | null) => deployment.as(persona, at()).live(after);
        readers.set(persona, new ResumingReader(open, { from: first.cursor, ...cutAfter }));
      };
      const further = async (operations = PHASE): Promise<void> => {
        const goal = traffic.ok + operations;
        await eventually('some more is answered', () => traffic.ok >= goal || traffic.failed, PATIENCE_MS);
      };

      test('old and new beside each other, a migration between them: nothing is lost', async () => {
        if (older === null) return;
        const oldApi = await deployment.startApi(older);
        const oldWorker = await deployment.startWorker(older);
        for (const persona of READERS) await deployment.as(persona).rule('everything');
        for (const persona of READERS) await startReader(persona, persona === LOYAL ? oldApi : undefined);
        traffic.start(AT_ONCE);
        await further();

        const applied = await deployment.migrate(newer);
        expect(applied.at(-1)).toBe(newer.migrations.at(-1));
        say(`migrated in traffic: ${applied.join(', ')}`);
        await further();

        const newApi = await deployment.startApi(newer);
        const newWorker = await deployment.startWorker(newer);
        await deployment.as(LATE, newApi).rule('everything');
        const beforeLate = traffic.sent;
        await further();

        const held = await holdInboxes(deployment);
        await held.jobsWait();
        const stopping = oldWorker.end('SIGTERM');
        await held.release();
        const began = performance.now();
        expect(await stopping).toBe(0);
        say(`the old worker ended ${Math.round(performance.now() - began)} ms after its jobs could go on`);
        expect(performance.now() - began).toBeLessThan(GRACE_MS);
        deployment.takeOut(oldApi);
        // Up to 0.3 it waited for connections that became idle after it had begun to close, and was cut short at last.
        const ended = await oldApi.end('SIGTERM');
        const cutShort = oldApi.log.filter(({ event }) => event === 'stop.cut-short');
        expect({ ended, cutShort: cutShort.length }).toEqual({ ended: cutShort.length, cutShort: cutShort.length });
        await further();
        await traffic.stop();

        const late = { [LATE]: traffic.known.filter(({ number }) => number > beforeLate) };
        const counted = await countDeploy({ deployment, readers, known: traffic.known, warmUps, late });
        const { attempted, ok, unknown } = traffic;
        say(`${backend.name}: ${JSON.stringify({ attempted, ok, unknown: unknown.length, ...counted })}`);
        for (const [persona, reader] of readers)
          say(`${persona}: ${reader.connections} connections, ended ${JSON.stringify([...new Set(reader.endings)])}`);
        expect(counted).toMatchObject({ lost: 0, duplicated: 0, unexpected: 0 });
        // Up to 0.2 an API that stopped told its streams `complete` first; from 0.3 on it is 1001 alone.
        expect([[1001], ['completed']]).toContainEqual(readers.get(LOYAL)?.endings);
        const faults = deployment.processes
          .flatMap(({ log }) => log)
          .filter((line) => ['error', 'fatal'].includes(line.level) && !cutShort.includes(line))
          // A busy Redis is not waited for: each process counts by itself then.
          .filter(({ event }) => event !== 'rates.store-away');
        expect(faults).toEqual([]);
        expect([newApi.isRunning, newWorker.isRunning]).toEqual([true, true]);
      }, 400_000);

      // Whatever became of the first test: nothing goes on under the others.
      afterEach(() => traffic?.stop().catch(() => undefined));

      test('a kind of work that this version does not know is left to those who do', async () => {
        if (older === null) return;
        await deployment.rows('alter table outbox drop constraint outbox_kind_check');
        await deployment.rows(
          `insert into outbox (kind, subject_ids) values ('record.of-tomorrow', array[gen_random_uuid()])`,
        );
        await traffic.submit();
        const left = `select kind from outbox where done_at is null`;
        await eventually('the rest is done', async () => (await deployment.rows(left)).length <= 1);
        const untouched = `select from outbox where kind = 'record.of-tomorrow' and relayed_at is null and done_at is null`;
        expect(await deployment.rows(untouched)).toHaveLength(1);
        await deployment.rows(`delete from outbox where kind = 'record.of-tomorrow'`);
      }, 60_000);

      test('the count finds what a worker drops', async () => {
        if (older === null) return;
        const known = await traffic.submit();
        await eventually('it is told', () =>
          (readers.get(LOYAL)?.got ?? []).some(({ alert }) => alert.record?.id === known.recordId),
        );
        // As a worker would that takes recalls for nothing.
        await deployment.rows(`create function dropped() returns trigger language plpgsql as
        $$ begin if new.kind = 'record.recalled' then new.done_at := now(); end if; return new; end $$`);
        await deployment.rows('create trigger dropped before insert on outbox for each row execute function dropped()');
        await traffic.recall(known);
        const counted = await countDeploy({ deployment, readers, known: traffic.known, warmUps, late: {} });
        say(`${backend.name}, recalls dropped: ${JSON.stringify(counted)}`);
        expect(counted).toMatchObject({ lost: READERS.length, duplicated: 0, unexpected: 0 });
      }, 60_000);
    },
  );
}

/** Holds every inbox, so that deliveries wait in the middle of their jobs. */
async function holdInboxes(deployment: Deployment): Promise<{ jobsWait(): Promise<void>; release(): Promise<void> }> {
  const client = new Client({ connectionString: deployment.database.superuserUrl });
  await client.connect();
  await client.query('begin');
  await client.query('select from inbox order by id for update');
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'select lock_inboxes($1)%'`;
  return {
    async jobsWait() {
      // Each worker has two hands for deliveries: of three that wait one is the old worker's.
      await eventually('jobs of both wait', async () => (await deployment.rows(waiting)).length >= 3, PATIENCE_MS);
    },
    async release() {
      await client.query('commit');
      await client.end();
    },
  };
}
