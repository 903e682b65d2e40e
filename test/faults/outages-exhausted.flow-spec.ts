import { Client } from 'pg';
import type { PersonaName } from '../../apps/embedded/src/personas.js';
import { ALERTS, ME, RECORDS } from '../flows/documents.js';
import { eventually } from '../flows/flow-client.builder.js';
import { plainReport } from '../flows/reports.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { ask, healthOf, say, UNAVAILABLE } from './outages.builder.js';

const READERS: readonly PersonaName[] = ['state-analyst', 'other-state-analyst', 'local-analyst', 'taskforce-analyst'];
/** More than the API has connections, and a person's share of requests at once. */
const EACH = 6;

describe('PostgreSQL is there, and has no time', () => {
  let stack: FlowStack;
  let locker: Client;
  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
    locker = new Client({ connectionString: stack.database.superuserUrl });
    await locker.connect();
  });
  afterAll(async () => {
    await locker.end();
    await stack.stop();
  });

  test('every connection is held: told in time, then at once; the lock gone, all is as before', async () => {
    const { db } = stack.api.services;
    await locker.query('begin; lock table alert in access exclusive mode');
    const holding = Promise.all(
      READERS.flatMap((name) => Array.from({ length: EACH }, () => ask(stack.as(name), ALERTS, { first: 1 }))),
    );
    await eventually('nothing is left', () => db.totalCount - db.idleCount === db.options.max && db.waiting > 0);
    await eventually('somebody has waited for long', () => db.refusal?.code === 'POOL_EXHAUSTED');
    const told = await Promise.all(Array.from({ length: 30 }, () => ask(stack.as('federal-analyst'), ME, {})));
    const slowest = Math.max(...told.map(({ ms }) => ms));
    // Those who held on are let go by the time-out of their lock, so that some of the others may be served by then.
    const refused = told.filter(({ status }) => status === 503);
    for (const { status } of told) expect([200, 503]).toContain(status);
    for (const answer of refused) expect(answer).toMatchObject(UNAVAILABLE);
    expect(await healthOf(stack)).toMatchObject({ live: 200 });
    await locker.query('rollback');
    const held = await holding;
    for (const answer of held) expect([200, 503]).toContain(answer.status);
    const unavailable = [...refused, ...held.filter(({ status }) => status === 503)];
    expect(unavailable.length).toBeGreaterThan(0);
    for (const answer of unavailable) expect(answer).toMatchObject(UNAVAILABLE);
    await eventually('it answers', async () => (await ask(stack.as('federal-analyst'))).status === 200);
    expect(await healthOf(stack)).toMatchObject({ ready: 200, body: { status: 'ready' } });
    expect(db.waiting).toBe(0);
    say(`every connection held: ${refused.length} of ${told.length} refused, all answered within ${slowest} ms`);
  });

  test('a read that cannot be booked is not answered', async () => {
    const { recordId } = await stack.as('local-submitter').report(plainReport());
    await stack.drain();
    const reader = stack.as('state-analyst');
    const before = await ask(reader, RECORDS, { first: 5 });
    expect(JSON.stringify(before.data)).toContain(recordId);
    await locker.query('begin; lock table audit_entry in access exclusive mode');
    const told = await Promise.all([ask(reader, RECORDS, { first: 5 }), ask(reader, RECORDS, { first: 5 })]);
    await locker.query('rollback');
    for (const answer of told) {
      expect(answer).toMatchObject(UNAVAILABLE);
      expect(JSON.stringify(answer.data)).not.toContain(recordId);
    }
    expect((await ask(reader, RECORDS, { first: 5 })).status).toBe(200);
  });
});
