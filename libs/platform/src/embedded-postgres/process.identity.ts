import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { hasErrorCode } from './errno.js';

/** A process, told apart from later ones that get the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, in the platform's own notation; empty when that cannot be found out. */
  readonly startTime: string;
}

/** Whether a pid is taken, even by a zombie; this is the question that PostgreSQL itself asks. */
export function isPidTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists, but belongs to another user.
    return hasErrorCode(error, 'EPERM');
  }
}

/** The live process with this pid; undefined when there is none or only a zombie is left of it. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isPidTaken(pid)) return undefined;
  if (process.platform !== 'linux') {
    const ps = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
    const [state = '', ...started] = (ps.stdout ?? '').trim().split(/\s+/);
    return state.startsWith('Z') ? undefined : { pid, startTime: started.join(' ') };
  }
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // Either it has just ended, or /proc hides the processes of other users.
    return isPidTaken(pid) ? { pid, startTime: '' } : undefined;
  }
  // The command name (2nd field) may contain blanks and parentheses, so count from its end: state is the
  // 3rd field, the start time in clock ticks since boot the 22nd.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return { pid, startTime: `${bootId()}/${fields[19] ?? ''}` };
}

/** Whether this very process is still alive. When the start time is unknown, the safe answer is yes. */
export function isAlive(identity: ProcessIdentity): boolean {
  const current = identifyProcess(identity.pid);
  if (current === undefined) return false;
  if (current.startTime === '' || identity.startTime === '') return true;
  return current.startTime === identity.startTime;
}

/** The process that runs this code. */
export function ownIdentity(): ProcessIdentity {
  return identifyProcess(process.pid) ?? { pid: process.pid, startTime: '' };
}

/**
 * An identity as part of a file name: whoever finds the file can tell whether its maker is still at work. The hash
 * of the start time tells the maker from a later process with its pid.
 */
export function identityTag({ pid, startTime }: ProcessIdentity): string {
  return `${pid}-${createHash('sha256').update(startTime).digest('hex').slice(0, 16)}`;
}

/** Reads an identity out of parsed JSON. */
export function parseIdentity(value: unknown): ProcessIdentity | undefined {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('startTime' in value)) return undefined;
  const { pid, startTime } = value;
  return typeof pid === 'number' && typeof startTime === 'string' ? { pid, startTime } : undefined;
}

/** Start times count from boot, so without this a process of an earlier boot could look alive. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
