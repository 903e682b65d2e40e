import type { Actor } from '@concord/access';
import type { AdminSeat, BookActs } from '@concord/agencies';
import { appendAudit, auditEntry, type AuditEvent } from '@concord/audit';
import type { Queryable } from '@concord/platform/database';
import { isId } from '@concord/platform/ids';
import type { ApiServices } from '../services.js';

type Subject = AuditEvent['subjects'][number];

/** An agency's seat, or the deployment's. */
export const adminSeat = (actor: Actor): AdminSeat => ({
  personId: actor.personId,
  agencyId: actor.agency?.id ?? null,
});

/** The entry of an act, for the transaction that does it. */
export const bookAct =
  (services: ApiServices, actor: Actor, action: string, subjects: readonly Subject[]) =>
  (tx: Queryable): Promise<void> =>
    appendAudit(tx, [auditEntry({ ...eventOf(services, actor, action), outcome: 'DONE', subjects })]);

/** Books what an administrator does, in the transaction in which it is done. */
export const bookActs =
  (services: ApiServices, actor: Actor): BookActs =>
  (tx, acts) =>
    appendAudit(
      tx,
      acts.map(({ action, subjects }) =>
        auditEntry({ ...eventOf(services, actor, action), outcome: 'DONE', subjects }),
      ),
    );

/** That somebody asked for what is not there for them: whether it exists is not in the entry. */
export async function bookRefusedAct(
  services: ApiServices,
  actor: Actor,
  action: string,
  subject: Subject,
): Promise<void> {
  const subjects = isId(subject.id) ? [subject] : [];
  await services.ledger.book(auditEntry({ ...eventOf(services, actor, action), outcome: 'REFUSED', subjects }));
}

const eventOf = (services: ApiServices, actor: Actor, action: string) => ({
  ...{ at: services.clock.now(), personId: actor.personId, agencyId: actor.agency?.id ?? null },
  ...{ roles: [...actor.roles], action, purpose: actor.purpose },
});
