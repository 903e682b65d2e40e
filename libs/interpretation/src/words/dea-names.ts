import { SUBSTANCE_CATEGORIES, deaCodesOf, substanceName } from '@concord/codes';
import { wordsOf } from '../cells/words.js';

/** Longer than any abbreviation: "(4-MEC)". */
const LONGEST_ABBREVIATION = 12;

/** The names of a substance in the table: the whole, what stands before a bracket, and an abbreviation within one. */
function namesOf(name: string): string[] {
  const before = /^([^([;]+?)\s*[([]/.exec(name)?.[1];
  const within = /^[^([;]+\(([^()\s]+)\)/.exec(name)?.[1];
  return [
    name,
    ...(before === undefined ? [] : [before]),
    ...(within !== undefined && within.length <= LONGEST_ABBREVIATION ? [within] : []),
  ].map(wordsOf);
}

function readNames(): ReadonlyMap<string, string> {
  const found = new Map<string, Set<string>>();
  for (const code of SUBSTANCE_CATEGORIES.flatMap((category) => deaCodesOf(category))) {
    for (const name of namesOf(substanceName(code) ?? '')) found.set(name, (found.get(name) ?? new Set()).add(code));
  }
  // A name of two codes is a name of neither, and one of two letters is a street name.
  return new Map(
    [...found].flatMap(([name, [code, other]]) =>
      other === undefined && code !== undefined && name.length > 2 ? [[name, code]] : [],
    ),
  );
}

/** DEA codes by the names that the DEA's table has, as `wordsOf` gives them. */
export const DEA_CODES_BY_NAME: ReadonlyMap<string, string> = readNames();
