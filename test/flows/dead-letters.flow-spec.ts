import { eventually } from './flow-client.builder.js';
import { plainReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

/** Work on one of these records fails whenever it is about to be done. */
const FAULT = `
  create table faulty (id uuid);
  grant select on faulty to concord_worker;
  create function fails() returns trigger language plpgsql as $$
  begin
    if new.done_at is not null and old.done_at is null and exists (select from faulty where id = any(new.subject_ids)) then
      raise exception 'this row cannot be done';
    end if;
    return new;
  end $$;
  create trigger fails before update on outbox for each row execute function fails()`;

describe('outbox rows that cannot be done', () => {
  let stack: FlowStack;
  beforeAll(async () => {
    stack = await FlowStack.start(undefined, {
      reconciler: { reconcileMs: 50, lostAfterSeconds: 0.1 },
      rates: { factor: 100 },
    });
    await stack.as('state-analyst').rule('everything');
    await stack.admin.query(FAULT);
  });
  afterAll(() => stack.stop());

  /** One batch: they are relayed together when the worker starts. */
  const batch = async (size: number): Promise<string[]> => {
    const records: string[] = [];
    for (let n = 0; n < size; n += 1) records.push((await stack.as('local-submitter').report(plainReport())).recordId);
    return records;
  };
  const told = async (): Promise<string[]> =>
    (await stack.as('state-analyst').alerts(['DELIVERED'])).map(({ record }) => record?.id ?? '');
  const dead = () => stack.count('from outbox where dead_at is not null');

  test('hold up nobody, are given up after five tries, and done when an operator has them tried again', async () => {
    await stack.stopWorker();
    const records = await batch(20);
    const faulty = records[7] ?? '';
    await stack.admin.query('insert into faulty values ($1)', [faulty]);
    await stack.startWorker();
    await eventually('the others are told', async () => (await told()).length === 19);
    // Each of them alone, and each try is on record.
    expect(await stack.count('from outbox where tries = 0 and subject_ids && $1', [records])).toBe(0);
    // So that others are done between its tries.
    await eventually(
      'it is given up',
      async () => {
        // One at a time: a worker that is flooded comes late to what failed.
        const [next = ''] = await batch(1);
        await eventually('another is told', async () => (await told()).includes(next));
        return (await dead()) > 0;
      },
      60_000,
    );
    const { rows } = await stack.admin.query('select tries, subject_ids from outbox where dead_at is not null');
    expect(rows).toEqual([{ tries: 5, subject_ids: [faulty] }]);
    expect(await told()).not.toContain(faulty);

    await stack.admin.query('delete from faulty');
    await stack.admin.query('set role concord_operator');
    const back = await stack.admin.query('select retry_dead_letters() as n');
    await stack.admin.query('reset role');
    expect(back.rows).toEqual([{ n: '1' }]);
    await eventually('it is told', async () => (await told()).includes(faulty));
    expect(await dead()).toBe(0);
  }, 120_000);

  test('are to blame only while others are done', async () => {
    await stack.stopWorker();
    const records = await batch(3);
    await stack.admin.query('insert into faulty select unnest($1::uuid[])', [records]);
    await stack.startWorker();
    const most = async (): Promise<number> => {
      const { rows } = await stack.admin.query<{ n: number }>(
        'select max(tries)::int as n from outbox where done_at is null',
      );
      return rows[0]?.n ?? 0;
    };
    await eventually('they were tried more than five times', async () => (await most()) >= 7);
    expect(await dead()).toBe(0);
    await eventually('nobody is tried for ever', async () => (await dead()) === 3, 40_000);
    expect(await most()).toBe(10);
  });
});
