import type { Actor } from '@concord/access';
import type { Administrator, BookActs } from '@concord/agencies';
import { appendAudit, auditEntry } from '@concord/audit';
import type { Clock } from '@concord/platform/clock';

/** The seat in which somebody administers; the policy has seen to it that it may. */
export const administratorOf = (actor: Actor): Administrator => ({
  personId: actor.personId,
  agencyId: actor.agency?.id ?? null,
});

/** Books what an administrator does, in the transaction in which it is done. */
export const bookAs =
  (actor: Actor, clock: Clock): BookActs =>
  (tx, acts) =>
    appendAudit(
      tx,
      acts.map(({ action, subjects }) =>
        auditEntry({
          at: clock.now(),
          personId: actor.personId,
          agencyId: actor.agency?.id ?? null,
          roles: [...actor.roles],
          action,
          outcome: 'DONE',
          purpose: actor.purpose,
          subjects,
        }),
      ),
    );
