import type { PoolClient } from 'pg';
import type { ActAs } from './record.reader.js';

/** What has become of a request for contact. */
export const CONTACT_STATES = ['OPEN', 'ANSWERED', 'DECLINED'] as const;
export type ContactState = (typeof CONTACT_STATES)[number];

/** A request for contact as one of its two sides has it. */
interface ContactCard {
  readonly id: string;
  readonly recordId: string;
  readonly askedAt: Date;
  readonly state: ContactState;
  /** Both texts are sealed with this agency's key. */
  readonly askerAgencyId: string;
  readonly sealedMessage: Buffer;
  readonly sealedAnswer: Buffer | null;
  /** YYYY-MM-DD, UTC. */
  readonly answeredOn: string | null;
}

/** As the asker has it: the owner's name only where the owner has given it. */
export interface AskedContact extends ContactCard {
  readonly revealed: { readonly name: string; readonly phone: string | null } | null;
}

/** As the owner has it. */
export interface ReceivedContact extends ContactCard {
  readonly asker: { readonly agencyName: string; readonly agencyOri: string | null; readonly personName: string };
  readonly revealed: boolean;
}

export interface ContactPosition {
  readonly at: string;
  readonly id: string;
}

/** With its place in the order. */
export interface Placed<Card> {
  readonly contact: Card;
  readonly position: ContactPosition;
}

interface ContactRow {
  id: string;
  record_id: string;
  asked_at: Date;
  position: string;
  state: ContactState;
  asker_agency_id: string;
  sealed_message: Buffer;
  sealed_answer: Buffer | null;
  answered_on: string | null;
}

const COLUMNS = `c.id, c.record_id, c.asked_at, c.asked_at::text as position, c.state, c.asker_agency_id, c.sealed_message, c.sealed_answer,
  c.answered_on::text`;

const cardOf = (row: ContactRow): ContactCard => ({
  id: row.id,
  recordId: row.record_id,
  askedAt: row.asked_at,
  state: row.state,
  askerAgencyId: row.asker_agency_id,
  sealedMessage: row.sealed_message,
  sealedAnswer: row.sealed_answer,
  answeredOn: row.answered_on,
});

const START: ContactPosition = { at: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

/** What this person has asked in this seat, the newest first; also where the record is out of sight by now. */
export async function findAskedContacts(
  tx: PoolClient,
  as: ActAs,
  limit: number,
  after: ContactPosition | null,
): Promise<Placed<AskedContact>[]> {
  const { at, id } = after ?? START;
  const { rows } = await tx.query<ContactRow & { owner_name: string | null; owner_phone: string | null }>({
    name: 'asked_contacts',
    text: `select ${COLUMNS}, a.name as owner_name, a.contact_phone as owner_phone
           from contact_request c left join agency a on a.id = c.revealed_agency_id
           where c.asker_id = $1 and c.asker_agency_id = $2 and (c.asked_at, c.id) < ($3::timestamptz, $4::uuid)
           order by c.asked_at desc, c.id desc limit $5`,
    values: [as.personId, as.agencyId, at, id, limit],
  });
  return rows.map((row) => ({
    contact: {
      ...cardOf(row),
      revealed: row.owner_name === null ? null : { name: row.owner_name, phone: row.owner_phone },
    },
    position: { at: row.position, id: row.id },
  }));
}

/** What others have asked this agency, the newest first. Row-level security shows an agency its own alone. */
export async function findReceivedContacts(
  tx: PoolClient,
  as: ActAs,
  state: ContactState | null,
  limit: number,
  after: ContactPosition | null,
): Promise<Placed<ReceivedContact>[]> {
  const { at, id } = after ?? START;
  const { rows } = await tx.query<
    ContactRow & { agency_name: string; agency_ori: string | null; person_name: string; revealed: boolean }
  >({
    name: 'received_contacts',
    text: `select ${COLUMNS}, a.name as agency_name, a.ori as agency_ori, p.display_name as person_name,
             c.revealed_agency_id is not null as revealed
           from contact_request c join agency a on a.id = c.asker_agency_id join person p on p.id = c.asker_id
           where c.asker_agency_id <> $1 and ($2::text is null or c.state = $2) and (c.asked_at, c.id) < ($3::timestamptz, $4::uuid)
           order by c.asked_at desc, c.id desc limit $5`,
    values: [as.agencyId, state, at, id, limit],
  });
  return rows.map((row) => ({
    contact: {
      ...cardOf(row),
      asker: { agencyName: row.agency_name, agencyOri: row.agency_ori, personName: row.person_name },
      revealed: row.revealed,
    },
    position: { at: row.position, id: row.id },
  }));
}
