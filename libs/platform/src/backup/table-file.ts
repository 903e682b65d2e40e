import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Writable, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { BackupKey } from './backup-key.js';
import { nameOf, type TableName } from './catalogue.reader.js';
import { decrypting, encrypting } from './encrypted.stream.js';
import { MeasuringStream, type Measures } from './measuring.stream.js';

/** Level 1: half again as large as level 6 and several times as fast (docs/backup.md has numbers). */
const GZIP = { level: 1, chunkSize: 64 * 1024 };
const FILE = { highWaterMark: 256 * 1024 };

/** Which backup a file belongs to, and what opens it. */
export interface FileContext {
  readonly directory: string;
  readonly backupId: string;
  readonly key: BackupKey | null;
}

export function fileNameOf(table: TableName, encrypted: boolean): string {
  return `${nameOf(table)}.copy.gz${encrypted ? '.enc' : ''}`;
}

/** Binds an encrypted file to its backup and its table: one that was moved does not open. */
const bindingOf = (context: FileContext, table: TableName): string => `${context.backupId}/${nameOf(table)}`;

export interface TableMeasures {
  readonly content: Measures;
  readonly file: Measures;
}

/** Writes what COPY says to a new file, for its owner only and on disk when this resolves. Memory is constant. */
export async function writeTableFile(
  context: FileContext,
  table: TableName,
  rows: Readable,
  onBytes?: (bytes: number) => void,
): Promise<TableMeasures & { readonly path: string }> {
  const path = fileNameOf(table, context.key !== null);
  const content = new MeasuringStream(true, onBytes);
  const file = new MeasuringStream(false);
  await pipeline(
    rows,
    content,
    createGzip(GZIP),
    context.key === null ? new PassThrough() : encrypting(context.key, bindingOf(context, table)),
    file,
    createWriteStream(join(context.directory, path), { flags: 'wx', mode: 0o600, flush: true, ...FILE }),
  );
  return { path, content: content.result(), file: file.result() };
}

/** Reads it back into `sink`, decrypted and unpacked. Whoever calls compares what was measured. */
export async function readTableFile(
  context: FileContext,
  table: TableName & { readonly file: { readonly path: string } },
  sink: Writable,
): Promise<TableMeasures> {
  const content = new MeasuringStream(true);
  const file = new MeasuringStream(false);
  await pipeline(
    createReadStream(join(context.directory, table.file.path), FILE),
    file,
    context.key === null ? new PassThrough() : decrypting(context.key, bindingOf(context, table)),
    createGunzip({ chunkSize: 64 * 1024 }),
    content,
    sink,
  );
  return { content: content.result(), file: file.result() };
}

/** Of the file as it lies there. */
export async function measureFile(path: string): Promise<Measures> {
  const file = new MeasuringStream(false);
  await pipeline(createReadStream(path, FILE), file, nowhere());
  return file.result();
}

/** For what is only measured. */
export function nowhere(): Writable {
  return new Writable({ write: (_piece, _encoding, done) => done() });
}
