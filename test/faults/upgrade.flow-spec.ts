import { openBackup, restoreBackup } from '@concord/platform/backup';
import { removeEmbeddedPostgres } from '@concord/platform/embedded-postgres';
import { migrationsDirectory } from '@concord/platform/project';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
// The stack reads their code side by side when it starts; Jest's loader wants it read before.
import '../../apps/api/src/api.js';
import '../../apps/worker/src/worker.js';
import { reachDatabase, restoreIntoDirectory } from '../../apps/embedded/src/data-directory.js';
import type { PersonaName } from '../../apps/embedded/src/personas.js';
import { startStack, type Stack } from '../../apps/embedded/src/stack.js';
import { MY_REPORTS, RECORDS, REPORT } from '../flows/documents.js';
import { eventually, FlowClient } from '../flows/flow-client.builder.js';
import { plainReport } from '../flows/reports.builder.js';
import { concord } from './concord-command.builder.js';

const OLD = join(import.meta.dirname, 'release-0.1');
const OLD_REPORTS = 10;
const OLD_MIGRATIONS = ['20261122000000_ground', '20261122000100_corridor', '20261122000200_policies'];

/** docs/upgrade.md: what a data directory of an older version becomes when this one starts on it. */
describe('an upgrade from 0.1', () => {
  let dataDir: string;
  let stack: Stack | null = null;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'concord-upgrade-'));
    await chmod(dataDir, 0o711);
    const rootKey = Buffer.from((await readFile(join(OLD, 'root.key'), 'utf8')).trim(), 'hex');
    const backup = await openBackup(join(OLD, 'backup'), null);
    // The database of then and nothing of today.
    await restoreIntoDirectory({
      dataDir,
      rootKey,
      fill: async (url) => {
        await restoreBackup({ url, backup, migrationsDirectory: migrationsDirectory() });
      },
    });
  }, 60_000);

  afterAll(async () => {
    await stack?.stop();
    await removeEmbeddedPostgres(dataDir);
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }, 60_000);

  const asked = async (sql: string): Promise<string[]> => {
    const database = await reachDatabase(dataDir);
    const client = new Client({ connectionString: database.superuserUrl });
    await client.connect();
    try {
      return (await client.query<{ it: string }>(sql)).rows.map(({ it }) => it);
    } finally {
      await client.end();
      await database.release();
    }
  };
  const clientOf = async (persona: PersonaName): Promise<FlowClient> => {
    const personas = JSON.parse(await readFile(join(dataDir, 'personas.json'), 'utf8')) as Record<
      string,
      { token: string }
    >;
    return new FlowClient(() => stack?.api.url ?? '', personas[persona]?.token ?? '');
  };
  const ledger = (): Promise<string[]> => asked('select migration_name as it from _prisma_migrations order by 1');

  test('begins with a database as 0.1 left it', async () => {
    expect(await ledger()).toEqual(OLD_MIGRATIONS);
  }, 60_000);

  test('is made by starting: every migration since is applied and nothing is lost', async () => {
    const before = await asked('select canonical as it from audit_entry order by id');
    stack = await startStack({
      dataDir,
      port: 0,
      databaseUrl: null,
      redisUrl: null,
      personas: true,
      syntheticReports: 0,
      logLevel: 'silent',
    });
    const names = (await readdir(migrationsDirectory(), { withFileTypes: true }))
      .filter((it) => it.isDirectory())
      .map(({ name }) => name);
    expect(await ledger()).toEqual(names.sort());
    const { outcome, printed } = await concord(['verify', '--data', dataDir, '--json']);
    expect(JSON.parse(printed)).toMatchObject({
      ok: true,
      faults: [],
      reports: OLD_REPORTS,
      records: OLD_REPORTS,
      alerts: 2,
    });
    expect(outcome).toBe('done');
    expect(await asked('select canonical as it from audit_entry order by id')).toEqual(expect.arrayContaining(before));
  }, 120_000);

  test('owners read their reports and open what is sealed, readers their records and alerts', async () => {
    const submitter = await clientOf('local-submitter');
    const { mySeizureReports } = await submitter.run<{
      mySeizureReports: {
        edges: { node: { id: string; submitterReference: string; version: number; status: string } }[];
      };
    }>(MY_REPORTS, { first: 50 });
    const old = mySeizureReports.edges
      .map(({ node }) => node)
      .find((node) => node.submitterReference === 'RELEASE-0.1-A');
    expect(old).toMatchObject({ version: 1, status: 'RELEASED' });
    const { seizureReport } = await submitter.run<{ seizureReport: { narrative: string } }>(REPORT, { id: old?.id });
    expect(seizureReport.narrative).toBe('Told under version 0.1.');
    const reader = await clientOf('state-analyst');
    const { seizureRecords } = await reader.run<{ seizureRecords: { edges: unknown[] } }>(RECORDS, {
      filter: null,
      first: 50,
    });
    expect(seizureRecords.edges.length).toBeGreaterThanOrEqual(2);
    expect((await reader.alerts()).map(({ state, rules }) => [state, rules[0]?.name])).toEqual([
      ['DELIVERED', 'everything of 0.1'],
      ['DELIVERED', 'everything of 0.1'],
    ]);
  }, 60_000);

  test('rules of then meet reports of now', async () => {
    const { recordId } = await (await clientOf('local-submitter')).report(plainReport());
    const reader = await clientOf('state-analyst');
    await eventually(
      'the alert',
      async () => (await reader.alerts()).find(({ record }) => record?.id === recordId) ?? null,
    );
  }, 60_000);

  test('starting again changes nothing', async () => {
    await stack?.stop();
    stack = null;
    const names = await ledger();
    stack = await startStack({
      dataDir,
      port: 0,
      databaseUrl: null,
      redisUrl: null,
      personas: true,
      syntheticReports: 0,
      logLevel: 'silent',
    });
    expect(await ledger()).toEqual(names);
    const { printed } = await concord(['verify', '--data', dataDir, '--json']);
    expect(JSON.parse(printed)).toMatchObject({ ok: true, reports: OLD_REPORTS + 1 });
  }, 60_000);
});
