import { serverAudits, type AuditResult } from 'graphql-http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FlowStack } from '../flows/stack.builder.js';

/** The audits whose advice is not followed; docs/standards.md says why of each, by its id. */
const NOT_FOLLOWED = ['5A70', 'D6D5', '6A70', '572B', 'FDE2', '7B9B'];

describe("graphql-http's audits of GraphQL over HTTP", () => {
  let stack: FlowStack;
  const results: AuditResult[] = [];

  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
    const { token } = stack.as('state-analyst');
    const fetchFn = (url: string, init: RequestInit = {}): Promise<Response> =>
      fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });
    for (const audit of serverAudits({ url: stack.api.url, fetchFn })) results.push(await audit.fn());
  }, 60_000);

  afterAll(async () => {
    await stack?.stop();
  });

  it('are all answered, none of them with an error', () => {
    expect(results).toHaveLength(61);
    expect(results.filter(({ status }) => status === 'error').map(({ id, name }) => `${id} ${name}`)).toEqual([]);
  });

  it('are followed but for those that docs/standards.md explains', () => {
    const ids = results.filter(({ status }) => status !== 'ok').map(({ id }) => id);
    expect(ids.sort()).toEqual([...NOT_FOLLOWED].sort());
    const page = readFileSync(join(import.meta.dirname, '../../docs/standards.md'), 'utf8');
    for (const id of NOT_FOLLOWED) expect(page).toContain(id);
  });
});
