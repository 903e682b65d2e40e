import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { auditEntry, type AuditEvent, type AuditSubject } from './audit-entry.js';

const id = fc.uuid();
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const subject: fc.Arbitrary<AuditSubject> = fc.record(
  {
    version: fc.nat(),
    precision: fc.constantFrom('OWNER', 'TASK_FORCE', 'PARTNER'),
    kind: fc.constantFrom('report', 'record', 'alert', 'token'),
    id,
  },
  { requiredKeys: ['kind', 'id'] },
);
const event: fc.Arbitrary<AuditEvent> = fc.record({
  at: fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
  personId: fc.option(id),
  agencyId: fc.option(id),
  roles: fc.array(fc.constantFrom('SUBMITTER', 'ANALYST', 'AUDITOR', 'AGENCY_ADMIN')),
  action: fc.constantFrom('record.list', 'record.read', 'report.submit'),
  outcome: fc.constantFrom('DONE', 'REFUSED'),
  purpose: fc.option(fc.record({ reference: text, code: text })),
  subjects: fc.array(subject, { maxLength: 5 }),
});

describe('the canonical form of an audit entry', () => {
  it('is the one of RFC 8785, whatever order the facts came in', () => {
    fc.assert(
      fc.property(event, (happened) => {
        const { canonical } = auditEntry(happened);
        expect(canonical).toBe(canonicalize(JSON.parse(canonical)));
        expect(JSON.parse(canonical)).toMatchObject({
          action: happened.action,
          agency: happened.agencyId,
          purpose: happened.purpose,
          roles: [...happened.roles].sort(),
          subjects: happened.subjects,
        });
      }),
    );
  });
});
