import { AGENCY_LEVELS, type AgencyLevel } from '@concord/codes';
import type { Agency, AgencyContact, AgencyInput, ValidAgency } from './agency.js';
import { readLine, type Fault } from '../fault.js';
import { checkFitsLevel, checkPlaces, isEmpty, placeKeys, type Jurisdiction } from './jurisdiction.js';

export const ORI = /^[A-Z]{2}[A-Z0-9]{7}$/;
export const LONGEST_NAME = 200;
/** Digits, and what people write between them; an extension. E.164 has 15 digits at most. */
const PHONE = /^\+?[0-9(][0-9 ().-]{5,24}[0-9]( ?(x|ext\.?) ?[0-9]{1,6})?$/;
/** RFC 5321 is kinder; what it allows beyond this nobody has. */
const EMAIL = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}$/;
const LONGEST_EMAIL = 254;

/** The same in SQL: agency_level_is_under(), which decides. */
const LEVELS_ABOVE: Readonly<Record<AgencyLevel, readonly AgencyLevel[]>> = {
  FEDERAL: ['FEDERAL'],
  STATE: ['STATE', 'FEDERAL'],
  LOCAL: ['LOCAL', 'STATE', 'FEDERAL'],
  TRIBAL: ['TRIBAL', 'STATE', 'FEDERAL'],
  COMMUNITY: AGENCY_LEVELS,
};

/** Whether agencies of one level may be under those of another. */
export const isLevelUnder = (child: AgencyLevel, parent: AgencyLevel): boolean => LEVELS_ABOVE[child].includes(parent);

/** What the directory holds that decides about an input. */
export interface AgencyFacts {
  /** As it is, in a change; null for a new one. */
  readonly current: Agency | null;
  /** Whether an agency of the ORI that is asked for is there already. */
  readonly oriTaken: boolean;
  /** Of the ORI that is named as the parent's; null where there is none. */
  readonly parent: ParentFact | null;
  /** Of the agencies directly below. */
  readonly levelsBelow: readonly AgencyLevel[];
}

export interface ParentFact {
  readonly id: string;
  readonly level: AgencyLevel;
  readonly status: Agency['status'];
  /** Whether it is the agency itself, or somewhere below it. */
  readonly isBelow: boolean;
}

/** What would be stored, or every fault at once. Pure. */
export function checkAgency(
  input: AgencyInput,
  facts: AgencyFacts,
): { readonly agency: ValidAgency; readonly faults: readonly [] } | { readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const { current } = facts;
  const level = readLevel(input, current, faults);
  const ori = current === null ? readOri(input, level, facts, faults) : current.ori;
  const name = readName(input, current, faults);
  const jurisdiction = readJurisdiction(input, level, current, faults);
  const contact = readContact(input, current, faults);
  const parentId = readParent(input, level, facts, faults);
  if (level !== null && facts.levelsBelow.some((below) => !isLevelUnder(below, level)))
    faults.push({
      path: 'level',
      code: 'PARENT_DOES_NOT_FIT',
      message: 'Agencies below this one are of higher levels.',
    });
  if (faults.length > 0 || name === null || level === null) return { faults };
  return { agency: { ori, name, level, parentId, places: placeKeys(jurisdiction), contact }, faults: [] };
}

function readOri(input: AgencyInput, level: AgencyLevel | null, facts: AgencyFacts, faults: Fault[]): string | null {
  const ori = input.ori ?? null;
  if (level === 'COMMUNITY') {
    if (ori !== null) faults.push({ path: 'ori', code: 'ORI_DOES_NOT_FIT', message: 'Community partners have none.' });
    return null;
  }
  if (ori === null) {
    faults.push({ path: 'ori', code: 'REQUIRED', message: 'Give the nine characters of the ORI.' });
    return null;
  }
  if (!ORI.test(ori))
    faults.push({
      path: 'ori',
      code: 'INVALID_FORMAT',
      message: 'Give two capital letters and seven capital letters or digits, such as CA0371100.',
    });
  else if (facts.oriTaken)
    faults.push({ path: 'ori', code: 'TAKEN', message: 'There is an agency with this ORI already.' });
  return ori;
}

