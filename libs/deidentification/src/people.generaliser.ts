import type { PersonView } from './record-view.js';
import type { Tier } from './tier.js';
import type { TransformationLog } from './transformation-log.js';
import type { ValidPerson } from './valid-report.js';

const AGE_BAND_YEARS = 10;

/** OWNER: as reported. TASK_FORCE: role and age band. PARTNER: role only. */
export function generalisePerson(person: ValidPerson, tier: Tier, log: TransformationLog): PersonView {
  const { role, age, citizenship, affiliation } = person;
  if (tier === 'OWNER') {
    return { role, age: age === null ? null : { min: age, max: age }, citizenship, affiliation };
  }
  const roleOnly = { role, age: null, citizenship: null, affiliation: null };
  if (tier === 'PARTNER' || age === null) return roleOnly;
  log.note('people.age', 'exact', 'band of 10 years');
  return { ...roleOnly, age: ageBand(age) };
}

/** 34 -> 30 to 39, both inclusive; `age` in years. */
export function ageBand(age: number): { readonly min: number; readonly max: number } {
  const min = age - (age % AGE_BAND_YEARS);
  return { min, max: min + AGE_BAND_YEARS - 1 };
}
