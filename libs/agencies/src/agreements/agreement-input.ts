import { PURPOSE_CODES, SHARING_CODES, type PurposeCode, type SharingCode } from '@concord/codes';
import { DATA_CLASSES, type AgreementContact, type DataClass } from './agreement.js';

/** As it comes from outside: anything may be missing. */
export interface SubmittedAgreement {
  readonly name?: string | null;
  readonly parties?: readonly string[] | null;
  readonly purposes?: readonly string[] | null;
  readonly widestSharing?: string | null;
  readonly dataClasses?: readonly string[] | null;
  readonly from?: string | null;
  readonly until?: string | null;
  readonly contact?: Partial<AgreementContact> | null;
  readonly textDigest?: string | null;
}

export interface ValidAgreement {
  readonly name: string;
  /** ORIs, or ids of agencies that have none; each once. */
  readonly parties: readonly string[];
  readonly purposes: readonly PurposeCode[];
  readonly widestSharing: SharingCode;
  readonly dataClasses: readonly DataClass[];
  readonly from: Date;
  readonly until: Date | null;
  readonly contact: AgreementContact;
  readonly textDigest: string;
}

/** What an agreement, its signing and its end are refused for. */
export type AgreementIssueCode =
  | 'ENDED'
  | 'FORBIDDEN_CHARACTER'
  | 'INVALID_FORMAT'
  | 'LIST_TOO_LONG'
  | 'NOT_FOUND'
  | 'NOT_SIGNED'
  | 'NOT_YOURS'
  | 'OTHER_TEXT'
  | 'RANGE_REVERSED'
  | 'REQUIRED'
  | 'TOO_FEW'
  | 'TOO_LONG'
  | 'UNKNOWN_CODE';

export interface AgreementFault {
  readonly path: string;
  readonly code: AgreementIssueCode;
  readonly message: string;
}

const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?$/;
const MAX_PARTIES = 500;

/** SHA-256 in hexadecimal. */
export const isDigest = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

/** What is wrong with it, all at once, or the agreement. Pure. */
export function validateAgreement(
  input: SubmittedAgreement,
):
  | { readonly ok: true; readonly agreement: ValidAgreement }
  | { readonly ok: false; readonly issues: AgreementFault[] } {
  const issues: AgreementFault[] = [];
  const fault = (path: string, code: AgreementIssueCode, message: string): void =>
    void issues.push({ path, code, message });
  const text = (path: string, raw: string | null | undefined, max: number): string | null => {
    const trimmed = (raw ?? '').normalize('NFC').trim();
    if ([...trimmed].length > max) fault(path, 'TOO_LONG', `Must have at most ${max} characters.`);
    else if (/\p{C}/u.test(trimmed)) fault(path, 'FORBIDDEN_CHARACTER', 'Leave out control characters.');
    return trimmed === '' ? null : trimmed;
  };
  const codes = <T extends string>(path: string, raw: readonly string[] | null | undefined, all: readonly T[]): T[] => {
    if (!raw || raw.length === 0) fault(path, 'REQUIRED', `Give one or more of ${all.join(' ')}.`);
    (raw ?? []).forEach((code, at) => {
      if (!all.some((known) => known === code))
        fault(`${path}.${at}`, 'UNKNOWN_CODE', `Must be one of ${all.join(' ')}.`);
    });
    return all.filter((known) => raw?.includes(known));
  };
  const instant = (path: string, raw: string | null | undefined): Date | null => {
    if (raw === null || raw === undefined || raw === '') return null;
    const at = new Date(raw);
    if (INSTANT.test(raw) && !Number.isNaN(at.getTime())) return at;
    fault(path, 'INVALID_FORMAT', 'Give a date (2026-12-01) or an instant with its offset.');
    return null;
  };

  const name = text('name', input.name, 200);
  if (name === null) fault('name', 'REQUIRED', 'Give the agreement a name.');
  const parties = [...new Set(input.parties ?? [])];
  if (parties.length < 2) fault('parties', 'TOO_FEW', 'An agreement has two parties or more.');
  if (parties.length > MAX_PARTIES) fault('parties', 'LIST_TOO_LONG', `Name at most ${MAX_PARTIES} parties at once.`);
  const purposes = codes('purposes', input.purposes, PURPOSE_CODES);
  const dataClasses = codes('dataClasses', input.dataClasses ?? DATA_CLASSES, DATA_CLASSES);
  const widestSharing = SHARING_CODES.find((code) => code === input.widestSharing) ?? null;
  if (!input.widestSharing) fault('widestSharing', 'REQUIRED', `Give one of ${SHARING_CODES.join(' ')}.`);
  else if (widestSharing === null) fault('widestSharing', 'UNKNOWN_CODE', `Must be one of ${SHARING_CODES.join(' ')}.`);
  const from = instant('from', input.from);
  if (!input.from) fault('from', 'REQUIRED', 'Say from when it is valid.');
  const until = instant('until', input.until);
  if (from !== null && until !== null && until <= from)
    fault('until', 'RANGE_REVERSED', 'Must end after it has begun.');
  const contact = {
    name: text('contact.name', input.contact?.name, 200),
    phone: text('contact.phone', input.contact?.phone, 40),
    email: text('contact.email', input.contact?.email, 200),
  };
  if (contact.phone === null && contact.email === null)
    fault('contact', 'REQUIRED', 'Give a telephone number or an e-mail address to ask.');
  const textDigest = (input.textDigest ?? '').trim().toLowerCase();
  if (textDigest === '') fault('textDigest', 'REQUIRED', 'Give the SHA-256 of the text.');
  else if (!isDigest(textDigest)) fault('textDigest', 'INVALID_FORMAT', 'Must be 64 hexadecimal digits.');

  if (issues.length > 0 || name === null || widestSharing === null || from === null) return { ok: false, issues };
  return {
    ok: true,
    agreement: { name, parties, purposes, widestSharing, dataClasses, from, until, contact, textDigest },
  };
}

/** The reason of an end as it is kept, or what is wrong with it. Pure. */
export function checkEndReason(raw: string): { readonly text: string } | { readonly issue: AgreementFault } {
  const text = raw.normalize('NFC').trim();
  if (text === '') return { issue: { path: 'reason', code: 'REQUIRED', message: 'Say why it ends.' } };
  if ([...text].length > 500)
    return { issue: { path: 'reason', code: 'TOO_LONG', message: 'Must have at most 500 characters.' } };
  if (/(?!\n)\p{C}/u.test(text))
    return { issue: { path: 'reason', code: 'FORBIDDEN_CHARACTER', message: 'Leave out control characters.' } };
  return { text };
}