function readName(input: AgencyInput, current: Agency | null, faults: Fault[]): string | null {
  if (input.name === undefined && current !== null) return current.name;
  const name = readLine('name', input.name, LONGEST_NAME, faults);
  if (name !== null && !/[\p{L}\p{N}]/u.test(name)) {
    faults.push({ path: 'name', code: 'INVALID_FORMAT', message: 'Give a name with a letter or a digit in it.' });
    return null;
  }
  return name;
}

function readLevel(input: AgencyInput, current: Agency | null, faults: Fault[]): AgencyLevel | null {
  if (input.level === undefined && current !== null) return current.level;
  const level = AGENCY_LEVELS.find((known) => known === input.level);
  if (level === undefined) {
    if (input.level === null || input.level === undefined)
      faults.push({ path: 'level', code: 'REQUIRED', message: `Give one of ${AGENCY_LEVELS.join(', ')}.` });
    else faults.push({ path: 'level', code: 'UNKNOWN_CODE', message: `Give one of ${AGENCY_LEVELS.join(', ')}.` });
    return null;
  }
  if (current !== null && (level === 'COMMUNITY') !== (current.level === 'COMMUNITY'))
    faults.push({ path: 'level', code: 'ORI_DOES_NOT_FIT', message: 'COMMUNITY is for those who have no ORI.' });
  return level;
}

function readJurisdiction(
  input: AgencyInput,
  level: AgencyLevel | null,
  current: Agency | null,
  faults: Fault[],
): Jurisdiction {
  const stays = input.jurisdiction === undefined && current !== null;
  const jurisdiction = stays ? current.jurisdiction : checkPlaces(input.jurisdiction ?? {}, faults);
  if (!stays && isEmpty(jurisdiction))
    faults.push({ path: 'jurisdiction', code: 'REQUIRED', message: 'Give the places that the agency acts for.' });
  if (level !== null) checkFitsLevel(jurisdiction, level, faults);
  return jurisdiction;
}

/** Whom to call there: what is left out stays as it is in `current`, what is null is taken away. */
export function readContact(
  input: Pick<AgencyInput, 'contact'>,
  current: Agency | null,
  faults: Fault[],
): AgencyContact {
  const { contact } = input;
  if (contact === undefined && current !== null) return current.contact;
  const field = (name: keyof AgencyContact, max: number, form: RegExp | null, message: string): string | null => {
    const raw = contact?.[name];
    if (raw === undefined && contact !== null && current !== null) return current.contact[name];
    if (raw === null || raw === undefined) return null;
    const path = `contact.${name}`;
    const text = readLine(path, raw, max, faults);
    if (text !== null && form !== null && !form.test(text)) faults.push({ path, code: 'INVALID_FORMAT', message });
    return text;
  };
  return {
    name: field('name', LONGEST_NAME, null, ''),
    phone: field('phone', 40, PHONE, 'Give a telephone number, such as +1 619 555 0101 or 619-555-0101 x12.'),
    email: field('email', LONGEST_EMAIL, EMAIL, 'Give an e-mail address, such as duty@example.org.'),
  };
}

function readParent(
  input: AgencyInput,
  level: AgencyLevel | null,
  { current, parent }: AgencyFacts,
  faults: Fault[],
): string | null {
  if (input.parentOri === undefined && (current === null || current.parent === null)) return null;
  if (input.parentOri === null) return null;
  const path = 'parentOri';
  if (parent === null || parent.status === 'LEFT') {
    // A parent that has left stays where it was until somebody names another one.
    if (input.parentOri === undefined) return current?.parent?.id ?? null;
    faults.push({ path, code: 'UNKNOWN_PARENT', message: 'Give the ORI of an agency that takes part.' });
    return null;
  }
  if (parent.isBelow)
    faults.push({
      path,
      code: 'PARENT_DOES_NOT_FIT',
      message: 'Give an agency that is neither this one nor below it.',
    });
  if (level !== null && !isLevelUnder(level, parent.level))
    faults.push({ path, code: 'PARENT_DOES_NOT_FIT', message: 'Give an agency of the same or a higher level.' });
  return parent.id;
}
