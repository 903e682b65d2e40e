import { ALERT_RAISED, CREATE_RULE, ME, REPORT } from '../flows/documents.js';
import { eventually } from '../flows/flow-client.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { FrameSocket, PROTOCOL, WireSocket } from './frames.builder.js';

/**
 * graphql-transport-ws by its protocol document (graphql-ws/PROTOCOL.md), frame by frame: every row names its rule.
 * `wants.close` is the code that ends the socket, with the start of its reason; `wants.frames` all that is answered.
 */
interface Row {
  readonly rule: string;
  readonly name: string;
  readonly signedIn: boolean;
  readonly says: readonly unknown[];
  readonly wants: { readonly close?: readonly [number, string]; readonly frames?: readonly object[] };
}

const ABSENT = '00000000-0000-4000-8000-000000000000';
const ping = (payload?: unknown): object => ({ type: 'ping', ...(payload === undefined ? {} : { payload }) });
const subscribe = (id: unknown, payload: unknown = { query: ME }, rest: object = {}): object => ({
  id,
  type: 'subscribe',
  payload,
  ...rest,
});
const complete = (id: unknown): object => ({ id, type: 'complete' });
const me = { payload: { data: { me: { displayName: 'State analyst' } } } };
const answered = (id: string): object[] => [
  { id, type: 'next', ...me },
  { id, type: 'complete' },
];
const faulty = (id: string, code: string): object => ({ id, type: 'error', payload: [{ extensions: { code } }] });

const REFUSED: readonly (readonly [string, object])[] = [
  ['a syntax error', { query: '{ me {' }],
  ['a validation error', { query: '{ nothing }' }],
  ['an operation that is not there', { query: ME, operationName: 'Other' }],
  ['no operation at all', { query: 'fragment A on Me { id }' }],
];

const opened: { close(): Promise<void> }[] = [];
const kept = <T extends { close(): Promise<void> }>(socket: T): T => {
  opened.push(socket);
  return socket;
};

