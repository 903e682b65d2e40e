import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { migrate } from '@concord/platform/database';
import {
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '@concord/platform/embedded-postgres';
import { Client } from 'pg';

/** The facts that workers find in their environment; `libs/platform/src/testing` reads them. */
export type TestClusterFacts = Record<`CONCORD_TEST_${string}`, string>;

export interface TestCluster {
  readonly facts: TestClusterFacts;
  /** Kills every process of the server (SIGKILL) and starts it again; on another port: gives its new address. */
  crash(): Promise<string>;
  /** Stops the server and deletes it; may be called more than once. */
  remove(): Promise<void>;
}

/** A cluster that lives as long as one run may forget everything in a power cut. */
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_connections: '200',
  // A vacuum in the template would hold up whoever copies it.
  autovacuum: 'off',
  // The kernel copies the template's files: a database in 50 ms and not in 700 (measured, 2 busy cores).
  file_copy_method: 'clone',
};

const TEMPLATE = 'concord_template';
const NAME = /^concord-test-(\d+)-/;

/** One PostgreSQL for the run, with a migrated template that every test database is copied from. */
export async function startTestCluster(migrations: string): Promise<TestCluster> {
  await removeAbandoned();
  const dataDir = await mkdtemp(join(tmpdir(), `concord-test-${process.pid}-`));
  // Root's server runs as another user, which has to pass through.
  await chmod(dataDir, 0o711);
  let removing: Promise<void> | undefined;
  const remove = (): Promise<void> => (removing ??= removeCluster(dataDir));
  try {
    let server = await startEmbeddedPostgres({ dataDir, settings: SETTINGS });
    const crash = async (): Promise<string> => {
      await server.kill();
      server = await startEmbeddedPostgres({ dataDir, settings: SETTINGS });
      return server.url('postgres');
    };
    return { facts: await prepare(server, migrations), crash, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function prepare(server: EmbeddedPostgres, migrations: string): Promise<TestClusterFacts> {
  const ownerPassword = randomBytes(16).toString('hex');
  const appPassword = randomBytes(16).toString('hex');
  const client = new Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    await client.query(`create role concord login createrole password '${ownerPassword}'`);
    await client.query(`create database ${TEMPLATE} owner concord`);
    await migrate(server.url(TEMPLATE, 'concord', ownerPassword), migrations);
    // What the processes of the application log in as: it may enter the roles and is nothing by itself.
    await client.query(`create role concord_app login noinherit password '${appPassword}'`);
    await client.query('grant concord_api, concord_worker to concord_app with set true, inherit false');
    await client.query(`alter database ${TEMPLATE} with allow_connections false is_template true`);
  } finally {
    await client.end();
  }
  return {
    CONCORD_TEST_POSTGRES_URL: server.url('postgres'),
    CONCORD_TEST_TEMPLATE: TEMPLATE,
    CONCORD_TEST_OWNER_PASSWORD: ownerPassword,
    CONCORD_TEST_APP_PASSWORD: appPassword,
  };
}

async function removeCluster(dataDir: string): Promise<void> {
  await removeEmbeddedPostgres(dataDir);
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
}

/** A run that was killed cannot clean up: the next one does. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(NAME.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) await removeCluster(join(tmpdir(), name)).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
