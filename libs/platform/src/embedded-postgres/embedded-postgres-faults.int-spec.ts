import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';

import {
  cleanUp,
  end,
  isAlive,
  makeDataDir,
  query,
  removeProgram,
  sleep,
  spawnChild,
  startChild,
} from './embedded-postgres.builder.js';
import { startEmbeddedPostgres } from './index.js';

jest.setTimeout(90_000);

afterEach(cleanUp);
afterAll(removeProgram);

describe('startEmbeddedPostgres after a fault', () => {
  it('recovers committed data after all of its processes were killed', async () => {
    const dataDir = makeDataDir();
    const first = await startEmbeddedPostgres({ dataDir });
    await query(first, 'create table kept as select generate_series(1, 1000) as n');
    await first.kill();
    expect(isAlive(first.pid)).toBe(false);
    const second = await startEmbeddedPostgres({ dataDir });
    expect(second.adopted).toBe(false);
    expect(await query(second, 'select count(*)::int as n from kept')).toEqual([{ n: 1000 }]);
    await second.stop();
  });

  it('starts although only the postmaster was killed and a backend is still busy', async () => {
    const dataDir = makeDataDir();
    const first = await startEmbeddedPostgres({ dataDir });
    const busy = query(first, 'select pg_sleep(600)').catch(() => undefined);
    await sleep(200);
    process.kill(first.pid, 'SIGKILL');
    const second = await startEmbeddedPostgres({ dataDir });
    expect(second).toMatchObject({ adopted: false, firstStart: false });
    await busy;
    await second.stop();
  });

  it('adopts the server of a killed Node process', async () => {
    const dataDir = makeDataDir();
    const child = await startChild(dataDir);
    await end(child.process, 'SIGKILL');
    expect(isAlive(child.pid)).toBe(true);
    const server = await startEmbeddedPostgres({ dataDir });
    expect(server).toMatchObject({ adopted: true, firstStart: false, pid: child.pid, port: child.port });
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect(isAlive(child.pid)).toBe(false);
  });

  it('replaces a server that does not respond', async () => {
    const dataDir = makeDataDir();
    const first = await startEmbeddedPostgres({ dataDir });
    await query(first, 'create table kept as select 42 as answer');
    process.kill(first.pid, 'SIGSTOP');
    const second = await startEmbeddedPostgres({ dataDir });
    expect(second.adopted).toBe(false);
    expect(await query(second, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await second.stop();
  });

  it('survives a signal to the whole process group of Node', async () => {
    const dataDir = makeDataDir();
    const child = await startChild(dataDir);
    const ended = new Promise((resolve) => child.process.once('exit', resolve));
    process.kill(-(child.process.pid ?? 0), 'SIGINT');
    await ended;
    await sleep(200);
    expect(isAlive(child.pid)).toBe(true);
    const server = await startEmbeddedPostgres({ dataDir });
    expect(server.adopted).toBe(true);
    await server.stop();
  });

  it('starts after Node and its initdb were killed in the middle of the first start', async () => {
    const dataDir = makeDataDir();
    for (const delay of [100, 300, 600]) {
      const child = spawnChild(dataDir);
      await sleep(delay);
      await end(child, 'SIGKILL');
    }
    const server = await startEmbeddedPostgres({ dataDir });
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect(readdirSync(dataDir).filter((name) => name.startsWith('postgres.init'))).toEqual([]);
  });

  it('is not misled by a pid file whose pid now belongs to another process', async () => {
    const dataDir = makeDataDir();
    const first = await startEmbeddedPostgres({ dataDir });
    await first.kill();
    const file = join(dataDir, 'postgres', 'postmaster.pid');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, String(process.pid)));
    const second = await startEmbeddedPostgres({ dataDir });
    expect(second.adopted).toBe(false);
    await second.stop();
  });
});
