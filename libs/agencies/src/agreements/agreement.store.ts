import type { Pool } from 'pg';
import type { Book } from '../administration.js';
import { inSeat, type AdminSeat } from '../seat.js';
import type { Fault } from '../fault.js';
import type { AgreementIssueCode, ValidAgreement } from './agreement-input.js';

/**
 * A system admin records what was agreed: nobody is bound by it yet. Each party counts from when its own admin signs.
 *
 * @returns the faults that only the directory knows: parties that are not there or have left
 */
export async function recordAgreement(
  pool: Pool,
  seat: AdminSeat,
  id: string,
  agreement: ValidAgreement,
  book: Book,
): Promise<readonly Fault<AgreementIssueCode>[]> {
  return inSeat(pool, seat, async (tx) => {
    const { rows } = await tx.query<{ name: string; id: string | null }>(
      `select u.name, a.id from unnest($1::text[]) with ordinality as u(name, place)
       left join agency a on (a.ori = upper(u.name) or a.ori is null and a.id::text = lower(u.name)) and a.status = 'ACTIVE'
       order by u.place`,
      [agreement.parties],
    );
    const unknown = rows.flatMap((row, at): Fault<AgreementIssueCode>[] =>
      row.id === null ? [{ path: `parties.${at}`, code: 'NOT_FOUND', message: 'No agency has this ORI.' }] : [],
    );
    if (unknown.length > 0) return unknown;
    const { contact } = agreement;
    await tx.query('select record_agreement($1)', [
      {
        ...{ id, name: agreement.name, widest_sharing: agreement.widestSharing, text_digest: agreement.textDigest },
        ...{ valid_from: agreement.from, valid_until: agreement.until },
        ...{ purposes: agreement.purposes, data_classes: agreement.dataClasses },
        ...{ contact_name: contact.name, contact_phone: contact.phone, contact_email: contact.email },
        parties: [...new Set(rows.map((row) => row.id))],
      },
    ]);
    await book(tx);
    return [];
  });
}

export type SignOutcome = 'SIGNED' | 'UNCHANGED' | 'ABSENT' | 'OTHER_TEXT' | 'ENDED';

/** An agency's admin signs the text that has this digest; doing it twice changes nothing. */
export async function signAgreement(
  pool: Pool,
  seat: AdminSeat,
  signature: { readonly agreementId: string; readonly textDigest: string },
  book: Book,
): Promise<SignOutcome> {
  return act<SignOutcome>(pool, seat, book, ['SIGNED'], 'select sign_agreement($1, $2) as outcome', [
    signature.agreementId,
    signature.textDigest,
  ]);
}

export type EndOutcome = 'ENDED' | 'WAS_ENDED' | 'NOT_SIGNED' | 'ABSENT';

/**
 * Ends it at this moment: for all by a system admin, for the own agency by that agency's admin. Keys that hung on it are
 * gone from the commit on; no record, rule or alert is touched.
 */
export async function endAgreement(
  pool: Pool,
  seat: AdminSeat,
  ending: { readonly agreementId: string; readonly reason: string },
  book: Book,
): Promise<EndOutcome> {
  return act<EndOutcome>(pool, seat, book, ['ENDED'], 'select end_agreement($1, $2) as outcome', [
    ending.agreementId,
    ending.reason,
  ]);
}

/** One act in one transaction: booked where it changed something. */
export async function act<Outcome extends string>(
  pool: Pool,
  seat: AdminSeat,
  book: Book,
  booked: readonly Outcome[],
  text: string,
  values: readonly unknown[],
): Promise<Outcome> {
  return inSeat(pool, seat, async (tx) => {
    const { rows } = await tx.query<{ outcome: Outcome }>(text, [...values]);
    const [row] = rows;
    if (row === undefined) throw new Error('an act has an outcome');
    if (booked.includes(row.outcome)) await book(tx);
    return row.outcome;
  });
}
