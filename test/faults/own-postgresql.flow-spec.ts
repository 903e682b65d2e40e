import { removeEmbeddedPostgres } from '@concord/platform/embedded-postgres';
import { importJWK, type CryptoKey } from 'jose';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openPersonaIssuer, PERSONA_AUDIENCE } from '../../apps/embedded/src/persona-tokens.js';
import type { PersonaName } from '../../apps/embedded/src/personas.js';
import { startStack, type Stack } from '../../apps/embedded/src/stack.js';
import { RECORDS, REPORT } from '../flows/documents.js';
import { eventually, FlowClient } from '../flows/flow-client.builder.js';
import { sanDiegoReport, SECRETS } from '../flows/reports.builder.js';
import { concord } from './concord-command.builder.js';
import { OwnPostgres, RestoredStack } from './own-postgres.builder.js';

const SYNTHETIC = 12;
const root = join(import.meta.dirname, '..', '..');

/** docs/backup.md, "From the embedded database to a PostgreSQL of your own", step by step. */
describe('from npm start to a PostgreSQL of one’s own', () => {
  let folder: string;
  let dataDir: string;
  let backup: string;
  let reportId: string;
  let recordsBefore: unknown;
  let own: OwnPostgres;

  const startOn = (dir: string, databaseUrl: string | null = null): Promise<Stack> =>
    startStack({
      dataDir: dir,
      port: 0,
      databaseUrl,
      redisUrl: null,
      personas: true,
      syntheticReports: SYNTHETIC,
      logLevel: 'silent',
    });
  const tokenOf = async (dir: string, persona: PersonaName): Promise<string> => {
    const personas = JSON.parse(await readFile(join(dir, 'personas.json'), 'utf8')) as Record<
      string,
      { token: string }
    >;
    return personas[persona]?.token ?? '';
  };
  const clientOf = async (stack: Stack, dir: string, persona: PersonaName): Promise<FlowClient> =>
    new FlowClient(() => stack.api.url, await tokenOf(dir, persona));
  const narrativeOf = async (client: FlowClient): Promise<string> =>
    (await client.run<{ seizureReport: { narrative: string } }>(REPORT, { id: reportId })).seizureReport.narrative;
  const records = (client: FlowClient): Promise<unknown> => client.run(RECORDS, { filter: null, first: 50 });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'concord-move-'));
    await chmod(folder, 0o711);
    dataDir = join(folder, 'data');
    backup = join(folder, 'backup');
    own = await OwnPostgres.start();
  }, 60_000);

  afterAll(async () => {
    await own.remove();
    for (const name of await readdir(folder)) await removeEmbeddedPostgres(join(folder, name)).catch(() => undefined);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }, 60_000);

  test('a running Concord is backed up by its data directory, and verified, without being disturbed', async () => {
    const stack = await startOn(dataDir);
    try {
      reportId = (await (await clientOf(stack, dataDir, 'local-submitter')).report(sanDiegoReport())).reportId;
      recordsBefore = await records(await clientOf(stack, dataDir, 'state-analyst'));
      await eventually('nothing is under way', async () => (await verified(['--data', dataDir])).ok);
      expect(await concord(['backup', '--data', dataDir, '--to', backup, '--json'])).toMatchObject({ outcome: 'done' });
      expect(await records(await clientOf(stack, dataDir, 'state-analyst'))).toEqual(recordsBefore);
    } finally {
      await stack.stop();
    }
    expect(await verified(['--from', backup])).toMatchObject({ ok: true, faults: [] });
    expect(await readdir(backup)).not.toContain('root.key');
  }, 120_000);

  test('a stopped one is started for it, by two at once, and stopped again', async () => {
    const both = await Promise.allSettled(
      [1, 2].map((n) => concord(['backup', '--data', dataDir, '--to', join(folder, `stopped-${n}`)])),
    );
    // The second may come while the first one's server is just starting: it says so and leaves nothing.
    expect(both.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
    for (const [index, { status }] of both.entries())
      expect((await readdir(folder)).includes(`stopped-${index + 1}`)).toBe(status === 'fulfilled');
    expect((await readdir(folder)).filter((name) => name.includes('unfinished'))).toEqual([]);
    await expect(access(join(dataDir, 'concord.pid'))).rejects.toThrow();
    expect(await verified(['--data', dataDir])).toMatchObject({ ok: true });
    await expect(concord(['backup', '--data', join(folder, 'nothing'), '--to', join(folder, 'never')])).rejects.toThrow(
      'There is no database',
    );
  }, 120_000);

  test('the owner, no superuser, restores it into an empty database; api and worker serve it under the same root key', async () => {
    const said = await concord(['restore', '--from', backup, '--key-file', join(dataDir, 'root.key')], {
      DATABASE_URL: own.ownerUrl,
    });
    expect(said.outcome).toBe('done');
    await own.admitApplication();
    expect(await verified(['--database-url', own.superuserUrl, '--key-file', join(dataDir, 'root.key')])).toMatchObject(
      { ok: true, faults: [] },
    );
    const { issuer, publicKey } = await openPersonaIssuer(dataDir);
    const stack = await RestoredStack.start({
      databaseUrl: own.appUrl,
      rootKey: Buffer.from((await readFile(join(dataDir, 'root.key'), 'utf8')).trim(), 'hex'),
      issuer: {
        issuer,
        audience: PERSONA_AUDIENCE,
        algorithm: 'ES256',
        key: (await importJWK(publicKey, 'ES256')) as CryptoKey,
        session: null,
      },
    });
    try {
      expect(await records(stack.as(await tokenOf(dataDir, 'state-analyst')))).toEqual(recordsBefore);
      expect(await narrativeOf(stack.as(await tokenOf(dataDir, 'local-submitter')))).toBe(SECRETS.narrative);
    } finally {
      await stack.stop();
    }
  }, 120_000);

  test('npm start serves it too, with DATABASE_URL and the old data directory', async () => {
    const stack = await startOn(dataDir, own.ownerUrl);
    try {
      expect(await records(await clientOf(stack, dataDir, 'state-analyst'))).toEqual(recordsBefore);
      expect(await narrativeOf(await clientOf(stack, dataDir, 'local-submitter'))).toBe(SECRETS.narrative);
    } finally {
      await stack.stop();
    }
  }, 120_000);

  test('it is not restored over what is there', async () => {
    const over = concord(['restore', '--from', backup, '--key-file', join(dataDir, 'root.key')], {
      DATABASE_URL: own.ownerUrl,
    });
    await expect(over).rejects.toThrow('into an empty database');
    await expect(concord(['restore', '--from', backup, '--data', dataDir])).rejects.toThrow('has a database already');
    expect(await verified(['--database-url', own.superuserUrl])).toMatchObject({ ok: true });
  }, 60_000);

  test('into a new data directory: killed in the middle, npm start refuses it, and a second restore makes it whole', async () => {
    const fresh = join(folder, 'fresh');
    const keyFile = join(folder, 'kept.key');
    await copyFile(join(dataDir, 'root.key'), keyFile);
    await expect(concord(['restore', '--from', backup, '--data', fresh])).rejects.toThrow('--key-file');

    const args = ['restore', '--from', backup, '--data', fresh, '--key-file', keyFile];
    const child = spawn(process.execPath, [join(root, 'dist/apps/cli/src/main.js'), ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
    });
    const ended = once(child, 'exit');
    // The first table is in: nothing is committed.
    const lines: string[] = [];
    await new Promise<void>((resolve) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        lines.push(line);
        if (line.startsWith('access_key:')) resolve();
      });
      void ended.then(() => resolve());
    });
    child.kill('SIGKILL');
    await ended;
    expect(lines.join('\n')).toContain('access_key:');
    await expect(startOn(fresh)).rejects.toThrow('was not finished');
    await expect(concord(['backup', '--data', fresh, '--to', join(folder, 'never')])).rejects.toThrow(
      'was not finished',
    );

    expect(await concord(args)).toMatchObject({ outcome: 'done' });
    expect(await verified(['--data', fresh])).toMatchObject({ ok: true, sealedColumnsUnknown: 0 });
    // Whoever takes the personas' key along keeps their tokens; without it they get new ones.
    await copyFile(join(dataDir, 'persona-key.json'), join(fresh, 'persona-key.json'));
    const stack = await startOn(fresh);
    try {
      const reader = new FlowClient(() => stack.api.url, await tokenOf(dataDir, 'state-analyst'));
      expect(await records(reader)).toEqual(recordsBefore);
      expect(await narrativeOf(await clientOf(stack, fresh, 'local-submitter'))).toBe(SECRETS.narrative);
    } finally {
      await stack.stop();
    }
  }, 180_000);

  test('a file that is no key is said to be none', async () => {
    const path = join(folder, 'no.key');
    await writeFile(path, 'secret words');
    const asked = concord(['verify', '--from', backup, '--key-file', path]);
    await expect(asked).rejects.toThrow('64 hexadecimal digits');
    await expect(asked).rejects.not.toThrow('secret words');
  });
});

async function verified(args: readonly string[]): Promise<{ ok: boolean } & Record<string, unknown>> {
  const { printed } = await concord(['verify', ...args, '--json']);
  return JSON.parse(printed) as { ok: boolean } & Record<string, unknown>;
}
