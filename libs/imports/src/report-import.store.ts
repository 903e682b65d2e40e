import type { FileFormat } from '@concord/interpretation';
import type { Queryable } from '@concord/platform/database';
import type { ImportOutcome, ImportReason, ImportState } from './report-import.js';

export interface NewImport {
  readonly id: string;
  readonly agencyId: string;
  readonly personId: string;
  readonly apiKeyId: string | null;
  readonly format: FileFormat;
  readonly bytes: number;
  readonly contentDigest: string | null;
  readonly requestDigest: string | null;
  readonly settings: unknown;
  readonly raiseAlerts: boolean;
  readonly dryRun: boolean;
}

/** @returns false where the same request goes on already: of two at the same moment the second waits, and finds it */
export async function insertImport(tx: Queryable, made: NewImport): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'report_import_insert',
    text: `insert into report_import (id, agency_id, person_id, api_key_id, format, bytes, content_digest, request_digest, settings,
             raise_alerts, dry_run, state)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'RECEIVING')
           on conflict (agency_id, person_id, request_digest) where ended_at is null and request_digest is not null do nothing`,
    values: [
      ...[made.id, made.agencyId, made.personId, made.apiKeyId, made.format, made.bytes, made.contentDigest],
      ...[made.requestDigest, JSON.stringify(made.settings), made.raiseAlerts, made.dryRun],
    ],
  });
  return rowCount === 1;
}

/** The next piece of a file. The caller holds the import's lock and has seen that the piece begins where the file ends. */
export async function insertChunk(
  tx: Queryable,
  chunk: { readonly importId: string; readonly agencyId: string; readonly position: number; readonly sealed: Buffer },
  bytes: number,
): Promise<void> {
  await tx.query({
    name: 'report_import_chunk_insert',
    text: 'insert into report_import_chunk (import_id, agency_id, position, sealed) values ($1, $2, $3, $4)',
    values: [chunk.importId, chunk.agencyId, chunk.position, chunk.sealed],
  });
  await tx.query({
    name: 'report_import_received',
    text: 'update report_import set received_bytes = $2 where id = $1',
    values: [chunk.importId, chunk.position + bytes],
  });
}

/** What the entries of an import say, for its counts. */
export const COUNTED = `select count(*) filter (where e.outcome = 'ACCEPTED'), count(*) filter (where e.outcome = 'HELD'),
                  count(*) filter (where e.outcome = 'REFUSED'), count(*) filter (where e.outcome = 'DUPLICATE'),
                  count(*) filter (where e.outcome = 'QUESTION') from report_import_entry e where e.import_id = $1`;

/** A step of an import's states, from one of those that are named. @returns false where it is in another one */
export async function moveImport(
  tx: Queryable,
  id: string,
  step: {
    readonly from: readonly ImportState[];
    readonly to: ImportState;
    readonly reason: ImportReason | null;
    readonly contentDigest?: string;
    readonly lines?: number | null;
    readonly mapping?: unknown;
  },
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'report_import_move',
    text: `update report_import
           set state = $3, reason = $4, content_digest = coalesce($5, content_digest),
               lines = coalesce($6, lines), mapping = coalesce($7, mapping), holder = null, held_until = null, fruitless = 0,
               (accepted, held, refused, duplicates, questions) = (${COUNTED}),
               confirmed_at = case when $3 = 'RUNNING' then coalesce(confirmed_at, statement_timestamp()) else confirmed_at end,
               ended_at = case when $3 in ('DONE', 'FAILED', 'CANCELLED') then statement_timestamp() end
           where id = $1 and state = any($2)`,
    values: [
      ...[id, step.from, step.to, step.reason, step.contentDigest ?? null, step.lines ?? null],
      step.mapping === undefined ? null : JSON.stringify(step.mapping),
    ],
  });
  return rowCount === 1;
}

export interface EntryPlace {
  readonly importId: string;
  readonly ordinal: number;
  readonly firstLine: number;
  readonly lastLine: number;
}

export interface JudgedEntry extends EntryPlace {
  readonly outcome: ImportOutcome;
  readonly reportId: string | null;
  readonly sealedIssues: Buffer | null;
}

/** Entries of which nothing new was stored. What is noted already stays as it is. */
export async function insertEntries(tx: Queryable, agencyId: string, entries: readonly JudgedEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.query({
    name: 'report_import_entries_insert',
    text: `insert into report_import_entry (import_id, agency_id, ordinal, first_line, last_line, outcome, report_id, sealed_issues)
           select $1, $2, e.* from unnest($3::int[], $4::int[], $5::int[], $6::text[], $7::uuid[], $8::bytea[]) e
           on conflict (import_id, ordinal) do nothing`,
    values: [
      entries[0]?.importId,
      agencyId,
      entries.map((entry) => entry.ordinal),
      entries.map((entry) => entry.firstLine),
      entries.map((entry) => entry.lastLine),
      entries.map((entry) => entry.outcome),
      entries.map((entry) => entry.reportId),
      entries.map((entry) => entry.sealedIssues),
    ],
  });
}
