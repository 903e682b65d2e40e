import type { Queryable } from '@concord/platform/database';
import type { Pool, PoolClient } from 'pg';
import type { ActAs, ReadAs } from './record.reader.js';
import { asActor } from './report.reader.js';

/** What somebody asks the owner of a record, whoever that is. */
export interface ContactQuestion {
  readonly id: string;
  readonly recordId: string;
  readonly sealedMessage: Buffer;
}

/**
 * STANDING: this person has asked before and nobody has answered; COLLEAGUE: somebody else of the agency has. ABSENT: there
 * is no such record for this reader. OWN: it is of the reader's agency.
 */
export type AskOutcome =
  | { readonly kind: 'ASKED' }
  | { readonly kind: 'STANDING'; readonly id: string; readonly sealedMessage: Buffer }
  | { readonly kind: 'ABSENT' | 'OWN' | 'COLLEAGUE' };

/** Asks through a record that the reader sees at this moment. One open request for each record and asking agency. */
export function askContact(
  pool: Pool,
  as: ReadAs,
  question: ContactQuestion,
  book: (tx: Queryable) => Promise<void>,
): Promise<AskOutcome> {
  return asActor(pool, as, async (tx) => {
    const { rows: views } = await tx.query<{ rank: number }>({
      name: 'contact_view',
      text: 'select rank from record_view where record_id = $1 order by rank limit 1',
      values: [question.recordId],
    });
    if (views[0] === undefined) return { kind: 'ABSENT' };
    if (views[0].rank === 0) return { kind: 'OWN' };
    const { rowCount } = await tx.query({
      name: 'contact_asked',
      text: `insert into contact_request (id, record_id, asker_agency_id, asker_id, sealed_message) values ($1, $2, $3, $4, $5)
             on conflict (record_id, asker_agency_id) where state = 'OPEN' do nothing`,
      values: [question.id, question.recordId, as.agencyId, as.personId, question.sealedMessage],
    });
    if (rowCount === 1) {
      await book(tx);
      return { kind: 'ASKED' };
    }
    const { rows } = await tx.query<{ id: string; sealed_message: Buffer }>({
      name: 'contact_standing',
      text: `select id, sealed_message from contact_request
             where record_id = $1 and asker_id = $2 and asker_agency_id = $3 and state = 'OPEN'`,
      values: [question.recordId, as.personId, as.agencyId],
    });
    const [standing] = rows;
    return standing === undefined
      ? { kind: 'COLLEAGUE' }
      : { kind: 'STANDING', id: standing.id, sealedMessage: standing.sealed_message };
  });
}

/** What the owner says; null for the message: it declines. */
export interface ContactReply {
  readonly sealedAnswer: Buffer | null;
  /** Whether it names itself to this asker. */
  readonly reveal: boolean;
}

/** What stands in a request that was answered before. */
export interface StandingReply {
  readonly state: 'ANSWERED' | 'DECLINED';
  readonly sealedAnswer: Buffer | null;
  readonly revealed: boolean;
}

/** Of a request that this agency received: whose key it is sealed with. Null: there is none of this id for this agency. */
export async function findAskingAgency(pool: Pool, as: ActAs, id: string): Promise<string | null> {
  return asActor(pool, as, async (tx) => {
    const { rows } = await tx.query<{ asker: string }>({
      name: 'contact_asker',
      text: 'select asker_agency_id as asker from contact_request where id = $1 and asker_agency_id <> $2',
      values: [id, as.agencyId],
    });
    return rows[0]?.asker ?? null;
  });
}

/** Answers or declines, once; null: this answer stands now. Otherwise what stood there before. */
export function answerContact(
  pool: Pool,
  as: ActAs,
  id: string,
  reply: ContactReply,
  book: (tx: Queryable) => Promise<void>,
): Promise<StandingReply | null> {
  return asActor(pool, as, async (tx) => {
    const { rowCount } = await tx.query({
      name: 'contact_answered',
      text: `update contact_request set state = case when $2::bytea is null then 'DECLINED' else 'ANSWERED' end, sealed_answer = $2,
               answered_on = (now() at time zone 'UTC')::date, revealed_agency_id = case when $3 then $4::uuid end
             where id = $1 and state = 'OPEN'`,
      values: [id, reply.sealedAnswer, reply.reveal, as.agencyId],
    });
    if (rowCount === 1) {
      await book(tx);
      return null;
    }
    return standingReply(tx, id);
  });
}

async function standingReply(tx: PoolClient, id: string): Promise<StandingReply> {
  const { rows } = await tx.query<{ state: 'ANSWERED' | 'DECLINED'; sealed_answer: Buffer | null; revealed: boolean }>({
    name: 'contact_reply',
    text: 'select state, sealed_answer, revealed_agency_id is not null as revealed from contact_request where id = $1',
    values: [id],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('a request that was received is not taken away');
  return { state: row.state, sealedAnswer: row.sealed_answer, revealed: row.revealed };
}
