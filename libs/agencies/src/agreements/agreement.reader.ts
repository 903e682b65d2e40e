import type { PurposeCode, SharingCode } from '@concord/codes';
import type { Queryable } from '@concord/platform/database';
import type { AdminSeat } from '../seat.js';
import type { Agreement, AgreementParty, DataClass } from './agreement.js';

interface AgreementRow {
  id: string;
  name: string;
  widest_sharing: SharingCode;
  purposes: PurposeCode[];
  data_classes: DataClass[];
  valid_from: Date;
  valid_until: Date | null;
  own_until: Date | null;
  contact_name: string | null;
  contact_phone: string | null;
  contact_email: string | null;
  text_digest: string;
  ended_reason: string | null;
  parties: { ori: string | null; name: string; signed: boolean; signed_at: string | null; until: string | null }[];
}

/** Oldest first: where the next page begins. */
export interface AgreementPosition {
  readonly at: string;
  readonly id: string;
}

export interface FoundAgreement {
  readonly agreement: Agreement;
  readonly position: AgreementPosition;
}

const SELECT = `select g.id, g.name, g.widest_sharing, g.purposes, g.data_classes, g.valid_from, g.valid_until,
    g.contact_name, g.contact_phone, g.contact_email, g.text_digest, g.valid_from::text as position,
    own.valid_until as own_until, coalesce(own.ended_reason, g.ended_reason) as ended_reason,
    (select coalesce(json_agg(json_build_object('ori', a.ori, 'name', a.name, 'signed', gp.agency_id is not null,
        'signed_at', gp.signed_at, 'until', gp.valid_until) order by a.name, a.id), '[]')
     from (select agency_id from agreement_party where agreement_id = g.id
           union select agency_id from agreement_invitation where agreement_id = g.id) n
     join agency a on a.id = n.agency_id
     left join agreement_party gp on gp.agreement_id = g.id and gp.agency_id = n.agency_id) as parties
  from agreement g left join agreement_party own on own.agreement_id = g.id and own.agency_id = $1
  where ($1::uuid is null or own.agency_id is not null
         or exists (select from agreement_invitation i where i.agreement_id = g.id and i.agency_id = $1))`;

/** All of them for the deployment's seat; for an agency's those that name it. */
export async function findAgreements(
  db: Queryable,
  seat: AdminSeat,
  limit: number,
  after: AgreementPosition | null,
): Promise<FoundAgreement[]> {
  const { rows } = await db.query<AgreementRow & { position: string }>({
    name: 'agreements',
    text: `${SELECT} and (g.valid_from, g.id) > ($2::timestamptz, $3::uuid) order by g.valid_from, g.id limit $4`,
    values: [seat.agencyId, after?.at ?? '-infinity', after?.id ?? '00000000-0000-0000-0000-000000000000', limit],
  });
  return rows.map((row) => ({ agreement: asAgreement(row), position: { at: row.position, id: row.id } }));
}

export async function findAgreement(db: Queryable, seat: AdminSeat, id: string): Promise<Agreement | null> {
  const { rows } = await db.query<AgreementRow>({
    name: 'agreement',
    text: `${SELECT} and g.id = $2`,
    values: [seat.agencyId, id],
  });
  return rows[0] === undefined ? null : asAgreement(rows[0]);
}

function asAgreement(row: AgreementRow): Agreement {
  return {
    id: row.id,
    name: row.name,
    parties: row.parties.map(asParty),
    purposes: row.purposes,
    widestSharing: row.widest_sharing,
    dataClasses: row.data_classes,
    from: row.valid_from,
    until: earlier(row.valid_until, row.own_until),
    contact: { name: row.contact_name, phone: row.contact_phone, email: row.contact_email },
    textDigest: row.text_digest,
    endedReason: row.ended_reason,
  };
}

const asParty = (party: AgreementRow['parties'][number]): AgreementParty => ({
  ori: party.ori,
  name: party.name,
  signed: party.signed,
  signedAt: party.signed_at === null ? null : new Date(party.signed_at),
  until: party.until === null ? null : new Date(party.until),
});

/** For whom it ended sooner: an agency that has withdrawn sees its own end. */
const earlier = (a: Date | null, b: Date | null): Date | null => {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
};
