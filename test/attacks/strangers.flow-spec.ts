import { connect } from 'node:net';
import { FlowStack } from '../flows/stack.builder.js';

describe('what strangers and hostile clients send', () => {
  let stack: FlowStack;
  let origin: string;

  beforeAll(async () => {
    stack = await FlowStack.start();
    origin = stack.api.url.replace('/graphql', '');
  }, 60_000);

  afterAll(async () => {
    await stack?.stop();
  });

  const post = (path: string, body: unknown, token?: string): Promise<Response> =>
    fetch(`${origin}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });

  it.each(['/graphql', '/%67raphql', '/graphq%6c?x', '/graphql?a=b'])(
    'turns a stranger away from %s before a document is looked at',
    async (path) => {
      const answer = await post(path, { query: '{ __schema { types { name } } }' });
      expect(answer.status).toBe(401);
      expect(await answer.text()).not.toContain('__schema');
    },
  );

  it.each(['//', '//[', 'http://a:999999/', '*', '/graphql/../x'])(
    'stays up when a stranger asks to upgrade at %s',
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

  it.each<[string, unknown]>([
    ['a syntax tree in JSON', { query: ' {"kind":"Document","definitions":[]}' }],
    ['a number', { query: 1 }],
    ['a batch', [{ query: '{ me { id } }' }]],
    ['a document past the limit', { query: `{ me { id } } ${'#'.repeat(40_000)}` }],
    ['a document of too many tokens', { query: `{ ${'me { id } '.repeat(700)} }` }],
    ['a subscription over HTTP', { query: 'subscription { alertRaised { cursor } }' }],
  ])('refuses %s of a signed-in person with a code', async (_, body) => {
    const answer = await post('/graphql', body, stack.as('state-analyst').token);
    const { errors } = (await answer.json()) as { errors: { extensions: { code: string } }[] };
    expect(answer.status).toBe(400);
    expect(['BAD_USER_INPUT', 'LIMIT_EXCEEDED']).toContain(errors[0]?.extensions.code);
  });

  it('refuses a cursor of another inbox', async () => {
    const stream = stack.as('state-analyst').live(Buffer.from('inbox:00000000:5').toString('base64url'));
    expect(JSON.stringify(await stream.ended)).toContain('not a cursor of this stream');
  });
});
