import { startApi } from '../../apps/api/src/api.js';
import type { PersonaName } from '../../apps/embedded/src/personas.js';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { startTestRedis, type TestQueueBackend } from '@concord/platform/testing';
import { Redis } from 'ioredis';
import { FlowStack } from '../flows/stack.builder.js';
import { eventually, PURPOSE } from '../flows/flow-client.builder.js';
import { ME, RECORDS } from '../flows/documents.js';

interface Answer {
  readonly status: number;
  readonly retryAfter: number | null;
  readonly code: string | undefined;
  readonly body: string;
}

const READ = { query: ME };
/** Refused by the resolver for most, and counted for all. */
const WRITE = { query: 'mutation { acknowledgeAlert(id: "x") { __typename } }' };

async function ask(url: string, token: string | null, body: unknown = READ): Promise<Answer> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'concord-purpose': PURPOSE,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  const { errors } = JSON.parse(text) as { errors?: { extensions?: { code?: string; retryAfterSeconds?: number } }[] };
  const retryAfter = answer.headers.get('retry-after');
  if (answer.status === 429) expect(errors?.[0]?.extensions?.retryAfterSeconds).toBe(Number(retryAfter));
  return {
    status: answer.status,
    retryAfter: retryAfter === null ? null : Number(retryAfter),
    code: errors?.[0]?.extensions?.code,
    body: text,
  };
}

/** Ten at a time until one is refused for its rate. */
async function askUntilRefused(
  url: string,
  token: string | null,
  body?: unknown,
): Promise<{ before: number; refusal: Answer }> {
  for (let before = 0; before < 500;) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(url, token, body)));
    const refusal = answers.find(({ status }) => status === 429);
    before += answers.filter(({ status }) => status !== 429).length;
    if (refusal !== undefined) return { before, refusal };
  }
  throw new Error('never refused');
}

interface RedisOfATest {
  readonly backend: TestQueueBackend;
  keys(): Promise<string[]>;
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
}

/** One that the test may freeze; null, and said aloud, where there is none. */
async function startRedis(): Promise<RedisOfATest | null> {
  const server = await startTestRedis();
  if (server === null) return null;
  return {
    backend: {
      name: 'Redis',
      available: true,
      start: ({ name }) =>
        Promise.resolve({ config: { kind: 'redis', url: server.url, prefix: name }, stop: () => server.stop() }),
    },
    async keys() {
      const redis = new Redis(server.url);
      const keys = await redis.keys('*:rate:*');
      redis.disconnect();
      return keys;
    },
    signal: (name) => server.signal(name),
  };
}

