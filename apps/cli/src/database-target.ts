import { migrate } from '@concord/platform/database';
import { migrationsDirectory } from '@concord/platform/project';
import { resolve } from 'node:path';
import { openOwnedDatabase, reachDatabase } from '../../embedded/src/data-directory.js';
import { UsageError } from './command.js';

/** Which database a command is for: the one of a data directory, or the operator's own. */
export type DatabaseTarget =
  { readonly kind: 'directory'; readonly dataDir: string } | { readonly kind: 'url'; readonly url: string };

export const TARGET_OPTIONS = { data: { type: 'string' }, 'database-url': { type: 'string' } } as const;

/** What is said on the command line goes before the environment, and one's own database before the data directory. */
export function readTarget(
  options: { readonly data?: string | undefined; readonly 'database-url'?: string | undefined },
  env: NodeJS.ProcessEnv,
): DatabaseTarget {
  const { data, 'database-url': url } = options;
  if (data !== undefined && url !== undefined) throw new UsageError('Either --data or --database-url, not both.');
  if (data === '' || url === '') throw new UsageError('--data and --database-url want a value.');
  if (data !== undefined) return { kind: 'directory', dataDir: resolve(data) };
  const named = url ?? env['DATABASE_URL'];
  if (named) return { kind: 'url', url: named };
  return { kind: 'directory', dataDir: resolve(env['CONCORD_DATA_DIR'] || '.concord') };
}

/** Hands `work` a login that sees everything: the data directory's superuser, or the one that was named. */
export async function withEverything<T>(target: DatabaseTarget, work: (url: string) => Promise<T>): Promise<T> {
  if (target.kind === 'url') return work(target.url);
  const database = await reachDatabase(target.dataDir);
  try {
    return await work(database.superuserUrl);
  } finally {
    await database.release();
  }
}

/**
 * Hands `work` the login that owns the database, in this version's schema. A data directory that is not there is made, as
 * `npm start` makes it.
 *
 * @param work is told also which migrations were applied now
 */
export async function withOwner<T>(
  target: DatabaseTarget,
  work: (ownerUrl: string, migrated: readonly string[]) => Promise<T>,
): Promise<T> {
  if (target.kind === 'url') return work(target.url, await migrate(target.url, migrationsDirectory()));
  const database = await openOwnedDatabase(target.dataDir);
  try {
    return await work(database.ownerUrl, database.migrated);
  } finally {
    await database.release();
  }
}
