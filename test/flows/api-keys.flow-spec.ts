import { WebSocket } from 'ws';
import { agencyId, personId } from '../../apps/embedded/src/personas.js';
import { concord } from '../faults/concord-command.builder.js';
import { LogLines } from '../attacks/tokens.builder.js';
import { CREATE_API_KEY, ME, REPORT, SUBMIT } from './documents.js';
import { eventually, FlowClient, type Issue } from './flow-client.builder.js';
import { sanDiegoReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

const LIST = `query ApiKeys($first: Int = 50, $after: String) { apiKeys(first: $first, after: $after) { pageInfo { hasNextPage endCursor }
  edges { node { id name prefix expiresAt lastUsedAt revokedAt capabilities widestSharing networks } } } }`;
const REVOKE = `mutation RevokeApiKey($id: ID!) { revokeApiKey(id: $id) { __typename
  ... on ApiKeyRevoked { key { id revokedAt } } ... on AdminRejected { issues { path code message } } } }`;

interface Key {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly personId: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}
type Created = { __typename: string; secret?: string; key?: Key; issues?: Issue[] };

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

describe('API keys', () => {
  let stack: FlowStack;
  let admin: FlowClient;
  const log = new LogLines();
  const secrets: string[] = [];

  beforeAll(async () => {
    // A proxy of this machine is believed, so that a test can come from anywhere.
    const api = { trustedProxies: ['127.0.0.1'] };
    stack = await FlowStack.start(undefined, { api, log: log.logger, rates: { factor: 100 } });
    admin = stack.as('agency-admin');
  }, 60_000);

  afterAll(async () => {
    await stack?.stop();
  });

  const request = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
    ...{ name: 'records system', capabilities: ['SUBMIT'], widestSharing: 'NATION', expiresAt: inDays(200) },
    ...change,
  });
  const ask = async (change: Record<string, unknown> = {}, by = admin): Promise<Created> => {
    const { createApiKey } = await by.run<{ createApiKey: Created }>(CREATE_API_KEY, { input: request(change) });
    if (createApiKey.secret !== undefined) secrets.push(createApiKey.secret);
    return createApiKey;
  };
  const make = async (
    change: Record<string, unknown> = {},
  ): Promise<{ secret: string; key: Key; machine: FlowClient }> => {
    const { secret, key, issues } = await ask({ name: `system ${secrets.length}`, ...change });
    if (secret === undefined || key === undefined) throw new Error(JSON.stringify(issues));
    return { secret, key, machine: new FlowClient(() => stack.api.url, secret) };
  };
  const revoke = async (id: string, by = admin): Promise<{ __typename: string; issues?: Issue[] }> =>
    (await by.run<{ revokeApiKey: { __typename: string; issues?: Issue[] } }>(REVOKE, { id })).revokeApiKey;
  const list = async (by = admin): Promise<Key[]> =>
    (await by.run<{ apiKeys: { edges: { node: Key }[] } }>(LIST)).apiKeys.edges.map(({ node }) => node);
  const signedIn = async (machine: FlowClient): Promise<boolean> => (await machine.refusal(ME)) === null;
  const lastReason = (): unknown => log.events('security.token-refused').at(-1)?.['reason'];

  it('are shown once, and submit in the name of a service seat', async () => {
    const { secret, key, machine } = await make({ name: 'records system' });
    expect(secret).toMatch(new RegExp(`^cck_${key.prefix}_[A-Za-z0-9_-]{43}$`));
    expect(await machine.run(ME)).toMatchObject({ me: { displayName: 'records system', roles: ['SUBMITTER'] } });
    const { reportId } = await machine.report(sanDiegoReport({ sharing: 'NATION' }));
    const { rows } = await stack.admin.query<{ canonical: string }>(
      `select canonical from audit_entry where action = 'report.submit' and person_id = $1`,
      [key.personId],
    );
    expect(rows.map(({ canonical }) => JSON.parse(canonical) as unknown)).toMatchObject([
      { key: key.id, subjects: [{ id: reportId }, {}] },
    ]);
    expect(log.events('request.done').filter(({ keyId }) => keyId === key.id)).toHaveLength(2);
    const listed = (await list()).find(({ id }) => id === key.id);
    expect(listed).toMatchObject({ name: 'records system', prefix: key.prefix, revokedAt: null });
    expect(JSON.stringify(listed)).not.toContain(secret);
    expect(
      await stack.count(`from audit_entry where action = 'api-key.create' and canonical like $1`, [`%${key.id}%`]),
    ).toBe(1);
  });

  it('say when they were last used, to the minute and a little later', async () => {
    const { key, machine } = await make();
    expect(await signedIn(machine)).toBe(true);
    await eventually(
      'it is noted',
      async () => (await list()).find(({ id }) => id === key.id)?.lastUsedAt ?? null,
      8_000,
    );
  });

  it('do what they are for and nothing else, and nothing beyond their widest sharing', async () => {
    const { machine } = await make({ widestSharing: 'STATE' });
    const wide = await machine.submit(sanDiegoReport({ sharing: 'NATION' }));
    expect(wide.issues).toMatchObject([{ path: 'sharing', code: 'SHARING_EXCEEDS_KEY' }]);
    const { reportId } = await machine.report(sanDiegoReport({ sharing: 'STATE' }));
    expect(await machine.refusal(REPORT, { id: reportId })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await machine.refusal(LIST)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await machine.refusal(CREATE_API_KEY, { input: request() })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await machine.refusal(`{ seizureRecords { edges { cursor } } }`)).toMatchObject({ code: 'FORBIDDEN' });
    const reader = (await make({ capabilities: ['READ_OWN'] })).machine;
    expect(await reader.refusal(REPORT, { id: reportId })).toBeNull();
    expect(await reader.refusal(SUBMIT, { input: sanDiegoReport() })).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('are refused with every fault at once', async () => {
    const { issues } = await ask({
      ...{ name: ' ', capabilities: [], widestSharing: null, expiresAt: inDays(401) },
      ...{ networks: ['10.0.0.0/8', '10.0.0.0/33', 'everywhere', '0.0.0.0/0', '::ffff:10.0.0.1'], personId: 'nobody' },
    });
    expect(issues?.map(({ path, code }) => `${path} ${code}`)).toEqual([
      ...['name REQUIRED', 'capabilities REQUIRED', 'widestSharing REQUIRED', 'expiresAt EXPIRY_TOO_FAR'],
      ...['networks.1', 'networks.2', 'networks.3', 'networks.4'].map((path) => `${path} INVALID_FORMAT`),
      'personId NOT_FOUND',
    ]);
    expect((await ask({ expiresAt: '2027-02-30T00:00:00Z' })).issues).toMatchObject([{ code: 'INVALID_FORMAT' }]);
    expect((await ask({ expiresAt: inDays(-1) })).issues).toMatchObject([{ code: 'EXPIRY_TOO_SOON' }]);
  });

  it('live two at a time under one name, however many admins ask at once, and a revoked or ended one makes room', async () => {
    const asked = await Promise.all(Array.from({ length: 6 }, () => ask({ name: 'rotating' })));
    const made = asked.flatMap(({ key }) => (key === undefined ? [] : [key]));
    expect(made).toHaveLength(2);
    expect(new Set(made.map((key) => key.personId)).size).toBe(1);
    expect(asked.filter(({ issues }) => issues?.[0]?.code === 'TOO_MANY_KEYS')).toHaveLength(4);
    const [one, other] = made;
    await revoke(one?.id ?? '');
    expect((await ask({ name: 'rotating' })).__typename).toBe('ApiKeyCreated');
    expect((await ask({ name: 'rotating' })).issues).toMatchObject([{ code: 'TOO_MANY_KEYS' }]);
    await stack.admin.query(
      `update api_key set created_at = now() - interval '2 days', expires_at = now() - interval '1 day' where id = $1`,
      [other?.id],
    );
    expect((await ask({ name: 'rotating' })).__typename).toBe('ApiKeyCreated');
  });

  it('are an admin’s of the same agency to make, list and revoke', async () => {
    for (const persona of ['supervisor', 'system-admin', 'auditor', 'state-analyst'] as const) {
      expect(await stack.as(persona).refusal(LIST)).toMatchObject({ code: 'FORBIDDEN' });
      expect(await stack.as(persona).refusal(CREATE_API_KEY, { input: request() })).toMatchObject({
        code: 'FORBIDDEN',
      });
    }
    const { key, machine } = await make();
    const stranger = stack.as('other-local-submitter');
    await stack.admin.query(`update membership set roles = '{AGENCY_ADMIN}' where person_id = $1`, [
      personId('other-local-submitter'),
    ]);
    expect(await list(stranger)).toEqual([]);
    const absent = await revoke('00000000-0000-4000-8000-000000000000', stranger);
    expect(await revoke(key.id, stranger)).toEqual(absent);
    expect(absent.issues).toMatchObject([{ path: 'id', code: 'NOT_FOUND' }]);
    expect((await ask({ personId: personId('local-submitter') }, stranger)).issues).toMatchObject([
      { code: 'NOT_FOUND' },
    ]);
    expect(await signedIn(machine)).toBe(true);
  });

  it('can do no more than the person whose seat they act from, and end with it', async () => {
    const owner = personId('local-submitter');
    expect((await ask({ personId: personId('agency-admin') })).issues).toMatchObject([{ code: 'PERSON_LACKS_ROLE' }]);
    const { machine, key } = await make({ personId: owner });
    expect(await machine.run(ME)).toMatchObject({ me: { displayName: 'Local submitter' } });
    const seat = (change: string) => stack.admin.query(`update membership set ${change} where person_id = $1`, [owner]);
    await seat(`roles = '{AUDITOR}'`);
    expect(await machine.refusal(SUBMIT, { input: sanDiegoReport() })).toMatchObject({ code: 'FORBIDDEN' });
    await seat(`roles = '{SUBMITTER}'`);
    await stack.admin.query(`update person set status = 'DISABLED' where id = $1`, [owner]);
    expect(await signedIn(machine)).toBe(false);
    expect(lastReason()).toBe('PERSON_DISABLED');
    await stack.admin.query(`update person set status = 'ACTIVE' where id = $1`, [owner]);
    expect(await signedIn(machine)).toBe(true);
    await seat('valid_until = statement_timestamp()');
    expect(await machine.refusal(ME)).toEqual({ code: 'UNAUTHENTICATED', status: 401 });
    expect(log.events('security.token-refused').at(-1)).toMatchObject({ reason: 'NO_SEAT', keyId: key.id });
    // Another membership is another seat: the person is back, the key is not.
    await stack.admin.query(`insert into membership (person_id, agency_id, roles) values ($1, $2, '{SUBMITTER}')`, [
      owner,
      agencyId('san-diego'),
    ]);
    expect(await signedIn(stack.as('local-submitter'))).toBe(true);
    expect(await signedIn(machine)).toBe(false);
    expect(await signedIn((await make({ personId: owner })).machine)).toBe(true);
  });

  it('of a service seat that an admin has ended stay dead when a key of the name is made again', async () => {
    const [first, other] = [await make({ name: 'twice' }), await make({ name: 'untouched' })];
    await stack.admin.query(`update membership set valid_until = statement_timestamp() where person_id = $1`, [
      first.key.personId,
    ]);
    const second = await make({ name: 'twice' });
    expect(second.key.personId).toBe(first.key.personId);
    const alive = await Promise.all([first, second, other].map(({ machine }) => signedIn(machine)));
    expect(alive).toEqual([false, true, true]);
  });

  it('work from their networks alone, and a header counts only of a proxy that is believed', async () => {
    const { secret } = await make({ networks: ['10.20.0.0/16', 'fd00:1::/32'] });
    const from = async (address: string | null): Promise<number> => {
      const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
      const said = address === null ? {} : { 'x-forwarded-for': address };
      const body = JSON.stringify({ query: ME });
      return (await fetch(stack.api.url, { method: 'POST', headers: { ...headers, ...said }, body })).status;
    };
    expect(
      await Promise.all(['10.20.3.4', 'fd00:1::7', '10.21.0.1', '8.8.8.8, 10.20.3.4', '10.20.3.4, 8.8.8.8'].map(from)),
    ).toEqual([200, 200, 401, 200, 401]);
    expect(await from(null)).toBe(401);
    expect(lastReason()).toBe('API_KEY_NETWORK');
  });

  it('are dead everywhere once they are revoked: requests at once, sockets within a second', async () => {
    const { secret, key, machine } = await make();
    const socket = await openSocket(stack.api.url, secret);
    expect(await revoke(key.id)).toMatchObject({ __typename: 'ApiKeyRevoked' });
    const since = performance.now();
    expect(await machine.refusal(ME)).toEqual({ code: 'UNAUTHENTICATED', status: 401 });
    expect(lastReason()).toBe('API_KEY_REVOKED');
    expect(await socket.closed).toEqual({ code: 4403, reason: 'UNAUTHENTICATED: The session is over; sign in again.' });
    process.stderr.write(`revocation: an API key: ended within ${Math.round(performance.now() - since)} ms\n`);
    expect(performance.now() - since).toBeLessThan(5_000);
    const before = await stack.count(`from audit_entry where action = 'api-key.revoke'`);
    expect(await revoke(key.id)).toMatchObject({ __typename: 'ApiKeyRevoked' });
    expect(await stack.count(`from audit_entry where action = 'api-key.revoke'`)).toBe(before);
  });

  it('are taken back by whoever operates, of any agency, once and on the books in nobody’s name', async () => {
    const { secret, key, machine } = await make();
    const socket = await openSocket(stack.api.url, secret);
    const command = (id: string) =>
      concord(['revoke', '--api-key', id, '--database-url', stack.database.ownerUrl, '--json']);
    expect((await command(key.id)).printed).toBe('{"outcome":"revoked","changed":true}\n');
    expect(await machine.refusal(ME)).toEqual({ code: 'UNAUTHENTICATED', status: 401 });
    expect(lastReason()).toBe('API_KEY_REVOKED');
    expect(await socket.closed).toMatchObject({ code: 4403 });
    expect((await command(key.id)).printed).toBe('{"outcome":"was-revoked","changed":false}\n');
    const booked = `from audit_entry where action = 'api-key.revoke' and person_id is null and canonical like '%' || $1 || '%'`;
    expect(await stack.count(booked, [key.id])).toBe(1);
    expect((await list()).find(({ id }) => id === key.id)?.revokedAt).not.toBeNull();
    await expect(command(personId('auditor'))).rejects.toThrow('There is no API key with that id.');
  });

  it('end a socket by their own clock, and with the seat', async () => {
    const { secret, key } = await make();
    const socket = await openSocket(stack.api.url, secret);
    await stack.admin.query(
      `update membership set valid_until = statement_timestamp() where person_id = $1 and agency_id = $2`,
      [key.personId, agencyId('san-diego')],
    );
    expect(await socket.closed).toMatchObject({ code: 4403 });
  });

  it('are nowhere in the database or the log', async () => {
    const { rows } = await stack.admin.query<{ text: string }>(
      `select string_agg(format('select %L || string_agg(t::text, chr(10)) as text from %I t', tablename || chr(10), tablename), ' union all ') as text
       from pg_tables where schemaname = 'public'`,
    );
    const found = await stack.admin.query<{ text: string | null }>(rows[0]?.text ?? '');
    const everything = `${found.rows.map(({ text }) => text ?? '').join('\n')}\n${log.text}`;
    expect(everything.length).toBeGreaterThan(10_000);
    expect(secrets.length).toBeGreaterThan(8);
    for (const secret of secrets) {
      const random = secret.slice(17);
      expect(everything.includes(random)).toBe(false);
      expect(everything.includes(Buffer.from(random, 'base64url').toString('hex'))).toBe(false);
    }
  });
});

/** A socket that is signed in and asks for nothing. */
async function openSocket(url: string, token: string): Promise<{ closed: Promise<{ code: number; reason: string }> }> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  await new Promise<void>((resolve, reject) => {
    const payload = { authorization: `Bearer ${token}` };
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload })));
    socket.on('message', () => resolve());
    void closed.then(({ reason }) => reject(new Error(reason)));
  });
  return { closed };
}
