import { once } from 'node:events';
import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { Client } from 'pg';
import { eventually } from '../flows/flow-client.builder.js';
import { FlowStack } from '../flows/stack.builder.js';

describe('an API that stops', () => {
  let stack: FlowStack;
  // As most clients do: it keeps its connection for the next request.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  beforeAll(async () => {
    stack = await FlowStack.start();
  });
  afterAll(async () => {
    agent.destroy();
    await stack.stop();
  });

  const ask = async (): Promise<ClientRequest> => {
    const headers = {
      authorization: `Bearer ${await stack.mint('local-analyst')}`,
      'content-type': 'application/json',
    };
    const sent = request(`${stack.origin}/graphql`, { method: 'POST', agent, headers });
    sent.end(JSON.stringify({ query: '{ me { displayName } }' }));
    return sent;
  };
  const answerTo = async (sent: ClientRequest): Promise<IncomingMessage & { body: string }> => {
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return Object.assign(answer, { body: await text(answer) });
  };

  test('answers what is under way, and does not wait for its client to hang up', async () => {
    const first = await answerTo(await ask());
    expect([first.statusCode, first.headers.connection]).toEqual([200, 'keep-alive']);

    const holder = new Client({ connectionString: stack.database.superuserUrl });
    await holder.connect();
    await holder.query('begin');
    await holder.query('lock table membership in access exclusive mode');
    const underWay = answerTo(await ask());
    await eventually('the request waits', async () => {
      const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      return (await holder.query(waiting)).rowCount !== 0;
    });
    const stopped = stack.stopApi();
    await eventually('nobody else is let in', () =>
      fetch(`${stack.origin}/health/live`).then(
        () => false,
        () => true,
      ),
    );
    await holder.query('commit');
    await holder.end();

    const last = await underWay;
    expect([last.statusCode, last.headers.connection]).toEqual([200, 'close']);
    expect(JSON.parse(last.body)).toMatchObject({ data: { me: { displayName: 'Local analyst' } } });
    await stopped;
  }, 30_000);
});
