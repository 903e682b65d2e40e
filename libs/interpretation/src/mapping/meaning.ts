import {
  countyName,
  isCountryCode,
  isCountyFips,
  SUBSTANCE_CATEGORIES,
  substanceName,
  UNIT_CODES,
} from '@concord/codes';
import { readCode } from '../cells/code.cell.js';
import { readDrug } from '../cells/drug.cell.js';
import { readCountry } from '../cells/place.cell.js';
import { readUnit } from '../cells/quantity.cell.js';
import { isDrugMeaning } from '../rows/read-substance.js';
import { TEMPLATE_COLUMNS, withoutNumber } from '../template.js';

const CODED: ReadonlySet<string> = new Set(
  TEMPLATE_COLUMNS.filter(({ kind }) => kind === 'CODE' || kind === 'CODES').map(({ name }) => withoutNumber(name)),
);

/** Whether an agency may say what a text in this column of the template means. */
export function takesMeanings(column: string): boolean {
  const name = withoutNumber(column);
  if (name === 'dea_code') return false;
  return name === 'drug' || name === 'unit' || name.endsWith('county') || name.endsWith('country') || CODED.has(name);
}

/** Whether a code is what a column stores, so that it may stand as the meaning of a text. */
export function isMeaningOf(named: string, code: string): boolean {
  const column = withoutNumber(named);
  if (!takesMeanings(column)) return false;
  if (column === 'drug') return isDrugMeaning(code);
  if (column === 'unit') return UNIT_CODES.some((unit) => unit === code);
  if (column.endsWith('county')) return isCountyFips(code);
  if (column.endsWith('country')) return isCountryCode(code);
  return code.split(';').every((each) => {
    const read = readCode(column, each.trim());
    return 'value' in read && read.rule === 'EXACT';
  });
}

/**
 * What somebody answered, as a mapping keeps it: a code stays, and a word that is read exactly is the code that it is
 * read as ("fentanyl" is 9801). Null for anything that would have to be guessed.
 */
export function meaningFor(column: string, answer: string): string | null {
  const text = answer.trim();
  if (isMeaningOf(column, text)) return text;
  const meant = readPlain(withoutNumber(column), text);
  return meant !== null && isMeaningOf(column, meant) ? meant : null;
}

function readPlain(column: string, text: string): string | null {
  if (column === 'drug') {
    const read = readDrug(text, null);
    if ('doubt' in read) return null;
    const { deaCode, category, form } = read.value;
    return [deaCode ?? category, form].filter((part) => part !== null).join(' ');
  }
  if (!takesMeanings(column) || column.endsWith('county')) return null;
  const read = column.endsWith('country')
    ? readCountry(text, 'country')
    : column === 'unit'
      ? readUnit(text, { meaning: () => null })
      : readCode(column, text);
  return 'doubt' in read ? null : read.value;
}

/** A meaning in words, for whoever chooses: "Fentanyl, pill tablet". The code itself where it has no other name. */
export function wordsFor(named: string, code: string): string {
  const column = withoutNumber(named);
  if (column.endsWith('county')) return countyName(code) ?? code;
  if (column !== 'drug') return code;
  const [what = '', form] = code.split(' ');
  const isClass = SUBSTANCE_CATEGORIES.some((category) => category === what);
  const name = isClass ? `class ${what}, under the name in the file` : (substanceName(what) ?? what);
  return form === undefined ? name : `${name}, ${form.toLowerCase().replaceAll('_', ' ')}`;
}
