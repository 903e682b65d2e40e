import type { Place } from './place.js';

/** Digits that stand together, however they were written. */
export interface Digits extends Place {
  readonly digits: string;
  /** What stands between them and the digits before, if those belong to the same number. */
  readonly gap: string;
  /** As words: "six one nine". */
  readonly spelled: boolean;
}

/** Digits that may be one number: nothing but signs, or a word such as "then", is between them. */
export interface NumberRun {
  readonly parts: readonly Digits[];
  /** A plus sign, or the 00 or 011 that stands for it, comes before. */
  readonly international: boolean;
}

const UNITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const UNIDADES = ['cero', 'uno', 'dos', 'tres', 'cuatro', 'cinco', 'seis', 'siete', 'ocho', 'nueve'];
const TEENS = 'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' ');
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const WORDS = new Map<string, string>([
  ...[...UNITS.entries(), ...UNIDADES.entries()].map(([value, word]) => [word, String(value)] as const),
  ...TEENS.map((word, index) => [word, String(10 + index)] as const),
  ...TENS.map((word, index) => [word, String(20 + 10 * index)] as const),
  ['oh', '0'],
  ['nought', '0'],
  ['niner', '9'],
]);
const TWICE = new Map([
  ['double', 2],
  ['doble', 2],
  ['triple', 3],
]);
const RUN_TOGETHER = new RegExp(`^(?:${[...UNITS, ...UNIDADES, 'oh'].join('|')}){2,32}$`);
const ONE_WORD = new RegExp([...UNITS, ...UNIDADES, 'oh'].join('|'), 'g');

const SIGNS_ONLY = /^[\s().\-_/*|~,:;+#'"\][]{1,5}$/;
const BETWEEN =
  /^[\s().\-_/*|~,:;+#'"]{0,3}(?:(?:and|then|dash|hyphen|minus|dot|point|space|hash|slash|luego|guion|punto|espacio)[\s().\-_/*|~,:;+#'"]{1,3}){1,2}$/i;

const TOKEN = /[A-Za-z0-9|]+/g;
const DIGITS = /^[0-9]+$/;
const NEARLY_DIGITS = /^[0-9OoIl|]+$/;
const LETTERS_FOR_DIGITS = /^(?!lo$|il$|oil$|ol$|ll$|lol$)[OoIl|]{1,4}$/;

const A_NUMBER_WORD = new RegExp([...UNITS, ...UNIDADES].join('|'), 'i');

/** Whether there is a number written as a word. */
export const mayCount = (text: string): boolean => A_NUMBER_WORD.test(text);

/** Every run of digits in a text, in one pass. */
export function numberRuns(text: string): NumberRun[] {
  const runs: { parts: Digits[]; international: boolean }[] = [];
  let last: Digits | undefined;
  let tens = false;
  let times = 1;
  const tokens = [...text.matchAll(TOKEN)];
  for (const [index, match] of tokens.entries()) {
    const [token] = match;
    const from = match.index;
    const to = from + token.length;
    const word = token.toLowerCase();
    const repeat = TWICE.get(word);
    if (repeat !== undefined) {
      times = repeat;
      continue;
    }
    if (!mayHaveValue(token, word)) {
      times = 1;
      continue;
    }
    const gap = last === undefined ? '' : text.slice(last.to, from).replace(/\b(?:double|doble|triple)\s+$/i, '');
    const near = last !== undefined && (SIGNS_ONLY.test(gap) || BETWEEN.test(gap));
    const value = valueOf(token, word, near, tokens[index + 1]?.[0]);
    if (value === null) {
      times = 1;
      continue;
    }
    const spelled = !DIGITS.test(token) && /[a-z]{2}/i.test(token);
    if (near && tens && spelled && value.length === 1 && value !== '0' && /^[\s-]+$/.test(gap)) {
      // "sixty one": the unit takes the place of the ten's zero.
      const run = runs.at(-1);
      const ten = run?.parts.pop();
      if (run !== undefined && ten !== undefined)
        run.parts.push((last = { ...ten, to, digits: ten.digits.slice(0, -1) + value }));
      tens = false;
      continue;
    }
    const part: Digits = { from, to, digits: value.repeat(times), gap: near ? gap : '', spelled };
    const run = runs.at(-1);
    if (near && run !== undefined) run.parts.push(part);
    else runs.push({ parts: [part], international: isInternational(text, from, value) });
    last = part;
    tens = TENS.includes(word);
    times = 1;
  }
  return runs;
}

/** Before anything is cut out of the text: most tokens are words. */
const mayHaveValue = (token: string, word: string): boolean =>
  /[0-9OoIl|]/.test(token) ? !/^[A-Za-z]{5,}$/.test(token) || mayCount(word) : WORDS.has(word) || mayCount(word);

function valueOf(token: string, word: string, near: boolean, next: string | undefined): string | null {
  if (DIGITS.test(token)) return token;
  if (token.length <= 24 && NEARLY_DIGITS.test(token) && /[0-9]/.test(token) && (near || !isMeasure(token, next)))
    return asDigits(token);
  const known = WORDS.get(word);
  if (known !== undefined) return known;
  if (near && (LETTERS_FOR_DIGITS.test(token) || word === 'o') && next !== undefined && hasNumber(next))
    return asDigits(token);
  if (word.length >= 6 && word.length <= 120 && RUN_TOGETHER.test(word))
    return (word.match(ONE_WORD) ?? []).map((one) => WORDS.get(one) ?? '').join('');
  return null;
}

/** "10l" are ten litres, unless it is a part of a longer number. */
const isMeasure = (token: string, next: string | undefined): boolean =>
  /^[0-9]{1,4}l$/.test(token) && (next === undefined || !hasNumber(next));

const hasNumber = (token: string): boolean =>
  WORDS.has(token.toLowerCase()) || (NEARLY_DIGITS.test(token) && !/^l$/.test(token));

const asDigits = (token: string): string => token.replace(/[Oo]/g, '0').replace(/[Il|]/g, '1');

function isInternational(text: string, from: number, digits: string): boolean {
  return /\+[\s(]{0,2}$/.test(text.slice(Math.max(0, from - 3), from)) || /^(?:00|011)(?:[1-9]\d{7,12})?$/.test(digits);
}
