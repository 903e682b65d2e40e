import { createPrisma, inTransaction, openPool } from '@concord/platform/database';
import { createTestDatabase, FaultProxy, type TestDatabase } from '@concord/platform/testing';
import type { Duplex } from 'node:stream';
import { isOutage, waitForDatabase, type DatabaseTrouble, type WatchedPool } from './index.js';

const STATEMENT_MS = 500;

async function outcome(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'done',
    (error: unknown) => error,
  );
}

describe('a pool that is watched', () => {
  let database: TestDatabase;
  let proxy: FaultProxy;
  let pool: WatchedPool;
  /** The pool's end of the connection that it made last. */
  let link: Duplex;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  // A proxy for each test: the pulse of the test before may be making a connection still, and would be one link too many.
  beforeEach(async () => {
    proxy = await FaultProxy.before(database.appUrl);
    pool = openPool({ url: proxy.through(), role: 'concord_worker', max: 2, statementTimeoutMs: STATEMENT_MS });
    pool.on('connect', (client) => (link = client.connection.stream));
    // The pulse's first, so that the pool's is the newest.
    await until(() => proxy.links === 1);
    await pool.query('select 1');
    expect(proxy.links).toBe(2);
  });
  afterEach(async () => {
    await pool.end();
    await proxy.close();
  });
  afterAll(() => database.drop());

  /** Cuts every connection, and waits until the pool has noticed. Not until there is no link: the pulse makes another. */
  async function cut(): Promise<void> {
    const noticed = link;
    proxy.cut();
    await until(() => noticed.destroyed);
  }

  it('destroys the connection whose query is never answered, and gives it to nobody', async () => {
    proxy.breakNewest({ kind: 'black-hole' });
    const began = performance.now();
    const failure = await outcome(pool.query('select 1'));
    expect(isOutage(failure)).toBe(true);
    expect(performance.now() - began).toBeLessThan(5_000);
    // The pulse was answered all the time: only that connection is gone.
    expect(pool.trouble).toBeNull();
    expect(pool.totalCount).toBe(0);
    expect((await pool.query<{ n: number }>('select 1 as n')).rows).toEqual([{ n: 1 }]);
  });

  it('destroys the connection of a transaction that falls silent, without asking it to roll back', async () => {
    const failure = await outcome(
      inTransaction(pool, async (tx) => {
        proxy.breakNewest({ kind: 'black-hole' });
        await tx.query('select 1');
      }),
    );
    expect(isOutage(failure)).toBe(true);
    expect(pool.totalCount).toBe(0);
  });

  it('survives a connection that is cut while a transaction thinks', async () => {
    const failure = await outcome(
      inTransaction(pool, async (tx) => {
        await cut();
        await tx.query('select 1');
      }),
    );
    expect(isOutage(failure)).toBe(true);
    await until(async () => (await outcome(pool.query('select 1'))) === 'done');
  });

  it('gives nobody a connection that came back with a transaction open', async () => {
    const client = await pool.connect();
    await client.query('begin');
    client.release();
    await until(() => pool.totalCount === 0);
    expect((await pool.query<{ now: string }>('select pg_current_xact_id_if_assigned() as now')).rows).toHaveLength(1);
  });

  it('says of what Prisma throws that it was an outage, and Prisma gives its connection back', async () => {
    const prisma = createPrisma(pool);
    await prisma.$queryRaw`select 1`;
    const broken = await outcome(
      prisma.$transaction(async (tx) => {
        await tx.$queryRaw`select 1`;
        await cut();
        await tx.$queryRaw`select 1`;
      }),
    );
    expect(isOutage(broken)).toBe(true);
    await proxy.refuse();
    const refused = await outcome(prisma.$queryRaw`select 1`);
    expect(isOutage(refused)).toBe(true);
    await proxy.listen();
    await until(async () => (await outcome(prisma.$queryRaw`select 1`)) === 'done');
    expect(pool.totalCount - pool.idleCount).toBe(0);
    await prisma.$disconnect();
  });

  it('tells whoever waits when PostgreSQL goes, and refuses at once whoever comes', async () => {
    const held = [await pool.connect(), await pool.connect()];
    const waiting = outcome(pool.query('select 1'));
    await proxy.refuse();
    expect(isOutage(await waiting)).toBe(true);
    expect(pool.refusal).toMatchObject({ code: 'DATABASE_REFUSED' });
    for (const client of held) client.release();
    await proxy.listen();
    await until(() => pool.refusal === null);
  });

  it('refuses whoever comes after somebody has waited for long', async () => {
    const held = [await pool.connect(), await pool.connect()];
    const waiting = outcome(pool.query('select 1'));
    expect(pool.refusal).toBeNull();
    await until(() => pool.refusal !== null);
    expect(pool.refusal).toMatchObject({ code: 'POOL_EXHAUSTED' });
    expect(await waiting).toMatchObject({ code: 'POOL_EXHAUSTED' });
    for (const client of held) client.release(true);
    expect(pool.refusal).toBeNull();
  });
});

describe('waiting for PostgreSQL', () => {
  it('goes on when it comes, and ends in time when it does not', async () => {
    const database = await createTestDatabase();
    const proxy = await FaultProxy.before(database.appUrl);
    const url = proxy.through();
    await proxy.refuse();
    const seen: DatabaseTrouble[] = [];
    const onWait = (trouble: DatabaseTrouble): void => void seen.push(trouble);
    await expect(waitForDatabase({ url, patienceMs: 600, onWait })).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
    const waiting = waitForDatabase({ url, patienceMs: 30_000, onWait });
    await until(() => seen.length > 2);
    await proxy.listen();
    await waiting;
    expect(new Set(seen)).toEqual(new Set(['DATABASE_REFUSED']));
    await proxy.close();
    await database.drop();
  });

  it('does not wait for a server that says no', async () => {
    const database = await createTestDatabase();
    const url = new URL(database.appUrl);
    url.password = 'wrong';
    const waiting = waitForDatabase({ url: url.href, patienceMs: 30_000, onWait: () => undefined });
    await expect(waiting).rejects.toMatchObject({ code: '28P01' });
    await database.drop();
  });
});

async function until(probe: () => boolean | Promise<boolean>, patienceMs = 15_000): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await probe())) {
    if (Date.now() > deadline) throw new Error(`not within ${patienceMs} ms: ${probe.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
