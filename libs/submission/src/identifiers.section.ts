import { IDENTIFIER_KINDS, IDENTIFIER_SENSITIVITIES } from '@concord/codes';
import type { Occurred, ValidIdentifier } from '@concord/deidentification';
import { isDate, localDate } from './instant.js';
import type { Section } from './section.js';

const MAX_IDENTIFIERS = 50;
const VALUE = { max: 200 };
const PERSON_NAME = { max: 100 };
const DATE = { max: 80 };
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
  const kind = identifier.required('kind', identifier.code('kind', IDENTIFIER_KINDS));
  const sensitivity = identifier.code('sensitivity', IDENTIFIER_SENSITIVITIES) ?? 'OPEN';
  if (kind === null) return null;
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
  const value = identifier.required('value', identifier.text('value', VALUE));
  return value === null ? null : { kind, value, sensitivity };
}

function refuseMisplaced(identifier: Section, name: string, message: string): void {
  if (identifier.has(name)) identifier.refuse(name, 'DOES_NOT_FIT_KIND', message);
}

function readPersonName(identifier: Section, calendar: Calendar): PersonName | null {
  const person = identifier.sectionOrEmpty('person');
  if (person === null) return null;
  const givenName = person.required('givenName', person.text('givenName', PERSON_NAME));
  const surName = person.required('surName', person.text('surName', PERSON_NAME));
  const birthDate = person.required('birthDate', readBirthDate(person, calendar));
  if (givenName === null || surName === null || birthDate === null) return null;
  return { givenName, surName, birthDate };
}

function readBirthDate(person: Section, { occurred, now }: Calendar): string | null {
  const birthDate = person.text('birthDate', DATE);
  if (birthDate === null) return null;
  if (!isDate(birthDate) || birthDate < EARLIEST_BIRTH) {
    const message = `Must be an existing date, YYYY-MM-DD, not before ${EARLIEST_BIRTH}.`;
    return person.refuse('birthDate', 'INVALID_DATE', message);
  }
  if (birthDate > localDate(now, 0)) {
    return person.refuse('birthDate', 'TIME_IN_FUTURE', 'Must not lie in the future.');
  }
  if (occurred && isMinor(birthDate, occurred)) {
    const message = `Must be left out: identifiers of people under ${FULL_AGE} at the time are not accepted.`;
    return person.refuse('birthDate', 'IDENTIFIER_OF_MINOR', message);
  }
  return birthDate;
}

/** By the calendar of where it happened and at the earliest time that the stated precision leaves open. */
function isMinor(birthDate: string, occurred: Occurred): boolean {
  const fullAge = `${Number(birthDate.slice(0, 4)) + FULL_AGE}${birthDate.slice(4)}`;
  return localDate(occurred.from, occurred.offsetMinutes) < fullAge;
}
