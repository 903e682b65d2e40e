import {
  DataDirectoryInUseError,
  findEmbeddedPostgres,
  lockDataDirectory,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '@concord/platform/embedded-postgres';
import { migrate, MIGRATION_LOCK } from '@concord/platform/database';
import { migrationsDirectory } from '@concord/platform/project';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { DATABASE, openEmbeddedDatabase, ownerUrlOf } from './embedded-database.js';
import { hasErrorCode, writePrivateFile } from './private-file.js';

/** There from before a restore's first step to after its last: whoever finds it has found half a database, or none. */
const RESTORE_MARK = 'restore-unfinished';
const ROOT_KEY = 'root.key';

/** Files in it are for their owner alone; root leaves the way through open, for PostgreSQL runs as another user. */
export async function prepareDataDirectory(dataDir: string): Promise<void> {
  const made = await mkdir(dataDir, { recursive: true });
  if (made !== undefined) await chmod(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700);
}

/** @throws Error where a restore into this directory was broken off: what is in it is not what was backed up. */
export async function refuseUnfinishedRestore(dataDir: string): Promise<void> {
  if ((await textOf(join(dataDir, RESTORE_MARK))) !== null)
    throw new Error(
      `A restore into ${dataDir} was not finished. Run concord restore into it again, or choose another directory.`,
    );
}

/** The root key of a data directory, or null where it has none yet. */
export async function findRootKey(dataDir: string): Promise<Buffer | null> {
  const text = await textOf(join(dataDir, ROOT_KEY));
  return text === null ? null : Buffer.from(text.trim(), 'hex');
}

/** The root key of a data directory, made at the first call: lost with the directory, and with it whatever is sealed. */
export async function openRootKey(dataDir: string): Promise<Buffer> {
  const path = join(dataDir, ROOT_KEY);
  await writePrivateFile(path, `${randomBytes(32).toString('hex')}\n`, { exclusive: true });
  return Buffer.from((await readFile(path, 'utf8')).trim(), 'hex');
}

/** A database of a data directory as its superuser sees it. */
export interface ReachedDatabase {
  readonly superuserUrl: string;
  release(): Promise<void>;
}

/**
 * The database of a data directory, whether or not Concord runs on it. A running one is used and left alone; one that is
 * stopped is started for as long as it is needed.
 *
 * @throws Error where there is none, or it is just starting or stopping
 */
export async function reachDatabase(dataDir: string): Promise<ReachedDatabase> {
  if ((await findEmbeddedPostgres(dataDir)).kind === 'absent')
    throw new Error(`There is no database of Concord in ${dataDir}.`);
  await refuseUnfinishedRestore(dataDir);
  const lock = await lockDataDirectory(dataDir).catch((error: unknown) => {
    if (error instanceof DataDirectoryInUseError) return null;
    throw error;
  });
  if (lock === null) return useRunning(dataDir);
  try {
    const server = await startEmbeddedPostgres({ dataDir });
    const superuserUrl = server.url(DATABASE);
    return {
      superuserUrl,
      async release() {
        await othersAreDone(superuserUrl).catch(() => undefined);
        await server.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** A database of a data directory in this version's schema, for the login that owns it. */
export interface OwnedDatabase {
  readonly ownerUrl: string;
  /** Names of the migrations that were applied now. */
  readonly migrated: readonly string[];
  release(): Promise<void>;
}

/**
 * The database of a data directory in this version's schema, whether Concord runs on it, has run on it, or there is no
 * such directory yet: then it is made, as `npm start` makes it.
 *
 * @throws Error where another process is just starting or stopping it, or a restore into it was broken off
 */
export async function openOwnedDatabase(dataDir: string): Promise<OwnedDatabase> {
  await prepareDataDirectory(dataDir);
  await refuseUnfinishedRestore(dataDir);
  const lock = await lockDataDirectory(dataDir).catch((error: unknown) => {
    if (error instanceof DataDirectoryInUseError) return null;
    throw error;
  });
  let migrated: string[] = [];
  const bringUp = async (url: string): Promise<void> => {
    migrated = await migrate(url, migrationsDirectory());
  };
  if (lock === null) {
    const ownerUrl = await ownerUrlOf(dataDir, await findRunning(dataDir));
    await bringUp(ownerUrl);
    return { ownerUrl, migrated, release: () => Promise.resolve() };
  }
  try {
    const database = await openEmbeddedDatabase(dataDir, () => undefined, bringUp);
    const { ownerUrl } = database;
    return {
      ownerUrl,
      migrated,
      async release() {
        await othersAreDone(ownerUrl).catch(() => undefined);
        await database.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function useRunning(dataDir: string): Promise<ReachedDatabase> {
  const url = await findRunning(dataDir);
  return { superuserUrl: url(DATABASE), release: () => Promise.resolve() };
}

async function findRunning(dataDir: string): Promise<EmbeddedPostgres['url']> {
  const found = await findEmbeddedPostgres(dataDir);
  if (found.kind === 'running') return found.url;
  throw new Error(`Concord is just starting or stopping on ${dataDir}: its database does not answer. Try again.`);
}

/** A second backup may have found this server running: it is not stopped under it. */
async function othersAreDone(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  await client.end();
}

export interface RestoreIntoDirectory {
  readonly dataDir: string;
  /** Becomes the directory's; where it has one already, that has to be the same. */
  readonly rootKey: Buffer;
  /** Fills the empty database, given the owner's URL. */
  readonly fill: (ownerUrl: string) => Promise<void>;
}

/**
 * Makes a data directory around a database that `fill` fills. Killed at any moment, it leaves a directory on which
 * `npm start` does not start and a second restore begins anew; failed, it leaves no database.
 *
 * @throws Error where the directory has a database that was not left by a broken restore
 */
export async function restoreIntoDirectory({ dataDir, rootKey, fill }: RestoreIntoDirectory): Promise<void> {
  await prepareDataDirectory(dataDir);
  const lock = await lockDataDirectory(dataDir);
  try {
    const broken = (await textOf(join(dataDir, RESTORE_MARK))) !== null;
    if (!broken && (await findEmbeddedPostgres(dataDir)).kind !== 'absent')
      throw new Error(
        `${dataDir} has a database already. A backup is restored into a new directory and never over one that is in use.`,
      );
    await writePrivateFile(join(dataDir, RESTORE_MARK), 'The restore that wrote this was not finished.\n');
    if (broken) await removeEmbeddedPostgres(dataDir);
    try {
      await installRootKey(dataDir, rootKey);
      const database = await openEmbeddedDatabase(dataDir, () => undefined, fill);
      await database.stop();
    } catch (error) {
      await removeEmbeddedPostgres(dataDir);
      await rm(join(dataDir, RESTORE_MARK), { force: true });
      throw error;
    }
    await rm(join(dataDir, RESTORE_MARK));
  } finally {
    await lock.release();
  }
}

async function installRootKey(dataDir: string, rootKey: Buffer): Promise<void> {
  await writePrivateFile(join(dataDir, ROOT_KEY), `${rootKey.toString('hex')}\n`, { exclusive: true });
  if (!(await findRootKey(dataDir))?.equals(rootKey))
    throw new Error(`${join(dataDir, ROOT_KEY)} is another key than the one that was given.`);
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}
