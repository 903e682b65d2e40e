import { join } from 'node:path';
import { Client } from 'pg';
import { eventually } from '../../flows/flow-client.builder.js';
import { BACKENDS, Fleet, type FleetMember } from '../harness/fleet.builder.js';
import { Journal } from '../harness/journal.js';
import { byLength, LONG } from '../harness/length.config.js';
import { RECIPIENTS, type LoadReport } from '../harness/load-report.js';
import { quiesce, readBack } from '../harness/read-back.builder.js';
import { openReaders } from '../harness/readers.builder.js';
import { tell } from '../harness/results.js';
import { StreamReader } from '../harness/stream-reader.builder.js';
import { NO_FAULTS, sendUntilStored } from '../one-report.builder.js';

const REPORTS = byLength(5, 50);
/** A job of a worker that is silent is somebody else's after this. The long run has the deployment's own 30 s. */
const WORKER = byLength({ lockMs: 2_000, reconcileMs: 500, lostAfterSeconds: 2 }, {});
const PAUSE_MS = byLength(8_000, 60_000);
/** Written down before: the other worker has done the work this long after the first one stopped. */
const TAKEN_OVER_MS = byLength(40_000, 120_000);

for (const backend of BACKENDS) {
  (backend.available ? describe : describe.skip)(
    `#10 a worker that stops in the middle of a job, queues on ${backend.name}`,
    () => {
      let fleet: Fleet;
      let locker: Client;
      beforeEach(async () => {
        fleet = await Fleet.start({ backend: backend.name, database: 'shared', workers: [{ options: WORKER }] });
        await fleet.addWorker({ options: WORKER });
        await openReaders(fleet, RECIPIENTS, { streams: false });
        locker = new Client({ connectionString: fleet.postgres.superuserUrl });
        await locker.connect();
      }, 120_000);
      afterEach(async () => {
        for (const { process } of fleet.workers) process.thaw();
        await locker.end();
        await fleet.stop();
      }, 60_000);

      const workers = (): [FleetMember, FleetMember] => fleet.workers as [FleetMember, FleetMember];
      /** Sessions of a worker that wait for the lock in the middle of T2. */
      const blocked = async (): Promise<number[]> => {
        const { rows } = await locker.query<{ pid: number }>(
          `select pid from pg_stat_activity where datname = current_database() and application_name = 'concord_worker'
             and wait_event_type = 'Lock' and query like '%raise_alerts%'`,
        );
        return rows.map(({ pid }) => pid);
      };

      /** The first worker is stopped with T2 half done; then the second may work. Gives the sessions of the first. */
      const stopInTheMiddle = async (journal: Journal<LoadReport>): Promise<number[]> => {
        const [first, second] = workers();
        second.process.freeze();
        await locker.query('begin; lock table alert in share row exclusive mode');
        for (let n = 0; n < REPORTS; n += 1) await sendUntilStored(fleet, journal, `PAUSED-${n}`);
        const sessions = await eventually('it is in the middle', async () => {
          const found = await blocked();
          return found.length > 0 ? found : null;
        });
        first.process.freeze();
        await locker.query('rollback');
        second.process.thaw();
        return sessions;
      };
      const undone = async (): Promise<number> => (await fleet.sql('select from outbox where done_at is null')).length;

      test(
        'another takes over, the first comes back, and everything has happened once',
        async () => {
          const began = performance.now();
          const journal = new Journal<LoadReport>(join(fleet.folder, 'journal.jsonl'));
          const streams = [await StreamReader.start(fleet, 'state-analyst')];
          const sessions = await stopInTheMiddle(journal);
          const stopped = performance.now();
          // What the server does by itself after 10 s with a session that is idle in a transaction.
          if (!LONG) for (const pid of sessions) await locker.query('select pg_terminate_backend($1)', [pid]);
          await eventually('the other has done it', async () => (await undone()) === 0, TAKEN_OVER_MS);
          const takenOver = Math.round((performance.now() - stopped) / 100) / 10;
          await new Promise((resolve) => setTimeout(resolve, stopped + PAUSE_MS - performance.now()));
          workers()[0].process.thaw();
          // It works on: alone.
          await workers()[1].process.kill('SIGTERM');
          await sendUntilStored(fleet, journal, 'AFTERWARDS');
          const { quiet } = await quiesce(fleet, TAKEN_OVER_MS);
          const counted = await readBack(fleet, journal, { streams });
          const again = await fleet.sql('select from delivery_attempt group by delivery_id having count(*) > 1');
          const faults = tell({
            scenario: [10],
            name: 'a worker stopped in the middle of a job',
            backend: backend.name,
            without: null,
            counted,
            seconds: Math.round((performance.now() - began) / 1_000),
            facts: { pauseSeconds: PAUSE_MS / 1_000, takenOverSeconds: takenOver, quiet },
          });
          expect(faults).toEqual(NO_FAULTS);
          expect(again).toEqual([]);
        },
        2 * TAKEN_OVER_MS + PAUSE_MS + 60_000,
      );

      // What fences is in PostgreSQL, whichever the queue.
      (LONG || backend.name === 'PostgreSQL' ? test : test.skip)(
        'without the constraint and the mark of what is done, everybody is told twice',
        async () => {
          const began = performance.now();
          for (const statement of UNFENCED) await fleet.sql(statement);
          const journal = new Journal<LoadReport>(null);
          for (let n = 0; n < 3; n += 1) await sendUntilStored(fleet, journal, `UNFENCED-${n}`);
          await eventually(
            'it is done again',
            async () =>
              (await fleet.sql('select from alert group by record_id, owner_person_id having count(*) > 1')).length > 0,
            TAKEN_OVER_MS,
          );
          await eventually(
            'they are told',
            async () => (await fleet.sql('select from inbox_entry')).length > 3 * 4,
            TAKEN_OVER_MS,
          );
          const faults = tell({
            scenario: [10],
            name: 'two workers and one job',
            backend: backend.name,
            without: 'unique alerts and rows that are done',
            counted: await readBack(fleet, journal),
            seconds: Math.round((performance.now() - began) / 1_000),
          });
          expect(faults.duplicated).toBeGreaterThan(0);
        },
        3 * TAKEN_OVER_MS,
      );
    },
  );
}

/** A row is never done, so that its job is everybody's again and again, and nothing says that an alert is there already. */
const UNFENCED = [
  `create function never_done() returns trigger language plpgsql as $$ begin new.done_at := null; return new; end $$`,
  `create trigger never_done before update on outbox for each row execute function never_done()`,
  `do $$ begin execute replace(pg_get_functiondef('raise_alerts(jsonb)'::regprocedure),
     'on conflict (owner_person_id, owner_agency_id, record_id) do nothing', ''); end $$`,
  `alter table alert drop constraint alert_owner_person_id_owner_agency_id_record_id_key`,
];
