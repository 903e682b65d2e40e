import type { AgencyActor } from '@concord/access';
import { auditEntry } from '@concord/audit';
import { findWhatComesBack, type Observation } from '@concord/records';
import type { ApiServices } from '../services.js';

/**
 * What other records have in common with records of the actor's agency, by record; which ones were found is on the books
 * before anything is told.
 *
 * @param shared whether other agencies' records may be counted, for the actor's purpose; otherwise the own ones alone
 */
export async function lookAround(
  { db, ledger, clock }: ApiServices,
  actor: AgencyActor,
  recordIds: readonly string[],
  shared: boolean,
): Promise<ReadonlyMap<string, readonly Observation[]>> {
  const purpose = shared ? (actor.purpose?.code ?? null) : null;
  const as = { personId: actor.personId, agencyId: actor.agency.id, purpose };
  const found = await findWhatComesBack(db, as, recordIds);
  const shown = new Map([...found.values()].flat().flatMap((one) => one.shown.map((it) => [it.id, it])));
  await ledger.book(
    auditEntry({
      ...{ at: clock.now(), personId: actor.personId, agencyId: actor.agency.id, roles: [...actor.roles] },
      ...{ keyId: actor.key?.id, action: 'report.comes-back', outcome: 'DONE', purpose: actor.purpose },
      subjects: [...shown.values()].map((it) => ({ kind: 'record', ...it })),
    }),
  );
  return found;
}
