import { RELEASE_POLICY_1 } from '@concord/deidentification';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { personId } from '../../apps/embedded/src/personas.js';
import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import { concord } from '../faults/concord-command.builder.js';
import { CORRECT } from './documents.js';
import { eventually } from './flow-client.builder.js';
import { plainReport, sanDiegoReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

const cli = join(import.meta.dirname, '../../dist/apps/cli/src/main.js');
const SEED = Number(process.env['CONCORD_KILL_SEED'] ?? randomInt(1, 1_000_000));
const REPORTS = 160;
const BATCH = 6;
/** First half of the advisory locks of this test. */
const LOCK = 20_261;

interface Standing {
  readonly reportId: string;
  readonly recordId: string;
  readonly input: Record<string, unknown>;
  version: number;
}
type Tiers = Record<string, Record<string, unknown>>;

describe(`a release policy is applied by a process that is killed again and again (CONCORD_KILL_SEED=${SEED})`, () => {
  let stack: FlowStack;
  let folder: string;
  const reports: Standing[] = [];
  const random = new SeededRandom(SEED);
  const drawn = (below: number): number => Math.floor(random.next() * below);

  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
    folder = await mkdtemp(join(tmpdir(), 'concord-policy-'));
    await writeFile(join(folder, 'root.key'), `${stack.rootKey.toString('hex')}\n`);
    for (const persona of ['state-analyst', 'local-analyst'] as const)
      await stack.as(persona).rule('fentanyl', { substance: { deaCodes: ['9801'] } });
    await stack.drain();
    let next = 0;
    const submitSome = async (): Promise<void> => {
      for (let n = next++; n < REPORTS; n = next++)
        reports.push(await submit(n % 8 === 0 ? sanDiegoReport : plainReport, n));
    };
    await Promise.all(Array.from({ length: 6 }, submitSome));
    await stack.drain();
    // Where a batch can be made to wait, so that it is killed between its statements too: when its views are stored and its
    // entry is not, and when both are and nothing is committed.
    await stack.admin.query(
      `create function wait_here() returns trigger language plpgsql as $$ begin
         perform pg_advisory_xact_lock_shared(${LOCK}, tg_argv[0]::int); return null; end $$;
       create trigger wait_here after insert on view_recoarsened for each statement execute function wait_here(1);
       create trigger wait_here after insert on audit_entry for each row when (new.action = 'release-policy.apply')
         execute function wait_here(2);
       create function tell_batch() returns trigger language plpgsql as $$ begin perform pg_notify('batch', new.id::text); return null; end $$;
       create trigger tell_batch after insert on audit_entry for each row when (new.action = 'release-policy.apply')
         execute function tell_batch();
       listen batch`,
    );
  });
  afterAll(async () => {
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function submit(build: typeof plainReport, n: number): Promise<Standing> {
    const input = build({ remarks: `Lot ${n} of a series.` });
    return { ...(await stack.as('local-submitter').report(input)), input, version: 1 };
  }

  const publish = async (version: number, change: (tiers: Tiers) => void): Promise<void> => {
    const document = structuredClone({ ...RELEASE_POLICY_1, version }) as unknown as { tiers: Tiers };
    change(document.tiers);
    const file = join(folder, `${version}.json`);
    await writeFile(file, JSON.stringify(document));
    const named = ['--database-url', stack.database.ownerUrl];
    await concord(['release-policy', 'dry-run', file, '--sample', '10', ...named]);
    await concord(['release-policy', 'publish', file, '--note', 'For a test.', ...named]);
  };

  type Death = { readonly batches: number; readonly where: number; readonly ms: number };
  /** Each where in turn: between batches or somewhere in one (0), or where a batch waits. */
  const drawnDeath = (nth: number): Death => ({ batches: 1 + drawn(4), where: (nth + SEED) % 3, ms: drawn(60) });

  /** @param dies after so many of its batches; null: it is let alone. @returns its exit */
  async function apply(dies: Death | null): Promise<string | number | null> {
    const args = ['release-policy', 'apply', '--database-url', stack.database.ownerUrl];
    const child = spawn(
      process.execPath,
      [cli, ...args, '--key-file', join(folder, 'root.key'), '--batch', `${BATCH}`],
      {
        stdio: 'ignore',
        env: { PATH: process.env['PATH'] },
      },
    );
    const ended = once(child, 'exit');
    let batches = 0;
    const committed = (): void => {
      batches += 1;
      if (batches === dies?.batches) void kill(dies);
    };
    stack.admin.on('notification', committed);
    const kill = async ({ where, ms }: Death): Promise<void> => {
      if (where === 0) return void setTimeout(() => child.kill('SIGKILL'), ms);
      await stack.admin.query(`select pg_advisory_lock(${LOCK}, $1)`, [where]);
      await eventually(
        'it waits',
        async () => (await stack.count(`from pg_locks where classid = ${LOCK} and not granted`)) > 0,
      );
      child.kill('SIGKILL');
    };
    await ended;
    stack.admin.off('notification', committed);
    await stack.admin.query('select pg_advisory_unlock_all()');
    // What it had asked for is done or rolled back, and nothing of it comes later.
    const left = `from pg_stat_activity where datname = current_database() and application_name = 'concord_publisher'`;
    if (dies !== null) await eventually('its connections are gone', async () => (await stack.count(left)) === 0);
    return child.signalCode ?? child.exitCode;
  }

  /** In one snapshot: what stands, and what the books say of it. */
  async function looked(policy: number) {
    const { rows } = await stack.admin.query<{
      mixed: number;
      applied: number;
      booked: number;
      twice: number;
      entries: number;
    }>(
      `with booked as (
         select e.id, s->>'id' as record from audit_entry e, jsonb_array_elements(e.canonical::jsonb->'subjects') s
         where e.action = 'release-policy.apply' and s->>'kind' = 'record'
           and e.canonical::jsonb->'subjects'->0->>'id' = $1::text)
       select (select count(*)::int from (select from record_view group by record_id having count(distinct policy_version) > 1) x) as mixed,
              (select count(*)::int from record_view where rank = 0 and policy_version = $1::int) as applied,
              (select count(*)::int from booked) as booked,
              (select count(*)::int from (select from booked group by record having count(*) > 1) x) as twice,
              (select count(distinct id)::int from booked) as entries`,
      [policy],
    );
    return rows[0]!;
  }

  const revisions = async (as: 'state-analyst' | 'local-analyst'): Promise<ReadonlyMap<string, number>> => {
    const { rows } = await stack.admin.query<{ record_id: string; revision: number; entries: number }>(
      `select a.record_id, a.revision, (select count(*)::int from inbox_entry e where e.alert_id = a.id) as entries
       from alert a where a.owner_person_id = $1`,
      [personId(as)],
    );
    // Each revision came into the inbox once.
    expect(rows.filter(({ revision, entries }) => revision !== entries)).toEqual([]);
    return new Map(rows.map(({ record_id, revision }) => [record_id, revision]));
  };
  const ofReports = (found: ReadonlyMap<string, number>): number[] => [
    ...new Set(reports.map(({ recordId }) => found.get(recordId) ?? 0)),
  ];

  test('every view once, an entry for every batch, nobody told twice', async () => {
    await publish(2, (tiers) => (tiers['PARTNER']!['place'] = { level: 'STATE' }));
    for (let kill = 0; kill < 3; kill += 1) {
      expect(await apply(drawnDeath(kill))).toBe('SIGKILL');
      const { mixed, applied, booked, twice } = await looked(2);
      expect({ mixed, booked, twice }).toEqual({ mixed: 0, booked: applied, twice: 0 });
      expect(applied).toBeLessThan(REPORTS);
    }
    // The rest by two at a time.
    expect(await Promise.all([apply(null), apply(null)])).toEqual([0, 0]);
    const { entries, ...all } = await looked(2);
    expect(all).toEqual({ mixed: 0, applied: REPORTS, booked: REPORTS, twice: 0 });
    expect(entries).toBeGreaterThanOrEqual(REPORTS / BATCH);
    expect(await stack.count('from view_recoarsened')).toBe(REPORTS);
    await stack.drain();
    expect(ofReports(await revisions('state-analyst'))).toEqual([2]);
    expect(ofReports(await revisions('local-analyst'))).toEqual([1]);
  });

  test('and while reports are corrected and submitted: corrections go first, and none is lost', async () => {
    let over = false;
    const later: Standing[] = [];
    const correctSome = async (): Promise<void> => {
      while (!over) {
        const one = reports[drawn(reports.length)]!;
        const input = { ...one.input, remarks: `Looked at again: ${drawn(1_000_000)}.` };
        const { correctSeizureReport: answer } = await stack
          .as('local-submitter')
          .run<{ correctSeizureReport: { report?: { version: number } } }>(CORRECT, {
            ...{ id: one.reportId, version: one.version, input, reason: 'Typed wrong.' },
          });
        one.version = answer.report?.version ?? one.version;
        if (drawn(4) === 0 || later.length === 0) later.push(await submit(plainReport, later.length));
      }
    };
    await publish(3, (tiers) => {
      tiers['PARTNER']!['place'] = { level: 'STATE' };
      tiers['PARTNER']!['remarks'] = { level: 'ABSENT' };
    });
    const beside = correctSome();
    try {
      for (let kill = 0; kill < 2; kill += 1) expect(await apply(drawnDeath(kill))).toBe('SIGKILL');
      expect(await apply(null)).toBe(0);
    } finally {
      over = true;
      await beside;
    }
    const { mixed, applied, twice } = await looked(3);
    expect({ mixed, applied, twice }).toEqual({ mixed: 0, applied: REPORTS + later.length, twice: 0 });
    expect(reports.some(({ version }) => version > 1) && later.length > 0).toBe(true);
    // Every view says what its report says, by the policy.
    expect(
      await stack.count(
        `from record_view v join seizure_record q on q.id = v.record_id join seizure_report r on r.id = q.report_id
         where v.remarks is distinct from case v.rank when 2 then null else r.content->>'remarks' end or q.version <> r.version`,
      ),
    ).toBe(0);
    await stack.drain();
    // What a partner sees has changed once, by the policy or by the correction that came before it.
    const told = await revisions('state-analyst');
    expect(ofReports(told)).toEqual([3]);
    expect([...new Set(later.map(({ recordId }) => told.get(recordId)))]).toEqual([1]);
  });
});
