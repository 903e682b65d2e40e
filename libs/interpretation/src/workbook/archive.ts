import { promisify } from 'node:util';
import type { Readable } from 'node:stream';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { UnreadableFile } from '../unreadable-file.js';

/** What a workbook may be: it is kept whole while it is read, its parts are unpacked as a stream. */
export const WORKBOOK_LIMITS = {
  /** Of the file. */
  bytes: 64 * 1024 * 1024,
  /** Of one part of it, unpacked. */
  partBytes: 512 * 1024 * 1024,
  parts: 2_000,
} as const;

const open = promisify<Buffer, { lazyEntries: true; validateEntrySizes: true }, ZipFile>(fromBuffer);

/** A workbook's parts by name. */
export class Archive {
  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  static async of(bytes: AsyncIterable<Uint8Array>): Promise<Archive> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of bytes) {
      size += chunk.length;
      if (size > WORKBOOK_LIMITS.bytes) throw tooLarge(`A workbook must have at most ${WORKBOOK_LIMITS.bytes} bytes.`);
      chunks.push(chunk);
    }
    try {
      const zip = await open(Buffer.concat(chunks), { lazyEntries: true, validateEntrySizes: true });
      return new Archive(zip, await entriesOf(zip));
    } catch (error) {
      throw error instanceof UnreadableFile ? error : notAWorkbook();
    }
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  /** The text of a part, unpacked as it is asked for; what claims or turns out to be too large is refused. */
  async *text(name: string): AsyncGenerator<string> {
    const entry = this.entries.get(name);
    if (entry === undefined) throw notAWorkbook();
    if (entry.uncompressedSize > WORKBOOK_LIMITS.partBytes) {
      throw tooLarge(`A part of a workbook must have at most ${WORKBOOK_LIMITS.partBytes} bytes.`);
    }
    const stream = await promisify<Entry, Readable>(this.zip.openReadStream.bind(this.zip))(entry);
    // The library ends the stream with an error where there is more than the entry has said.
    stream.setEncoding('utf8');
    try {
      for await (const text of stream) yield text as string;
    } catch {
      throw notAWorkbook();
    } finally {
      stream.destroy();
    }
  }
}

function entriesOf(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  return new Promise((resolve, reject) => {
    const entries = new Map<string, Entry>();
    zip.on('entry', (entry: Entry) => {
      entries.set(entry.fileName, entry);
      if (entries.size > WORKBOOK_LIMITS.parts) reject(tooLarge('A workbook must not have that many parts.'));
      else zip.readEntry();
    });
    zip.on('end', () => resolve(entries));
    zip.on('error', reject);
    zip.readEntry();
  });
}

const tooLarge = (message: string): UnreadableFile => new UnreadableFile('TOO_LARGE', message);

export const notAWorkbook = (): UnreadableFile =>
  new UnreadableFile('NOT_THIS_FORMAT', 'Must be a workbook as Excel saves it (.xlsx), without a password.');
