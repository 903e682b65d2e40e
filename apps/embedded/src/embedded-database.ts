import { startEmbeddedPostgres, type EmbeddedPostgres } from '@concord/platform/embedded-postgres';
import { migrate } from '@concord/platform/database';
import { migrationsDirectory } from '@concord/platform/project';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { hasErrorCode, writePrivateFile } from './private-file.js';

/** Its name in every data directory. */
export const DATABASE = 'concord';
const OWNER = 'concord';
const PASSWORDS = 'database-passwords.json';

/** A migrated database and the two logins that the stack uses: one owns, the other runs the application. */
export interface StackDatabase {
  readonly ownerUrl: string;
  readonly applicationUrl: string;
  stop(): Promise<void>;
}

interface Passwords {
  readonly owner: string;
  readonly application: string;
}

/**
 * PostgreSQL out of the package, in the data directory.
 *
 * @param bringUp brings the owner's database to this version's schema; a restore fills it first.
 */
export async function openEmbeddedDatabase(
  dataDir: string,
  onLog: (line: string) => void,
  bringUp: (ownerUrl: string) => Promise<unknown> = (ownerUrl) => migrate(ownerUrl, migrationsDirectory()),
): Promise<StackDatabase> {
  const server = await startEmbeddedPostgres({ dataDir, onLog });
  try {
    const passwords = await readPasswords(join(dataDir, PASSWORDS));
    await createDatabase(server, passwords);
    const ownerUrl = server.url(DATABASE, OWNER, passwords.owner);
    await bringUp(ownerUrl);
    await admitApplication(server);
    return {
      ownerUrl,
      applicationUrl: server.url(DATABASE, 'concord_app', passwords.application),
      stop: () => server.stop(),
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The owner's login of a data directory whose PostgreSQL runs. */
export async function ownerUrlOf(dataDir: string, url: EmbeddedPostgres['url']): Promise<string> {
  const { owner } = await readPasswords(join(dataDir, PASSWORDS));
  return url(DATABASE, OWNER, owner);
}

/** A PostgreSQL of the operator's: its login owns the database and enters the application's roles. */
export async function openOwnDatabase(url: string): Promise<StackDatabase> {
  await migrate(url, migrationsDirectory());
  return { ownerUrl: url, applicationUrl: url, stop: () => Promise.resolve() };
}

async function readPasswords(path: string): Promise<Passwords> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Passwords;
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  }
  const made: Passwords = { owner: randomBytes(24).toString('hex'), application: randomBytes(24).toString('hex') };
  await writePrivateFile(path, `${JSON.stringify(made)}\n`, { exclusive: true });
  return JSON.parse(await readFile(path, 'utf8')) as Passwords;
}

/** Idempotent, so that a start that was killed half-way is finished by the next one. Passwords are hexadecimal. */
async function createDatabase(server: EmbeddedPostgres, passwords: Passwords): Promise<void> {
  await withSuperuser(server, 'postgres', async (client) => {
    for (const [role, rights, password] of [
      [OWNER, 'createrole', passwords.owner],
      ['concord_app', 'nocreaterole', passwords.application],
    ] as const) {
      const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
      await client.query(
        `${rowCount === 0 ? 'create' : 'alter'} role ${role} login noinherit ${rights} password '${password}'`,
      );
    }
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE} owner concord`);
  });
}

/** The application's login may enter the two roles and inherits nothing by itself. */
async function admitApplication(server: EmbeddedPostgres): Promise<void> {
  await withSuperuser(server, DATABASE, async (client) => {
    await client.query('grant concord_api, concord_worker to concord_app with inherit false, set true');
  });
}

async function withSuperuser(
  server: EmbeddedPostgres,
  database: string,
  work: (client: Client) => Promise<void>,
): Promise<void> {
  const client = new Client({ connectionString: server.url(database) });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
