import { IDENTIFIER_KINDS, IDENTIFIER_SENSITIVITIES, type IdentifierKind } from '@concord/codes';
import type { Occurred, ValidIdentifier, ValidReport } from '@concord/deidentification';
import { isDate, localDate, MAX_OFFSET_MINUTES } from './instant.js';
import type { Section } from './section.js';
import { IDENTIFIER_FIELDS, PERSON_NAME_FIELDS } from './submitted-fields.js';

const MAX_IDENTIFIERS = 50;
const VALUE = { max: 200 };
const PERSON_NAME = { max: 100 };
const FULL_AGE = 18;
const EARLIEST_BIRTH = '1850-01-01';

type PersonName = Extract<ValidIdentifier, { kind: 'PERSON' }>['person'];

/** Against which a birth date is judged; `occurred` is null where it could not be read. */
export interface Calendar {
  readonly occurred: Occurred | null;
  readonly now: Date;
}

/** What points at somebody; null in the place of each one that is at fault. */
export function readIdentifiers(report: Section, calendar: Calendar): (ValidIdentifier | null)[] {
  return report.sections('identifiers', MAX_IDENTIFIERS).map((identifier) => readIdentifier(identifier, calendar));
}

function readIdentifier(identifier: Section, calendar: Calendar): ValidIdentifier | null {
  identifier.refuseOthers(IDENTIFIER_FIELDS);
  const kind = identifier.required('kind', identifier.code('kind', IDENTIFIER_KINDS));
  const sensitivity = identifier.code('sensitivity', IDENTIFIER_SENSITIVITIES) ?? 'OPEN';
  if (kind === null) {
    // What does not depend on the kind is looked at all the same, so that its faults are told now.
    identifier.text('value', VALUE);
    if (identifier.has('person')) readPersonName(identifier, calendar);
    return null;
  }
  if (kind === 'PERSON') {
    refuseMisplaced(
      identifier,
      'value',
      'Must be left out for kind PERSON: give person { givenName surName birthDate }.',
    );
    const person = readPersonName(identifier, calendar);
    return person && { kind, person, sensitivity };
  }
  refuseMisplaced(identifier, 'person', 'Must be left out unless kind is PERSON: give a value.');
  const value = identifier.required('value', readValue(identifier, kind));
  return value === null ? null : { kind, value, sensitivity };
}

/** Numbers are plain ASCII, or the same one would not be found again; handles and mail addresses may be anything. */
function readValue(identifier: Section, kind: IdentifierKind): string | null {
  const value = identifier.text('value', VALUE);
  if (kind === 'HANDLE' || kind === 'EMAIL') return value;
  return identifier.plain('value', value, `Must be plain letters, digits and punctuation for kind ${kind}.`);
}

/** Nobody says whose an identifier is; where everybody was a minor, it is worth asking. */
export function warnOfMinors(
  report: Section,
  { people, identifiers }: Pick<ValidReport, 'people' | 'identifiers'>,
): void {
  if (identifiers.length === 0 || people.length === 0) return;
  if (!people.every(({ age }) => age !== null && age < FULL_AGE)) return;
  const message = `Everybody in people is under ${FULL_AGE}: leave out what is theirs.`;
  report.warn('identifiers', 'PEOPLE_ARE_MINORS', message);
}

function refuseMisplaced(identifier: Section, name: string, message: string): void {
  if (identifier.has(name)) identifier.refuse(name, 'DOES_NOT_FIT_KIND', message);
}

function readPersonName(identifier: Section, calendar: Calendar): PersonName | null {
  const person = identifier.sectionOrEmpty('person');
  if (person === null) return null;
  person.refuseOthers(PERSON_NAME_FIELDS);
  const givenName = person.required('givenName', person.text('givenName', PERSON_NAME));
  const surName = person.required('surName', person.text('surName', PERSON_NAME));
  const birthDate = person.required('birthDate', readBirthDate(person, calendar));
  if (givenName === null || surName === null || birthDate === null) return null;
  return { givenName, surName, birthDate };
}

function readBirthDate(person: Section, { occurred, now }: Calendar): string | null {
  const rule = `Must be an existing date, YYYY-MM-DD, not before ${EARLIEST_BIRTH}.`;
  const birthDate = person.codeText('birthDate', rule);
  if (birthDate === null) return null;
  if (!isDate(birthDate) || birthDate < EARLIEST_BIRTH) return person.refuse('birthDate', 'INVALID_DATE', rule);
  if (birthDate > localDate(now, 0)) {
    return person.refuse('birthDate', 'TIME_IN_FUTURE', 'Must not lie in the future.');
  }
  // Who is under age now, by the clock that is furthest ahead, was so whenever it happened.
  if (isMinor(birthDate, occurred ?? { from: now, offsetMinutes: MAX_OFFSET_MINUTES })) {
    const message = `Must be left out: identifiers of people under ${FULL_AGE} at the time are not accepted.`;
    return person.refuse('birthDate', 'IDENTIFIER_OF_MINOR', message);
  }
  return birthDate;
}

/** By the calendar of where it happened and at the earliest time that the stated precision leaves open. */
function isMinor(birthDate: string, occurred: Pick<Occurred, 'from' | 'offsetMinutes'>): boolean {
  const fullAge = `${Number(birthDate.slice(0, 4)) + FULL_AGE}${birthDate.slice(4)}`;
  return localDate(occurred.from, occurred.offsetMinutes) < fullAge;
}
