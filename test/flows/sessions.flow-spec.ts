import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TrustedIssuer } from '../../apps/api/src/api.js';
import { personId } from '../../apps/embedded/src/personas.js';
import { ask, LogLines, seedPeople, TokenSmith } from '../attacks/tokens.builder.js';
import { ME } from './documents.js';
import { eventually, FlowClient } from './flow-client.builder.js';
import { FlowStack } from './stack.builder.js';

const DIST = join(import.meta.dirname, '../../dist/apps');
const seconds = (): number => Math.floor(Date.now() / 1000);

const SESSION = {
  secondFactor: { acr: ['urn:test:aal2'], amr: ['mfa'] },
  reauthenticateAfterSeconds: 12 * 3_600,
  idleSeconds: 30 * 60,
} as const satisfies TrustedIssuer['session'];

describe('sessions of people who sign in by an issuer of theirs', () => {
  let stack: FlowStack;
  let smith: TokenSmith;
  let agent: string;
  const log = new LogLines();
  const clients: FlowClient[] = [];

  beforeAll(async () => {
    smith = await TokenSmith.create('https://issuer.test', 'ES256');
    const issuers = [{ ...smith.trusted, session: SESSION }];
    stack = await FlowStack.start(undefined, { issuers, log: log.logger, rates: { factor: 100 } });
    await seedPeople(stack, smith.issuer);
    const { rows } = await stack.admin.query<{ id: string }>(`select id from person where subject = 'agent'`);
    agent = rows[0]?.id ?? '';
  }, 60_000);

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await stack?.stop();
  });

  /** Of a sign-in that long ago, with a second factor. Each call is another token of the same session. */
  const tokenOf = (signedInAt: number, claims: Record<string, unknown> = {}): string =>
    smith.mint({ auth_time: signedInAt, amr: ['pwd', 'mfa'], ...claims });
  const statusOf = async (token: string): Promise<number> => (await ask(stack.api.url, `Bearer ${token}`)).status;
  const lastReason = (): unknown => log.events('security.token-refused').at(-1)?.['reason'];
  const idleSince = (signedInAt: number, ago: string, who = agent) =>
    stack.admin.query(
      `insert into person_session (person_id, authenticated_at, last_active_at) values ($1, to_timestamp($2), now() - $3::interval)
       on conflict (person_id, authenticated_at) do update set last_active_at = excluded.last_active_at`,
      [who, signedInAt, ago],
    );

  it('need a second factor; without it the answer is that of any bad token, to the byte', async () => {
    expect(await statusOf(tokenOf(seconds()))).toBe(200);
    const weak = await ask(stack.api.url, `Bearer ${tokenOf(seconds(), { amr: ['pwd'] })}`);
    expect(weak).toEqual(await ask(stack.api.url, 'Bearer x.x.x'));
    expect(weak).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect(log.events('security.token-refused').map(({ reason }) => reason)).toEqual([
      'SECOND_FACTOR_MISSING',
      'MALFORMED',
    ]);
  });

  it('end twelve hours after signing in, however young the token', async () => {
    expect(await statusOf(tokenOf(seconds() - 12 * 3_600 + 60))).toBe(200);
    expect(await statusOf(tokenOf(seconds() - 12 * 3_600 - 1))).toBe(401);
    expect(lastReason()).toBe('SESSION_TOO_OLD');
  });

  it('end after thirty idle minutes for every token of theirs, until the person signs in again', async () => {
    const at = seconds() - 7_200;
    await idleSince(at, '29 minutes');
    expect(await statusOf(tokenOf(at))).toBe(200);
    const noted = `from person_session where person_id = $1 and authenticated_at = to_timestamp($2) and last_active_at > now() - interval '1 minute'`;
    await eventually('it is noted', async () => (await stack.count(noted, [agent, at])) === 1, 8_000);
    await idleSince(at, '30 minutes 1 second');
    expect([await statusOf(tokenOf(at)), await statusOf(tokenOf(at))]).toEqual([401, 401]);
    expect(lastReason()).toBe('SESSION_IDLE');
    expect(await statusOf(tokenOf(at + 1))).toBe(200);
    expect(await statusOf(tokenOf(at))).toBe(401);
  });

  it('that idle lose their streams, but for a watch officer’s, which nothing but receives', async () => {
    const streams = (): number => stack.api.services.inboxWatch.size;
    const { rows } = await stack.admin.query<{ id: string }>(`select id from person where subject = 'seatless'`);
    const analyst = rows[0]?.id ?? '';
    await stack.admin.query(
      `insert into membership (person_id, agency_id, roles) select $1, agency_id, '{ANALYST}' from membership where person_id = $2`,
      [analyst, agent],
    );
    const role = (roles: string) =>
      stack.admin.query(`update membership set roles = $2 where person_id = $1`, [agent, roles]);
    const at = seconds() - 600;
    const open = async (sub: string) => {
      const before = streams();
      const client = new FlowClient(() => stack.api.url, tokenOf(at, { sub }));
      clients.push(client);
      const stream = client.live(null);
      await eventually('the stream stands', () => streams() === before + 1);
      return { stream, client };
    };
    await role('{WATCH_OFFICER}');
    const [watching, reading] = [await open('agent'), await open('seatless')];
    await idleSince(at, '31 minutes');
    await idleSince(at, '31 minutes', analyst);
    // Everybody is looked at when something changes, in one statement: when the analyst is gone the watch officer was seen.
    await role('{WATCH_OFFICER,ANALYST}');
    expect(await reading.stream.ended).toMatchObject({ code: 4403 });
    expect(await watching.client.refusal(ME)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(watching.stream.isOpen).toBe(true);
    await role('{ANALYST}');
    expect(await watching.stream.ended).toMatchObject({ code: 4403 });
  });

  it('are given to nobody who was away for ninety days, until an operator says so', async () => {
    const away = (table: string) =>
      stack.admin.query(`update ${table} where ${table.startsWith('person ') ? 'id' : 'person_id'} = $1`, [agent]);
    expect(await statusOf(tokenOf(seconds()))).toBe(200);
    await stack.admin.query(`delete from person_activity where person_id = $1`, [agent]);
    await away(`person set created_at = now() - interval '91 days'`);
    expect(await statusOf(tokenOf(seconds()))).toBe(401);
    expect(lastReason()).toBe('PERSON_DORMANT');
    const said = await concord(['enable', '--person', agent], stack.database.ownerUrl);
    expect(said).toEqual({ code: 0, err: '', out: `person ${agent} is enabled\n` });
    expect(await stack.count(`from audit_entry where action = 'person.enable'`)).toBe(1);
    expect(await statusOf(tokenOf(seconds()))).toBe(200);
    await away(`person_activity set last_active_at = now() - interval '91 days'`);
    expect(await statusOf(tokenOf(seconds()))).toBe(401);
    await away(`person_activity set last_active_at = now() - interval '89 days'`);
    expect(await statusOf(tokenOf(seconds()))).toBe(200);
    expect(
      await concord(['enable', '--person', personId('auditor').replace(/^./, 'f')], stack.database.ownerUrl),
    ).toMatchObject({ code: 1 });
    expect(await concord(['enable', '--person', 'agent'], stack.database.ownerUrl)).toMatchObject({ code: 2 });
  });

  it('are not asked of the embedded personas, who are exempt', async () => {
    const id = personId('state-analyst');
    await stack.admin.query(`update person set created_at = now() - interval '400 days' where id = $1`, [id]);
    expect(await stack.as('state-analyst').refusal(ME)).toBeNull();
    expect(await stack.count('from person_activity where person_id = $1', [id])).toBe(0);
  });

  describe('in a process of its own, with its issuer in the configuration', () => {
    let keys: Server;
    let published: unknown[];
    let folder: string;
    let process: ChildProcess;
    let url: string;

    beforeAll(async () => {
      published = [{ ...smith.publicKey.export({ format: 'jwk' }), kid: 'first', alg: 'ES256', use: 'sig' }];
      keys = createServer((_, response) => response.end(JSON.stringify({ keys: published })));
      await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
      folder = await mkdtemp(join(tmpdir(), 'concord-issuer-'));
      await writeFile(join(folder, 'root.key'), stack.rootKey.toString('hex'));
      const jwksUri = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`;
      const secondFactor = { amr: ['mfa'] };
      await writeFile(
        join(folder, 'issuers.json'),
        JSON.stringify([{ issuer: smith.issuer, audience: 'concord', algorithms: ['ES256'], jwksUri, secondFactor }]),
      );
      ({ process, url } = await startApiProcess(stack.database.appUrl, folder));
    }, 60_000);

    afterAll(async () => {
      if (process?.exitCode === null) {
        const gone = new Promise((resolve) => process.once('exit', resolve));
        process.kill('SIGTERM');
        await gone;
      }
      await new Promise((resolve) => keys?.close(resolve));
      await rm(folder, { recursive: true, force: true });
    });

    it('lets people in by the keys that the issuer publishes, and keeps to them while it is away', async () => {
      const good = (): string => `Bearer ${smith.mint({ auth_time: seconds(), amr: ['mfa'] }, { kid: 'first' })}`;
      const answer = await ask(url, good());
      expect(JSON.parse(answer.body)).toEqual({ data: { me: { displayName: 'agent' } } });
      expect((await ask(url, `Bearer ${smith.mint({}, { kid: 'first' })}`)).status).toBe(401);
      expect(
        (await ask(url, `Bearer ${smith.mint({ auth_time: seconds(), amr: ['mfa'] }, { kid: 'second' })}`)).status,
      ).toBe(401);
      const closed = new Promise((resolve) => keys.close(resolve));
      keys.closeAllConnections();
      await closed;
      expect((await ask(url, good())).status).toBe(200);
    });
  });
});

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const concord = (args: readonly string[], databaseUrl: string): Promise<Said> =>
  new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], DATABASE_URL: databaseUrl };
    execFile(process.execPath, [join(DIST, 'cli/src/main.js'), ...args], { env }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });

async function startApiProcess(databaseUrl: string, folder: string): Promise<{ process: ChildProcess; url: string }> {
  const env = {
    ...{ PATH: process.env['PATH'], DATABASE_URL: databaseUrl, PORT: '0', LOG_LEVEL: 'silent' },
    ...{ CONCORD_KEY_FILE: join(folder, 'root.key'), CONCORD_ISSUERS: join(folder, 'issuers.json') },
  };
  const child = spawn(process.execPath, [join(DIST, 'api/src/main.js')], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve((JSON.parse(line) as { url: string }).url));
    child.once('exit', () => reject(new Error(said)));
  });
  return { process: child, url };
}
