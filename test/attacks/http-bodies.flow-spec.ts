import { gzipSync } from 'node:zlib';
import { SUBMIT } from '../flows/documents.js';
import { FlowStack } from '../flows/stack.builder.js';

interface Refusal {
  readonly status: number;
  readonly text: string;
  readonly body: {
    readonly data?: unknown;
    readonly errors?: readonly {
      readonly message: string;
      readonly extensions: { readonly code: string; readonly issues?: readonly { path: string; code: string }[] };
    }[];
  };
}

describe('bodies of a signed-in person', () => {
  let stack: FlowStack;

  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
  }, 60_000);

  afterAll(async () => {
    await stack?.stop();
  });

  async function post(body: string | Buffer, headers: Record<string, string> = {}): Promise<Refusal> {
    const answer = await fetch(stack.api.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${stack.as('local-submitter').token}`,
        ...headers,
      },
      body,
    });
    const text = await answer.text();
    return { status: answer.status, text, body: JSON.parse(text) as Refusal['body'] };
  }
  const codeOf = ({ body }: Refusal): string | undefined => body.errors?.[0]?.extensions.code;
  const me = '{"query":"{ me { id } }"}';

  it.each<[string, string, Record<string, string>]>([
    ['text/plain, as a form of any site can send', me, { 'content-type': 'text/plain' }],
    ['application/x-www-form-urlencoded', 'query={me{id}}', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['multipart/form-data', '--x\r\n\r\n--x--', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['application/graphql', '{ me { id } }', { 'content-type': 'application/graphql' }],
    ['JSON in another charset', me, { 'content-type': 'application/json; charset=utf-16' }],
    ['a type that begins like JSON', me, { 'content-type': 'application/jsonp' }],
    ['no type at all', me, { 'content-type': '' }],
    ['something compressed', gzipSync(me).toString('latin1'), { 'content-encoding': 'gzip' }],
    ['something said to be compressed', me, { 'content-encoding': 'br' }],
  ])('are refused with 415: %s', async (_, body, headers) => {
    const answer = await post(body, headers);
    expect([answer.status, codeOf(answer)]).toEqual([415, 'BAD_USER_INPUT']);
  });

  it.each<[string, string]>([
    ['no JSON', '{ "query": '],
    ['nothing', ''],
    ['null', 'null'],
    ['a number', '5'],
    ['a batch', '[{"query":"{ me { id } }"}]'],
    ['an empty batch', '[]'],
    ['no query', '{}'],
    ['a query of null', '{"query":null}'],
    ['a syntax tree for a query', '{"query":" {\\"kind\\":\\"Document\\",\\"definitions\\":[]}"}'],
    ['a prototype', '{"query":"{ me { id } }","__proto__":{"isAdmin":true}}'],
    ['a prototype in variables', '{"query":"{ me { id } }","variables":{"__proto__":{"a":1}}}'],
    ['a constructor with a prototype', '{"query":"{ me { id } }","variables":{"constructor":{"prototype":{"a":1}}}}'],
    ['a list for variables', '{"query":"{ me { id } }","variables":[]}'],
    ['a text for variables', '{"query":"{ me { id } }","variables":"{}"}'],
    ['a number for a name', '{"query":"{ me { id } }","operationName":5}'],
    ['another operation', '{"query":"query A { me { id } }","operationName":"B"}'],
    ['two operations and no name', '{"query":"query A { me { id } } query B { me { id } }"}'],
    ['one name for two operations', '{"query":"query A { me { id } } query A { me { id } }","operationName":"A"}'],
    [
      'one name for two variables',
      '{"query":"query ($a: ID!, $a: ID!) { seizureReport(id: $a) { id } }","variables":{"a":"x"}}',
    ],
    ['a subscription', '{"query":"subscription { alertRaised { cursor } }"}'],
    ['brackets that are never closed', `{"query":"{ me { id } }","variables":${'['.repeat(250_000)}`],
    [
      'a number beyond all numbers',
      '{"query":"query ($n: Int) { alerts(first: $n) { pageInfo { hasNextPage } } }","variables":{"n":1e400}}',
    ],
  ])('are refused with 400 and a code: %s', async (_, body) => {
    const answer = await post(body);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'BAD_USER_INPUT']);
    expect(answer.body).not.toHaveProperty('data');
  });

  it.each<[string, string, number]>([
    ['too large', JSON.stringify({ query: '{ me { id } }', variables: { x: 'x'.repeat(256 * 1024) } }), 413],
    ['comments without end', JSON.stringify({ query: `{ me { id } } ${'#\n'.repeat(60_000)}` }), 400],
    ['commas without end', JSON.stringify({ query: `{ me { id } } ${','.repeat(200_000)}` }), 400],
    ['too many tokens', JSON.stringify({ query: `{ ${'me { id } '.repeat(700)} }` }), 400],
    [
      'nesting that would use up the stack',
      `{"query":"{ me { id } }","variables":${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}}`,
      400,
    ],
    ['a filter that would', deepFilter(20_000), 400],
  ])('are refused with LIMIT_EXCEEDED or their place: %s', async (_, body, status) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(['LIMIT_EXCEEDED', 'BAD_USER_INPUT']).toContain(codeOf(answer));
  });

  it('say which parameter nobody knows', async () => {
    const answer = await post('{"qeury":"{ me { id } }"}');
    expect(answer.body.errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      issues: [{ path: 'qeury', code: 'UNKNOWN_FIELD' }],
    });
  });

  it('say where variables are wrong, and never with what', async () => {
    const input = {
      narrative: 'Zephyrine',
      substances: [{ unti: 'Quagmire', quantity: 'Quagmire', deaCode: 9801 }],
      people: 'Quagmire',
    };
    const answer = await post(JSON.stringify({ query: SUBMIT, variables: { input } }));
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.extensions.issues?.map(({ path, code }) => [path, code])).toEqual([
      ['variables.input.people', 'WRONG_TYPE'],
      ['variables.input.substances.0.deaCode', 'WRONG_TYPE'],
      ['variables.input.substances.0.quantity', 'WRONG_TYPE'],
      ['variables.input.substances.0.unti', 'UNKNOWN_FIELD'],
    ]);
    expect(answer.text).not.toMatch(/Quagmire|Zephyrine|9801/);
  });

  it.each<[string, string]>([
    ['a byte order mark', `\ufeff${me}`],
    ['a byte order mark in the document', '{"query":"\\ufeff{ me { id } }"}'],
    ['a key twice, of which the last counts', '{"query":"{ nothing }","query":"{ me { id } }"}'],
    [
      'null for what may be absent',
      '{"query":"{ me { id } }","variables":null,"operationName":null,"extensions":null}',
    ],
    ['an empty name', '{"query":"{ me { id } }","operationName":""}'],
    ['a type in capitals, with its charset', me],
  ])('are answered when they hold %s', async (_, body) => {
    const answer = await post(body, { 'content-type': 'Application/JSON; charset="UTF-8"' });
    expect([answer.status, answer.body.errors]).toEqual([200, undefined]);
  });

  it('are answered in the media type that is asked for', async () => {
    const typeOf = async (accept: string): Promise<string | null> => {
      const answer = await fetch(stack.api.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer x', accept },
        body: me,
      });
      return answer.headers.get('content-type');
    };
    const response = 'application/graphql-response+json; charset=utf-8';
    const json = 'application/json; charset=utf-8';
    expect(await typeOf('application/graphql-response+json, application/json;q=0.9')).toBe(response);
    expect(await typeOf('application/graphql-response+json;q=0.5, application/json')).toBe(json);
    expect(await typeOf('application/graphql-response+json;q=0')).toBe(json);
    expect(await typeOf('text/html')).toBe(json);
  });

  /** Which of them a resolver refuses is its own business; that none of them is our fault is asked here. */
  it.each<[string, unknown]>([
    ['half a character', '\ud800'],
    ['a NUL', 'a\u0000b'],
    ['text against the direction', '\u202e\u2066x'],
    ['quotes and comments of SQL', `'; drop table report; --`],
    ['patterns', '%_\\%'],
    ['100,000 characters', 'x'.repeat(100_000)],
  ])('do no harm where they hold %s', async (_, text) => {
    const filter = {
      substance: { deaCodes: [text], categories: [text] },
      place: { countyFips: [text] },
      occurred: { from: text },
    };
    const report = {
      submitterReference: text,
      narrative: text,
      tlp: text,
      place: { portOfEntry: text },
      substances: [{ name: text, signature: text }],
    };
    const sent: [string, unknown][] = [
      ['query ($filter: SeizureRecordFilter) { seizureRecords(filter: $filter) { totalCount { value } } }', { filter }],
      ['query ($id: ID!) { seizureRecord(id: $id) { id } }', { id: text }],
      ['query ($after: String) { alerts(after: $after) { pageInfo { hasNextPage } } }', { after: text }],
      [
        'mutation ($input: CreateAlertRuleInput!) { createAlertRule(input: $input) { __typename } }',
        { input: { name: text, filter } },
      ],
      [
        'mutation ($id: ID!, $note: String) { acknowledgeAlert(id: $id, note: $note) { __typename } }',
        { id: '01890000-0000-7000-8000-000000000000', note: text },
      ],
      [SUBMIT, { input: report }],
    ];
    for (const [query, variables] of sent) {
      const answer = await post(JSON.stringify({ query, variables }), {
        'concord-purpose': 'INVESTIGATION; ref=T-1',
        authorization: `Bearer ${stack.as('state-analyst').token}`,
      });
      expect(answer.status).toBeLessThan(500);
      expect(answer.text).not.toMatch(/INTERNAL|UNAVAILABLE/);
    }
  });
});

function deepFilter(levels: number): string {
  const filter = `${'{"not":'.repeat(levels)}{}${'}'.repeat(levels)}`;
  const query = 'query ($filter: SeizureRecordFilter) { seizureRecords(filter: $filter) { totalCount { value } } }';
  return `{"query":"${query}","variables":{"filter":${filter}}}`;
}
