import type { UnitCode } from '@concord/codes';
import { wordsOf } from '../cells/words.js';
import { findColumn, TEMPLATE_COLUMNS } from '../template.js';
import { HEADING_UNITS, HEADING_WORDS, IDENTIFIER_HEADINGS } from './heading-words.data.js';

/** What a heading means. */
export interface KnownHeading {
  readonly column: string;
  readonly unit: UnitCode | null;
  /** For a column of identifiers of one kind: `identifier_#_value`, the number being the caller's to give. */
  readonly identifierKind: string | null;
}

/** The template's own headings. */
const OWN: ReadonlyMap<string, string> = new Map(TEMPLATE_COLUMNS.map(({ name }) => [headingWords(name), name]));
const SYNONYMS: ReadonlyMap<string, string> = new Map(
  Object.entries(HEADING_WORDS).flatMap(([column, words]) => words.map((word) => [word, column] as const)),
);
const IDENTIFIERS: ReadonlyMap<string, string> = new Map(
  Object.entries(IDENTIFIER_HEADINGS).flatMap(([kind, words]) => words.map((word) => [word, kind] as const)),
);

/** A heading as words: "Case No." is "case no", "Date/Time Occ" is "date time occ". */
export function headingWords(heading: string): string {
  return wordsOf(heading.replace(/[()[\]*?]/g, ' '))
    .replace(/ ?#/g, ' #')
    .trim();
}

/** What a heading means by the template or by a stated synonym; null for one that is neither. */
export function knownHeading(heading: string): KnownHeading | null {
  const words = headingWords(heading);
  const plain = { unit: null, identifierKind: null };
  // `person_7_role` is the template's too.
  const own = OWN.get(words) ?? findColumn(words.replaceAll(' ', '_'))?.name ?? SYNONYMS.get(words);
  if (own !== undefined) return { ...plain, column: own };
  const kind = IDENTIFIERS.get(words);
  if (kind !== undefined) return { ...plain, column: 'identifier_#_value', identifierKind: kind };
  const parts = words.split(' ');
  const last = parts.at(-1) ?? '';
  const unit = Object.hasOwn(HEADING_UNITS, last) ? HEADING_UNITS[last] : undefined;
  if (unit === undefined) return null;
  const rest = parts.slice(0, -1).join(' ').replace(/ in$/, '');
  // "Grams" alone is a quantity too.
  const isQuantity = rest === '' || rest === 'quantity' || SYNONYMS.get(rest) === 'quantity';
  return isQuantity && last.length + rest.length > 2 ? { column: 'quantity', unit, identifierKind: null } : null;
}

/** Every heading that is known, with its column: what a heading that is not may be near. */
export const headingsKnown = (): ReadonlyMap<string, string> => new Map([...OWN, ...SYNONYMS]);
