import { createClient } from 'graphql-ws';
import { generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { WebSocket } from 'ws';
import { agencyId, personId, type PersonaName } from '../../apps/embedded/src/personas.js';
import { ALERT_RAISED, ME } from '../flows/documents.js';
import { eventually } from '../flows/flow-client.builder.js';
import { plainReport } from '../flows/reports.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { FrameSocket, PROTOCOL, WireSocket } from './frames.builder.js';

/** Of an issuer of the test's own, whose tokens live as long as a test says. */
const ISSUER = 'urn:concord:test:brief';
const LIVE = { pingEveryMs: 500, pongTimeoutMs: 2_000, idleMs: 3_000, framesPerSecond: 1_000 };
const stream = (id: string, after: string | null = null): object => ({
  id,
  type: 'subscribe',
  payload: { query: ALERT_RAISED, variables: { after } },
});

describe('how sockets end', () => {
  let stack: FlowStack;
  let key: CryptoKey;
  const sockets: { close(): Promise<void> }[] = [];
  const open = async (options = {}): Promise<FrameSocket> => {
    const socket = await FrameSocket.open(stack.api.url, PROTOCOL, options);
    sockets.push(socket);
    return socket;
  };
  const signedIn = async (persona: PersonaName, options = {}): Promise<FrameSocket> =>
    (await open(options)).signIn(stack.as(persona).token);
  const streams = (n: number): Promise<unknown> =>
    eventually(`${n} streams stand`, () => stack.api.services.inboxWatch.size === n);

  beforeAll(async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    key = privateKey;
    stack = await FlowStack.start(undefined, {
      live: LIVE,
      issuers: [{ issuer: ISSUER, audience: 'concord', algorithm: 'ES256', key: publicKey, session: null }],
    });
    await stack.admin.query(`update person set issuer = $1 where subject = 'other-state-analyst'`, [ISSUER]);
  });
  afterEach(async () => {
    await Promise.all(sockets.splice(0).map((socket) => socket.close()));
    await streams(0);
  });
  afterAll(() => stack?.stop());

  const briefToken = (seconds: number): Promise<string> =>
    new SignJWT()
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
      .setIssuer(ISSUER)
      .setSubject('other-state-analyst')
      .setAudience('concord')
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
      .setJti(randomUUID())
      .sign(key);

  test('with the token: 4403, and its streams at once', async () => {
    const socket = await open();
    await socket.signIn(await briefToken(4));
    socket.send(stream('s'));
    await streams(1);
    expect(await socket.closed).toEqual({
      code: 4403,
      reason: 'UNAUTHENTICATED: The session is over; sign in again.',
    });
    await streams(0);
  });

  test('after their idle time: 1000; what runs is use, and heartbeats are none', async () => {
    const [idle, listening] = [await signedIn('state-analyst'), await signedIn('federal-analyst')];
    listening.send(stream('s'));
    await streams(1);
    const beats = setInterval(() => {
      idle.send({ type: 'ping' });
      idle.socket.ping();
    }, 200);
    try {
      expect(await idle.closed).toMatchObject({ code: 1000 });
    } finally {
      clearInterval(beats);
    }
    expect(listening.isClosed).toBe(false);
    await listening.settled();
  });

  test.each<[string, (socket: FrameSocket) => void]>([
    ['answers no ping', () => undefined],
    [
      'answers without having read',
      ({ socket }) => {
        const timer = setInterval(() => socket.pong(Buffer.alloc(8)), 100);
        socket.on('close', () => clearInterval(timer));
      },
    ],
  ])('of a client that %s: cut, while one that answers stays', async (_, behave) => {
    const silent = await signedIn('state-analyst', { autoPong: false });
    const alive = await signedIn('federal-analyst');
    for (const socket of [silent, alive]) socket.send(stream('s'));
    await streams(2);
    behave(silent);
    expect(await silent.closed).toMatchObject({ code: 1006 });
    await streams(1);
    await alive.settled();
  });

  test('of a subscriber that stops reading: cut; others get theirs, and its cursor brings it back to all of it', async () => {
    for (const persona of ['state-analyst', 'federal-analyst'] as const) await stack.as(persona).rule('everything');
    const [slow, other] = [await signedIn('state-analyst'), await signedIn('federal-analyst')];
    for (const socket of [slow, other]) socket.send(stream('s'));
    await streams(2);
    const report = (): Promise<{ recordId: string }> => stack.as('local-submitter').report(plainReport());
    const told = ({ messages }: FrameSocket): string[] =>
      messages.flatMap(({ payload }) => payload?.data?.alertRaised?.alert.record?.id ?? []);
    const first = await report();
    await slow.until(() => told(slow).length === 1);
    const cursor = slow.messages.at(-1)?.payload?.data?.alertRaised?.cursor ?? null;
    slow.socket.pause();
    const missed = [await report(), await report(), await report()].map(({ recordId }) => recordId);
    await other.until(() => told(other).length === 4);
    // Each once; an inbox is in the order in which alerts were delivered, which need not be that of submission.
    expect(told(other).toSorted()).toEqual([first.recordId, ...missed].toSorted());
    await streams(1);
    const again = await signedIn('state-analyst');
    again.send(stream('s', cursor));
    await again.until(() => told(again).length === 3);
    expect(told(again).toSorted()).toEqual(missed.toSorted());
  });

  test('when the API goes down: 1001, and none is left that would keep it from doing so', async () => {
    const polite = await signedIn('state-analyst');
    polite.send(stream('s'));
    await streams(1);
    const rude = await WireSocket.open(stack.api.url);
    sockets.push(rude);
    rude.text({ type: 'connection_init', payload: { authorization: `Bearer ${stack.as('federal-analyst').token}` } });
    await eventually('acknowledged', () => rude.frames.length > 0);
    await stack.stopApi();
    await stack.startApi();
    expect(await polite.closed).toMatchObject({ code: 1001 });
    expect(await rude.closing()).toMatchObject({ code: 1001 });
  });

  describe('at connection_init', () => {
    const init = async (payload: Record<string, unknown>): Promise<{ code: number; reason: string }> => {
      const socket = await open();
      socket.send({ type: 'connection_init', payload });
      return socket.closed;
    };
    const as = (persona: PersonaName, rest: Record<string, unknown> = {}): Record<string, unknown> => ({
      authorization: `Bearer ${stack.as(persona).token}`,
      ...rest,
    });

    test('a stranger learns one thing, whatever is wrong', async () => {
      const { token } = stack.as('state-analyst');
      const strangers: Record<string, unknown>[] = [
        {},
        { authorization: '' },
        { authorization: token },
        { authorization: `Basic ${token}` },
        { authorization: `Bearer ${token.slice(0, -4)}AAAA` },
        { authorization: `Bearer ${await briefToken(-3_600)}` },
        { authorization: 'Bearer x', purpose: 'CURIOSITY; ref=1', agency: 'CA0370000' },
        { authorization: `Bearer ${'x'.repeat(5_000)}` },
      ];
      const answers = await Promise.all(strangers.map(init));
      expect(answers).toEqual(
        strangers.map(() => ({
          code: 4403,
          reason: 'UNAUTHENTICATED: Sign in first: send a valid access token.',
        })),
      );
    });

    test('who is known is told what would be right', async () => {
      await stack.admin.query(`insert into membership (person_id, agency_id, roles) values ($1, $2, '{ANALYST}')`, [
        personId('tribal-analyst'),
        agencyId('california'),
      ]);
      const answers = [
        await init(as('tribal-analyst')),
        await init(as('state-analyst', { agency: 'XX0000000' })),
        await init(as('state-analyst', { purpose: 'CURIOSITY; ref=1' })),
        await init(as('state-analyst', { purpose: 'ANALYSIS; ref=619-555-0100' })),
        await init(as('state-analyst', { purpose: 'ANALYSIS; ref=Миллер' })),
      ];
      expect(answers.map(({ code }) => code)).toEqual([4403, 4403, 4403, 4403, 4403]);
      const reasons = answers.map(({ reason }) => reason);
      expect(reasons[0]).toMatch(/^BAD_USER_INPUT: You belong to several agencies.*`agency`/);
      expect(reasons[1]).toMatch(/^FORBIDDEN: You do not act for an agency with that ORI/);
      expect(reasons[2]).toMatch(/^BAD_USER_INPUT: The purpose code is one of /);
      expect(reasons[3]).toMatch(/^BAD_USER_INPUT: The purpose reference looks like a name or a phone number/);
      expect(reasons[4]).toMatch(/^BAD_USER_INPUT: The purpose reference is a case number/);
      for (const reason of reasons) expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
    });

    test('without a purpose the socket is open, and what needs one says so', async () => {
      const socket = await open();
      socket.send({ type: 'connection_init', payload: as('state-analyst') });
      await socket.until((messages) => messages.length > 0);
      socket.send(stream('s'));
      await socket.until((messages) => messages.length > 1);
      expect(JSON.stringify(socket.messages)).toContain('PURPOSE_REQUIRED');
    });

    test('an outage is no refusal: 1013, and the client that comes back by itself is let in', async () => {
      const elsewhere = new URL(stack.database.superuserUrl);
      const database = elsewhere.pathname.slice(1);
      elsewhere.pathname = '/postgres';
      const admin = new Client({ connectionString: elsewhere.href });
      await admin.connect();
      const closes: number[] = [];
      const client = createClient({
        url: stack.api.url.replace('http', 'ws'),
        webSocketImpl: WebSocket,
        connectionParams: as('state-analyst'),
        retryAttempts: 100,
        retryWait: () => new Promise((resolve) => setTimeout(resolve, 100)),
      });
      client.on('closed', (event) => closes.push((event as { code: number }).code));
      try {
        await admin.query(`alter database "${database}" with allow_connections false`);
        await admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename <> current_user`,
          [database],
        );
        const answer = client.iterate({ query: ME }).next();
        await eventually('it was turned away', () => closes.length > 1);
        await admin.query(`alter database "${database}" with allow_connections true`);
        expect((await answer).value).toMatchObject({ data: { me: { displayName: 'State analyst' } } });
        expect(new Set(closes)).toEqual(new Set([1013]));
      } finally {
        await admin.query(`alter database "${database}" with allow_connections true`);
        await client.dispose();
        await admin.end();
      }
    });
  });
});
