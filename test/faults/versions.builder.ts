import { projectRoot } from '@concord/platform/project';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MIGRATIONS = 'prisma/migrations';

/** A version of Concord that is built and can be run beside others. */
export interface Version {
  readonly name: string;
  readonly dist: string;
  /** Those that it brings, in order. */
  readonly migrations: readonly string[];
  remove(): Promise<void>;
}

/** What is built in this tree. */
export async function thisVersion(): Promise<Version> {
  const root = projectRoot();
  return {
    name: 'this version',
    dist: join(root, 'dist'),
    migrations: await migrationsOf(root),
    remove: () => Promise.resolve(),
  };
}

/**
 * The last version before this tree's newest migration came, checked out from git and built by its own script; null, and
 * said aloud, where git does not know it. It takes this tree's packages.
 */
export async function previousVersion(): Promise<Version | null> {
  const root = projectRoot();
  const newest = (await migrationsOf(root)).at(-1) ?? '';
  const commit = await commitBefore(root, newest);
  if (commit === null) return skipped(`git does not know the version before ${newest} (no git, or a shallow clone)`);
  const folder = await mkdtemp(join(tmpdir(), 'concord-version-'));
  const remove = async (): Promise<void> => {
    await run('git', ['worktree', 'remove', '--force', folder], { cwd: root }).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    // What a run that was killed has left.
    await run('git', ['worktree', 'prune'], { cwd: root });
    await run('git', ['worktree', 'add', '--detach', folder, commit], { cwd: root });
    // Before a release a migration may still be changed: a database of such a version goes no further.
    const changed = await changedMigrations(root, folder);
    if (changed.length > 0) {
      await remove();
      return skipped(`since ${commit.slice(0, 10)} these were changed after they came: ${changed.join(', ')}`);
    }
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    const locks = await Promise.all([root, folder].map((it) => readFile(join(it, 'package-lock.json'), 'utf8')));
    const packages = locks[0] === locks[1] ? 'the packages that it had' : 'the packages of today, which differ';
    await run(process.execPath, [join(folder, 'scripts/build.mjs')], { cwd: folder });
    process.stderr.write(`deploys: the version before ${newest} is ${commit.slice(0, 10)}, with ${packages}\n`);
  } catch (error) {
    await remove();
    throw error;
  }
  return { name: commit, dist: join(folder, 'dist'), migrations: await migrationsOf(folder), remove };
}

/** The commit before the one by which this migration came into this branch. */
async function commitBefore(root: string, migration: string): Promise<string | null> {
  const git = async (...args: string[]): Promise<string> => (await run('git', args, { cwd: root })).stdout.trim();
  try {
    const file = `${MIGRATIONS}/${migration}/migration.sql`;
    // Along this branch: what a merge brought came with the merge.
    const came = await git('log', '--first-parent', '-m', '--diff-filter=A', '--format=%H', '--', file);
    const commit = came === '' ? 'HEAD' : `${came.split('\n').at(-1) ?? ''}^1`;
    return await git('rev-parse', '--verify', '--quiet', `${commit}^{commit}`);
  } catch {
    return null;
  }
}

function skipped(why: string): null {
  process.stderr.write(`SKIPPED a deploy from the version before the newest migration: ${why}\n`);
  return null;
}

async function changedMigrations(root: string, older: string): Promise<string[]> {
  const sqlOf = (tree: string, name: string): Promise<string> =>
    readFile(join(tree, MIGRATIONS, name, 'migration.sql'), 'utf8').catch(() => '');
  const changed: string[] = [];
  for (const name of await migrationsOf(older))
    if ((await sqlOf(root, name)) !== (await sqlOf(older, name))) changed.push(name);
  return changed;
}

async function migrationsOf(root: string): Promise<string[]> {
  const names = await readdir(join(root, MIGRATIONS));
  return names.filter((name) => existsSync(join(root, MIGRATIONS, name, 'migration.sql'))).sort();
}
