import { openQueueBackend } from '@concord/platform/queue';
import { testQueueBackends } from '@concord/platform/testing';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { agencyId, personId, type PersonaName } from '../../apps/embedded/src/personas.js';
import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import { ALERT_RAISED_COUNTED } from './documents.js';
import { eventually, type AlertEvent, type LiveStream } from './flow-client.builder.js';
import { plainReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

const ALERTS = 60;
/** Well below the time after which a stream looks by itself, so that a lost wake-up shows. */
const PROMPT_MS = 5_000;
const seed = Number(process.env['CONCORD_SEED'] ?? Date.now() % 1_000_000);

for (const backend of testQueueBackends()) {
  (backend.available ? describe : describe.skip)(`the live stream, queues on ${backend.name}`, () => {
    let stack: FlowStack;
    const readers: Reader[] = [];
    beforeAll(async () => {
      process.stderr.write(`live-stream: CONCORD_SEED=${seed}\n`);
      stack = await FlowStack.start(backend);
    });
    afterEach(async () => {
      for (const reader of readers) reader.stop();
      await Promise.all(connections.splice(0).map((connection) => connection.end()));
    });
    afterAll(() => stack.stop());

    const submit = (): Promise<{ recordId: string }> => stack.as('local-submitter').report(plainReport());

    test('misses nothing and repeats nothing: reconnects, a restart of the API, rows that commit late', async () => {
      const random = new SeededRandom(seed);
      // Stored before anybody asked: its outbox row comes a second time, late, in the middle.
      const early = await submit();
      await stack.drain();
      for (const persona of ['state-analyst', 'watch-officer'] as const) await stack.as(persona).rule('everything');
      const [nervous, calm] = await startReaders(stack, submit);
      readers.push(nervous, calm);
      const reading = [
        nervous.read(() => 1 + Math.floor(random.next() * 6)),
        calm.read(() => Number.POSITIVE_INFINITY),
      ];

      const late = await lateCommits(stack, 'state-analyst', early.recordId);
      const submitted: string[] = [];
      for (let n = 0; n < ALERTS; n += 4) {
        if (n === 20) {
          await stack.stopApi();
          await stack.startApi();
        }
        const some = await Promise.all([submit(), submit(), submit(), submit()]);
        submitted.push(...some.map(({ recordId }) => recordId));
        if (n === 8) await late.hold();
        if (n === 32) await late.commit();
      }
      await stack.drain();

      for (const reader of [nervous, calm]) {
        const expected = await reader.inbox();
        await eventually('the reader has read it all', () => reader.got.length >= expected.length, PROMPT_MS);
        expect(reader.got.map(({ alert }) => `${alert.id} ${alert.revision}`)).toEqual(expected);
      }
      // By the numbers alone, without looking into the inbox: nothing is missing, over all connections.
      for (const { start, got } of [nervous, calm]) expect(missedBetween([start, ...got])).toEqual([]);
      for (const reader of [nervous, calm]) reader.stop();
      await Promise.all(reading);
      const told = new Set(nervous.got.map(({ alert }) => alert.record?.id ?? 'no record'));
      expect(told).toEqual(new Set([...submitted, early.recordId, 'no record']));
      expect(calm.got).toHaveLength(ALERTS + 1);
      expect(nervous.connections).toBeGreaterThan(8);
      // The same cursor gives the same again.
      const again = await stack.live('state-analyst', nervous.got[9]?.cursor);
      await eventually('as many', () => again.events.length >= nervous.got.length - 10, PROMPT_MS);
      expect(again.events.map((event) => event.cursor)).toEqual(nervous.got.slice(10).map((event) => event.cursor));
      await again.close();
    });

    test('whoever reads it sees by the positions what was missed', async () => {
      await stack.as('federal-analyst').rule('everything');
      const from = await stack.as('federal-analyst').run<AlertsPage>(STREAM_CURSOR, {});
      for (let n = 0; n < 4; n += 1) await submit();
      await stack.drain();
      // What no API does: an entry goes behind everybody's back.
      const inbox = await inboxOf(stack, 'federal-analyst');
      await stack.admin.query('delete from inbox_entry where inbox_id = $1 and position = 3', [inbox]);
      const live = await stack.live('federal-analyst', from.alerts.streamCursor, ALERT_RAISED_COUNTED);
      await eventually('the rest is read', () => live.events.length >= 3, PROMPT_MS);
      expect(live.events.map(({ position }) => position)).toEqual([1, 2, 4]);
      expect(missedBetween(live.events)).toEqual([3]);
      await live.close();
    });

    test('a page and the stream from its cursor have everything between them', async () => {
      const inbox = await inboxOf(stack, 'state-analyst');
      const [gate, writer] = [await connect(stack), await connect(stack)];
      const readers = `from pg_locks where not granted and relation = 'alert_rule'::regclass`;

      // Reading the page waits at the gate, after its snapshot was taken; meanwhile something is delivered.
      await gate.query('begin');
      await gate.query('lock table alert_rule in access exclusive mode');
      const reading = stack.as('state-analyst').run<AlertsPage>(STREAM_CURSOR, {});
      await eventually('the page is read', async () => (await stack.count(readers)) === 1);
      const between = await enterAlert(writer, 'state-analyst', inbox);
      await gate.query('commit');
      const { alerts } = await reading;
      expect(alerts.edges.length).toBeGreaterThan(0);
      expect(alerts.edges.map(({ node }) => node.id)).not.toContain(between);
      const live = await stack.live('state-analyst', alerts.streamCursor);
      expect((await live.next(PROMPT_MS)).alert.id).toBe(between);
      await live.close();
    });

    test('without a cursor it begins now; a made-up cursor is refused', async () => {
      await stack.as('federal-analyst').rule('everything');
      await submit();
      await stack.drain();
      const live = await stack.live('federal-analyst', null);
      const { recordId } = await submit();
      expect((await live.next(PROMPT_MS)).alert.record?.id).toBe(recordId);
      expect(live.events).toHaveLength(1);
      await live.close();
      const refused = await stack.as('federal-analyst').live('bm9uc2Vuc2U').ended;
      expect(refused).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    });

    test('a wake-up that comes while the inbox is read is not lost', async () => {
      const [reader, witness] = ['state-analyst', 'federal-analyst'] as const;
      const inboxes = [await inboxOf(stack, reader), await inboxOf(stack, witness)];
      const live = await stack.live(reader);
      await stack.live(witness);
      const wakeUps = await openQueueBackend(stack.queue.config).openWakeUps(() => undefined);
      connections.push({ end: () => wakeUps.close() });
      const [gate, writer] = [await connect(stack), await connect(stack)];
      const readers = `from pg_locks where not granted and relation = 'region_county'::regclass`;

      // Reading a keyring waits at the gate, after its snapshot was taken.
      await gate.query('begin');
      await gate.query('lock table region_county in access exclusive mode');
      await wakeUps.publish(inboxes.slice(0, 1));
      await eventually('the reader reads', async () => (await stack.count(readers)) === 1);
      await enterAlert(writer, reader, inboxes[0] ?? '');
      await wakeUps.publish(inboxes);
      // One wake-up rings for both: where the witness reads, the reader's bell has rung.
      await eventually('the witness reads', async () => (await stack.count(readers)) >= 2);
      await gate.query('commit');
      await live.next(PROMPT_MS);
    });
  });
}

const STREAM_CURSOR = `query Page { alerts(first: 200) { streamCursor edges { node { id } } } }`;
interface AlertsPage {
  readonly alerts: {
    readonly streamCursor: string;
    readonly edges: readonly { readonly node: { readonly id: string } }[];
  };
}

/** Positions that are in no event though later ones are: what a client can see of its stream by itself. */
function missedBetween(events: readonly AlertEvent[]): number[] {
  const positions = events.map(({ position }) => position ?? Number.NaN);
  expect(positions).not.toContain(Number.NaN);
  const missed: number[] = [];
  for (const [at, position] of positions.entries())
    for (let expected = (positions[at - 1] ?? position - 1) + 1; expected < position; expected += 1)
      missed.push(expected);
  return missed;
}

/** A client that reads on from its last cursor, on a new connection after as many events as it is told. */
class Reader {
  connections = 0;
  readonly #done: AlertEvent[] = [];
  #live: LiveStream | null = null;
  #stopped = false;

  constructor(
    private readonly stack: FlowStack,
    private readonly persona: PersonaName,
    readonly start: AlertEvent,
  ) {}

  get got(): AlertEvent[] {
    return [...this.#done, ...(this.#live?.events ?? [])];
  }

  async read(events: () => number): Promise<void> {
    while (!this.#stopped) {
      this.connections += 1;
      const live = this.stack.as(this.persona).live((this.#done.at(-1) ?? this.start).cursor, ALERT_RAISED_COUNTED);
      this.#live = live;
      const enough = events();
      let over = false;
      void live.ended.then(() => (over = true));
      while (!over && !this.#stopped && live.events.length < enough)
        await new Promise((resolve) => setTimeout(resolve, 1));
      live.cut();
      this.#live = null;
      this.#done.push(...live.events);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /** What the inbox holds after the reader's start, in order of position. */
  async inbox(): Promise<string[]> {
    const { rows } = await this.stack.admin.query<{ entry: string }>(
      `select e.alert_id || ' ' || e.revision as entry from inbox_entry e join inbox i on i.id = e.inbox_id
       where i.person_id = $1 and e.alert_id <> $2 order by e.position`,
      [personId(this.persona), this.start.alert.id],
    );
    return rows.map((row) => row.entry);
  }
}

/** A first alert gives the readers the cursor that they start from. */
async function startReaders(stack: FlowStack, submit: () => Promise<unknown>): Promise<[Reader, Reader]> {
  const nervous = await stack.live('state-analyst', null, ALERT_RAISED_COUNTED);
  const calm = await stack.live('watch-officer', null, ALERT_RAISED_COUNTED);
  await submit();
  const [first, second] = [await nervous.next(PROMPT_MS), await calm.next(PROMPT_MS)];
  await Promise.all([nervous.close(), calm.close()]);
  return [new Reader(stack, 'state-analyst', first), new Reader(stack, 'watch-officer', second)];
}

/**
 * Two transactions that began early and commit late: one holds an outbox row with a low id, the other an entry of the
 * persona's inbox and with it the inbox's lock.
 */
async function lateCommits(
  stack: FlowStack,
  persona: PersonaName,
  recordId: string,
): Promise<{ hold(): Promise<void>; commit(): Promise<void> }> {
  const [outbox, inbox] = [await connect(stack), await connect(stack)];
  await outbox.query('begin');
  await outbox.query(`insert into outbox (kind, subject_ids) values ('record.released', array[$1::uuid])`, [recordId]);
  const inboxId = await inboxOf(stack, persona);
  return {
    async hold() {
      await inbox.query('begin');
      await enterAlert(inbox, persona, inboxId);
    },
    async commit() {
      await outbox.query('commit');
      await inbox.query('commit');
    },
  };
}

/** As T3 does it: the position is numbered under the inbox's lock. */
async function enterAlert(client: Client, persona: PersonaName, inboxId: string): Promise<string> {
  const agency = persona === 'state-analyst' ? 'california' : 'federal';
  const { rows } = await client.query<{ position: string }>(
    'select last_position + 1 as position from inbox where id = $1 for update',
    [inboxId],
  );
  const id = randomUUID();
  const alert = [id, personId(persona), agencyId(agency), randomUUID()];
  await client.query(
    `insert into alert (id, owner_person_id, owner_agency_id, record_id, record_version, match, state)
     values ($1, $2, $3, $4, 1, 'CERTAIN', 'DELIVERED')`,
    alert,
  );
  await client.query('insert into inbox_entry (inbox_id, position, alert_id, revision) values ($1, $2, $3, 1)', [
    inboxId,
    rows[0]?.position,
    id,
  ]);
  await client.query('update inbox set last_position = $2 where id = $1', [inboxId, rows[0]?.position]);
  return id;
}

async function inboxOf(stack: FlowStack, persona: PersonaName): Promise<string> {
  const { rows } = await stack.admin.query<{ id: string }>('select id from inbox where person_id = $1', [
    personId(persona),
  ]);
  return rows[0]?.id ?? '';
}

/** Ended after each test, with whatever they hold. */
const connections: { end(): Promise<void> }[] = [];

async function connect(stack: FlowStack): Promise<Client> {
  const client = new Client({ connectionString: stack.database.superuserUrl });
  await client.connect();
  connections.push(client);
  return client;
}