describe('rates', () => {
  // A fifth of the usual rates over windows of 3 s: reads 18, 27 and 135; writes 12, 18 and 36; requests 30; failures 3.
  let stack: FlowStack;
  const token = (persona: PersonaName): string => stack.as(persona).token;
  const freshWindow = (): Promise<void> => sleep(3_000);

  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 0.2, windowSeconds: 3 } });
  }, 60_000);

  afterAll(async () => {
    await stack?.stop();
  });

  it('of a token: 429 with Retry-After, after which it is answered; others are as before', async () => {
    const { before, refusal } = await askUntilRefused(stack.api.url, token('state-analyst'));
    expect(before).toBeGreaterThanOrEqual(18);
    expect(refusal).toMatchObject({ status: 429, code: 'LIMIT_EXCEEDED' });
    expect(refusal.retryAfter).toBeGreaterThanOrEqual(1);
    expect(refusal.retryAfter).toBeLessThanOrEqual(3);
    expect(refusal.body).not.toMatch(/remaining|used|person|agency/i);
    expect((await ask(stack.api.url, token('federal-analyst'))).status).toBe(200);
    // Reading has used up nothing of what submitting needs.
    expect((await ask(stack.api.url, token('state-analyst'), WRITE)).status).toBe(200);
    await sleep((refusal.retryAfter ?? 0) * 1_000);
    expect((await ask(stack.api.url, token('state-analyst'))).status).toBe(200);
  });

  it('of codes of invitations: 429 with Retry-After like the others, whatever the token', async () => {
    const query = 'mutation { acceptInvitation(code: "cci_AAAAAAAAAAAAAAAAAAAAAAAAAAA") { __typename } }';
    const tokens = [token('auditor'), await stack.mint('auditor'), await stack.mint('auditor')];
    const answers = await Promise.all(tokens.map((one) => ask(stack.api.url, one, { query })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const refusal = answers.find(({ status }) => status === 429);
    expect(refusal).toMatchObject({ status: 429, code: 'LIMIT_EXCEEDED' });
    expect(refusal?.retryAfter).toBeGreaterThanOrEqual(1);
  });

  it('of a person: all of its tokens together', async () => {
    await freshWindow();
    const tokens = await Promise.all([1, 2, 3].map(() => stack.mint('tribal-analyst')));
    const answers = await Promise.all(
      tokens.flatMap((one) => Array.from({ length: 12 }, () => ask(stack.api.url, one))),
    );
    const answered = answers.filter(({ status }) => status === 200).length;
    expect(answered).toBeLessThan(36);
    expect(answered).toBeGreaterThanOrEqual(27);
  });

  it('of an agency: all of its persons together, and of no other agency', async () => {
    await freshWindow();
    const persons = ['local-submitter', 'local-analyst', 'supervisor', 'agency-admin'] as const;
    const answers = await Promise.all(
      persons.flatMap((persona) => Array.from({ length: 11 }, () => ask(stack.api.url, token(persona), WRITE))),
    );
    const answered = answers.filter(({ status }) => status === 200).length;
    expect(answered).toBeLessThan(44);
    expect(answered).toBeGreaterThanOrEqual(36);
    expect((await ask(stack.api.url, token('neighbour-analyst'), WRITE)).status).toBe(200);
  });

  it('count each submission of a document, and what is no document at all', async () => {
    await freshWindow();
    const ten = {
      query: `mutation { ${Array.from({ length: 10 }, (_, n) => `a${n}: acknowledgeAlert(id: "x") { __typename }`).join(' ')} }`,
    };
    expect((await ask(stack.api.url, token('watch-officer'), ten)).status).toBe(200);
    expect((await ask(stack.api.url, token('watch-officer'), ten)).status).toBe(429);
    const { before, refusal } = await askUntilRefused(stack.api.url, token('federal-analyst'), '{"query": "{{{"}');
    expect(before).toBeGreaterThanOrEqual(25);
    // Whoever asks again before its time is answered late: as fast as answers come is slow then.
    const began = performance.now();
    expect((await ask(stack.api.url, token('federal-analyst'))).status).toBe(429);
    expect(performance.now() - began).toBeGreaterThan(900);
    await sleep((refusal.retryAfter ?? 0) * 1_000);
    expect((await ask(stack.api.url, token('federal-analyst'))).status).toBe(200);
  });

  it('of strangers, by address: 401 becomes 429, and a good token still gets in from there', async () => {
    await freshWindow();
    const { before, refusal } = await askUntilRefused(stack.api.url, 'e30.e30.AAAA');
    expect(before).toBe(3);
    expect(refusal.code).toBe('LIMIT_EXCEEDED');
    const tries = await Promise.all([null, 'x', 'y'].map((bad) => ask(stack.api.url, bad)));
    expect(tries.map(({ status }) => status)).toEqual([429, 429, 429]);
    expect((await ask(stack.api.url, token('far-local-analyst'))).status).toBe(200);
    expect((await ask(stack.api.url, await stack.mint('community-partner'))).status).toBe(200);
    await sleep((refusal.retryAfter ?? 0) * 1_000);
    expect((await ask(stack.api.url, 'e30.e30.AAAA')).status).toBe(401);
  });

  it('of a socket: an operation is answered by an error and the socket stays; connects end with 1013', async () => {
    await freshWindow();
    const ws = stack.api.url.replace('http', 'ws');
    const connectionParams = { authorization: `Bearer ${token('other-state-analyst')}`, purpose: PURPOSE };
    const client = createClient({ url: ws, webSocketImpl: WebSocket, connectionParams, lazy: false, retryAttempts: 0 });
    const run = (): Promise<unknown> =>
      new Promise((resolve, reject) => {
        let value: unknown = null;
        client.subscribe(
          { query: ME },
          {
            next: ({ data }) => (value = data),
            error: resolve,
            complete: () => (value === null ? reject(new Error('nothing')) : resolve(null)),
          },
        );
      });
    const ends: unknown[] = [];
    for (let n = 0; n < 25; n += 1) ends.push(await run());
    const refused = ends.filter((end) => end !== null);
    expect(ends.length - refused.length).toBeGreaterThanOrEqual(18);
    expect(JSON.stringify(refused[0])).toMatch(/"code":"LIMIT_EXCEEDED","retryAfterSeconds":[123]\b/);
    await sleep(3_000);
    expect(await run()).toBeNull();
    await client.dispose();

    const closes: number[] = [];
    for (let n = 0; n < 6; n += 1) {
      const socket = new WebSocket(ws, 'graphql-transport-ws');
      socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: connectionParams })));
      socket.on('message', () => socket.close(1000));
      closes.push(await new Promise((resolve) => socket.on('close', resolve)));
    }
    expect(closes).toContain(1000);
    expect(closes.at(-1)).toBe(1013);
  });
});

