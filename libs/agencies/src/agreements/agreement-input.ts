import { PURPOSE_CODES, SHARING_CODES, type PurposeCode, type SharingCode } from '@concord/codes';
import { readOptionalLine, type Fault, type TextFaultCode } from '../fault.js';
import { toNfc } from '@concord/platform/text';
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
  | TextFaultCode
  | 'ENDED'
  | 'INVALID_FORMAT'
  | 'LIST_TOO_LONG'
  | 'NOT_FOUND'
  | 'NOT_SIGNED'
  | 'NOT_YOURS'
  | 'OTHER_TEXT'
  | 'RANGE_REVERSED'
  | 'REQUIRED'
  | 'TOO_FEW'
  | 'UNKNOWN_CODE';

const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?$/;
const MAX_PARTIES = 500;

/** SHA-256 in hexadecimal. */
export const isDigest = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

/** What is wrong with it, all at once, or the agreement. Pure. */
export function validateAgreement(
  input: SubmittedAgreement,
):
  | { readonly ok: true; readonly agreement: ValidAgreement }
  | { readonly ok: false; readonly issues: readonly Fault<AgreementIssueCode>[] } {
  const reading = new Reading();
  const name = reading.text('name', input.name, 200);
  if (name === null && reading.issues.length === 0) reading.fault('name', 'REQUIRED', 'Give the agreement a name.');
  const parties = reading.parties(input.parties);
  const purposes = reading.codes('purposes', input.purposes, PURPOSE_CODES);
  const dataClasses = reading.codes('dataClasses', input.dataClasses ?? DATA_CLASSES, DATA_CLASSES);
  const widestSharing = reading.code('widestSharing', input.widestSharing, SHARING_CODES);
  const { from, until } = reading.term(input);
  const contact = reading.contact(input.contact);
  const textDigest = reading.digest(input.textDigest);
  if (reading.issues.length > 0 || name === null || widestSharing === null || from === null)
    return { ok: false, issues: reading.issues };
  return {
    ok: true,
    agreement: { name, parties, purposes, widestSharing, dataClasses, from, until, contact, textDigest },
  };
}

/** Reads field by field and keeps every fault. */
class Reading {
  readonly issues: Fault<AgreementIssueCode>[] = [];

  fault(path: string, code: AgreementIssueCode, message: string): void {
    this.issues.push({ path, code, message });
  }

  text(path: string, raw: string | null | undefined, max: number): string | null {
    return readOptionalLine(path, raw, max, this.issues);
  }

  /** Those that are known, in the order of the code list. */
  codes<T extends string>(path: string, raw: readonly string[] | null | undefined, known: readonly T[]): T[] {
    const given = raw ?? [];
    if (given.length === 0) this.fault(path, 'REQUIRED', `Give one of ${known.join(' ')}.`);
    given.forEach((code, at) => {
      if (!known.some((it) => it === code))
        this.fault(`${path}.${at}`, 'UNKNOWN_CODE', `Must be one of ${known.join(' ')}.`);
    });
    return known.filter((code) => given.includes(code));
  }

  code<T extends string>(path: string, raw: string | null | undefined, known: readonly T[]): T | null {
    const code = known.find((it) => it === raw) ?? null;
    if (!raw) this.fault(path, 'REQUIRED', `Give one of ${known.join(' ')}.`);
    else if (code === null) this.fault(path, 'UNKNOWN_CODE', `Must be one of ${known.join(' ')}.`);
    return code;
  }

  parties(raw: readonly string[] | null | undefined): string[] {
    const parties = [...new Set(raw ?? [])];
    if (parties.length < 2) this.fault('parties', 'TOO_FEW', 'An agreement has two parties or more.');
    if (parties.length > MAX_PARTIES)
      this.fault('parties', 'LIST_TOO_LONG', `Name at most ${MAX_PARTIES} parties at once.`);
    return parties;
  }

  term(input: Pick<SubmittedAgreement, 'from' | 'until'>): { from: Date | null; until: Date | null } {
    const from = this.#instant('from', input.from);
    const until = this.#instant('until', input.until);
    if (!input.from) this.fault('from', 'REQUIRED', 'Say from when it is valid.');
    if (from !== null && until !== null && until <= from)
      this.fault('until', 'RANGE_REVERSED', 'Must end after it has begun.');
    return { from, until };
  }

  contact(raw: Partial<AgreementContact> | null | undefined): AgreementContact {
    const before = this.issues.length;
    const name = this.text('contact.name', raw?.name, 200);
    const phone = this.text('contact.phone', raw?.phone, 40);
    const email = this.text('contact.email', raw?.email, 200);
    if (phone === null && email === null && this.issues.length === before)
      this.fault('contact', 'REQUIRED', 'Give a telephone number or an e-mail address to ask.');
    return { name, phone, email };
  }

  digest(raw: string | null | undefined): string {
    const digest = (raw ?? '').trim().toLowerCase();
    if (digest === '') this.fault('textDigest', 'REQUIRED', 'Give the SHA-256 of the text.');
    else if (!isDigest(digest)) this.fault('textDigest', 'INVALID_FORMAT', 'Must be 64 hexadecimal digits.');
    return digest;
  }

  #instant(path: string, raw: string | null | undefined): Date | null {
    if (!raw) return null;
    const at = new Date(raw);
    if (INSTANT.test(raw) && !Number.isNaN(at.getTime())) return at;
    this.fault(path, 'INVALID_FORMAT', 'Give a date (2026-12-01) or an instant with its offset.');
    return null;
  }
}

/** The reason of an end as it is kept, or what is wrong with it. Pure. */
export function checkEndReason(raw: string): { readonly text: string } | { readonly issue: Fault<AgreementIssueCode> } {
  const text = toNfc(raw).trim();
  if (text === '') return { issue: { path: 'reason', code: 'REQUIRED', message: 'Say why it ends.' } };
  if ([...text].length > 500)
    return { issue: { path: 'reason', code: 'TOO_LONG', message: 'Must have at most 500 characters.' } };
  if (/(?!\n)\p{C}/u.test(text))
    return { issue: { path: 'reason', code: 'FORBIDDEN_CHARACTER', message: 'Leave out control characters.' } };
  return { text };
}
