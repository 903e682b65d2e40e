import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { FlowStack } from '../flows/stack.builder.js';
import { sendRaw } from './raw-http.builder.js';

const SERVICE = 'query Service {\n  __typename\n}';
/** Not on the committed list: trusted here to see what becomes of a trusted document that reads. */
const READS = '{ me { id } }';
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('what strangers send', () => {
  let stack: FlowStack;
  let origin: string;

  beforeAll(async () => {
    const trusted = new Map([
      [digest(SERVICE), 'Service'],
      [digest(READS), 'Reads'],
    ]);
    stack = await FlowStack.start(undefined, { api: { trustedDocuments: trusted } });
    origin = stack.api.url.replace('/graphql', '');
  }, 60_000);

  afterAll(async () => {
    await stack?.stop();
  });

  const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  it.each(['/graphql', '/%67raphql', '/graphq%6c?x', '/graphql?a=b'])(
    'is turned away from %s before a document is looked at',
    async (path) => {
      const answer = await post(path, { query: '{ __schema { types { name } } }' });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      expect(await answer.text()).not.toContain('__schema');
    },
  );

  it('gets one answer, the same to the byte, whatever it is that it sends', async () => {
    const sent: [unknown, Record<string, string>?][] = [
      [{ query: '{ me { id } seizureRecords { totalCount { value } } }' }],
      [{ query: '{ me' }],
      [{ query: '{ nothing }' }],
      [{ query: '{ __schema { types { name } } }' }],
      [{ query: `${SERVICE} ` }],
      [{ query: 'query Service { __typename }' }],
      [{ query: 5 }],
      [{}],
      ['{ "query": '],
      [''],
      [[{ query: SERVICE }]],
      [{ query: SERVICE, variables: { __proto__: null, x: 1 }, more: 1 }, { authorization: 'Bearer x.y.z' }],
      [{ query: SERVICE }, { 'content-type': 'text/plain' }],
      [{ query: SERVICE }, { 'content-encoding': 'gzip' }],
      ['{"query":"{ me { id } }","__proto__":{}}'],
      [{ query: `#${'x'.repeat(9_000)}` }],
      [{ query: `#${'x'.repeat(300_000)}` }],
      [{ query: SERVICE }, { authorization: 'Basic eDp5' }],
      [{ query: SERVICE }, { authorization: '' }],
    ];
    const answers = new Set<string>();
    for (const [body, headers] of sent) {
      const answer = await post('/graphql', body, headers);
      answers.add(`${answer.status} ${answer.headers.get('content-type') ?? ''} ${await answer.text()}`);
    }
    expect([...answers]).toEqual([
      '401 application/json; charset=utf-8 {"errors":[{"message":"Sign in first: send a valid access token.","extensions":{"code":"UNAUTHENTICATED"}}]}',
    ]);
  });

  it('is answered when it is a document of the list', async () => {
    const answer = await post('/graphql', { query: SERVICE, operationName: 'Service', variables: {} });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
  });

  it('reads nothing as nobody, on the list or not', async () => {
    const answer = await post('/graphql', { query: READS });
    expect(await answer.json()).toMatchObject({
      data: null,
      errors: [{ path: ['me'], extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  it('is not read at all when it does not say how long it is', async () => {
    const head =
      'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect((await sendRaw(stack.api.port, [head, '10\r\n{"query": "{ me \r\n'])).status).toBe(401);
    expect((await fetch(`${origin}/health/live`)).status).toBe(200);
  });

  it.each(['//', '//[', 'http://a:999999/', '*', '/graphql/../x'])(
    'does not bring the service down with an upgrade at %s',
    async (target) => {
      const { port } = new URL(origin);
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), '127.0.0.1', () =>
          socket.write(
            `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
          ),
        );
        socket.on('data', () => socket.destroy());
        socket.on('error', () => resolve());
        socket.on('close', () => resolve());
      });
      expect((await fetch(`${origin}/health/live`)).status).toBe(200);
    },
  );

  it('is no cursor of another inbox', async () => {
    const stream = stack.as('state-analyst').live(Buffer.from('inbox:00000000:5').toString('base64url'));
    expect(JSON.stringify(await stream.ended)).toContain('not a cursor of this stream');
  });
});
