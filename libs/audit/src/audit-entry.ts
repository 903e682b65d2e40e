import { newId } from '@concord/platform/ids';
import canonicalize from 'canonicalize';

/** What happened, to what, by whom: ids, digests and codes, never content (CJIS AU-3(3): minimum PII in the books). */
export interface AuditEvent {
  readonly at: Date;
  readonly personId: string | null;
  readonly agencyId: string | null;
  readonly roles: readonly string[];
  /** `noun.verb`, such as `record.read`. */
  readonly action: string;
  readonly outcome: 'DONE' | 'REFUSED';
  readonly purpose: { readonly code: string; readonly reference: string } | null;
  /** For a read: every record with its version and the precision at which it was shown. */
  readonly subjects: readonly AuditSubject[];
}

export interface AuditSubject {
  readonly kind: 'report' | 'record' | 'alert' | 'rule' | 'agency' | 'identifier' | 'person' | 'token';
  readonly id: string;
  readonly version?: number;
  readonly precision?: string;
}

/** An entry as it is stored: its id and RFC 8785 form are fixed from the first day, so that a Merkle log can seal it later. */
export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  readonly person_id: string | null;
  readonly agency_id: string | null;
  readonly action: string;
  readonly outcome: string;
  readonly canonical: string;
}

export function auditEntry(event: AuditEvent): AuditEntry {
  const id = newId();
  const at = event.at.toISOString();
  const canonical = canonicalize({
    v: 1,
    id,
    at,
    person: event.personId,
    agency: event.agencyId,
    roles: [...event.roles].sort(),
    action: event.action,
    outcome: event.outcome,
    purpose: event.purpose,
    subjects: event.subjects,
  });
  if (canonical === undefined) throw new Error('an audit entry always has a canonical form');
  return {
    id,
    at,
    person_id: event.personId,
    agency_id: event.agencyId,
    action: event.action,
    outcome: event.outcome,
    canonical,
  };
}
