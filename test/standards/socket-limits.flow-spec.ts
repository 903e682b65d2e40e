import type { PersonaName } from '../../apps/embedded/src/personas.js';
import { ALERT_RAISED, ME } from '../flows/documents.js';
import { eventually } from '../flows/flow-client.builder.js';
import { plainReport } from '../flows/reports.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { FrameSocket } from './frames.builder.js';

const KIB = 1024;
const LIVE = {
  socketsPerPerson: 40,
  socketsPending: 25,
  operationsPerSocket: 5,
  handshakesPerMinute: 1_500,
  bufferedBytes: 256 * KIB,
  // Beside the question here: what is not read is sent as fast as it goes.
  bytesPerSecond: 64 * KIB * KIB,
};
const READERS: readonly PersonaName[] = [
  'local-analyst',
  'neighbour-analyst',
  'far-local-analyst',
  'tribal-analyst',
  'state-analyst',
  'other-state-analyst',
  'federal-analyst',
  'taskforce-analyst',
];
const stream = (id: string): object => ({ id, type: 'subscribe', payload: { query: ALERT_RAISED } });
const query = (id: string): object => ({ id, type: 'subscribe', payload: { query: ME } });

describe('what sockets may take', () => {
  let stack: FlowStack;
  const sockets: FrameSocket[] = [];
  const open = async (): Promise<FrameSocket> => {
    const socket = await FrameSocket.open(stack.api.url);
    sockets.push(socket);
    return socket;
  };
  const signedIn = async (persona: PersonaName): Promise<FrameSocket> => (await open()).signIn(stack.as(persona).token);
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(stack.api.url.replace('/graphql', '/metrics'))).text();
    return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
  };
  const nothingIsLeft = async (): Promise<void> => {
    for (const name of ['sockets_open', 'socket_operations', 'socket_unread_bytes', 'streams_open'])
      await eventually(`no ${name}`, async () => (await metric(`concord_${name}`)) === 0);
  };

  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { live: LIVE, rates: { factor: 100 } });
  });
  afterEach(async () => {
    await Promise.all(sockets.splice(0).map((socket) => socket.close()));
    await nothingIsLeft();
  });
  afterAll(() => stack?.stop());

  test('operations at once on one socket: one more is refused, until one is over', async () => {
    const socket = await signedIn('state-analyst');
    for (let n = 0; n < LIVE.operationsPerSocket; n += 1) socket.send(stream(`s${n}`));
    await eventually('they stand', () => stack.api.services.inboxWatch.size === LIVE.operationsPerSocket);
    socket.messages.length = 0;
    socket.send(query('more'));
    await socket.until((messages) => messages.length > 0);
    expect(socket.messages).toMatchObject([
      { id: 'more', type: 'error', payload: [{ extensions: { code: 'LIMIT_EXCEEDED' } }] },
    ]);
    socket.send({ id: 's0', type: 'complete' });
    await eventually('one is over', () => stack.api.services.inboxWatch.size === LIVE.operationsPerSocket - 1);
    socket.send(query('more'));
    await socket.until((messages) => messages.some(({ type }) => type === 'complete'));
  });

  test('sockets of one person: one more is told to come back, and may when one is gone', async () => {
    const mine = await Promise.all(Array.from({ length: LIVE.socketsPerPerson / 2 }, () => signedIn('state-analyst')));
    mine.push(
      ...(await Promise.all(Array.from({ length: LIVE.socketsPerPerson / 2 }, () => signedIn('state-analyst')))),
    );
    const more = await open();
    more.send({ type: 'connection_init', payload: { authorization: `Bearer ${stack.as('state-analyst').token}` } });
    expect(await more.closed).toMatchObject({ code: 1013, reason: expect.stringMatching(/^LIMIT_EXCEEDED: /) });
    await signedIn('federal-analyst');
    await mine[0]?.close();
    await eventually('one is gone', async () => (await metric('concord_sockets_open')) <= LIVE.socketsPerPerson);
    await signedIn('state-analyst');
  });

  test('sockets that are not signed in: one more is told to come back, and those that are stay', async () => {
    const mine = await signedIn('state-analyst');
    for (let n = 0; n < LIVE.socketsPending; n += 1) await open();
    expect(await (await open()).closed).toMatchObject({ code: 1013 });
    mine.send(query('q'));
    await mine.until((messages) => messages.some(({ type }) => type === 'complete'));
  });

  test.each<[string, readonly number[], (socket: FrameSocket) => void]>([
    ['messages', [1008], (socket) => socket.send(...Array.from({ length: 1_000 }, () => ({ type: 'pong' })))],
    ['pings', [1008], (socket) => socket.send(...Array.from({ length: 1_000 }, () => ({ type: 'ping' })))],
    ['pongs of WebSocket', [1008], (socket) => Array.from({ length: 1_000 }, () => socket.socket.pong())],
    // `ws` cuts whoever has 60 of them unanswered.
    ['pings of WebSocket', [1006, 1008], (socket) => Array.from({ length: 1_000 }, () => socket.socket.ping())],
    [
      'operations under one id',
      [1008],
      (socket) => Array.from({ length: 600 }, () => socket.send(stream('x'), { id: 'x', type: 'complete' })),
    ],
  ])('a flood of %s is closed with %j, and others do not notice', async (_, codes, flood) => {
    const [socket, other] = [await signedIn('state-analyst'), await signedIn('federal-analyst')];
    flood(socket);
    expect(codes).toContain((await socket.closed).code);
    other.send(query('q'));
    await other.until((messages) => messages.some(({ type }) => type === 'complete'));
  });

  test('a client that stops reading is dropped with 1013; little is kept for it, and others get theirs', async () => {
    await stack.as('federal-analyst').rule('everything');
    const slow = await signedIn('state-analyst');
    const other = await signedIn('federal-analyst');
    other.send(stream('s'));
    await eventually('the stream stands', () => stack.api.services.inboxWatch.size === 1);
    slow.socket.pause();
    const details = 'x'.repeat(200 * KIB);
    let most = 0;
    // As many pings as it may send a second: each is answered with as much as it says.
    const flood = async (): Promise<boolean> => {
      for (let n = 0; n < 20; n += 1) slow.send({ type: 'ping', payload: { details } });
      const unread = await metric('concord_socket_unread_bytes');
      most = Math.max(most, unread);
      await new Promise((resolve) => setTimeout(resolve, 250));
      return (await metric('concord_sockets_open')) === 1;
    };
    await eventually('it is dropped', flood);
    expect(most).toBeGreaterThan(LIVE.bufferedBytes / 2);
    expect(most).toBeLessThanOrEqual(LIVE.bufferedBytes + 256 * KIB);
    const { recordId } = await stack.as('local-submitter').report(plainReport());
    await other.until((messages) => messages.some(({ type }) => type === 'next'));
    expect(other.messages.at(-1)?.payload?.data?.alertRaised?.alert.record?.id).toBe(recordId);
  });

  test('one that reads again in time reads why', async () => {
    const slow = await signedIn('state-analyst');
    slow.socket.pause();
    const details = 'x'.repeat(200 * KIB);
    await eventually('more waits than may', async () => {
      for (let n = 0; n < 15; n += 1) slow.send({ type: 'ping', payload: { details } });
      await new Promise((resolve) => setTimeout(resolve, 160));
      return (await metric('concord_socket_unread_bytes')) > LIVE.bufferedBytes;
    });
    slow.socket.resume();
    expect(await slow.closed).toMatchObject({ code: 1013, reason: expect.stringMatching(/^LIMIT_EXCEEDED: /) });
  });

  test('300 sockets with a stream each open, end in three ways, and leave nothing', async () => {
    const round = async (count: number): Promise<void> => {
      const many: FrameSocket[] = [];
      // In tens, so that they are neither too many strangers nor too many questions at once.
      for (let n = 0; n < count; n += 10) {
        const some = await Promise.all(
          Array.from({ length: 10 }, (_, at) => signedIn(READERS[(n + at) % READERS.length] ?? 'state-analyst')),
        );
        for (const socket of some) socket.send(stream('s'), query('q'));
        many.push(...some);
        await eventually('their streams stand', () => stack.api.services.inboxWatch.size === many.length);
      }
      expect(await metric('concord_sockets_open')).toBe(count);
      await eventually('the queries are over', async () => (await metric('concord_socket_operations')) === count);
      many.forEach((socket, n) => {
        if (n % 3 === 0) socket.socket.close(1000);
        else if (n % 3 === 1) socket.socket.terminate();
        else socket.send({ type: 'nonsense' });
      });
      await Promise.all(many.map((socket) => socket.closed));
      sockets.length = 0;
      await nothingIsLeft();
    };
    await round(60);
    const before = await heapUsed();
    await round(300);
    const grown = ((await heapUsed()) - before) / KIB / 300;
    // A socket with its stream takes some 100 KiB while it is open.
    expect(grown).toBeLessThan(10);
  }, 120_000);

  test('handshakes of one address: more than a minute’s worth get 429 and the time to wait', async () => {
    let refused: string | null = null;
    await eventually(
      'refused',
      async () => {
        const answers = await Promise.allSettled(Array.from({ length: 20 }, () => open()));
        await Promise.all(sockets.splice(0).map((socket) => socket.close()));
        const reason = answers.find((answer) => answer.status === 'rejected');
        refused = reason?.status === 'rejected' ? String(reason.reason) : null;
        return refused !== null;
      },
      60_000,
    );
    expect(refused).toContain('429');
    const answer = await fetch(stack.api.url.replace('/graphql', '/health/live'));
    expect(answer.status).toBe(200);
  }, 90_000);
});

/** After a collection, so that it counts what is held. */
async function heapUsed(): Promise<number> {
  const [{ setFlagsFromString }, { runInNewContext }] = [await import('node:v8'), await import('node:vm')];
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let n = 0; n < 3; n += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  return process.memoryUsage().heapUsed;
}
