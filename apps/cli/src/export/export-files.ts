import { createHash, randomBytes, type Hash } from 'node:crypto';
import { access, appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface ExportedFile {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  /** SHA-256 of the whole file, hexadecimal. */
  readonly sha256: string;
}

interface OpenFile {
  rows: number;
  bytes: number;
  readonly hash: Hash;
}

/**
 * Files of JSON lines, for their owner alone, in a directory that gets its name when everything is in it: an export that
 * was broken off leaves nothing under the name.
 */
export class ExportFiles {
  readonly #open = new Map<string, OpenFile>();

  private constructor(
    private readonly directory: string,
    private readonly unfinished: string,
  ) {}

  /** @throws Error where the directory is there already */
  static async begin(directory: string): Promise<ExportFiles> {
    await refuseExisting(directory);
    const name = `${basename(directory)}.unfinished-${randomBytes(6).toString('hex')}`;
    const unfinished = join(dirname(directory), name);
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    return new ExportFiles(directory, unfinished);
  }

  /** Appends lines to a file; none makes an empty one. */
  async write(name: string, lines: readonly object[]): Promise<void> {
    const file = this.#open.get(name) ?? { rows: 0, bytes: 0, hash: createHash('sha256') };
    this.#open.set(name, file);
    const text = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''), 'utf8');
    await appendFile(join(this.unfinished, name), text, { mode: 0o600, flush: true });
    file.hash.update(text);
    file.rows += lines.length;
    file.bytes += text.length;
  }

  get written(): ExportedFile[] {
    return [...this.#open].map(([name, { rows, bytes, hash }]) => ({
      ...{ name, rows, bytes, sha256: hash.copy().digest('hex') },
    }));
  }

  async finish(manifest: object): Promise<void> {
    await writeFile(join(this.unfinished, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`, {
      ...{ flag: 'wx', mode: 0o600, flush: true },
    });
    await refuseExisting(this.directory);
    await rename(this.unfinished, this.directory);
  }

  async discard(): Promise<void> {
    await rm(this.unfinished, { recursive: true, force: true });
  }
}

async function refuseExisting(directory: string): Promise<void> {
  const there = await access(directory).then(
    () => true,
    () => false,
  );
  if (there) throw new Error(`${directory} is there already.`);
}
