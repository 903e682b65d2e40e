import type { AgencyActor } from '@concord/access';
import { auditEntry, type ReadLedger } from '@concord/audit';
import type { Clock } from '@concord/platform/clock';
import type { Queryable } from '@concord/platform/database';
import { isId } from '@concord/platform/ids';
import { findRecordsById, type ReadAs, type RecordCard } from '@concord/records';
import DataLoader from 'dataloader';

export interface ReadBooks {
  readonly db: Queryable;
  readonly ledger: ReadLedger;
  readonly clock: Clock;
}

/** In whose name, and for what: an agreement opens nothing for a purpose that it does not name. */
export const readAs = (actor: AgencyActor): ReadAs => ({
  personId: actor.personId,
  agencyId: actor.agency.id,
  purpose: actor.purpose?.code ?? null,
});

/**
 * A record that is shown in an alert, in the books. It has a name of its own, because reads are counted for the record's
 * owner, and who watches is nobody's to know: what alerts show is in no count.
 */
export const ALERT_READ = 'alert.read';

/** Books a read of records before its answer leaves: record, version and precision of each (28 CFR 23.20(g)). */
export async function bookRecordRead(
  books: ReadBooks,
  actor: AgencyActor,
  action: string,
  cards: readonly RecordCard[],
): Promise<void> {
  await books.ledger.book(
    auditEntry({
      at: books.clock.now(),
      personId: actor.personId,
      agencyId: actor.agency.id,
      roles: [...actor.roles],
      keyId: actor.key?.id,
      action,
      outcome: 'DONE',
      purpose: actor.purpose,
      subjects: cards.map((card) => ({
        kind: 'record',
        id: card.id,
        version: card.version,
        precision: card.precision,
      })),
    }),
  );
}

/** Books that somebody asked for what is not there for them: whether it exists is not in the entry either. */
export async function bookRefusedRead(
  books: ReadBooks,
  actor: AgencyActor,
  kind: 'record' | 'report',
  id: string,
): Promise<void> {
  await books.ledger.book(
    auditEntry({
      at: books.clock.now(),
      personId: actor.personId,
      agencyId: actor.agency.id,
      roles: [...actor.roles],
      keyId: actor.key?.id,
      action: `${kind}.read`,
      outcome: 'REFUSED',
      purpose: actor.purpose,
      subjects: isId(id) ? [{ kind, id }] : [],
    }),
  );
}

/**
 * Records of alerts by id for one operation: the ids that are asked for in the same tick are one statement and one audit entry.
 * Nothing is remembered: what was visible a moment ago is asked again.
 */
export function recordLoader(books: ReadBooks, actor: AgencyActor): DataLoader<string, RecordCard | null> {
  return new DataLoader(
    async (ids) => {
      const cards = await findRecordsById(books.db, readAs(actor), ids);
      await bookRecordRead(
        books,
        actor,
        ALERT_READ,
        cards.filter((card) => card !== null),
      );
      return cards;
    },
    { cache: false, maxBatchSize: 200 },
  );
}
