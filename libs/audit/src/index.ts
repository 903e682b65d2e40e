export { auditEntry, type AuditEntry, type AuditEvent, type AuditSubject } from './audit-entry.js';
export { appendAudit, appendAuditBatch } from './audit.store.js';
export { ReadLedger } from './read-ledger.js';
export { appendAuditWithPrisma } from './prisma-audit.store.js';
