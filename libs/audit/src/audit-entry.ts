import { newId } from '@concord/platform/ids';

/** What happened, to what, by whom: ids, digests and codes, never content (CJIS AU-3(3): minimum PII in the books). */
export interface AuditEvent {
  readonly at: Date;
  readonly personId: string | null;
  readonly agencyId: string | null;
  readonly roles: readonly string[];
  /** The API key by which a machine acted in the person's name; absent where the person did. */
  readonly keyId?: string | undefined;
  /** `noun.verb`, such as `record.read`. */
  readonly action: string;
  readonly outcome: 'DONE' | 'REFUSED';
  readonly purpose: { readonly code: string; readonly reference: string } | null;
  /** Of what is given out as a file: how many reports of it. */
  readonly rows?: number;
  /** For a read: every record with its version and the precision at which it was shown. */
  readonly subjects: readonly AuditSubject[];
}

export interface AuditSubject {
  readonly kind:
    | 'report'
    | 'report-draft'
    | 'record'
    | 'alert'
    | 'rule'
    | 'agency'
    | 'region'
    | 'identifier'
    | 'person'
    | 'membership'
    | 'invitation'
    | 'approval'
    | 'agreement'
    | 'policy'
    | 'release-policy'
    | 'danger'
    | 'contact'
    | 'api-key'
    | 'community-batch'
    | 'community-record'
    | 'import'
    | 'mapping'
    | 'token'
    | 'webhook';
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
  // RFC 8785 is what JSON.stringify writes of an object whose keys stand in order: they do, all the way down.
  const canonical = JSON.stringify({
    action: event.action,
    agency: event.agencyId,
    at,
    id,
    key: event.keyId,
    outcome: event.outcome,
    person: event.personId,
    purpose: event.purpose && { code: event.purpose.code, reference: event.purpose.reference },
    roles: [...event.roles].sort(),
    rows: event.rows,
    subjects: event.subjects.map((subject) => ({
      id: subject.id,
      kind: subject.kind,
      precision: subject.precision,
      version: subject.version,
    })),
    v: 1,
  });
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
