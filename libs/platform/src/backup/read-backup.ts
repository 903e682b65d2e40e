import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupError, type BackupFault } from './backup.error.js';
import type { BackupKey } from './backup-key.js';
import { nameOf } from './catalogue.reader.js';
import { MANIFEST_FILE, parseManifest, type Manifest, type ManifestTable } from './manifest.js';
import { fileNameOf, measureFile, nowhere, readTableFile, type FileContext, type TableMeasures } from './table-file.js';

/** A backup whose manifest is whole; its files have not been looked at. */
export interface OpenedBackup {
  readonly directory: string;
  readonly manifest: Manifest;
  readonly context: FileContext;
}

/** @throws BackupError NOT_A_BACKUP and what parseManifest throws */
export async function openBackup(directory: string, key: BackupKey | null): Promise<OpenedBackup> {
  let text: string;
  try {
    text = await readFile(join(directory, MANIFEST_FILE), 'utf8');
  } catch (error) {
    throw new BackupError({
      code: 'NOT_A_BACKUP',
      subject: directory,
      message: `there is no ${MANIFEST_FILE} that can be read: no backup, or one that was not finished (${codeOf(error)})`,
    });
  }
  const manifest = parseManifest(text, key);
  const context = { directory, backupId: manifest.id, key: manifest.encryption === 'none' ? null : key };
  return { directory, manifest, context };
}

/**
 * Reads every byte of a backup: which files are there, that they are as they were written, and that what is in them is
 * what COPY said. No database is asked. Every fault, by file; none: it is whole.
 */
export async function verifyBackup(
  backup: OpenedBackup,
  onTable?: (table: ManifestTable) => void,
): Promise<BackupFault[]> {
  const faults = await checkFiles(backup);
  const broken = new Set(faults.map(({ subject }) => subject));
  for (const table of backup.manifest.tables) {
    if (!broken.has(table.file.path)) faults.push(...(await checkContent(backup, table)));
    onTable?.(table);
  }
  return faults;
}

/** The first half of verifying: the files as they lie there. */
export async function checkFiles({ directory, manifest }: OpenedBackup): Promise<BackupFault[]> {
  const faults: BackupFault[] = [];
  const present = new Set(await readdir(directory));
  present.delete(MANIFEST_FILE);
  for (const table of manifest.tables) {
    const { path, bytes, sha256 } = table.file;
    if (path !== fileNameOf(table, manifest.encryption !== 'none')) {
      faults.push({ code: 'MANIFEST_CHANGED', subject: path, message: `it is not the file of ${nameOf(table)}` });
      continue;
    }
    if (!present.delete(path)) {
      faults.push({ code: 'FILE_MISSING', subject: path, message: `the rows of ${nameOf(table)} are not there` });
      continue;
    }
    const found = await measureFile(join(directory, path)).catch(codeOf);
    if (typeof found === 'string')
      faults.push({ code: 'FILE_CHANGED', subject: path, message: `it cannot be read (${found})` });
    else if (found.bytes !== bytes)
      faults.push({ code: 'FILE_CHANGED', subject: path, message: `it has ${found.bytes} bytes, not ${bytes}` });
    else if (found.sha256 !== sha256)
      faults.push({ code: 'FILE_CHANGED', subject: path, message: 'its SHA-256 is not the manifest’s' });
  }
  for (const path of [...present].sort())
    faults.push({ code: 'FILE_UNEXPECTED', subject: path, message: 'the manifest does not name it' });
  return faults;
}

async function checkContent(backup: OpenedBackup, table: ManifestTable): Promise<BackupFault[]> {
  try {
    return contentFaults(table, await readTableFile(backup.context, table, nowhere()));
  } catch (error) {
    return [unreadable(table, error)];
  }
}

/** Whether what was read of a table is what was written. */
export function contentFaults(table: ManifestTable, { content, file }: TableMeasures): BackupFault[] {
  const { rows, bytes, sha256 } = table.content;
  const subject = table.file.path;
  if (file.sha256 !== table.file.sha256)
    return [{ code: 'FILE_CHANGED', subject, message: 'its SHA-256 is not the manifest’s' }];
  if (content.lines !== rows)
    return [{ code: 'CONTENT_CHANGED', subject, message: `it holds ${content.lines} rows, not ${rows}` }];
  if (content.bytes !== bytes || content.sha256 !== sha256)
    return [{ code: 'CONTENT_CHANGED', subject, message: 'what is in it is not what was written' }];
  return [];
}

export function unreadable(table: ManifestTable, error: unknown): BackupFault {
  const reason = error instanceof Error && error.name === 'NotDecryptedError' ? error.message : codeOf(error);
  return { code: 'CONTENT_CHANGED', subject: table.file.path, message: `it cannot be unpacked (${reason})` };
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'unreadable';
}
