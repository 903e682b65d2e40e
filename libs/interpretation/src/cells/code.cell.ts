import { doubted, understood, type Outcome } from '../outcome.js';
import { withoutNumber } from '../template.js';
import { CODE_WORDS, type CodeWords } from '../words/code-words.data.js';
import { closest } from './closest.js';
import { splitList } from './lists.js';
import { isNothing, wordsOf } from './words.js';

interface Lookup extends CodeWords {
  readonly byWords: ReadonlyMap<string, string>;
}

const lookups: ReadonlyMap<string, Lookup> = new Map(
  Object.entries(CODE_WORDS).map(([column, words]) => {
    const own = words.codes.map((code) => [wordsOf(code), code] as const);
    const others = Object.entries(words.synonyms).flatMap(([code, list]) => list.map((text) => [text, code] as const));
    return [column, { ...words, byWords: new Map([...others, ...own]) }];
  }),
);

/** A code, the words of one, or a synonym; null for a mark that says nothing where that is harmless. */
export function readCode(column: string, text: string): Outcome<string | null> {
  const lookup = lookups.get(withoutNumber(column));
  if (lookup === undefined) return understood(text, 'EXACT');
  if (lookup.codes.includes(text)) return understood(text, 'EXACT');
  const words = wordsOf(text);
  const code = lookup.byWords.get(words);
  // "na" and "-" may be words of their own; only what is none is nothing.
  if (code !== undefined) return understood(code, wordsOf(code) === words ? 'CODE_WORDS' : 'SYNONYM');
  if (lookup.mayBeNothing && isNothing(text)) return understood(null, 'LEFT_OUT');
  const message = `Must be one of ${lookup.codes.join(', ')}, or a word that docs/import-columns.md lists for them.`;
  return doubted('CODE_NOT_KNOWN', message, suggested(lookup, words));
}

function suggested(lookup: Lookup, words: string): readonly string[] {
  const stated = Object.hasOwn(lookup.suggestions, words) ? lookup.suggestions[words] : undefined;
  if (stated !== undefined) return stated;
  return [...new Set(closest(words, [...lookup.byWords.keys()]).map((near) => lookup.byWords.get(near) ?? near))];
}

/** Codes parted by semicolons, or by commas where that gives codes: no code or word for one has either. */
export function readCodes(column: string, text: string): Outcome<readonly string[] | null> {
  const whole = readCode(column, text);
  if (!('doubt' in whole))
    return whole.value === null ? understood(null, 'LEFT_OUT') : { ...whole, value: [whole.value] };
  const items = splitList(text);
  if (items === null) return doubted('BROKEN_LIST', 'A quotation mark must be closed.');
  const parts = items.flatMap((item) => item.split(/[,|\n]/)).map((item) => item.trim());
  const codes: string[] = [];
  for (const part of parts.filter((each) => each !== '')) {
    const outcome = readCode(column, part);
    if ('doubt' in outcome) return outcome;
    if (outcome.value !== null) codes.push(outcome.value);
  }
  return understood(codes, 'LIST');
}

const YES: ReadonlySet<string> = new Set(['yes', 'y', 'true', 't', '1']);
const NO: ReadonlySet<string> = new Set(['no', 'n', 'false', 'f', '0']);

/** Yes or no. A tick or an x is neither: some tick what does not hold. */
export function readFlag(text: string): Outcome<boolean> {
  const words = text.trim().toLowerCase();
  if (words === 'true' || words === 'false') return understood(words === 'true', 'EXACT');
  if (YES.has(words)) return understood(true, 'FLAG_WORD');
  if (NO.has(words)) return understood(false, 'FLAG_WORD');
  return doubted('NOT_YES_OR_NO', 'Must be yes or no.', ['yes', 'no']);
}
