import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';

import { cleanUp, isAlive, makeDataDir, query, willDelete } from './embedded-postgres.builder.js';
import { startEmbeddedPostgres } from './index.js';

jest.setTimeout(60_000);

const root = process.getuid?.() === 0;

afterEach(cleanUp);

describe('startEmbeddedPostgres', () => {
  it('makes a cluster that answers, checks its data pages and keeps its promises about durability and logs', async () => {
    const dataDir = makeDataDir();
    const server = await startEmbeddedPostgres({ dataDir });
    expect(server).toMatchObject({ host: '127.0.0.1', superuser: 'postgres', adopted: false, firstStart: true });
    const [row] = await query(
      server,
      `select current_setting('server_version') as version, current_setting('fsync') as fsync,
         current_setting('synchronous_commit') as commit, current_setting('data_checksums') as checksums,
         current_setting('server_encoding') as encoding, current_setting('listen_addresses') as listen,
         current_setting('unix_socket_directories') as sockets, current_setting('timezone') as zone,
         (select datlocprovider::text || ' ' || datlocale from pg_database where datname = 'postgres') as locale`,
    );
    expect(row).toEqual({
      ...{ version: '18.4', fsync: 'on', commit: 'on', checksums: 'on', encoding: 'UTF8' },
      ...{ listen: '127.0.0.1', sockets: '', zone: 'UTC', locale: 'b C.UTF-8' },
    });
    await expect(query(server, `select 'informant-4711'::integer`)).rejects.toThrow('invalid input syntax');
    await server.stop();
    expect(readFileSync(join(dataDir, 'postgres.log'), 'utf8')).not.toContain('informant-4711');
  });

  it('refuses a wrong password', async () => {
    const server = await startEmbeddedPostgres({ dataDir: makeDataDir() });
    const client = new Client({ connectionString: server.url('postgres', 'postgres', 'wrong') });
    await expect(client.connect()).rejects.toThrow('password authentication failed');
    await server.stop();
  });

  it('keeps data over a restart and takes settings', async () => {
    const dataDir = makeDataDir();
    const first = await startEmbeddedPostgres({ dataDir });
    await query(first, 'create table kept as select 42 as answer');
    await first.stop();
    const second = await startEmbeddedPostgres({ dataDir, settings: { work_mem: '5MB' } });
    expect(second).toMatchObject({ adopted: false, firstStart: false, password: first.password });
    expect(await query(second, `select answer, current_setting('work_mem') as mem from kept`)).toEqual([
      { answer: 42, mem: '5MB' },
    ]);
    await second.stop();
  });

  it('may be stopped twice', async () => {
    const server = await startEmbeddedPostgres({ dataDir: makeDataDir() });
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    await server.kill();
    expect(isAlive(server.pid)).toBe(false);
  });

  (root ? it : it.skip)('works for root below a directory that the server cannot reach', async () => {
    const closed = makeDataDir(0o700);
    const dataDir = join(closed, 'data');
    mkdirSync(dataDir);
    willDelete(dataDir);
    const first = await startEmbeddedPostgres({ dataDir });
    await query(first, 'create table kept as select 42 as answer');
    await first.stop();
    const home = readFileSync(join(dataDir, 'postgres-location'), 'utf8').trim();
    const second = await startEmbeddedPostgres({ dataDir });
    expect(await query(second, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await second.stop();
    // Whoever deletes the data directory deletes the data, at the next start of any.
    rmSync(dataDir, { recursive: true });
    expect(existsSync(home)).toBe(true);
    const other = await startEmbeddedPostgres({ dataDir: makeDataDir() });
    expect(existsSync(home)).toBe(false);
    await other.stop();
  });
});
