import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** A migrated, empty database of one test file. Every address names the same database. */
export interface TestDatabase {
  readonly name: string;
  /** `concord`: owns every table and makes roles, and row-level security holds for it too. */
  readonly ownerUrl: string;
  /** Sees and may do everything; for what a test prepares and looks up, never for what it tests. */
  readonly superuserUrl: string;
  /** `concord_app`: may enter concord_api and concord_worker, and is nothing by itself; for `openPool`. */
  readonly appUrl: string;
  /** Deletes it, with whatever is still connected to it. */
  drop(): Promise<void>;
}

function fact(name: string): string {
  const value = process.env[`CONCORD_TEST_${name}`];
  if (value === undefined) {
    throw new Error(
      `CONCORD_TEST_${name} is not set: test/setup/global-setup.ts starts the database, for *.int-spec.ts and *.flow-spec.ts only`,
    );
  }
  return value;
}

/** Copies the migrated template of this run: some tens of milliseconds. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = fact('POSTGRES_URL');
  const name = `concord_test_${randomBytes(8).toString('hex')}`;
  await onServer(server, `create database ${name} template ${fact('TEMPLATE')} strategy file_copy owner concord`);
  return {
    name,
    superuserUrl: address(server, name),
    ownerUrl: address(server, name, 'concord', fact('OWNER_PASSWORD')),
    appUrl: address(server, name, 'concord_app', fact('APP_PASSWORD')),
    drop: () => onServer(server, `drop database if exists ${name} with (force)`),
  };
}

function address(server: string, database: string, user?: string, password?: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  if (user !== undefined) url.username = user;
  if (password !== undefined) url.password = password;
  return url.href;
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'concord_test' });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
