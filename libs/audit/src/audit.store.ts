import type { Queryable } from '@concord/platform/database';
import type { AuditEntry } from './audit-entry.js';

const COLUMNS = ['id', 'at', 'person_id', 'agency_id', 'action', 'outcome', 'canonical'] as const;
/** Longer batches are rare: a statement is prepared for each length. */
const LONGEST = 8;

/** Appends within the caller's transaction: the act and its entry commit together or not at all. */
export async function appendAudit(tx: Queryable, entries: readonly AuditEntry[]): Promise<void> {
  for (let from = 0; from < entries.length; from += LONGEST) await append(tx, entries.slice(from, from + LONGEST));
}

/** The entry of a page is some kilobytes of JSON: as a parameter by itself it is neither escaped nor parsed once more. */
async function append(tx: Queryable, entries: readonly AuditEntry[]): Promise<void> {
  const rows = entries.map((_, n) => `(${COLUMNS.map((_column, at) => `$${n * COLUMNS.length + at + 1}`).join(', ')})`);
  await tx.query({
    name: `audit_append_${entries.length}`,
    text: `insert into audit_entry (${COLUMNS.join(', ')}) values ${rows.join(', ')}`,
    values: entries.flatMap((entry) => COLUMNS.map((column) => entry[column])),
  });
}

/** The same for thousands of short entries of one act: one statement. */
export async function appendAuditBatch(tx: Queryable, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.query(
    `insert into audit_entry (${COLUMNS.join(', ')})
     select * from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[])`,
    COLUMNS.map((column) => entries.map((entry) => entry[column])),
  );
}
