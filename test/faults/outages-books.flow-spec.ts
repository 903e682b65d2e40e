import { Client } from 'pg';
import { RECORDS } from '../flows/documents.js';
import { plainReport } from '../flows/reports.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { ask, UNAVAILABLE } from './outages.builder.js';

describe('the books are locked', () => {
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
