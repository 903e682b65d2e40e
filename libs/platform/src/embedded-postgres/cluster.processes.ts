import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';

import { identifyProcess } from './process.identity.js';
import type { ProcessIdentity } from './process.identity.js';

/**
 * PostgreSQL's `cluster_name` for a cluster. It is part of the title of each of the server's processes, which is
 * how children are recognised that outlived the postmaster.
 */
export function clusterName(cluster: string): string {
  return `concord-${createHash('sha256').update(cluster).digest('hex').slice(0, 16)}`;
}

/** The live processes of the server (or of an initdb) that work in this cluster directory. */
export function findClusterProcesses(cluster: string): readonly ProcessIdentity[] {
  return listCommands().flatMap(({ pid, args }) => {
    if (pid === process.pid || !belongs(pid, args, cluster)) return [];
    const identity = identifyProcess(pid);
    return identity ? [identity] : [];
  });
}

/** The process with this pid if it is alive and really belongs to the cluster. */
export function identifyClusterProcess(pid: number, cluster: string): ProcessIdentity | undefined {
  const args = readArguments(pid);
  return args !== undefined && belongs(pid, args, cluster) ? identifyProcess(pid) : undefined;
}

function belongs(pid: number, args: readonly string[], cluster: string): boolean {
  const title = `${args.join(' ')} `;
  const isProgram = /(?:^|\/)(?:postgres|initdb) /.test(title);
  if (isProgram && title.includes(` -D ${cluster} `)) return true;
  if (title.startsWith(`postgres: ${clusterName(cluster)}: `)) return true;
  // A data directory may have been renamed under a running server, so its working directory counts as well.
  return (isProgram || title.startsWith('postgres: ')) && worksIn(pid, cluster);
}

function worksIn(pid: number, cluster: string): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const current = statSync(`/proc/${pid}/cwd`, { bigint: true });
    const wanted = statSync(cluster, { bigint: true });
    return current.dev === wanted.dev && current.ino === wanted.ino;
  } catch {
    // In a container without CAP_SYS_PTRACE not even root sees other users' working directories.
    return false;
  }
}

function listCommands(): readonly { readonly pid: number; readonly args: readonly string[] }[] {
  if (process.platform === 'linux') {
    return readdirSync('/proc').flatMap((name) => {
      const pid = Number(name);
      const args = Number.isInteger(pid) ? readArguments(pid) : undefined;
      return args ? [{ pid, args }] : [];
    });
  }
  const { stdout } = spawnSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return (stdout ?? '').split('\n').flatMap((line) => {
    const [pid, ...args] = line.trim().split(' ');
    return args.length > 0 ? [{ pid: Number(pid), args }] : [];
  });
}

function readArguments(pid: number): readonly string[] | undefined {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout ? stdout.trim().split(' ') : undefined;
  }
  try {
    const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return text === '' ? undefined : text.replace(/\0+$/, '').split('\0');
  } catch {
    return undefined;
  }
}
