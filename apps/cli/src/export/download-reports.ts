import type { ConcordClient } from '@concord/client';
import { parse } from 'csv-parse';
import { randomBytes } from 'node:crypto';
import { access, link, open, rm } from 'node:fs/promises';
import { UsageError } from '../command.js';

export interface Download {
  readonly format: 'csv' | 'jsonl';
  readonly since: string | undefined;
  /** Null-like: to `print`. */
  readonly out: string | undefined;
  readonly print: (text: string) => void;
  /** Told as it comes: rows or reports so far. */
  readonly onRows?: (rows: number) => void;
}

const CUT = 'The export broke off: what came is not all of it. Ask again.';

/**
 * Gets an agency's own reports as a file, which has its name only when its own end says that it is whole.
 *
 * @returns rows of CSV, or reports of JSON lines
 * @throws Error where it broke off; then there is no file
 */
export async function downloadReports(
  client: Pick<ConcordClient, 'download'>,
  { format, since, out, print, onRows }: Download,
): Promise<{ readonly rows: number }> {
  if (out !== undefined) await refuseExisting(out);
  const query = new URLSearchParams({ format, ...(since === undefined ? {} : { since }) });
  const bytes = await client.download(`reports/export?${query.toString()}`);
  const end = format === 'csv' ? new CsvEnd() : new JsonLinesEnd();
  if (out === undefined) {
    const text = new TextDecoder();
    await take(bytes, end, (chunk) => Promise.resolve(print(text.decode(chunk, { stream: true }))));
    return { rows: await end.rows() };
  }
  const unfinished = `${out}.unfinished-${randomBytes(6).toString('hex')}`;
  const file = await open(unfinished, 'wx', 0o600);
  try {
    await take(bytes, end, async (chunk) => {
      await file.write(chunk);
      onRows?.(end.soFar);
    });
    const rows = await end.rows();
    await file.sync();
    // Over nothing, also over what came there meanwhile.
    await link(unfinished, out).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw new UsageError(`${out} is there already: name another file.`);
      throw error;
    });
    return { rows };
  } finally {
    await file.close();
    await rm(unfinished, { force: true });
  }
}

async function take(
  bytes: AsyncIterable<Uint8Array>,
  end: ExportEnd,
  keep: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  try {
    for await (const chunk of bytes) {
      await end.see(chunk);
      await keep(chunk);
    }
  } catch (error) {
    end.close();
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw new Error(CUT, { cause: error });
  }
}

/** Looks at a file as it comes, for the end that proves it whole. */
interface ExportEnd {
  see(chunk: Uint8Array): Promise<void>;
  close(): void;
  readonly soFar: number;
  /** @throws Error where it is not whole */
  rows(): Promise<number>;
}

/** The last cell of the last row is the number of rows; without rows, the last heading says so. */
class CsvEnd implements ExportEnd {
  readonly #parser = parse({ relax_column_count: true });
  readonly #read: Promise<{ readonly rows: number; readonly last: string }>;

  constructor() {
    this.#read = this.#count();
    // Asked for at the end, and not at all where the download fails before.
    this.#read.catch(() => undefined);
  }

  async see(chunk: Uint8Array): Promise<void> {
    if (!this.#parser.write(chunk)) await new Promise((resolve) => this.#parser.once('drain', resolve));
  }

  close(): void {
    this.#parser.destroy();
  }

  get soFar(): number {
    return Math.max(0, this.#parser.info.records - 1);
  }

  async rows(): Promise<number> {
    this.#parser.end();
    const { rows, last } = await this.#read.catch(() => ({ rows: -1, last: '' }));
    if (rows === 0 ? last !== 'concord_no_rows' : last !== String(rows)) throw new Error(CUT);
    return rows;
  }

  async #count(): Promise<{ rows: number; last: string }> {
    let rows = -1;
    let last = '';
    for await (const cells of this.#parser as AsyncIterable<string[]>) {
      rows += 1;
      last = cells.at(-1) ?? '';
    }
    return { rows, last };
  }
}

/** The last line says how many reports there are. */
class JsonLinesEnd implements ExportEnd {
  #lines = 0;
  #tail = Buffer.alloc(0);

  see(chunk: Uint8Array): Promise<void> {
    for (const byte of chunk) if (byte === 0x0a) this.#lines += 1;
    // The last line is short: longer ones are not kept whole.
    this.#tail = Buffer.concat([this.#tail, chunk]).subarray(-1_000);
    return Promise.resolve();
  }

  close(): void {
    this.#tail = Buffer.alloc(0);
  }

  get soFar(): number {
    return Math.max(0, this.#lines - 1);
  }

  rows(): Promise<number> {
    const last = this.#tail.toString('utf8').split('\n').at(-2) ?? '';
    // Between the line that begins it and the one that ends it.
    const reports = this.#lines - 2;
    const isEnd = this.#tail.at(-1) === 0x0a && last.startsWith(`{"kind":"end","reports":${reports},`);
    return isEnd ? Promise.resolve(reports) : Promise.reject(new Error(CUT));
  }
}

async function refuseExisting(out: string): Promise<void> {
  const isThere = await access(out).then(
    () => true,
    () => false,
  );
  if (isThere) throw new UsageError(`${out} is there already: name another file.`);
}
