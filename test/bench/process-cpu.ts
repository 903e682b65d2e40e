import { readdirSync, readFileSync } from 'node:fs';

/** The kernel's clock tick for accounting, in milliseconds: 100 a second on every Linux that Node runs on. */
const TICK_MS = 10;

interface ProcessTimes {
  readonly parent: number;
  readonly ownMs: number;
  /** Of children that have ended and were waited for. */
  readonly endedChildrenMs: number;
}

/** CPU milliseconds that a process has used since it began; 0 where there is no /proc or no such process. */
export function cpuOf(pid: number): number {
  return timesOf(pid)?.ownMs ?? 0;
}

/** The same of a process and of all its children, those that have ended too: a PostgreSQL server by its postmaster. */
export function cpuOfFamily(pid: number): number {
  const parent = timesOf(pid);
  if (parent === null) return 0;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => timesOf(Number(name)))
    .reduce((sum, one) => sum + (one?.parent === pid ? one.ownMs : 0), parent.ownMs + parent.endedChildrenMs);
}

function timesOf(pid: number): ProcessTimes | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name, which may hold blanks and brackets: state, ppid, ... utime (12th), stime, cutime, cstime.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = (at: number): number => Number(fields[at] ?? 0) * TICK_MS;
    return { parent: Number(fields[1]), ownMs: ticks(11) + ticks(12), endedChildrenMs: ticks(13) + ticks(14) };
  } catch {
    return null;
  }
}

/** The process that began this one; 0 where there is none such. */
export const parentOf = (pid: number): number => timesOf(pid)?.parent ?? 0;

/** The most resident memory that a process has had, in MiB; 0 where there is no /proc or no such process. */
export function peakMemoryMb(pid: number): number {
  try {
    const [, kilobytes = '0'] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kilobytes) / 1024);
  } catch {
    return 0;
  }
}
