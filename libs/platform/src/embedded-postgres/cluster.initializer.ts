import { chmod, chown, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { isCluster } from './cluster.location.js';
import type { ClusterLocation } from './cluster.location.js';
import { findClusterProcesses } from './cluster.processes.js';
import { runCommand } from './command.runner.js';
import { readFileIfPresent, syncDirectory } from './durable-file.writer.js';
import { hasErrorCode } from './errno.js';
import { identifyProcess, identityTag, ownIdentity } from './process.identity.js';
import { killProcesses } from './server.control.js';
import type { ServerBinaries } from './server-binaries.locator.js';

const UNFINISHED = /^(?:postgres\.init|\.probe)-((\d+)-[0-9a-f]+)$/;

/**
 * Makes the cluster if there is none.
 *
 * initdb works in a directory of its own, which gets its name only when it is finished and on disk; so whenever a
 * start is killed, the next one finds either no cluster or a whole one.
 *
 * @returns whether it was made
 */
export async function initializeCluster(
  { cluster, user }: ClusterLocation,
  binaries: ServerBinaries,
  password: string,
): Promise<boolean> {
  await removeUnfinished(dirname(cluster));
  if (await isCluster(cluster)) {
    await checkVersion(cluster, binaries);
    return false;
  }
  const workplace = join(dirname(cluster), `postgres.init-${identityTag(ownIdentity())}`);
  const unfinished = join(workplace, 'postgres');
  const passwordFile = join(workplace, 'password');
  try {
    await mkdir(workplace, { mode: 0o700 });
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (user) {
      await chown(passwordFile, user.uid, user.gid);
      await chown(workplace, user.uid, user.gid);
    }
    const { ok, output } = await runCommand(binaries.initdb, initdbArguments(unfinished, passwordFile), user);
    if (!ok) throw new Error(`PostgreSQL's initdb failed: ${output.slice(-2000)}`);
    // initdb has synced its own files; what is left is the name.
    await rename(unfinished, cluster);
    await syncDirectory(dirname(cluster));
  } catch (error) {
    if (hasErrorCode(error, 'ENOTEMPTY', 'EEXIST')) {
      // Another start that asked for no lock either was faster; it used the same password.
      if (await isCluster(cluster)) return false;
      throw new Error(`${cluster} exists, but is not a PostgreSQL cluster.`, { cause: error });
    }
    throw error;
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
  return true;
}

/** Gives a cluster that root has copied or restored back to the server's user. */
export async function ensureOwnership({ cluster, user }: ClusterLocation): Promise<void> {
  if (!user) return;
  const stats = await stat(cluster);
  if (stats.uid !== user.uid) {
    const { ok, output } = await runCommand('chown', ['-hR', `${user.uid}:${user.gid}`, cluster]);
    if (!ok) throw new Error(`Could not give ${cluster} to PostgreSQL's user: ${output}`);
  }
  // PostgreSQL refuses a directory that others can enter.
  if ((stats.mode & 0o077) !== 0) await chmod(cluster, 0o700);
}

/** Deletes what killed starts have left beside the cluster. */
export async function removeUnfinished(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const [, tag, digits] = UNFINISHED.exec(name) ?? [];
    const pid = Number(digits);
    if (!(pid > 0)) continue;
    const creator = identifyProcess(pid);
    // Another live process may be at work; our own left it behind when a start failed.
    if (creator && creator.pid !== process.pid && tag === identityTag(creator)) continue;
    const workplace = join(directory, name);
    // Killing Node does not end its initdb.
    await killProcesses(() => findClusterProcesses(join(workplace, 'postgres')));
    await rm(workplace, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function checkVersion(cluster: string, { version }: ServerBinaries): Promise<void> {
  const found = (await readFileIfPresent(join(cluster, 'PG_VERSION')))?.trim() ?? 'unknown';
  const major = version.split('.')[0];
  if (found !== major) throw new Error(`${cluster} was made by PostgreSQL ${found}; this is PostgreSQL ${version}.`);
}

function initdbArguments(cluster: string, passwordFile: string): readonly string[] {
  return [
    ...['-D', cluster, '--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
    // The builtin provider's order and case rules do not depend on the machine's C library.
    ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    '--no-instructions',
  ];
}
