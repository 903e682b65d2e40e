import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Names that programs give to what they have not finished, and those that systems hide. */
const UNFINISHED = /^\.|^~|~$|\.(tmp|temp|part|partial|filepart|crdownload|download|swp|lock)$/i;

interface Seen {
  readonly size: number;
  readonly changedAt: number;
  /** When it was first seen so, by a clock that only goes forward. */
  readonly since: number;
}

/** Tells the files of a folder that have stood still for so long that nobody writes them any more. */
export class SettledFiles {
  #seen = new Map<string, Seen>();

  constructor(
    private readonly folder: string,
    private readonly settleMs: number,
    private readonly elapsed: () => number = () => performance.now(),
  ) {}

  /** Paths in the order of their names. Only files: a link may lead anywhere. */
  async find(): Promise<{ readonly settled: readonly string[]; readonly waiting: number }> {
    const names = (await readdir(this.folder)).filter((name) => !UNFINISHED.test(name)).sort();
    const now = this.elapsed();
    const seen = new Map<string, Seen>();
    const settled: string[] = [];
    for (const name of names) {
      const path = join(this.folder, name);
      const found = await lstat(path).catch(() => null);
      if (found?.isFile() !== true) continue;
      const [size, changedAt] = [found.size, found.mtimeMs];
      const before = this.#seen.get(name);
      const isSame = before?.size === size && before.changedAt === changedAt;
      const since = isSame ? before.since : now;
      seen.set(name, { size, changedAt, since });
      // An empty file is one that somebody is about to write.
      if (size > 0 && now - since >= this.settleMs) settled.push(path);
    }
    this.#seen = seen;
    return { settled, waiting: seen.size - settled.length };
  }
}

/** SHA-256 of a file, hexadecimal, and its length: read through once and never kept. */
export async function digestOf(
  path: string,
  signal?: AbortSignal,
): Promise<{ readonly digest: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { signal }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { digest: hash.digest('hex'), bytes };
}
