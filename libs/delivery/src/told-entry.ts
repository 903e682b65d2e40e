import { auditEntry, type AuditEntry } from '@concord/audit';

/** Of an alert at its recipient, as the database's functions answer. */
export interface ToldRow {
  readonly alert_id: string;
  readonly inbox_id: string;
  readonly person_id: string;
  readonly agency_id: string;
  readonly record_id: string;
  readonly record_version: number;
}

/** What the books say of it: the worker told this person of this version of the record, or withheld it. */
export const toldEntry = (
  row: ToldRow,
  act: { readonly action: string; readonly outcome: 'DONE' | 'REFUSED' },
  now: Date,
): AuditEntry =>
  auditEntry({
    at: now,
    personId: row.person_id,
    agencyId: row.agency_id,
    roles: ['WORKER'],
    ...act,
    purpose: null,
    subjects: [
      { kind: 'alert', id: row.alert_id },
      { kind: 'record', id: row.record_id, version: row.record_version },
    ],
  });
