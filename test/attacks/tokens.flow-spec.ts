import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FlowStack } from '../flows/stack.builder.js';
import { ATTACKS, HEADER_ATTACKS, SOCKET_ATTACKS, type AttackWorld } from './token-attacks.data.js';
import { ask, knock, LogLines, seedKeys, seedPeople, TokenSmith, type HttpAnswer } from './tokens.builder.js';

const EVENT = 'security.token-refused';
/** Fields of an event, and no other: none of them is a stranger's to write. */
const FIELDS = ['name', 'level', 'time', 'reason', 'via', 'from', 'issuer', 'token', 'keyId', 'event'];

describe('tokens that are not good', () => {
  let stack: FlowStack;
  let world: AttackWorld;
  let lure: Server;
  const visits: string[] = [];
  const log = new LogLines();
  /** What no log may hold: everything that was ever sent, piece by piece. */
  const sent = new Set<string>();

  beforeAll(async () => {
    const [ec, rsa, stranger] = await Promise.all([
      TokenSmith.create('urn:test:ec', 'ES256'),
      TokenSmith.create('urn:test:rsa', 'RS256'),
      TokenSmith.create('urn:test:ec', 'ES256'),
    ]);
    stack = await FlowStack.start(undefined, {
      issuers: [ec.trusted, rsa.trusted],
      log: log.logger,
      rates: { factor: 100 },
    });
    for (const { issuer } of [ec, rsa]) await seedPeople(stack, issuer);
    lure = createServer((request, response) => {
      visits.push(request.url ?? '');
      response.end(JSON.stringify({ keys: [stranger.publicKey.export({ format: 'jwk' })] }));
    });
    await new Promise<void>((resolve) => lure.listen(0, '127.0.0.1', resolve));
    const { rows } = await stack.admin.query<{ issuer: string }>(
      `select issuer from person where subject = 'state-analyst'`,
    );
    const { port } = lure.address() as AddressInfo;
    const keys = await seedKeys(stack);
    world = { ec, rsa, stranger, keys, lure: `http://127.0.0.1:${port}`, personaIssuer: rows[0]?.issuer ?? '' };
  }, 60_000);

  afterAll(async () => {
    await stack?.stop();
    await new Promise((resolve) => lure?.close(resolve));
  });

  const remember = (authorization: unknown): void => {
    for (const text of [authorization].flat(2)) {
      if (typeof text !== 'string') continue;
      for (const part of text.split(/[\s.,"]+/)) if (part.length >= 12) sent.add(part.slice(0, 60));
    }
  };

  /** Each process tells so many refusals of one reason in a minute, and no more. */
  const freshShareOfTheLog = async (): Promise<void> => {
    await stack.stopApi();
    await stack.startApi();
  };

  /** The one event that this attack wrote. */
  const eventsDuring = async <T>(work: () => Promise<T>): Promise<{ answer: T; events: Record<string, unknown>[] }> => {
    const all = (): Record<string, unknown>[] => [...log.events(EVENT), ...log.events('security.no-token')];
    const before = new Set(all().map((event) => JSON.stringify(event)));
    const answer = await work();
    return { answer, events: all().filter((event) => !before.has(JSON.stringify(event))) };
  };

  describe('over HTTP', () => {
    let plain: HttpAnswer;
    beforeAll(async () => {
      plain = await ask(stack.api.url, 'Bearer x.x.x');
    });

    it('are turned away with 401 and no reason', () => {
      expect(plain.status).toBe(401);
      expect(JSON.parse(plain.body)).toEqual({
        errors: [{ message: 'Sign in first: send a valid access token.', extensions: { code: 'UNAUTHENTICATED' } }],
      });
      expect(plain.headers).toMatchObject({ 'www-authenticate': 'Bearer' });
    });

    describe.each(Object.entries({ ...ATTACKS, header: HEADER_ATTACKS }))('%s', (_group, attacks) => {
      beforeAll(freshShareOfTheLog);

      it.each([...attacks])('%s: %s', async (_, reason, make) => {
        const authorization = make(world);
        remember(authorization);
        const { answer, events } = await eventsDuring(() => ask(stack.api.url, authorization));
        expect(answer).toEqual(plain);
        expect(events).toMatchObject([{ reason, via: 'http', from: 'loopback' }]);
        expect(Object.keys(events[0] ?? {}).filter((field) => !FIELDS.includes(field))).toEqual([]);
      });
    });
  });

  describe('in connection_init', () => {
    describe.each(Object.entries({ ...ATTACKS, socket: SOCKET_ATTACKS }))('%s', (_group, attacks) => {
      beforeAll(freshShareOfTheLog);

      it.each([...attacks])('%s: %s', async (_, reason, make) => {
        const authorization = make(world);
        remember(authorization);
        const { answer, events } = await eventsDuring(() => knock(stack.api.url, authorization));
        expect(answer).toEqual({
          code: 4403,
          reason: 'UNAUTHENTICATED: Sign in first: send a valid access token.',
          said: [],
        });
        expect(events).toMatchObject([{ reason, via: 'socket', from: 'loopback' }]);
        expect(Object.keys(events[0] ?? {}).filter((field) => !FIELDS.includes(field))).toEqual([]);
      });
    });
  });

  it.each<[string, (world: AttackWorld) => string]>([
    ['a good token', ({ ec }) => `Bearer ${ec.mint()}`],
    ['a good token of the other issuer', ({ rsa }) => `Bearer ${rsa.mint()}`],
    ['bearer in small letters', ({ ec }) => `bearer ${ec.mint()}`],
    ['BEARER in capitals', ({ ec }) => `BEARER ${ec.mint()}`],
    ['typ as a media type, in any case', ({ ec }) => `Bearer ${ec.mint({}, { typ: 'Application/AT+JWT' })}`],
    ['one audience in a list', ({ ec }) => `Bearer ${ec.mint({ aud: ['concord'] })}`],
    ['a clock 20 s ahead', ({ ec }) => `Bearer ${ec.mint({ iat: Math.floor(Date.now() / 1000) + 20 })}`],
    [
      'keys in the header, which nobody looks at',
      ({ ec, stranger, lure: url }) =>
        `Bearer ${ec.mint({}, { kid: '../x', jku: `${url}/a`, x5u: `${url}/b`, jwk: stranger.publicKey.export({ format: 'jwk' }) })}`,
    ],
  ])('but %s lets in, here and there', async (_, make) => {
    const authorization = make(world);
    remember(authorization);
    const answer = await ask(stack.api.url, authorization);
    expect(JSON.parse(answer.body)).toEqual({ data: { me: { displayName: 'agent' } } });
    expect((await knock(stack.api.url, authorization)).said).toEqual(['{"type":"connection_ack"}']);
  });

  it('but a good API key lets in, here and there', async () => {
    const authorization = `Bearer ${world.keys.good}`;
    remember(authorization);
    expect(JSON.parse((await ask(stack.api.url, authorization)).body)).toEqual({
      data: { me: { displayName: 'machine' } },
    });
    expect((await knock(stack.api.url, authorization)).said).toEqual(['{"type":"connection_ack"}']);
  });

  it('makes nobody fetch anything', () => {
    expect(visits).toEqual([]);
  });

  it('names a trusted issuer and a digest in the log, and nothing that was sent', async () => {
    const { events } = await eventsDuring(() =>
      ask(stack.api.url, `Bearer ${world.ec.mint({ jti: 'canary-jti-7788', exp: 1 })}`),
    );
    expect(events).toMatchObject([{ issuer: world.ec.issuer, token: expect.stringMatching(/^[0-9a-f]{32}$/) }]);
    expect(sent.size).toBeGreaterThan(300);
    expect([...sent].filter((part) => log.text.includes(part))).toEqual([]);
    for (const word of ['canary', 'evil.test', 'nobody', 'agent', 'at+jwt', 'union', 'another-service'])
      expect(log.text).not.toContain(word);
  });

  it('cannot flood the log: what is over is counted', async () => {
    await freshShareOfTheLog();
    const [told, counted] = [log.events(EVENT).length, log.events('security.tokens-refused-unlogged').length];
    await Promise.all(Array.from({ length: 75 }, () => ask(stack.api.url, 'Bearer x.x.x')));
    await Promise.all(Array.from({ length: 5 }, () => ask(stack.api.url, 'Basic x')));
    await stack.stopApi();
    expect(
      log
        .events(EVENT)
        .slice(told)
        .map(({ reason }) => reason),
    ).toEqual([...Array.from({ length: 20 }, () => 'MALFORMED'), ...Array.from({ length: 5 }, () => 'NOT_BEARER')]);
    expect(log.events('security.tokens-refused-unlogged').slice(counted)).toMatchObject([
      { reason: 'MALFORMED', swallowed: 55 },
    ]);
    await stack.startApi();
  });
});
