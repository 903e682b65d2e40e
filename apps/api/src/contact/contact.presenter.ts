import type { KeyHolder } from '@concord/blinding';
import type { AskedContact, ReceivedContact } from '@concord/records';
import { checkText, SEAL_PLACES, type TextRule } from '@concord/submission';
import type { Issue } from '../graphql/shared.types.js';
import type { ContactRequest, ReceivedContactRequest } from './contact.types.js';

const MESSAGE: TextRule = { max: 2_000, characters: 'LINES' };

/** The message in its one spelling, or what is wrong with it. */
export function checkMessage(raw: string): { readonly text: string } | { readonly issues: Issue[] } {
  const checked = checkText(raw, MESSAGE);
  if (!('text' in checked)) return { issues: [{ path: 'message', code: checked.code, message: checked.message }] };
  if (checked.text !== '') return checked;
  return { issues: [{ path: 'message', code: 'REQUIRED', message: 'Must be given.' }] };
}

type Sealed<Part extends keyof AskedContact> = Pick<AskedContact, 'id' | 'askerAgencyId' | Part>;

/**
 * Both texts are sealed with the asking agency's key, which the owner knows as well: a seal names its key, and a key its
 * agency, so one of the owner's would tell the asker who the owner is.
 */
export async function openMessage(
  keyHolder: KeyHolder,
  { id, askerAgencyId, sealedMessage }: Sealed<'sealedMessage'>,
): Promise<string> {
  const place = { agencyId: askerAgencyId, ...SEAL_PLACES.contactMessage(id) };
  return (await keyHolder.open(sealedMessage, place)).toString('utf8');
}

export async function openAnswer(
  keyHolder: KeyHolder,
  { id, askerAgencyId, sealedAnswer }: Sealed<'sealedAnswer'>,
): Promise<string | null> {
  if (sealedAnswer === null) return null;
  const place = { agencyId: askerAgencyId, ...SEAL_PLACES.contactAnswer(id) };
  return (await keyHolder.open(sealedAnswer, place)).toString('utf8');
}

/** As the asker reads it: of the owner what it gave, and no more. */
export async function presentAsked(keyHolder: KeyHolder, contact: AskedContact): Promise<ContactRequest> {
  const answer = await openAnswer(keyHolder, contact);
  const { id, recordId, askedAt, state, answeredOn, revealed } = contact;
  return {
    ...{ id, recordId, askedAt, state, message: await openMessage(keyHolder, contact) },
    answer:
      answer === null || answeredOn === null
        ? null
        : { message: answer, on: answeredOn, agencyName: revealed?.name ?? null, phone: revealed?.phone ?? null },
  };
}

/** As the owner reads it. */
export async function presentReceived(keyHolder: KeyHolder, contact: ReceivedContact): Promise<ReceivedContactRequest> {
  const answer = await openAnswer(keyHolder, contact);
  const { id, recordId, askedAt, state, answeredOn, revealed, asker } = contact;
  return {
    ...{ id, recordId, askedAt, state, asker: { ...asker }, message: await openMessage(keyHolder, contact) },
    answer: answer === null || answeredOn === null ? null : { message: answer, on: answeredOn, revealed },
  };
}
