import { AFFILIATION_CODES, CITIZENSHIP_CODES, PERSON_ROLES } from '@concord/codes';
import type { ValidPerson } from '@concord/deidentification';
import type { Section } from './section.js';
import { PERSON_FIELDS } from './submitted-fields.js';

const MAX_PEOPLE = 50;
const AGE = { min: 0, max: 120, whole: true };

/** Who was there, without names. */
export function readPeople(report: Section): ValidPerson[] {
  return report.sections('people', MAX_PEOPLE).map((person) => {
    person.refuseOthers(PERSON_FIELDS);
    return {
      role: person.code('role', PERSON_ROLES) ?? 'UNKNOWN',
      age: person.number('age', AGE),
      citizenship: person.code('citizenship', CITIZENSHIP_CODES) ?? 'UNKNOWN',
      affiliation: person.code('affiliation', AFFILIATION_CODES) ?? 'UNKNOWN',
    };
  });
}
