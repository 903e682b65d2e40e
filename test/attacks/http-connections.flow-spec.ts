import { FlowStack } from '../flows/stack.builder.js';
import { sendRaw } from './raw-http.builder.js';

const BODY = '{"query":"query Service {\\n  __typename\\n}"}';
const head = (...lines: string[]): string => `${['POST /graphql HTTP/1.1', 'Host: x', ...lines].join('\r\n')}\r\n\r\n`;
const JSON_TYPE = 'Content-Type: application/json';

describe('connections of hostile clients', () => {
  let stack: FlowStack;
  let port: number;

  beforeAll(async () => {
    const timeouts = { headersMs: 500, requestMs: 1_000, idleMs: 5_000, checkEveryMs: 100 };
    stack = await FlowStack.start(undefined, { api: { timeouts } });
    port = stack.api.port;
  }, 60_000);

  afterEach(async () => {
    expect((await fetch(`${stack.api.url.replace('/graphql', '')}/health/ready`)).status).toBe(200);
  });

  afterAll(async () => {
    await stack?.stop();
  });

  it('are answered when they are not hostile', async () => {
    const answer = await sendRaw(port, [head(JSON_TYPE, `Content-Length: ${BODY.length}`, 'Connection: close'), BODY]);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('{"data":{"__typename":"Query"}}');
  });

  it.each<[string, string[], number]>([
    [
      'a length and chunks',
      [head(JSON_TYPE, 'Content-Length: 4', 'Transfer-Encoding: chunked'), '0\r\n\r\nGET / HTTP/1.1\r\n\r\n'],
      400,
    ],
    ['chunks and a length', [head(JSON_TYPE, 'Transfer-Encoding: chunked', 'Content-Length: 4'), '0\r\n\r\n'], 400],
    ['two lengths', [head(JSON_TYPE, 'Content-Length: 4', 'Content-Length: 5'), 'xxxxx'], 400],
    ['a negative length', [head(JSON_TYPE, 'Content-Length: -1')], 400],
    ['a length with a sign', [head(JSON_TYPE, 'Content-Length: +4'), 'xxxx'], 400],
    ['another coding, then chunks', [head(JSON_TYPE, 'Transfer-Encoding: xchunked'), '0\r\n\r\n'], 400],
    ['a chunk of no size', [head(JSON_TYPE, 'Transfer-Encoding: chunked'), 'zz\r\n'], 400],
    ['a header line that goes on', [head(JSON_TYPE, ' continued: x'), ''], 400],
    ['a NUL in a header', [head('x: a\u0000b')], 400],
    ['a bare line feed', ['POST /graphql HTTP/1.1\nHost: x\nContent-Length: 0\n\n'], 400],
    ['20 KiB of headers', [head(`x: ${'y'.repeat(20_000)}`)], 431],
    ['20 KiB of URL', [`POST /graphql?${'y'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`], 431],
    ['3,000 headers', [head(...Array.from({ length: 3_000 }, (_, n) => `x${n}: y`))], 431],
    ['no host', ['POST /graphql HTTP/1.1\r\n\r\n'], 400],
    ['an unknown method', ['BREW /graphql HTTP/1.1\r\nHost: x\r\n\r\n'], 400],
    ['another protocol', ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'], 400],
    ['an escape that is none', ['POST /graphql/%zz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n'], 400],
  ])('are refused and closed: %s', async (_, parts, status) => {
    expect((await sendRaw(port, parts)).status).toBe(status);
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE'])('get nothing by %s', async (method) => {
    const { status } = await sendRaw(port, [`${method} /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`]);
    expect([404, 405]).toContain(status);
  });

  it('are not kept waiting for a body that never ends', async () => {
    const token = stack.as('state-analyst').token;
    const started = performance.now();
    const chunked = head(JSON_TYPE, `Authorization: Bearer ${token}`, 'Transfer-Encoding: chunked');
    const { status } = await sendRaw(port, [chunked, '10\r\n{"query": "{ me \r\n'], 4_000);
    expect(status).toBe(408);
    expect(performance.now() - started).toBeLessThan(3_900);
  });

  it('are not kept waiting for headers that never end', async () => {
    const { status } = await sendRaw(port, ['POST /graphql HTTP/1.1\r\nHost: x\r\nx: '], 4_000);
    expect(status).toBe(408);
  });

  it('may not send more than a request in chunks either', async () => {
    const token = stack.as('state-analyst').token;
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    const chunked = head(JSON_TYPE, `Authorization: Bearer ${token}`, 'Transfer-Encoding: chunked');
    expect((await sendRaw(port, [chunked, chunk, chunk, chunk, chunk, chunk])).status).toBe(413);
  });

  it('get an answer for each of the requests that they send at once', async () => {
    const request = `${head(JSON_TYPE, `Content-Length: ${BODY.length}`)}${BODY}`;
    const { text } = await sendRaw(port, [request.repeat(20)], 1_000);
    expect(text.match(/"__typename":"Query"/g)).toHaveLength(20);
  });
});
