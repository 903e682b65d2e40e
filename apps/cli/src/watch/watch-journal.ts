import { open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FileCounts } from './submit-file.js';

/** Where a file goes in the end. */
export type Ending = 'done' | 'failed';

/** What is known of a content, by its digest. */
export interface KnownContent {
  readonly importId: string | null;
  readonly ending: Ending | null;
  /** Whether the file itself has gone where it belongs: what lies in the folder after that was put there anew. */
  readonly isMoved: boolean;
}

type Line =
  | { readonly digest: string; readonly is: 'begun'; readonly importId: string }
  | { readonly digest: string; readonly is: Ending; readonly counts?: FileCounts; readonly code?: string }
  | { readonly digest: string; readonly is: 'moved' };

/**
 * What has become of every content that was ever in the folder: lines of JSON that are on the disk before what they say
 * is acted upon. A line that a kill has cut off was not acted upon, and is cut off when the journal is opened.
 */
export class WatchJournal {
  readonly #known = new Map<string, KnownContent>();
  /** Lines are written one after the other, whoever writes them. */
  #last: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: FileHandle,
    /** As long as the file is when every line in it is whole. */
    private length: number,
  ) {}

  static async open(path: string): Promise<WatchJournal> {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const file = await open(path, 'a', 0o600);
    const length = Buffer.byteLength(whole);
    await file.truncate(length);
    await file.sync();
    await syncDirectory(dirname(path));
    const journal = new WatchJournal(file, length);
    for (const line of whole.split('\n')) if (line !== '') journal.#take(JSON.parse(line) as Line);
    return journal;
  }

  find(digest: string): KnownContent | null {
    return this.#known.get(digest) ?? null;
  }

  /** On the disk when this ends. */
  async note(line: Line): Promise<void> {
    const noted = this.#last.then(() => this.#write(line));
    this.#last = noted.catch(() => undefined);
    await noted;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.file.close();
  }

  async #write(line: Line): Promise<void> {
    const text = Buffer.from(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
    // What a full disk has cut off would spoil the line after it.
    await this.file.truncate(this.length);
    await this.file.appendFile(text);
    await this.file.sync();
    this.length += text.length;
    this.#take(line);
  }

  #take(line: Line): void {
    const known = this.#known.get(line.digest) ?? { importId: null, ending: null, isMoved: false };
    if (line.is === 'begun') this.#known.set(line.digest, { importId: line.importId, ending: null, isMoved: false });
    else if (line.is === 'moved') this.#known.set(line.digest, { ...known, isMoved: true });
    else this.#known.set(line.digest, { ...known, ending: line.is, isMoved: false });
  }
}

/** So that a new name survives a loss of power; not every system lets a folder be opened for that. */
export async function syncDirectory(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => null);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
