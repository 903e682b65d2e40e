import { eventually } from '../../flows/flow-client.builder.js';
import { plainReport } from '../../flows/reports.builder.js';
import { BACKENDS, Fleet } from '../harness/fleet.builder.js';
import { byLength } from '../harness/length.config.js';
import { tell } from '../harness/results.js';

/** In place of 2 s and 5 s, so that five tries, further apart each time, are over within this test. */
const PERIODS = byLength({ reconcileMs: 100, lostAfterSeconds: 0.4 }, { reconcileMs: 500, lostAfterSeconds: 2 });
const NEIGHBOURS = 30;
/** Written down before the run: of the poison, and for whoever was in its batch or came while it was tried. */
const DEAD_MS = 180_000;
const UNHARMED_MS = 120_000;

/** The row of one record holds whoever claims it, until the test has killed that worker: as a fault that ends a process. */
const HOLD = `
  create function poison() returns trigger language plpgsql as $$
  begin
    -- Only a worker does so, when the work on the row is done.
    if new.done_at is not null and old.done_at is null and new.subject_ids && (select array_agg(id) from poisoned) then
      perform pg_advisory_lock(4711);
    end if;
    return new;
  end $$;
  create table poisoned (id uuid);
  grant select on poisoned to concord_worker;
  create trigger poison before update on outbox for each row execute function poison()`;

for (const backend of BACKENDS) {
  (backend.available ? describe : describe.skip)(`#2 a job that kills its worker, queues on ${backend.name}`, () => {
    test('is given up aloud, and what was beside it is done', async () => {
      const began = performance.now();
      const fleet = await Fleet.start({ backend: backend.name, database: 'shared', workers: [{ options: PERIODS }] });
      const stop = new AbortController();
      try {
        await fleet.as('state-analyst').rule('everything');
        await fleet.sql(HOLD);
        const submitter = fleet.as('local-submitter');
        const inbox = async (): Promise<string[]> =>
          (await fleet.as('state-analyst').alerts(['DELIVERED'])).map(({ record }) => record?.id ?? '');
        // One batch: they are relayed together when the worker starts.
        await fleet.worker.process.kill();
        const records: string[] = [];
        for (let n = 0; n < NEIGHBOURS; n += 1) records.push((await submitter.report(plainReport())).recordId);
        const poison = records[Math.floor(NEIGHBOURS / 2)] ?? '';
        await fleet.sql('insert into poisoned values ($1)', [poison]);
        const killing = killWhoeverTouches(fleet, stop.signal);
        await fleet.worker.process.start().catch(() => undefined);
        const neighbours = records.filter((id) => id !== poison);
        const beside = performance.now();
        await eventually('its batch is done', async () => (await inbox()).length === neighbours.length, UNHARMED_MS);
        const batchSeconds = (performance.now() - beside) / 1_000;
        const later: number[] = [];
        const dead = () => fleet.sql('select from outbox where dead_at is not null');
        for (const deadline = Date.now() + DEAD_MS; (await dead()).length === 0 && Date.now() < deadline;) {
          const sent = performance.now();
          const { recordId } = await submitter.report(plainReport());
          neighbours.push(recordId);
          await eventually('others go on', async () => (await inbox()).includes(recordId), UNHARMED_MS);
          later.push((performance.now() - sent) / 1_000);
        }
        stop.abort();
        const kills = await killing;
        const letters = await fleet.sql<{ tries: number; subject_ids: string[] }>(
          'select tries, subject_ids from outbox where dead_at is not null',
        );
        // Five, more where nothing else was done between two of them, and never more than ten: a worker that starts on a
        // busy machine finds the poison due again before it has done anything else.
        expect(letters).toEqual([{ tries: expect.any(Number), subject_ids: [poison] }]);
        const tries = letters[0]?.tries ?? 0;
        expect(tries).toBeGreaterThanOrEqual(5);
        expect(tries).toBeLessThanOrEqual(10);
        if (!fleet.worker.process.isRunning) await fleet.worker.process.start();
        expect(fleet.worker.process.events('outbox.dead')).toEqual([
          expect.objectContaining({ kind: 'record.released', level: 'error' }),
        ]);
        const metrics = await (await fetch(`${fleet.worker.process.metricsUrl}/metrics`)).text();
        expect(metrics).toContain('concord_outbox_dead{kind="record.released"} 1');
        expect((await inbox()).sort()).toEqual(neighbours.sort());

        // What killed it is mended, and somebody tries it again.
        await fleet.sql('drop trigger poison on outbox');
        await fleet.sql(`set role concord_operator; select retry_dead_letters()`);
        await eventually('it is done too', async () => (await inbox()).includes(poison));
        tell({
          ...{ scenario: [2], name: 'poison', backend: backend.name, without: null, counted: [] },
          seconds: Math.round((performance.now() - began) / 1_000),
          facts: {
            workersKilled: kills,
            tries,
            batchSeconds: Math.round(batchSeconds * 10) / 10,
            slowestBesideSeconds: Math.round(Math.max(...later) * 10) / 10,
          },
        });
      } finally {
        stop.abort();
        await fleet.stop();
      }
    }, 400_000);
  });
}

/** kill -9 of the worker each time that it is held by the poison, and the start of another. */
async function killWhoeverTouches(fleet: Fleet, signal: AbortSignal): Promise<number> {
  const lock = await fleet.session();
  await lock.query('select pg_advisory_lock(4711)');
  const held = `select a.pid from pg_locks l join pg_stat_activity a using (pid)
    where l.locktype = 'advisory' and not l.granted and l.objid = 4711 and a.datname = current_database()`;
  let kills = 0;
  try {
    while (!signal.aborted) {
      const backends = (await lock.query<{ pid: number }>(held)).rows;
      if (backends.length > 0) {
        await fleet.worker.process.kill();
        kills += 1;
        // Its backends go when they notice; held by a lock they do not.
        for (const { pid } of backends) await lock.query('select pg_terminate_backend($1)', [pid]);
        await fleet.worker.process.start();
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    await lock.end();
  }
  return kills;
}
