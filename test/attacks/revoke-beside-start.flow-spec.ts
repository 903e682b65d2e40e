import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { personId, type PersonaName } from '../../apps/embedded/src/personas.js';
import { EmbeddedProcess } from '../faults/embedded-process.builder.js';
import { ask } from './tokens.builder.js';

const cli = join(import.meta.dirname, '../../dist/apps/cli/src/main.js');

describe('concord revoke --data', () => {
  let dataDir: string;
  let embedded: EmbeddedProcess;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'concord-revoke-'));
    await chmod(dataDir, 0o711);
    embedded = await EmbeddedProcess.build(dataDir);
  }, 60_000);

  afterAll(async () => {
    await embedded.kill('SIGTERM');
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }, 30_000);

  const command = (...args: string[]): Promise<string> =>
    new Promise((resolve) => {
      const env = { PATH: process.env['PATH'] };
      execFile(process.execPath, [cli, 'revoke', '--data', dataDir, ...args], { env }, (_, out, err) =>
        resolve(`${out}${err}`),
      );
    });

  const tokenOf = async (persona: PersonaName): Promise<string> => {
    const personas = JSON.parse(await readFile(join(dataDir, 'personas.json'), 'utf8')) as Record<
      string,
      { token: string }
    >;
    return personas[persona]?.token ?? '';
  };
  const statusOf = async (token: string): Promise<number> => (await ask(embedded.url, `Bearer ${token}`)).status;

  it('works beside a running Concord and on one that is stopped; what it does stays', async () => {
    await embedded.start();
    const [stolen, other] = [await tokenOf('state-analyst'), await tokenOf('auditor')];
    expect([await statusOf(stolen), await statusOf(other)]).toEqual([200, 200]);
    const { iss, jti } = JSON.parse(Buffer.from(stolen.split('.')[1] ?? '', 'base64url').toString()) as {
      iss: string;
      jti: string;
    };
    expect(await command('--token-id', jti, '--issuer', iss)).toMatch(/^token [0-9a-f]{32} is revoked\n$/);
    expect([await statusOf(stolen), await statusOf(other)]).toEqual([401, 200]);

    await embedded.kill('SIGTERM');
    const auditor = personId('auditor');
    expect(await command('--person', auditor)).toBe(`person ${auditor} is disabled\n`);

    await embedded.start();
    const [fresh, seededAgain] = [await tokenOf('state-analyst'), await tokenOf('auditor')];
    expect([await statusOf(stolen), await statusOf(fresh)]).toEqual([401, 200]);
    expect(await statusOf(seededAgain)).toBe(401);
  }, 180_000);
});
