import type { PersonView } from './record-view.js';
import { bandWidth, type AgeLevel } from './release-policy/levels.js';
import type { Tier } from './tier.js';
import type { TransformationLog } from './transformation-log.js';
import type { ValidPerson } from './valid-report.js';
import { mayExist } from './view-fields.js';

/** The role, and the age as reported, in a band of years, or not at all. Citizenship and affiliation are OWNER's. */
export function generalisePerson(
  { role, age, citizenship, affiliation }: ValidPerson,
  tier: Tier,
  level: AgeLevel,
  log: TransformationLog,
): PersonView {
  return {
    role,
    age: generaliseAge(age, level, log),
    citizenship: mayExist('people.citizenship', tier) ? citizenship : null,
    affiliation: mayExist('people.affiliation', tier) ? affiliation : null,
  };
}

function generaliseAge(age: number | null, level: AgeLevel, log: TransformationLog): PersonView['age'] {
  if (age === null || level === 'ABSENT') return null;
  const years = bandWidth(level);
  if (years === null) return { min: age, max: age };
  log.note('people.age', 'exact', `band of ${years} years`);
  return ageBand(age, years);
}

/** In bands of ten, 34 -> 30 to 39, both inclusive; `age` in years. */
export function ageBand(age: number, years: number): { readonly min: number; readonly max: number } {
  const min = age - (age % years);
  return { min, max: min + years - 1 };
}