describe('turns', () => {
  it('are left by clients that hang up, and statements are bounded', async () => {
    const stack = await FlowStack.start();
    const { db } = stack.api.services;
    const { url } = stack.api;
    const { token } = stack.as('state-analyst');
    try {
      await stack.admin.query('begin');
      await stack.admin.query('lock table audit_entry in access exclusive mode');
      const read = { query: RECORDS, variables: { first: 1 } };
      const hangUp = new AbortController();
      const gone = Array.from({ length: 20 }, () =>
        fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'concord-purpose': PURPOSE },
          body: JSON.stringify(read),
          signal: hangUp.signal,
        }).catch(() => 'gone'),
      );
      await eventually('the reads wait', () => db.totalCount - db.idleCount > 0);
      hangUp.abort();
      await Promise.all(gone);
      // The lock's time-out is before the statement's: come back, and not "narrow it".
      const locked = await ask(url, token, read);
      expect(locked).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
      await stack.admin.query('rollback');
      expect((await ask(url, token, read)).status).toBe(200);
      await eventually('all connections are idle', () => db.idleCount === db.totalCount && db.waitingCount === 0);

      await stack.admin
        .query(`create function dawdle() returns trigger language plpgsql as $$ begin perform pg_sleep(30); return null; end $$;
        create trigger dawdle after insert on audit_entry for each statement execute function dawdle()`);
      const slow = await ask(url, token, read);
      // It was read, and could not be booked in time: it is not answered.
      expect(slow).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
      await stack.admin.query('drop trigger dawdle on audit_entry; drop function dawdle()');
      expect((await ask(url, token, read)).status).toBe(200);
      await eventually('all connections are idle', () => db.idleCount === db.totalCount && db.waitingCount === 0);
    } finally {
      await stack.stop();
    }
  }, 90_000);

  it('are left by clients that send one request behind the other and hang up', async () => {
    const stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
    try {
      const { port } = new URL(stack.api.url);
      const token = stack.as('state-analyst').token;
      const body = JSON.stringify(READ);
      const request = `POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
      await Promise.all(
        Array.from({ length: 12 }, async (_, index) => {
          const socket = connect(Number(port), '127.0.0.1');
          socket.on('error', () => undefined);
          await once(socket, 'connect');
          socket.write(request.repeat(6));
          await sleep(4 + 3 * index);
          socket.destroy();
        }),
      );
      expect((await ask(stack.api.url, token)).status).toBe(200);
    } finally {
      await stack.stop();
    }
  }, 60_000);

  it('begin with bounded sessions', async () => {
    const stack = await FlowStack.start();
    try {
      const { rows } = await stack.api.services.db.query<{ name: string; setting: string }>(
        `select name, setting from pg_settings where name in ('statement_timeout', 'lock_timeout', 'transaction_timeout',
          'idle_in_transaction_session_timeout') order by name`,
      );
      expect(rows.map(({ name, setting }) => [name, Number(setting)])).toEqual([
        ['idle_in_transaction_session_timeout', 10_000],
        ['lock_timeout', 4_000],
        ['statement_timeout', 5_000],
        ['transaction_timeout', 20_000],
      ]);
    } finally {
      await stack.stop();
    }
  });

  it('and rates: two processes on one Redis count together, and each for itself while it is frozen', async () => {
    const redis = await startRedis();
    if (redis === null) return;
    const stack = await FlowStack.start(redis.backend, { rates: { factor: 0.2, windowSeconds: 4 } });
    const beside = await startApi(stack.apiOptions());
    try {
      const { token } = stack.as('state-analyst');
      let answered = 0;
      for (let n = 0; n < 40; n += 1)
        answered += (await ask(n % 2 === 0 ? stack.api.url : beside.url, token)).status === 200 ? 1 : 0;
      // 24 in a window, whichever of the two is asked; a window may have ended meanwhile.
      expect(answered).toBeLessThan(40);
      const keys = await redis.keys();
      expect(keys.length).toBeGreaterThan(0);
      expect(keys.join()).not.toMatch(/127\.0\.0\.1|persona|state-analyst/);
      redis.signal('SIGSTOP');
      const began = performance.now();
      const { refusal } = await askUntilRefused(beside.url, stack.as('federal-analyst').token);
      expect(refusal.code).toBe('LIMIT_EXCEEDED');
      expect(performance.now() - began).toBeLessThan(10_000);
      redis.signal('SIGCONT');
    } finally {
      redis.signal('SIGCONT');
      await beside.stop();
      await stack.stop();
    }
  }, 90_000);
});
