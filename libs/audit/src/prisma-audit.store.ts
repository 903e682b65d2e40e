import type { Prisma } from '@concord/platform/database';
import type { AuditEntry } from './audit-entry.js';

/** Appends within a Prisma transaction. */
export async function appendAuditWithPrisma(tx: Prisma.TransactionClient, entry: AuditEntry): Promise<void> {
  await tx.$executeRaw`insert into audit_entry (id, at, person_id, agency_id, action, outcome, canonical)
    values (${entry.id}::uuid, ${entry.at}::timestamptz, ${entry.person_id}::uuid, ${entry.agency_id}::uuid, ${entry.action}, ${entry.outcome}, ${entry.canonical})`;
}