describe('graphql-transport-ws, frame by frame', () => {
  let stack: FlowStack;
  let url: string;
  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { live: { initTimeoutMs: 1_500 }, rates: { factor: 100 } });
    url = stack.api.url;
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((socket) => socket.close()));
    // Whatever a row did to its socket, the process serves others and keeps nothing of it.
    const other = kept(await FrameSocket.open(url));
    await other.signIn(stack.as('federal-analyst').token);
    other.send(subscribe('x'));
    await other.until((messages) => messages.some(({ type }) => type === 'complete'));
    await eventually('no operation is left', () => stack.api.services.inboxWatch.size === 0);
  });
  afterAll(() => stack?.stop());

  const invalid = (name: string, ...says: unknown[]): Row => ({
    rule: 'Invalid message: a type or format not specified here closes with 4400',
    name,
    signedIn: true,
    says,
    wants: { close: [4400, ''] },
  });

  const rows: readonly Row[] = [
    {
      rule: 'Ping: a Pong must be sent; it can be sent at any time within the established socket',
      name: 'ping before connection_init',
      signedIn: false,
      says: [ping()],
      wants: { frames: [{ type: 'pong' }] },
    },
    {
      rule: 'Ping: the optional payload; Pong is the response',
      name: 'ping with details',
      signedIn: true,
      says: [ping({ at: 1 }), ping(null)],
      wants: { frames: [{ type: 'pong', payload: { at: 1 } }, { type: 'pong' }] },
    },
    {
      rule: 'Pong: may be sent unsolicited as a heartbeat',
      name: 'pongs that nobody asked for',
      signedIn: true,
      says: [{ type: 'pong' }, { type: 'pong', payload: { any: 'thing' } }, { type: 'pong', payload: null }],
      wants: { frames: [] },
    },
    {
      rule: 'Subscribe: only after ConnectionAck, else 4401',
      name: 'subscribe first',
      signedIn: false,
      says: [subscribe('1')],
      wants: { close: [4401, 'Unauthorized'] },
    },
    {
      rule: 'Subscribe: only after ConnectionAck, else 4401',
      name: 'subscribe that does not wait for the acknowledgement',
      signedIn: false,
      says: [{ type: 'connection_init', payload: {} }, subscribe('1')],
      wants: { close: [4401, 'Unauthorized'] },
    },
    {
      rule: 'ConnectionInit: more than one closes with 4429',
      name: 'a second connection_init after the acknowledgement',
      signedIn: true,
      says: [{ type: 'connection_init' }],
      wants: { close: [4429, 'Too many initialisation requests'] },
    },
    {
      rule: 'ConnectionInit: more than one at any given time closes with 4429',
      name: 'two connection_init at once',
      signedIn: false,
      says: [
        { type: 'connection_init', payload: {} },
        { type: 'connection_init', payload: {} },
      ],
      wants: { close: [4429, 'Too many initialisation requests'] },
    },
    {
      rule: 'ConnectionInit: to reject the connection, close with 4403',
      name: 'connection_init without a payload',
      signedIn: false,
      says: [{ type: 'connection_init' }],
      wants: { close: [4403, 'UNAUTHENTICATED: '] },
    },
    {
      rule: 'ConnectionInit: the payload may be null',
      name: 'connection_init with payload null',
      signedIn: false,
      says: [{ type: 'connection_init', payload: null }],
      wants: { close: [4403, 'UNAUTHENTICATED: '] },
    },
    {
      rule: 'ConnectionInit: fields of the payload are for the server to know',
      name: 'credentials of wrong types count as none',
      signedIn: false,
      says: [{ type: 'connection_init', payload: { authorization: ['Bearer x'], purpose: 1, agency: { a: 1 } } }],
      wants: { close: [4403, 'UNAUTHENTICATED: '] },
    },
    ...(['text', 7, true, ['Bearer']] as const).map((payload) => ({
      ...invalid(`connection_init with the payload ${JSON.stringify(payload)}`, { type: 'connection_init', payload }),
      signedIn: false,
    })),
    {
      rule: 'Single result operation: at most one Next, then Complete',
      name: 'a query',
      signedIn: true,
      says: [subscribe('q')],
      wants: { frames: answered('q') },
    },
    {
      rule: 'Single result operation: mutations as well',
      name: 'a mutation',
      signedIn: true,
      says: [subscribe('m', { query: CREATE_RULE, variables: { input: { name: 'by frames', filter: null } } })],
      wants: {
        frames: [
          { id: 'm', type: 'next', payload: { data: { createAlertRule: { __typename: 'AlertRuleCreated' } } } },
          { id: 'm', type: 'complete' },
        ],
      },
    },
    {
      rule: 'Subscribe: operationName, variables and extensions may be null; unknown fields are nobody’s business',
      name: 'nulls and extra fields',
      signedIn: true,
      says: [
        subscribe(
          'n',
          { query: ME, operationName: null, variables: null, extensions: null, more: [1] },
          { more: { a: 1 }, __proto__: null, constructor: 'x' },
        ),
      ],
      wants: { frames: answered('n') },
    },
    ...['__proto__', 'constructor', 'toString', ' ', '\u0000', 'ä'.repeat(64)].map((id) => ({
      rule: 'Subscribe: the id is any text that the client chooses',
      name: `the id ${JSON.stringify(id)}`,
      signedIn: true,
      says: [subscribe(id)],
      wants: { frames: answered(id) },
    })),
    {
      rule: 'Next: errors of execution are part of the result',
      name: 'a query that finds nothing',
      signedIn: true,
      says: [subscribe('e', { query: REPORT, variables: { id: ABSENT } })],
      wants: {
        frames: [
          { id: 'e', type: 'next', payload: { errors: [{ extensions: { code: 'NOT_FOUND' } }] } },
          { id: 'e', type: 'complete' },
        ],
      },
    },
    ...REFUSED.map(([name, payload]) => ({
      rule: 'Error: terminates the operation and no further messages will be sent',
      name: `${name}: error, no next and no complete`,
      signedIn: true,
      says: [subscribe('v', payload)],
      wants: { frames: [faulty('v', 'BAD_USER_INPUT')] },
    })),
    {
      rule: 'Subscribe: an active id closes with 4409, whatever the operation',
      name: 'two subscriptions under one id',
      signedIn: true,
      says: [subscribe('d', { query: ALERT_RAISED }), subscribe('d', { query: ALERT_RAISED })],
      wants: { close: [4409, 'Subscriber for'] },
    },
    {
      rule: 'Subscribe: an active id closes with 4409, whatever the operation',
      name: 'a query under the id of a query',
      signedIn: true,
      says: [subscribe('d'), subscribe('d')],
      wants: { close: [4409, 'Subscriber for'] },
    },
    {
      rule: 'Complete: messages for operations that are over, or never were, are ignored',
      name: 'complete for an id that nobody knows',
      signedIn: true,
      says: [complete('nobody'), complete('nobody'), subscribe('q')],
      wants: { frames: answered('q') },
    },
    {
      rule: 'Complete: even before it resolved, the result should not be sent through',
      name: 'complete right behind its query',
      signedIn: true,
      says: [subscribe('c'), complete('c')],
      wants: { frames: [] },
    },
    {
      rule: 'Subscribe: once a client completes an operation, it is free to re-use that id',
      name: 'the same id again and again, without waiting: only the last is answered, and once',
      signedIn: true,
      says: [
        ...Array.from({ length: 9 }, () => [subscribe('c', { query: '{ me { id } }' }), complete('c')]).flat(),
        subscribe('c'),
      ],
      wants: { frames: answered('c') },
    },
    {
      rule: 'Streaming operation: a subscription ends with the client’s Complete, without one from the server',
      name: 'subscribe, complete, subscribe under the same id',
      signedIn: true,
      says: [subscribe('s', { query: ALERT_RAISED }), complete('s'), subscribe('s')],
      wants: { frames: answered('s') },
    },
    invalid('a type that does not exist', { type: 'start', id: '1', payload: { query: ME } }),
    invalid('no type', { id: '1', payload: { query: ME } }),
    invalid('a type that is no text', { type: 1 }),
    ...['connection_ack', 'next', 'error'].map((type) =>
      invalid(`${type}, which only a server sends`, {
        type,
        id: '1',
        payload: type === 'error' ? [{ message: 'x' }] : {},
      }),
    ),
    invalid('text that is no JSON', '{"type":'),
    invalid('nothing', ''),
    ...['null', '7', '"ping"', '[]', '[{"type":"ping"}]', 'true'].map((text) =>
      invalid(`JSON that is no object: ${text}`, text),
    ),
    invalid('a subscribe without an id', { type: 'subscribe', payload: { query: ME } }),
    invalid('an empty id', subscribe('')),
    invalid('an id that is no text', subscribe(1)),
    invalid('an id that every answer would repeat', subscribe('x'.repeat(200))),
    invalid('a complete without an id', { type: 'complete' }),
    invalid('a subscribe without a payload', { id: '1', type: 'subscribe' }),
    invalid('a subscribe with payload null', subscribe('1', null)),
    invalid('a query that is no text', subscribe('1', { query: { kind: 'Document' } })),
    invalid('no query', subscribe('1', {})),
    invalid('variables that are no object', subscribe('1', { query: ME, variables: [] })),
    invalid('an operation name that is no text', subscribe('1', { query: ME, operationName: 1 })),
    invalid('extensions that are no object', subscribe('1', { query: ME, extensions: 'x' })),
    invalid('a ping whose payload is no object', ping('x')),
    invalid('a binary frame', Buffer.from(JSON.stringify(ping()))),
    invalid('a batch', JSON.stringify([subscribe('1')])),
  ];

  test.each(rows.map((row) => [`${row.rule} — ${row.name}`, row] as const))('%s', async (_, row) => {
    const socket = kept(await FrameSocket.open(url));
    if (row.signedIn) await socket.signIn(stack.as('state-analyst').token);
    socket.messages.length = 0;
    socket.send(...row.says);
    if (row.wants.close !== undefined) {
      const closed = await socket.closed;
      expect([closed.code, closed.reason.slice(0, row.wants.close[1].length)]).toEqual(row.wants.close);
      return;
    }
    const frames = row.wants.frames ?? [];
    await socket.until((messages) => messages.length >= frames.length);
    await socket.settled();
    expect(socket.messages).toMatchObject(frames);
    expect(socket.messages).toHaveLength(frames.length);
  });

  test('ConnectionAck: the answer to connection_init, and nothing in it', async () => {
    const socket = kept(await FrameSocket.open(url));
    await socket.signIn(stack.as('state-analyst').token);
    expect(socket.messages).toEqual([{ type: 'connection_ack' }]);
  });

  test('ConnectionInit: not within the allowed time closes with 4408, and pings do not count as it', async () => {
    const socket = kept(await FrameSocket.open(url));
    await socket.settled();
    expect(await socket.closed).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
  });

  test.each<[string, string | string[]]>([
    ['the protocol of subscriptions-transport-ws', 'graphql-ws'],
    ['another protocol', ['soap', 'mqtt']],
    ['none', []],
  ])('a socket that speaks %s is closed with 4406, which the client can read', async (_, protocols) => {
    const socket = kept(await FrameSocket.open(url, protocols));
    expect(await socket.closed).toEqual({ code: 4406, reason: 'Subprotocol not acceptable' });
  });

  test('among several protocols, ours is taken', async () => {
    const socket = kept(await FrameSocket.open(url, ['graphql-ws', PROTOCOL]));
    expect(socket.socket.protocol).toBe(PROTOCOL);
    await socket.signIn(stack.as('state-analyst').token);
  });

  test('Error: variables that do not fit are refused before anything runs, with their place and without data', async () => {
    const socket = kept(await FrameSocket.open(url));
    await socket.signIn(stack.as('state-analyst').token);
    socket.messages.length = 0;
    socket.send(subscribe('v', { query: REPORT, variables: { id: { a: 1 } } }));
    await socket.until((messages) => messages.length >= 1);
    const [first] = socket.messages;
    expect(first).toMatchObject({
      type: 'error',
      id: 'v',
      payload: [{ extensions: { code: 'BAD_USER_INPUT', issues: [{ path: 'variables.id' }] } }],
    });
  });

  test('Error: what was refused gives its place back, however often', async () => {
    const socket = kept(await FrameSocket.open(url));
    await socket.signIn(stack.as('state-analyst').token);
    for (const payload of [{ query: ME, operationName: 'Other' }, { query: '{ nothing }' }, { query: '{' }]) {
      socket.messages.length = 0;
      for (let n = 0; n < 15; n += 1) socket.send(subscribe(`${n}`, payload));
      await socket.until((messages) => messages.length >= 15);
    }
    socket.messages.length = 0;
    socket.send(subscribe('fine'));
    await socket.until((messages) => messages.length >= 2);
    expect(socket.messages).toMatchObject(answered('fine'));
  });

  test('Subscribe: many at once share the socket, each by its id', async () => {
    const socket = kept(await FrameSocket.open(url));
    await socket.signIn(stack.as('state-analyst').token);
    socket.messages.length = 0;
    const ids = Array.from({ length: 12 }, (_, n) => `q${n}`);
    socket.send(...ids.map((id) => subscribe(id)));
    await socket.until((messages) => messages.length >= 24);
    for (const id of ids) expect(socket.messages.filter((message) => message.id === id)).toMatchObject(answered(id));
  });

  test('nothing is done that is asked for after the close', async () => {
    const rules = (): Promise<number> => stack.count('from alert_rule');
    const before = await rules();
    const wire = kept(await WireSocket.open(url));
    wire.text({ type: 'connection_init', payload: { authorization: `Bearer ${stack.as('state-analyst').token}` } });
    await eventually('acknowledged', () => wire.frames.length > 0);
    const order = subscribe('late', { query: CREATE_RULE, variables: { input: { name: 'late', filter: null } } });
    wire.text({ type: 'nonsense' }).text(order);
    expect(await wire.closing()).toMatchObject({ code: 4400 });
    wire.text(order);
    await eventually('cut', () => wire.isClosed);
    expect(await rules()).toBe(before);
  });
});
