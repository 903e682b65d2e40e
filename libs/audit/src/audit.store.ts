import type { Queryable } from '@concord/platform/database';
import type { AuditEntry } from './audit-entry.js';

/** Appends within the caller's transaction: the act and its entry commit together or not at all. */
export async function appendAudit(tx: Queryable, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.query({
    name: 'audit_append',
    text: `insert into audit_entry (id, at, person_id, agency_id, action, outcome, canonical)
           select id, at, person_id, agency_id, action, outcome, canonical
           from jsonb_to_recordset($1) as a(id uuid, at timestamptz, person_id uuid, agency_id uuid, action text, outcome text, canonical text)`,
    values: [JSON.stringify(entries)],
  });
}
