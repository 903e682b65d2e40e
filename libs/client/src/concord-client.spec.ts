import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  BusyError,
  createConcordClient,
  DeadlineError,
  MeDocument,
  RefusedError,
  SubmitSeizureReportDocument,
  UnreachableError,
  type ConcordClient,
  type ConcordClientOptions,
} from './index.js';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const refuse = (status: number, code: string, more: Record<string, unknown> = {}, headers = {}): Answer =>
  json(status, { data: null, errors: [{ message: 'No.', extensions: { code, ...more } }] }, headers);
const hangUp: Answer = (request) => request.socket.destroy();
const breakOff: Answer = (_request, response) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('{"data":');
  setImmediate(() => response.socket?.destroy());
};
/** Headers, the beginning of a body, and nothing after that. */
const stall: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"data":');
};
const ME = json(200, { data: { me: { id: '1', displayName: 'Somebody', agency: null, roles: [] } } });
const REPORT = { submitterReference: '2026-1' };
const ACCEPTED = json(200, { data: { submitSeizureReport: { __typename: 'SeizureReportRejected', issues: [] } } });

describe('the client', () => {
  let server: Server;
  let url: string;
  /** What is answered to whom comes next; the last one to everybody after. */
  let answers: Answer[] = [];
  const asked: { headers: IncomingMessage['headers']; url: string; body: string }[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('error', () => undefined);
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        asked.push({ headers: request.headers, url: request.url ?? '', body });
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        answer?.(request, response, body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.closeAllConnections());
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const quick = { firstPauseMs: 1, longestPauseMs: 4, deadlineMs: 5_000 };
  const client = (change: Partial<ConcordClientOptions> = {}): ConcordClient =>
    createConcordClient({ url, token: 'secret', retries: quick, ...change } as ConcordClientOptions);
  const given = (...next: Answer[]): void => {
    answers = next;
    asked.length = 0;
  };
  const trouble = async (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => null,
      (e: unknown) => e,
    );

  it('says who asks, for whom and why, with a token that is asked for each time', async () => {
    given(ME);
    let turn = 0;
    const tokenProvider = (): string => `token ${(turn += 1)}`;
    const who = createConcordClient({
      url: `${url}/graphql/`,
      tokenProvider,
      agency: 'CA0370000',
      purpose: 'INVESTIGATION',
    });
    expect((await who.request(MeDocument)).me.displayName).toBe('Somebody');
    await who.request(MeDocument);
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer token 1', 'Bearer token 2']);
    expect(asked[0]).toMatchObject({
      url: '/graphql',
      headers: { 'concord-agency': 'CA0370000', 'concord-purpose': 'INVESTIGATION' },
    });
  });

  it('repeats queries and submissions when the connection fails, breaks off, or the service is busy', async () => {
    const passing = [hangUp, breakOff, refuse(503, 'UNAVAILABLE'), refuse(429, 'LIMIT_EXCEEDED'), json(502, {})];
    given(...passing, ME);
    await client().request(MeDocument);
    expect(asked).toHaveLength(6);
    given(...passing, ACCEPTED);
    await client().request(SubmitSeizureReportDocument, { input: REPORT });
    expect(asked).toHaveLength(6);
    expect(new Set(asked.map(({ body }) => body)).size).toBe(1);
  });

  it.each([
    ['another mutation', 'mutation { leaveAgency { __typename } }', {}],
    [
      'one beside a submission',
      'mutation($i: X!) { submitSeizureReport(input: $i) { a } leaveAgency { a } }',
      { i: REPORT },
    ],
    ['a submission without a reference', 'mutation($i: X!) { submitSeizureReport(input: $i) { a } }', { i: {} }],
    [
      'a batch of which one has none',
      'mutation($i: X!) { submitSeizureReports(inputs: $i) { a } }',
      { i: [REPORT, { submitterReference: ' ' }] },
    ],
    [
      'what a fragment hides',
      'mutation { ...f } fragment f on Mutation { submitSeizureReport(input: {submitterReference: "1"}) { a } }',
      {},
    ],
  ])('never repeats %s, and says that it may have happened', async (_what, document, variables) => {
    for (const answer of [hangUp, breakOff]) {
      given(answer, ME);
      expect(await trouble(client().request(document, variables))).toMatchObject({ outcomeUnknown: true });
      expect(asked).toHaveLength(1);
    }
    given(refuse(503, 'UNAVAILABLE', {}, { 'retry-after': '0' }), ME);
    expect(await trouble(client().request(document, variables))).toBeInstanceOf(BusyError);
    expect(asked).toHaveLength(1);
  });

  it('repeats a mutation of which the caller knows that it may be', async () => {
    given(hangUp, ME);
    await client().request('mutation { leaveAgency { __typename } }', {}, { repeatable: true });
    expect(asked).toHaveLength(2);
    given(hangUp, ME);
    await client().request('mutation { submitSeizureReport(input: { submitterReference: "1" }) { __typename } }');
    expect(asked).toHaveLength(2);
  });

  it('waits as long as it was told, and not at all where that is past its deadline', async () => {
    given(refuse(429, 'LIMIT_EXCEEDED', { retryAfterSeconds: 1 }, { 'retry-after': '1' }), ME);
    const since = performance.now();
    await client().request(MeDocument);
    expect(performance.now() - since).toBeGreaterThanOrEqual(995);
    given(refuse(503, 'UNAVAILABLE', {}, { 'retry-after': '60' }), ME);
    expect(await trouble(client().request(MeDocument))).toMatchObject({ name: 'BusyError', retryAfterSeconds: 60 });
    expect(asked).toHaveLength(1);
  });

  it('ends at its deadline, however silent the service is, and when it is told to', async () => {
    given(() => undefined);
    const late = await trouble(client().request(MeDocument, {}, { deadlineMs: 50 }));
    expect(late).toBeInstanceOf(DeadlineError);
    expect(late).toMatchObject({ code: 'DEADLINE_EXCEEDED', outcomeUnknown: false });
    const silent = client({ retries: { ...quick, attemptMs: 30 } });
    given(() => undefined, ME);
    await silent.request(MeDocument);
    expect(asked).toHaveLength(2);
    given(() => undefined);
    const stop = new AbortController();
    const asking = trouble(client().request(MeDocument, {}, { signal: stop.signal }));
    stop.abort(new Error('enough'));
    expect(await asking).toMatchObject({ message: 'enough' });
  });

  it('tells refusals by their code, and repeats none of them', async () => {
    const issues = [{ path: 'variables.input', code: 'REQUIRED', message: 'It is missing.' }];
    for (const answer of [refuse(200, 'FORBIDDEN'), refuse(401, 'UNAUTHENTICATED'), refuse(400, 'LIMIT_EXCEEDED')]) {
      given(answer);
      const refused = await trouble(client().request(MeDocument));
      expect(refused).toBeInstanceOf(RefusedError);
      expect(refused).not.toBeInstanceOf(BusyError);
      expect(asked).toHaveLength(1);
    }
    given(refuse(400, 'BAD_USER_INPUT', { issues }));
    expect(await trouble(client().request(MeDocument))).toMatchObject({ code: 'BAD_USER_INPUT', status: 400, issues });
    given((_request, response) => response.writeHead(200).end('<html>a proxy</html>'));
    expect(await trouble(client({ retries: { ...quick, deadlineMs: 30 } }).request(MeDocument))).toMatchObject({
      code: expect.stringMatching(/UNREADABLE|DEADLINE_EXCEEDED/) as unknown,
    });
  });

  it('carries its token nowhere else: not by a redirect, not to another origin, not in an error', async () => {
    given((_request, response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end());
    const refused = await trouble(client({ retries: { ...quick, deadlineMs: 30 } }).request(MeDocument));
    expect(refused).toBeInstanceOf(Error);
    expect(JSON.stringify(refused) + String((refused as Error).stack)).not.toContain('secret');
    await expect(client().upload('//elsewhere.example/x', 'a', { contentType: 'text/csv' })).rejects.toThrow(TypeError);
    await expect(client().download('https://elsewhere.example/x')).rejects.toThrow(TypeError);
    expect(() => createConcordClient({ url: 'file:///etc', token: 'a' })).toThrow(TypeError);
  });

  it('streams a file up and down, once', async () => {
    given(json(202, { id: '7' }));
    async function* pieces() {
      for (const piece of ['a,b\n', '1,2\n']) yield Buffer.from(piece);
    }
    const sent = await client().upload('imports?agency=x', pieces(), { contentType: 'text/csv' });
    expect(sent).toEqual({ id: '7' });
    expect(asked[0]).toMatchObject({ url: '/imports?agency=x', body: 'a,b\n1,2\n' });
    expect(asked[0]?.headers).toMatchObject({ 'content-type': 'text/csv', authorization: 'Bearer secret' });
    given((_request, response) => response.end('ref,code\n'));
    const read = await new Response(await client().download('/imports/7/refused')).text();
    expect(read).toBe('ref,code\n');
    given(refuse(413, 'LIMIT_EXCEEDED'));
    expect(await trouble(client().upload('imports', 'x', { contentType: 'text/csv' }))).toMatchObject({ status: 413 });
    given(hangUp);
    const lost = await trouble(client().upload('imports', 'x', { contentType: 'text/csv' }));
    expect(lost).toBeInstanceOf(UnreachableError);
    expect(asked).toHaveLength(1);
  });

  it('ends an answer that stalls in the middle, and asks again where that is safe', async () => {
    const impatient = client({ retries: { ...quick, attemptMs: 60 } });
    given(stall, stall, ME);
    expect((await impatient.request(MeDocument)).me.displayName).toBe('Somebody');
    expect(asked).toHaveLength(3);
    given(stall, ACCEPTED);
    await impatient.request(SubmitSeizureReportDocument, { input: REPORT });
    expect(asked).toHaveLength(2);
    given(stall, ME);
    expect(await trouble(impatient.request('mutation { leaveAgency { __typename } }'))).toMatchObject({
      ...{ name: 'UnreachableError', outcomeUnknown: true },
    });
    expect(asked).toHaveLength(1);
    given(stall);
    const late = await trouble(client().request(MeDocument, {}, { deadlineMs: 60 }));
    expect(late).toBeInstanceOf(DeadlineError);
    const error: Answer = (_request, response) => void response.writeHead(503, { 'retry-after': '0' }).write('{"err');
    given(error, ME);
    await impatient.request(MeDocument);
    expect(asked).toHaveLength(2);
  });

  it('ends an upload and a download in which nothing moves any more, and none that moves slowly', async () => {
    const impatient = client({ retries: { ...quick, attemptMs: 600 } });
    const sent = { contentType: 'text/csv' };
    for (const silent of [stall, () => undefined]) {
      given(silent);
      expect(await trouble(impatient.upload('imports', 'x', sent))).toMatchObject({ outcomeUnknown: true });
      const download = async (): Promise<string> => new Response(await impatient.download('imports/7')).text();
      given(silent);
      expect(await trouble(download())).toMatchObject({ name: 'UnreachableError', outcomeUnknown: false });
    }
    async function* never() {
      yield Buffer.from('a');
      await new Promise(() => undefined);
    }
    given(ME);
    expect(await trouble(impatient.upload('imports', never(), sent))).toBeInstanceOf(UnreachableError);
    async function* slowly() {
      for (let piece = 0; piece < 5; piece += 1)
        yield await new Promise<Buffer>((resolve) => setTimeout(resolve, 200, Buffer.from('a')));
    }
    given(json(202, { id: '7' }));
    expect(await impatient.upload('imports', slowly(), sent)).toEqual({ id: '7' });
    expect(asked.at(-1)?.body).toBe('aaaaa');
    given((_request, response) => {
      let pieces = 0;
      const next = setInterval(
        () => ((pieces += 1) < 5 ? response.write('b') : (clearInterval(next), response.end())),
        200,
      );
    });
    expect(await new Response(await impatient.download('imports/7')).text()).toBe('bbbb');
  });

  it('sends a text of more than one piece whole, and stops a transfer when it is told to', async () => {
    given(json(202, {}));
    const text = 'ä'.repeat(100_000);
    await client().upload('imports', text, { contentType: 'text/csv' });
    expect(asked[0]?.body).toBe(text);
    given(stall);
    const stop = new AbortController();
    const reading = new Response(await client().download('imports/7', { signal: stop.signal })).text();
    const read = trouble(reading);
    stop.abort(new Error('enough'));
    expect(await read).toMatchObject({ message: 'enough' });
  });

  it('asks once more with a token that was renewed meanwhile, and not with the same', async () => {
    let token = 'old';
    const renewed = createConcordClient({ url, tokenProvider: () => token, retries: quick });
    const stranger: Answer = (request, response, body) => {
      token = 'new';
      refuse(401, 'UNAUTHENTICATED')(request, response, body);
    };
    given(stranger, ME);
    await renewed.request('mutation { leaveAgency { __typename } }');
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
    given(stranger);
    expect(await trouble(renewed.request(MeDocument))).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(asked).toHaveLength(1);
  });

  it('hears Retry-After as a date too', async () => {
    given(refuse(503, 'UNAVAILABLE', {}, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }), ME);
    const told = (await trouble(client().request(MeDocument))) as BusyError;
    expect(told.retryAfterSeconds).toBeGreaterThan(50);
    given(json(429, {}, { 'retry-after': 'soon' }), ME);
    await client().request(MeDocument);
    expect(asked).toHaveLength(2);
  });
});
