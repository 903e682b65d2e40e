import { NAMES, NO_NAMES, ROLES, TITLES } from './name-words.data.js';
import type { Place, TextKind } from './place.js';

const either = (list: string): string => list.split(' ').join('|');
const WORD = String.raw`[A-Za-z][A-Za-z'’-]{0,30}`;
const AFTER = String.raw`\b[.:]?["'“”,\s(]{1,4}(?:(?:named|name is|is|de nombre|el|la|a\.?k\.?a\.?|alias)\s{1,2}["']?)?(?<name>(?:[A-Z]\.\s{0,2}){0,2}${WORD}(?:\s{1,2}(?:de\s(?:la\s|los\s)?|van\s|von\s|[A-Z]\.\s{0,2})?${WORD}){0,3})`;
const TITLED = new RegExp(String.raw`(?<![A-Za-z0-9'-])(?:${either(TITLES)})${AFTER}`, 'gi');
const IN_A_ROLE = new RegExp(
  String.raw`(?<![A-Za-z0-9'-])(?:${either(ROLES)}|a\.k\.a\.?|known as|goes by|conocido como|conocida como)${AFTER}`,
  'gi',
);
const NAMED = new RegExp(
  String.raw`\b(?:name|nombre|nickname|moniker|apodo|mote)\s?(?::|is|es)\s{0,2}["'“]?(?<name>${WORD}(?:\s{1,2}${WORD}){0,2})`,
  'gi',
);

/** Without one of these words in it a text is not looked at closer. */
const CUES = new Set([
  ...TITLES.split(' '),
  ...ROLES.split(' '),
  ...'a known goes conocido conocida name nombre nickname moniker apodo mote'.split(' '),
]);

/**
 * Names of people next to a title ("Det. Smith", "Señora Gómez") or to what somebody is ("driver Maria Gomez"). In a text
 * that has lost its capitals any word behind a title counts that is not known to be none.
 */
export function namesIn(text: string, kind: TextKind): Place[] {
  const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
  if (words.length < 2 || !words.some((word) => CUES.has(word))) return [];
  return [
    ...namesBehind(text, TITLED, hasNoCapitals(text, kind) ? isSurnameInSmallLetters : isSurname),
    ...namesBehind(text, IN_A_ROLE, isFullName),
    ...namesBehind(text, NAMED, isFullName),
  ];
}

/** Whoever types no capital at all writes names without them too. */
const hasNoCapitals = (text: string, kind: TextKind): boolean => kind === 'FOLDED' || !/[A-Z]/.test(text);

/** How many of the words behind it are a name; `matched` begins with the title. */
type IsName = (words: readonly string[], matched: string) => number;

/** Title by title: what one match took may be the title of the next ("Special Agent Det. Smith"). */
function namesBehind(text: string, form: RegExp, is: IsName): Place[] {
  const found: Place[] = [];
  const search = new RegExp(form.source, form.flags);
  for (let match = search.exec(text); match !== null; match = search.exec(text)) {
    const name = match.groups?.['name'] ?? '';
    const start = match.index + match[0].length - name.length;
    search.lastIndex = Math.max(start, match.index + 1);
    const words = name.split(/(?<=\S)\s+/);
    const count = is(words, match[0]);
    if (count === 0) continue;
    found.push({ from: match.index, to: start + lengthOf(name, count) });
  }
  return found;
}

const lengthOf = (name: string, count: number): number =>
  (new RegExp(String.raw`^(?:\S+\s+){${count - 1}}\S+`).exec(name)?.[0] ?? name).length;

const isKnown = (word: string): boolean => NAMES.has(plain(word));
const isCommon = (word: string): boolean => NO_NAMES.has(plain(word));
const isCapital = (word: string): boolean => /^[A-Z]/.test(word);

const plain = (word: string): string => word.toLowerCase().replace(/['’.]|-$/g, '');
const isInitial = (word: string): boolean => /^[A-Z]\.?$/.test(word);
const isParticle = (word: string): boolean => /^(?:de|la|los|del|van|von)$/i.test(word);

/** Behind a title: any word written as a name, or a known one in whatever letters. */
function isSurname(words: readonly string[]): number {
  const [first = ''] = words;
  if (isCommon(first) || (!isCapital(first) && !isKnown(first))) return 0;
  if (first.length < 2 && !isInitial(first)) return 0;
  return taken(words);
}

/** "Cutting agent" and "cooked off" are no titles there. */
const NO_TITLES = /^(?:agente?|off|don|ing)\b/i;

/** "Dr. wrapped", "officer responding": what somebody does or what was done, not how they are called. */
const DOES = /(?:ed|ing)$/i;

function isSurnameInSmallLetters(words: readonly string[], matched: string): number {
  const [first = ''] = words;
  if (NO_TITLES.test(matched) || isCommon(first) || first.length < 2 || DOES.test(first)) return isSurname(words);
  return taken(words);
}

/** Behind a role: a known name, or two capitalised words of which neither is common. */
function isFullName(words: readonly string[]): number {
  const [first = '', second = ''] = words;
  if (isCommon(first)) return 0;
  if (isKnown(first)) return taken(words);
  const both = isCapital(first) && isCapital(second) && !isCommon(second) && /[a-z]/.test(first + second);
  return both || (isCapital(first) && isKnown(second)) ? taken(words) : 0;
}

function taken(words: readonly string[]): number {
  let count = 1;
  while (count < words.length) {
    const word = words[count] ?? '';
    if (isCommon(word) && !isParticle(word)) break;
    if (!isCapital(word) && !isKnown(word) && !isParticle(word)) break;
    count += 1;
  }
  return count;
}
