import { createLogger } from '@concord/platform/logging';
import fc from 'fast-check';
import { parseMessage } from 'graphql-ws';
import { ALERT_RAISED, ME } from '../flows/documents.js';
import { eventually } from '../flows/flow-client.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { frame, FrameSocket, OPCODE, WireSocket, type WireFrame } from './frames.builder.js';

const seed = Number(process.env['CONCORD_SEED'] ?? Date.now() % 1_000_000);
const RUNS = 150;

/** What a client may say, and what it does to a socket: the first that closes it decides. */
type Said =
  | { readonly kind: 'fine'; readonly frame: unknown }
  | { readonly kind: 'ping' }
  | { readonly kind: 'init'; readonly payload: Record<string, unknown> }
  | { readonly kind: 'subscribe'; readonly id: string; readonly query: string }
  | { readonly kind: 'complete'; readonly id: string }
  | { readonly kind: 'invalid'; readonly frame: unknown };

const idOfStream = fc.constantFrom('a', 'b', '__proto__');
/** Streams stay open under their ids until they are completed; documents that are refused leave theirs at some time. */
const said: fc.Arbitrary<Said> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'ping' as const }) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<unknown>({ type: 'pong' }, { type: 'pong', payload: { x: [] } }, { type: 'complete', id: 'nobody' })
      .map((one) => ({ kind: 'fine' as const, frame: one })),
  },
  {
    weight: 5,
    arbitrary: idOfStream.map((id) => ({ kind: 'subscribe' as const, id, query: ALERT_RAISED })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.uuid(), fc.oneof(fc.constantFrom(ME, '{ nothing }', '{', '', 'fragment A on Me { id }'), fc.string()))
      .map(([id, query]) => ({ kind: 'subscribe' as const, id, query })),
  },
  { weight: 4, arbitrary: idOfStream.map((id) => ({ kind: 'complete' as const, id })) },
  {
    weight: 1,
    arbitrary: fc
      .dictionary(fc.constantFrom('authorization', 'purpose', 'agency', 'other'), fc.jsonValue())
      .map((payload) => ({ kind: 'init' as const, payload })),
  },
  {
    weight: 1,
    arbitrary: fc
      .oneof<fc.Arbitrary<unknown>[]>(
        fc.string().filter((text) => !isMessage(text)),
        fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
        fc.jsonValue().filter((value) => !isMessage(JSON.stringify(value))),
        fc
          .record(
            {
              type: fc.constantFrom('subscribe', 'complete', 'ping', 'next', 'error', 'connection_ack', 'start'),
              id: fc.oneof(fc.constant(''), fc.integer(), fc.constant(null)),
              payload: fc.oneof(fc.string(), fc.integer(), fc.array(fc.string()), fc.record({ query: fc.integer() })),
            },
            { requiredKeys: ['type'] },
          )
          .filter((value) => !isMessage(JSON.stringify(value))),
      )
      .map((one) => ({
        kind: 'invalid' as const,
        frame: typeof one === 'string' || Buffer.isBuffer(one) ? one : JSON.stringify(one),
      })),
  },
);

/** Anything that graphql-ws takes from a client. */
function isMessage(text: string): boolean {
  try {
    return ['connection_init', 'ping', 'pong', 'subscribe', 'complete'].includes(parseMessage(text).type);
  } catch {
    return false;
  }
}

/** The protocol, as a model: the code that the socket ends with, or null while it is open. */
function expectedClose(signedIn: boolean, all: readonly Said[]): number | null {
  const active = new Set<string>();
  let inits = signedIn ? 1 : 0;
  for (const one of all) {
    if (one.kind === 'invalid') return 4400;
    if (one.kind === 'init' && (inits += 1) > 1) return 4429;
    if (one.kind === 'complete') active.delete(one.id);
    if (one.kind !== 'subscribe') continue;
    if (!signedIn) return 4401;
    if (active.has(one.id)) return 4409;
    if (one.query === ALERT_RAISED) active.add(one.id);
  }
  // Nobody signs in with what is made up.
  return inits > (signedIn ? 1 : 0) ? 4403 : null;
}

