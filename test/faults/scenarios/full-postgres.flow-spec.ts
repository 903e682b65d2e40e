import { readFile, stat } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { verifyDatabase } from '../../../apps/cli/src/verify/check-database.js';
import { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { ME, RECORDS, SUBMIT } from '../../flows/documents.js';
import { eventually } from '../../flows/flow-client.builder.js';
import { BACKENDS, Fleet } from '../harness/fleet.builder.js';
import { Journal } from '../harness/journal.js';
import { byLength, LONG, SEED } from '../harness/length.config.js';
import { inputOf, RECIPIENTS, type LoadReport } from '../harness/load-report.js';
import { Load } from '../harness/load.builder.js';
import { quiesce, readBack } from '../harness/read-back.builder.js';
import { openReaders } from '../harness/readers.builder.js';
import { tell } from '../harness/results.js';
import { NO_FAULTS, OPEN } from '../one-report.builder.js';
import { ask, UNAVAILABLE, type Told } from '../outages.builder.js';
import { SmallDisk } from '../small-disk.builder.js';

const missing = await SmallDisk.missing();
if (missing !== null) process.stderr.write(`SKIPPED with a full disk under PostgreSQL: ${missing}\n`);

const SUBMISSIONS = byLength(60, 2_000);
const FULL_MS = byLength(3_000, 30_000);
const HEALED_MS = byLength(60_000, 300_000);
/** What a stack trace, or a message of the driver, would have in it. */
const TELLING = /\bat .*:\d+|disk|space|extend|relation|postgres|tablespace|\.js\b/i;

for (const backend of BACKENDS) {
  const possible = backend.available && missing === null;
  (possible ? describe : describe.skip)(`#7 PostgreSQL's disk is full, queues on ${backend.name}`, () => {
    let fleet: Fleet;
    let disk: SmallDisk;
    let tablespace: string;

    /** Every table of this database is on a disk of its own; its log, and everybody else's tables, are not. */
    beforeEach(async () => {
      disk = await SmallDisk.mount(24);
      fleet = await Fleet.start({ backend: backend.name, database: 'shared', apis: [], workers: [] });
      tablespace = `small_${randomBytes(6).toString('hex')}`;
      const [server] = await fleet.sql<{ data_directory: string }>('show data_directory');
      const { uid, gid } = await stat(server?.data_directory ?? '');
      await fleet.sql(`create tablespace ${tablespace} location '${await disk.directory('tables', uid, gid)}'`);
      await fleet.sql(`alter table all in tablespace pg_default set tablespace ${tablespace}`);
      await fleet.sql(`alter index all in tablespace pg_default set tablespace ${tablespace}`);
      await Promise.all([fleet.addApi(), fleet.addWorker({ options: { reconcileMs: 500, lostAfterSeconds: 3 } })]);
      await openReaders(fleet, RECIPIENTS, { streams: false });
    }, 120_000);
    afterEach(async () => {
      const admin = fleet.postgres.superuserUrl;
      await fleet.stop();
      await onServer(admin, `drop tablespace ${tablespace}`);
      await disk.remove();
    }, 60_000);

    const loadInto = (journal: Journal<LoadReport>, prefix: string) =>
      new Load({
        ...{ fleet, journal, prefix, random: new SeededRandom(SEED), submissions: SUBMISSIONS, atOnce: 4 },
        givenUp: 0.2,
      });
    /** Reports without an entry in the books, and entries of no report. */
    const unbooked = async (): Promise<number> => {
      const [row] = await fleet.sql<{ n: number }>(
        `with booked as (select s->>'id' as id from audit_entry a, jsonb_array_elements(a.canonical::jsonb->'subjects') s
           where a.action = 'report.submit' and s->>'kind' = 'report'), stored as (select id::text from seizure_report)
         select ((select count(*) from (table booked except all table stored) x)
               + (select count(*) from (table stored except all table booked) y))::int as n`,
      );
      return row?.n ?? 0;
    };

    test(
      'told so, reads go on, nothing that was acknowledged is lost, and it goes on by itself',
      async () => {
        const began = performance.now();
        const journal = new Journal<LoadReport>(join(fleet.folder, 'journal.jsonl'));
        await loadInto(journal, 'BEFORE').run();
        await disk.fill();
        const load = loadInto(journal, 'WHILE');
        const running = load.run();
        await eventually('somebody is told', () => journal.attempts.info > 0, HEALED_MS);
        const told: Told[] = [];
        const submitter = fleet.as('local-submitter');
        for (const until = Date.now() + FULL_MS; Date.now() < until;) {
          const answers = await Promise.all([
            ask(submitter, SUBMIT, { input: inputOf(`ASKED-${told.length}`, OPEN) }),
            ask(fleet.as('state-analyst'), ME, {}),
            // Booked before it is answered: what cannot be booked is not answered.
            ask(fleet.as('state-analyst'), RECORDS, { filter: null, first: 5, after: null }),
          ]);
          const [submitted, me, records] = answers;
          for (const answer of [submitted, records])
            if (answer.status !== 200) expect(answer).toMatchObject({ ...UNAVAILABLE, data: null });
          expect(me.status).toBe(200);
          for (const { data, message } of answers) if (data === null) expect(message).not.toMatch(TELLING);
          told.push(...answers);
        }
        const refused = told.filter(({ status }) => status === 503).length;
        expect(refused).toBeGreaterThan(0);
        await disk.grow(200);
        const healed = performance.now();
        await running;
        const { quiet } = await quiesce(fleet, HEALED_MS);
        const healedSeconds = Math.round((performance.now() - healed) / 100) / 10;
        // Asked by this test and by no operation of the load.
        const asked = await fleet.sql(`select from seizure_report where submitter_reference like 'ASKED-%'`);
        for (let n = 0; n < told.length; n += 1) journal.begin(`ASKED-${n}`, OPEN, 'asked');
        const counted = await readBack(fleet, journal);
        const rootKey = Buffer.from((await readFile(join(fleet.folder, 'root.key'), 'utf8')).trim(), 'hex');
        const verdict = await verifyDatabase(fleet.postgres.superuserUrl, rootKey);
        const faults = tell({
          scenario: [7],
          name: 'PostgreSQL’s disk full',
          backend: backend.name,
          without: null,
          counted,
          seconds: Math.round((performance.now() - began) / 1_000),
          facts: { refused, askedAndStored: asked.length, unbooked: await unbooked(), healedSeconds, quiet },
        });
        expect(faults).toEqual(NO_FAULTS);
        expect(verdict.faults).toEqual([]);
        expect(await unbooked()).toBe(0);
      },
      byLength(180_000, 590_000),
    );

    // PostgreSQL's side alone decides this, whichever the queue.
    (LONG || backend.name === 'PostgreSQL' ? test : test.skip)(
      'a store that acknowledges what it has no room for is found out',
      async () => {
        const began = performance.now();
        const journal = new Journal<LoadReport>(null);
        await fleet.sql('alter function submit_seizure_report(jsonb) rename to submit_honestly');
        await fleet.sql(LIAR);
        await disk.fill();
        await loadInto(journal, 'LIED').run();
        await disk.grow(200);
        await quiesce(fleet, HEALED_MS);
        const faults = tell({
          scenario: [7],
          name: 'PostgreSQL’s disk full',
          backend: backend.name,
          without: 'a commit before the answer',
          counted: await readBack(fleet, journal),
          seconds: Math.round((performance.now() - began) / 1_000),
        });
        expect(faults.lost).toBeGreaterThan(0);
      },
      180_000,
    );
  });
}

/** T1 that says that it has stored what there was no room for. */
const LIAR = `create function submit_seizure_report(p jsonb)
  returns table (outcome text, report_id uuid, record_id uuid, status text, version int, content_digest text,
    released_at timestamptz, release_after timestamptz) language plpgsql as $$
  begin
    return query select * from submit_honestly(p);
  exception when disk_full then
    return query select 'CREATED', (p->'report'->>'id')::uuid, (p->>'recordId')::uuid, 'RELEASED', 1,
      p->'report'->>'content_digest', now(), null::timestamptz;
  end $$`;

/** From another database, for the one in the address is gone. */
async function onServer(address: string, statement: string): Promise<void> {
  const url = new URL(address);
  url.pathname = '/postgres';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
