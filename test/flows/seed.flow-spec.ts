import { createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { cbpTable } from '../../apps/cli/src/seed/cbp-table.builder.js';
import { startStack } from '../../apps/embedded/src/stack.js';
import { concord } from '../faults/concord-command.builder.js';
import { eventually, FlowClient } from './flow-client.builder.js';

const cli = join(import.meta.dirname, '../../dist/apps/cli/src/main.js');

interface Seeded {
  readonly reports: number;
  readonly refused: number;
  readonly totals: readonly { fiscalYear: number; drug: string; events: number; pounds: number }[];
}
const lastLine = (printed: string): Seeded => JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Seeded;

/** Two crossings with more than a batch each, what a batch never fills, and one row of no use. */
const TABLE = cbpTable([
  { events: 900, pounds: '1234.5' },
  { events: 900, pounds: '0.0005', drug: 'Other Drugs**' },
  { component: 'U.S. Border Patrol', area: 'YUMA SECTOR', month: 'SEP', drug: 'Marijuana', events: 25, pounds: '900' },
  {
    area: 'NEW YORK FIELD OFFICE',
    landFilter: 'Other',
    drug: 'Lsd',
    events: 4,
    pounds: '0',
    fiscalYear: '2022 (FYTD)',
  },
  { drug: 'Aspirin' },
]);
const EXPECTED: Seeded = {
  reports: 1829,
  refused: 1,
  totals: [
    { fiscalYear: 2021, drug: 'Fentanyl', events: 900, pounds: 1234.5 },
    { fiscalYear: 2021, drug: 'Marijuana', events: 25, pounds: 900 },
    { fiscalYear: 2021, drug: 'Other Drugs**', events: 900, pounds: 0.001 },
    { fiscalYear: 2022, drug: 'Lsd', events: 4, pounds: 0 },
  ],
};

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concord-seed-'));
  await chmod(folder, 0o711);
  file = join(folder, 'table.csv');
  await writeFile(file, TABLE);
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

describe('concord seed, killed in the middle', () => {
  let database: TestDatabase;
  let admin: Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    await writeFile(join(folder, 'root.key'), `${'ab'.repeat(32)}\n`);
  });
  afterAll(async () => {
    await admin?.end();
    await database?.drop();
  });

  const count = async (): Promise<number> =>
    Number((await admin.query<{ n: string }>('select count(*) as n from seizure_report')).rows[0]?.n);

  it('goes on where it was, without doubles, and stores nothing when it runs again', async () => {
    const args = ['seed', '--from-cbp', file, '--database-url', database.ownerUrl, '--json'];
    const named = [...args, '--key-file', join(folder, 'root.key')];
    await expect(concord(args)).rejects.toThrow('Which root key?');

    const child = spawn(process.execPath, [cli, ...named], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'] },
    });
    let said = '';
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    const ended = once(child, 'exit');
    // The machine that tests may be busy: starting takes its time.
    await eventually('the first reports', async () => child.exitCode !== null || (await count()) > 0, 60_000);
    child.kill('SIGKILL');
    await ended;
    expect([child.signalCode, said]).toEqual(['SIGKILL', expect.stringContaining('Aspirin')]);
    const stored = await count();
    expect(stored).toBeGreaterThan(0);
    expect(stored).toBeLessThan(EXPECTED.reports);

    const resumed = await concord(named);
    expect(resumed.outcome).toBe('done');
    expect(resumed.told).toContain('line 6 Drug Type "Aspirin" is not known');
    expect(resumed.printed.split('\n')[0]).toBe('{"line":6,"reason":"Drug Type \\"Aspirin\\" is not known"}');
    expect(lastLine(resumed.printed)).toEqual(EXPECTED);
    expect(await count()).toBe(EXPECTED.reports);

    const again = await concord(named.filter((arg) => arg !== '--json'));
    expect(again).toMatchObject({ outcome: 'done' });
    expect(again.printed).toContain('1829 reports, 0 of them loaded now');
    expect(await count()).toBe(EXPECTED.reports);
    const { rows } = await admin.query(
      'select bool_and(synthetic) as synthetic, count(distinct agency_id)::int as agencies from seizure_report',
    );
    expect(rows[0]).toMatchObject({ synthetic: true });
    expect((rows[0] as { agencies: number }).agencies).toBeGreaterThanOrEqual(4);
  }, 120_000);

  it('says that it failed where what is stored is not what the file says', async () => {
    const other = join(folder, 'revised.csv');
    await writeFile(other, TABLE.replace('1234.5', '1234.6'));
    const args = [
      'seed',
      '--from-cbp',
      other,
      '--database-url',
      database.ownerUrl,
      '--key-file',
      join(folder, 'root.key'),
    ];
    const revised = await concord(args);
    expect(revised.outcome).toBe('failed');
    expect(revised.printed).toMatch(/FY2021 {2}Fentanyl .*DIFFERENT\n/);
  }, 60_000);

  it('is refused under another root key', async () => {
    const wrong = join(folder, 'wrong.key');
    await writeFile(wrong, 'cd'.repeat(32));
    const args = ['seed', '--from-cbp', file, '--database-url', database.ownerUrl, '--key-file', wrong];
    await expect(concord(args)).rejects.toThrow('root key is not the one');
  }, 60_000);
});

describe('concord --data', () => {
  it('seeds a directory that is not there, which npm start then serves; seeds and migrates beside it, and after it', async () => {
    const dataDir = join(folder, 'data');
    const small = join(folder, 'small.csv');
    await writeFile(small, cbpTable([{ events: 12, pounds: '70' }]));
    await expect(concord(['migrate', '--data', ''])).rejects.toThrow('want a value');
    const seed = ['seed', '--from-cbp', small, '--data', dataDir, '--json'];
    const made = await concord(seed);
    expect(lastLine(made.printed)).toMatchObject({ reports: 12, refused: 0 });
    expect(await readFile(join(dataDir, 'root.key'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);

    const stack = await startStack({
      ...{
        dataDir,
        port: 0,
        databaseUrl: null,
        redisUrl: null,
        personas: true,
        syntheticReports: 0,
        logLevel: 'silent',
      },
    });
    try {
      const personas = JSON.parse(await readFile(join(dataDir, 'personas.json'), 'utf8')) as Record<
        string,
        { token: string }
      >;
      const reader = new FlowClient(() => stack.api.url, personas['federal-analyst']?.token ?? '');
      const { seizureRecords } = await reader.run<{ seizureRecords: { edges: { node: { synthetic: boolean } }[] } }>(
        '{ seizureRecords(first: 50) { edges { node { synthetic } } } }',
      );
      const found = seizureRecords.edges.map(({ node }) => node);
      expect(found.length).toBeGreaterThan(5);
      expect(found.every(({ synthetic }) => synthetic)).toBe(true);
      expect(lastLine((await concord(seed)).printed)).toMatchObject({ reports: 12 });
      expect((await concord(['migrate', '--data', dataDir])).printed).toBe('up to date\n');
    } finally {
      await stack.stop();
    }
    expect((await concord(['migrate', '--data', dataDir, '--json'])).printed).toBe('{"applied":[]}\n');
    const verdict = await concord(['verify', '--data', dataDir, '--json']);
    expect(JSON.parse(verdict.printed)).toMatchObject({ ok: true });
  }, 180_000);
});
