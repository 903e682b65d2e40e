import { readdir, readFile } from 'node:fs/promises';

/** Linux counts CPU time in hundredths of a second (USER_HZ), whatever the kernel's own clock is. */
const MS_A_TICK = 10;

interface Seen {
  readonly parent: number;
  readonly cpuMs: number;
}

async function look(pid: number): Promise<Seen | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // The name of the program stands in brackets and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { parent: Number(fields[1]), cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_A_TICK };
}

/** CPU time of a process so far, in ms; with `children` also that of each process that it has started and that lives. */
export async function cpuOf(pid: number, children = false): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  const own = await look(pid);
  if (own !== null) found.set(pid, own.cpuMs);
  if (!children) return found;
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const seen = await look(Number(name));
    if (seen?.parent === pid) found.set(Number(name), seen.cpuMs);
  }
  return found;
}

/** What was used between two looks. A process that ended in between is not counted. */
export function cpuBetween(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const [pid, ms] of after) sum += ms - (before.get(pid) ?? 0);
  return sum;
}