const frameOf = (one: Said): unknown => {
  if (one.kind === 'ping') return { type: 'ping' };
  if (one.kind === 'init') return { type: 'connection_init', payload: one.payload };
  if (one.kind === 'subscribe') return { type: 'subscribe', id: one.id, payload: { query: one.query } };
  if (one.kind === 'complete') return { type: 'complete', id: one.id };
  return one.frame;
};

const wireFrame: fc.Arbitrary<Buffer> = fc.oneof(
  fc
    .record({
      opcode: fc.nat(15),
      payload: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fin: fc.boolean(),
      rsv1: fc.boolean(),
      masked: fc.boolean(),
    })
    .map((shape: WireFrame) => frame(shape)),
  fc
    .constantFrom('{"type":"ping"}', '{"type":"connection_init"}', '{}')
    .map((payload) => frame({ opcode: OPCODE.text, payload })),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
);

describe('any frames at all', () => {
  let stack: FlowStack;
  let other: FrameSocket;
  const troubles: string[] = [];
  const log = createLogger({
    name: 'fuzz',
    level: 'error',
    destination: { write: (line: string) => void troubles.push(line) },
  });
  beforeAll(async () => {
    process.stderr.write(`socket-fuzz: CONCORD_SEED=${seed}\n`);
    stack = await FlowStack.start(undefined, {
      log,
      rates: { factor: 100 },
      live: { framesPerSecond: 10_000, handshakesPerMinute: 10_000, socketsPerPerson: 100 },
    });
    other = await (await FrameSocket.open(stack.api.url)).signIn(stack.as('federal-analyst').token);
  });
  afterAll(async () => {
    await other?.close();
    await stack?.stop();
  });

  /** Another socket is served as ever, nothing was thrown, nothing is left. */
  const unharmed = async (): Promise<void> => {
    other.messages.length = 0;
    other.send({ type: 'subscribe', id: 'q', payload: { query: ME } });
    await other.until((messages) => messages.some(({ type }) => type === 'complete'));
    await eventually('no stream is left', () => stack.api.services.inboxWatch.size === 0);
    expect(troubles).toEqual([]);
  };

  test('of the protocol, well- and ill-formed: the first that breaks it decides how the socket ends', async () => {
    const sequences = fc.array(said, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.boolean(), sequences, async (signedIn, all) => {
        const socket = await FrameSocket.open(stack.api.url);
        try {
          if (signedIn) await socket.signIn(stack.as('state-analyst').token);
          socket.send(...all.map(frameOf));
          const expected = expectedClose(signedIn, all);
          if (expected === null) {
            await socket.settled();
            const pings = all.filter(({ kind }) => kind === 'ping').length;
            expect(socket.messages.filter(({ type }) => type === 'pong')).toHaveLength(pings);
          } else {
            const { code, reason } = await socket.closed;
            expect(code).toBe(expected);
            expect(reason).not.toBe('');
          }
          const ids = new Set(all.flatMap((one) => (one.kind === 'subscribe' ? [one.id] : [])));
          for (const message of socket.messages) {
            expect(() => parseMessage(JSON.stringify(message))).not.toThrow();
            if (message.id !== undefined) expect(ids).toContain(message.id);
          }
        } finally {
          await socket.close();
        }
        await unharmed();
      }),
      { seed, numRuns: RUNS },
    );
  }, 240_000);

  test('of WebSocket, and bytes that are no frames: a close code or nothing, and others do not notice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(wireFrame, { minLength: 1, maxLength: 8 }), async (frames) => {
        const wire = await WireSocket.open(stack.api.url);
        wire.send(...frames);
        await unharmed();
        const close = wire.frames.find(({ opcode }) => opcode === OPCODE.close);
        if (close !== undefined && close.payload.length > 0)
          expect([1000, 1002, 1007, 1008, 1009, 4400, 4401, 4403, 4429]).toContain(codeOf(close.payload, frames));
        await wire.close();
      }),
      { seed, numRuns: RUNS },
    );
    expect(troubles).toEqual([]);
  }, 240_000);
});

/** A client's own close code comes back to it. */
function codeOf(payload: Buffer, frames: readonly Buffer[]): number {
  const code = payload.readUInt16BE(0);
  const defined = [1002, 1007, 1008, 1009, 4400, 4401, 4403, 4429].includes(code);
  return defined || !frames.some((bytes) => ((bytes[0] ?? 0) & 0x0f) === OPCODE.close) ? code : 1000;
}
