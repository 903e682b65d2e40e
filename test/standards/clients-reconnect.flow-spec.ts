import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { personId } from '../../apps/embedded/src/personas.js';
import { ALERT_RAISED } from '../flows/documents.js';
import { eventually, PURPOSE } from '../flows/flow-client.builder.js';
import { plainReport } from '../flows/reports.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { FIELD_CLIENTS, type FieldClient } from './clients.builder.js';

const READER = 'state-analyst';
const ALERTS = 24;

interface Event {
  readonly cursor: string;
  readonly alert: { readonly id: string; readonly revision: number };
}

describe('real clients come back with their last cursor', () => {
  let stack: FlowStack;
  beforeAll(async () => {
    stack = await FlowStack.start();
    await stack.as(READER).rule('everything');
  });
  afterAll(() => stack?.stop());

  const submit = (): Promise<unknown> => stack.as('local-submitter').report(plainReport());
  const streams = (n: number): Promise<unknown> =>
    eventually(`${n} streams`, () => stack.api.services.inboxWatch.size === n);
  /** (alert, revision) of the inbox from a position on, in order. */
  const inbox = async (): Promise<string[]> => {
    const { rows } = await stack.admin.query<{ entry: string }>(
      `select e.alert_id || ' ' || e.revision as entry from inbox_entry e join inbox i on i.id = e.inbox_id
       where i.person_id = $1 order by e.position`,
      [personId(READER)],
    );
    return rows.map(({ entry }) => entry);
  };
  const named = ({ alert }: Event): string => `${alert.id} ${alert.revision}`;

  test.each(Object.entries(FIELD_CLIENTS))('%s: all of them, each once, in order', async (_, open) => {
    const client = open(stack.api.url, stack.as(READER).token);
    const before = (await inbox()).length;
    const reader = new Reader(client);
    try {
      reader.start();
      await streams(1);
      // While nobody has a cursor yet, a cut could lose what comes before the next subscription: from now on is from now on.
      await submit();
      await eventually('a first event', () => reader.events.length > 0);
      for (let n = 1; n < ALERTS; n += 3) {
        const some = [submit(), submit(), submit()];
        // In the middle: some are stored, none or some are told.
        await some[n % 2];
        client.cut();
        await Promise.all(some);
      }
      await stack.drain();
      const expected = (await inbox()).slice(before);
      await eventually('all were told', () => reader.events.length >= expected.length);
      expect(reader.events.map(named)).toEqual(expected);
      expect(reader.endings).toBeGreaterThan(2);
    } finally {
      reader.stop();
      await client.close();
      await streams(0);
    }
  });

  test('graphql-ws that retries by itself, with a cursor that is read when it subscribes', async () => {
    const events: Event[] = [];
    const sockets: WebSocket[] = [];
    const before = (await inbox()).length;
    const client = createClient({
      url: stack.api.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: () => ({ authorization: `Bearer ${stack.as(READER).token}`, purpose: PURPOSE }),
      retryAttempts: Number.POSITIVE_INFINITY,
      retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)),
      shouldRetry: () => true,
    });
    client.on('opened', (socket) => sockets.push(socket as WebSocket));
    // The message is written anew at every connection, and the getter is asked then.
    const variables = {
      get after() {
        return events.at(-1)?.cursor ?? null;
      },
    };
    const stop = client.subscribe<{ alertRaised: Event }>(
      { query: ALERT_RAISED, variables },
      {
        next: ({ data }) => data && events.push(data.alertRaised),
        error: () => undefined,
        complete: () => undefined,
      },
    );
    try {
      await streams(1);
      await submit();
      await eventually('a first event', () => events.length > 0);
      for (let n = 0; n < 3; n += 1) {
        const some = [submit(), submit()];
        await some[0];
        sockets.at(-1)?.terminate();
        await Promise.all(some);
        await eventually('it is back', () => sockets.at(-1)?.readyState === WebSocket.OPEN);
      }
      await stack.stopApi();
      await stack.startApi();
      await submit();
      await stack.drain();
      const expected = (await inbox()).slice(before);
      await eventually('all were told', () => events.length >= expected.length);
      expect(events.map(named)).toEqual(expected);
    } finally {
      stop();
      await client.dispose();
      await streams(0);
    }
  });
});

/** Reads on from the last cursor, whenever a subscription ends. */
class Reader {
  readonly events: Event[] = [];
  endings = 0;
  #stopped = false;
  #unsubscribe: () => void = () => undefined;

  constructor(private readonly client: FieldClient) {}

  start(): void {
    let over = false;
    const after = this.events.at(-1)?.cursor ?? null;
    this.#unsubscribe = this.client.subscribe(
      ALERT_RAISED,
      { after },
      {
        next: ({ data }) => {
          if (data !== null && !over) this.events.push(data['alertRaised'] as Event);
        },
        end: () => {
          if (over || this.#stopped) return;
          over = true;
          this.endings += 1;
          setImmediate(() => !this.#stopped && this.start());
        },
      },
    );
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe();
  }
}
