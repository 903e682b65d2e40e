import type { KeyHolder } from '@concord/blinding';
import { asActor } from '@concord/records';
import type { Pool } from 'pg';
import { z } from 'zod';
import { findChunk } from './report-import.reader.js';
import { IMPORT_SEALS, type EntryIssue } from './report-import.js';

/** Bytes of a piece: what is held in memory of a file, and what an upload that breaks off loses at most. */
export const CHUNK_BYTES = 512 * 1024;

export interface FileServices {
  readonly db: Pool;
  readonly keyHolder: KeyHolder;
}

/** Whose file, and in whose name it is read. */
export interface FileOf {
  readonly id: string;
  readonly agencyId: string;
  readonly personId: string;
}

export function sealIssues(
  keyHolder: KeyHolder,
  of: { readonly agencyId: string; readonly importId: string; readonly ordinal: number },
  issues: readonly object[],
): Promise<Buffer> {
  const place = { agencyId: of.agencyId, ...IMPORT_SEALS.issues(of.importId, of.ordinal) };
  return keyHolder.seal(JSON.stringify(issues), place);
}

/**
 * A file from its first byte, piece by piece: each is opened when it is wanted and none is kept. The caller has booked it.
 * @throws SealBrokenError; Error where a piece is missing
 */
export async function* readFile(services: FileServices, of: FileOf, bytes: number): AsyncGenerator<Buffer> {
  const as = { personId: of.personId, agencyId: of.agencyId };
  for (let position = 0; position < bytes;) {
    const at = position;
    const chunk = await asActor(services.db, as, (tx) => findChunk(tx, of.id, at));
    if (chunk === null) throw new ContentGoneError();
    const place = { agencyId: of.agencyId, ...IMPORT_SEALS.chunk(of.id, at) };
    const opened = await services.keyHolder.open(chunk.sealed, place);
    yield opened;
    position += opened.length;
  }
}

/** The file is not there: it was removed some days after the import's end, or whoever reads it lost the seat. */
export class ContentGoneError extends Error {
  override readonly name = 'ContentGoneError';
  constructor() {
    super('the file of the import is not there');
  }
}

/** What there is to say of an entry, as it was sealed. @throws SealBrokenError */
export async function openIssues(
  keyHolder: KeyHolder,
  of: {
    readonly agencyId: string;
    readonly importId: string;
    readonly ordinal: number;
    readonly sealedIssues: Buffer | null;
  },
): Promise<EntryIssue[]> {
  if (of.sealedIssues === null) return [];
  const place = { agencyId: of.agencyId, ...IMPORT_SEALS.issues(of.importId, of.ordinal) };
  return entryIssues.parse(JSON.parse((await keyHolder.open(of.sealedIssues, place)).toString('utf8')));
}

const entryIssues = z.array(
  z.object({
    line: z.number(),
    column: z.string().nullable(),
    path: z.string(),
    code: z.string(),
    message: z.string(),
    suggestions: z.array(z.string()),
  }),
);
