import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import { eventually } from '../flows/flow-client.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { FrameSocket, OPCODE, PROTOCOL, WireSocket, type WireFrame } from './frames.builder.js';

/** RFC 6455 below graphql-transport-ws, by frames written by hand, and the handshake before it. */
const text = (payload: Buffer | string, change: Partial<WireFrame> = {}): WireFrame => ({
  opcode: OPCODE.text,
  payload,
  ...change,
});
const PING = JSON.stringify({ type: 'ping' });
const KIB = 1024;

describe('the frames below', () => {
  let stack: FlowStack;
  const wires: WireSocket[] = [];
  const open = async (headers: readonly string[] = []): Promise<WireSocket> => {
    const wire = await WireSocket.open(stack.api.url, headers);
    wires.push(wire);
    return wire;
  };
  beforeAll(async () => {
    stack = await FlowStack.start();
  });
  afterEach(async () => {
    await Promise.all(wires.splice(0).map((wire) => wire.close()));
    expect((await fetch(stack.api.url.replace('/graphql', '/health/live'))).status).toBe(200);
  });
  afterAll(() => stack?.stop());

  test('a message in fragments, with a ping between them, is one message', async () => {
    const wire = await open();
    const init = JSON.stringify({
      type: 'connection_init',
      payload: { authorization: `Bearer ${stack.as('state-analyst').token}` },
    });
    wire.send(
      text(init.slice(0, 20), { fin: false }),
      { opcode: OPCODE.ping, payload: 'between' },
      { opcode: OPCODE.continuation, payload: init.slice(20, 21), fin: false },
      { opcode: OPCODE.continuation, payload: init.slice(21) },
    );
    await eventually('both are answered', () => wire.frames.length >= 2);
    expect(wire.frames.map(({ opcode, payload }) => [opcode, payload.toString()])).toEqual([
      [OPCODE.pong, 'between'],
      [OPCODE.text, '{"type":"connection_ack"}'],
    ]);
  });

  test('half a frame is waited for, and no longer than for connection_init', async () => {
    const wire = await open();
    wire.send(text(PING, { claims: 5_000 }));
    expect(await wire.closing()).toMatchObject({ code: 4408 });
  });

  test('a connection that is cut within a frame leaves nothing behind', async () => {
    const wire = await open();
    wire.send(text(PING, { claims: 5_000 }));
    await wire.close();
    await eventually('the socket is gone', async () => (await metric(stack, 'concord_sockets_open')) === 0);
  });

  test.each<[string, number, readonly WireFrame[]]>([
    ['a compressed frame: nothing was agreed', 1002, [text(PING, { rsv1: true })]],
    ['a frame without a mask', 1002, [text(PING, { masked: false })]],
    ['an opcode that nobody knows', 1002, [{ opcode: 3, payload: PING }]],
    ['a control frame that is too long', 1002, [{ opcode: OPCODE.ping, payload: 'x'.repeat(126) }]],
    ['a control frame in fragments', 1002, [{ opcode: OPCODE.ping, payload: 'x', fin: false }]],
    ['a continuation of nothing', 1002, [{ opcode: OPCODE.continuation, payload: PING }]],
    ['a message within a message', 1002, [text(PING, { fin: false }), text(PING)]],
    ['a close code that may not be sent', 1002, [{ opcode: OPCODE.close, payload: Buffer.from([0x03, 0xed]) }]],
    ['text that is not UTF-8', 1007, [text(Buffer.from([0x7b, 0xc3, 0x28, 0x7d]))]],
    ['a frame that only says that it is large', 1009, [text(PING, { claims: 2 ** 40 })]],
    ['a frame past 256 KiB', 1009, [text('x'.repeat(256 * KIB + 1))]],
    [
      'fragments past 256 KiB together',
      1009,
      [
        text('x'.repeat(200 * KIB), { fin: false }),
        { opcode: OPCODE.continuation, payload: 'x'.repeat(57 * KIB), fin: false },
      ],
    ],
    [
      'a message of very many fragments',
      1008,
      [
        text('', { fin: false }),
        ...Array.from({ length: 17 * KIB }, () => ({ opcode: OPCODE.continuation, payload: '', fin: false })),
      ],
    ],
    [
      'a large message of a stranger',
      1009,
      [text(JSON.stringify({ type: 'ping', payload: { x: 'x'.repeat(17 * KIB) } }))],
    ],
  ])('%s closes with %i', async (_, code, frames) => {
    const wire = await open();
    wire.send(...frames);
    expect(await wire.closing()).toMatchObject({ code });
  });

  test('the closing handshake is answered, and the connection let go', async () => {
    const wire = await open();
    wire.send({ opcode: OPCODE.close, payload: Buffer.from([0x03, 0xe8]) });
    expect(await wire.closing()).toEqual({ code: 1000, reason: '' });
    await eventually('the connection is gone', () => wire.isClosed);
  });

  test('compression is offered in vain: no small frame becomes a large one', async () => {
    const wire = await open(['Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits']);
    expect(wire.response).toMatch(/^HTTP\/1\.1 101 /);
    expect(wire.response.toLowerCase()).not.toContain('sec-websocket-extensions');
    const client = await FrameSocket.open(stack.api.url, PROTOCOL, { perMessageDeflate: true });
    expect(client.socket.extensions).toBe('');
    await client.close();
  });

  test.each<[string, string, RegExp]>([
    ['another path', 'GET /other HTTP/1.1', /^HTTP\/1\.1 404 /],
    ['a path that only begins like it', 'GET /graphqlx HTTP/1.1', /^HTTP\/1\.1 404 /],
    ['a page of another site', 'GET /graphql HTTP/1.1\r\nOrigin: https://elsewhere.example', /^HTTP\/1\.1 403 /],
    ['an origin that is none', 'GET /graphql HTTP/1.1\r\nOrigin: null', /^HTTP\/1\.1 403 /],
    ['another method', 'POST /graphql HTTP/1.1\r\nContent-Length: 0', /^HTTP\/1\.1 405 /],
    ['another version', 'GET /graphql HTTP/1.1\r\nSec-WebSocket-Version: 7', /^HTTP\/1\.1 4(00|26) /],
    ['a protocol that is no token', 'GET /graphql HTTP/1.1\r\nSec-WebSocket-Protocol: ,,', /^HTTP\/1\.1 400 /],
  ])('a handshake for %s is refused in HTTP, and the connection is let go', async (_, line, expected) => {
    const answer = await handshake(stack, line);
    expect(answer).toMatch(expected);
  });

  test('who sends the headers of a handshake slowly is cut', async () => {
    const { port } = new URL(stack.api.url);
    const socket = connect(Number(port), '127.0.0.1');
    let over = false;
    socket.on('close', () => (over = true));
    socket.on('error', () => undefined);
    socket.resume();
    socket.write('GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n');
    const drip = setInterval(() => socket.write(`X-${randomBytes(2).toString('hex')}: 1\r\n`), 500);
    try {
      await eventually('cut', () => over, 30_000);
    } finally {
      clearInterval(drip);
      socket.destroy();
    }
  });
});

async function metric(stack: FlowStack, name: string): Promise<number> {
  const text = await (await fetch(stack.api.url.replace('/graphql', '/metrics'))).text();
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
}

/** Everything that is answered until the other side lets go; this side keeps its half open. */
async function handshake(stack: FlowStack, line: string): Promise<string> {
  const { port } = new URL(stack.api.url);
  const [first = '', ...more] = line.split('\r\n');
  const named = (name: string): boolean => more.some((header) => header.startsWith(name));
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    let answer = '';
    socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
    socket.on('end', () => {
      socket.destroy();
      resolve(answer);
    });
    socket.on('error', reject);
    socket.write(
      [
        first,
        'Host: 127.0.0.1',
        'Connection: Upgrade',
        'Upgrade: websocket',
        ...(named('Sec-WebSocket-Version') ? [] : ['Sec-WebSocket-Version: 13']),
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        ...(named('Sec-WebSocket-Protocol') ? [] : [`Sec-WebSocket-Protocol: ${PROTOCOL}`]),
        ...more,
        '\r\n',
      ].join('\r\n'),
    );
  });
}
