import type { Digits, NumberRun } from './numbers.js';
import type { Place } from './place.js';

/** Lengths of the groups in which people write ten digits; a country code may come before. */
const SHAPES = new Set(['10', '3-7', '6-4', '3-3-4', '2-4-4', '2-8', '3-3-2-2', '5-5', '4-6', '3-4-3', '2-2-2-2-2']);
const COUNTRY = /^(?:1|01|52|521|0052|011|01152|044|045)$/;
const CUE =
  /\b(?:phone|telephone|tel|tel[eé]fono|cell|cellular|celular|cel|mobile|m[oó]vil|pager|beeper|fax|call(?:ed|s)?|dial(?:ed|s)?|llamar|llam[oó]|whats ?app|burner)\b[^\w]{0,3}(?:\w{1,8}\W{1,3}){0,2}$/i;
const EXTENSION = /^[\s,;]{0,2}(?:ext(?:ension)?|x|extensi[oó]n)[\s.:#]{0,2}\d{1,6}\b/i;
const DATE_FIRST = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])/;
const LONGEST = 15;

/**
 * Phone numbers: of the United States, Mexico or anywhere with a plus sign; in groups or one digit after the other; as
 * words; with words between. Whether a number is assigned is not asked: a wrong digit still names somebody.
 */
export function phonesIn(text: string, runs: readonly NumberRun[]): Place[] {
  return runs.flatMap((run) => {
    const found = inRun(text, run);
    return found.map((place) => ({ from: place.from, to: place.to + extension(text, place.to) }));
  });
}

function extension(text: string, to: number): number {
  return EXTENSION.exec(text.slice(to, to + 24))?.[0].length ?? 0;
}

function inRun(text: string, run: NumberRun): Place[] {
  const { parts } = run;
  const first = parts[0];
  const last = parts.at(-1);
  if (first === undefined || last === undefined) return [];
  const total = parts.reduce((sum, { digits }) => sum + digits.length, 0);
  if (total < 7) return [];
  const cued = CUE.test(text.slice(Math.max(0, first.from - 40), first.from));
  if (cued && total <= LONGEST) return [{ from: first.from, to: last.to }];
  const found: Place[] = [];
  for (let start = 0; start < parts.length; start += 1) {
    const end = numberFrom(run, start);
    if (end === null) continue;
    found.push({ from: parts[start]?.from ?? 0, to: parts[end]?.to ?? 0 });
    start = end;
  }
  return found;
}

/** The index of the last part of a number that begins with the part at `start`. */
function numberFrom({ parts, international }: NumberRun, start: number): number | null {
  if (start === 0 && international) {
    const end = reach(parts, start, LONGEST);
    if (count(parts, start, end) >= 8) return end;
  }
  const single = singles(parts, start);
  if (single !== null) return single;
  const prefix = COUNTRY.test(parts[start]?.digits ?? '') ? 1 : 0;
  for (const from of prefix === 1 ? [start + 1, start] : [start]) {
    let lengths = '';
    for (let end = from; end < parts.length && end < from + 5; end += 1) {
      const part = parts[end];
      if (part === undefined || (end > from && !connects(part, prefix === 1 && from > start))) break;
      lengths += `${lengths === '' ? '' : '-'}${part.digits.length}`;
      if (SHAPES.has(lengths) && plausible(parts, from, end)) return end;
      if (isLocal(parts, from, end, lengths)) return end;
    }
  }
  const alone = parts[start]?.digits ?? '';
  if (alone.length >= 11 && alone.length <= 13 && /^(?:1[2-9]\d{9}|52\d{10,11})$/.test(alone)) return start;
  return irregular(parts, start);
}

/** A list of counts has commas with spaces or "and"; what a phone number is read out with has neither. */
const connects = (part: Digits, prefixed: boolean): boolean => prefixed || part.spelled || !/,\s|[;\n:]/.test(part.gap);

function plausible(parts: readonly Digits[], from: number, to: number): boolean {
  const digits = textOf(parts, from, to);
  if (/^[01]/.test(digits)) return false;
  const gaps = parts.slice(from + 1, to + 1).map(({ gap }) => gap);
  const sizes = parts.slice(from, to + 1).map((part) => part.digits.length);
  if (sizes.join('-') === '4-6' && /^(?:19|20)/.test(digits)) return false;
  // Counts in a row ("20 30 40 50 60") and a date with its time have no one sign between them all.
  if (sizes.every((size) => size === 2)) return gaps.every((gap) => gap === gaps[0] && gap !== ' ' && gap !== ', ');
  if (gaps.some((gap) => gap.includes('/')) && /^(?:2-4-4|2-2)/.test(sizes.join('-'))) return false;
  return true;
}

/** Without an area code only with the dash that makes it one: "555-0100" or "555 - 0100". */
function isLocal(parts: readonly Digits[], from: number, to: number, lengths: string): boolean {
  if (lengths !== '3-4') return false;
  const next = parts[to + 1];
  if (next !== undefined && /^-$/.test(next.gap)) return false;
  return /^\s?-\s?$/.test(parts[to]?.gap ?? '') && /^[2-9]/.test(parts[from]?.digits ?? '');
}

/** One digit after the other, seven or more: nobody writes counts like that. */
function singles(parts: readonly Digits[], start: number): number | null {
  let end = start;
  while (end < parts.length && parts[end]?.digits.length === 1 && end - start < LONGEST) end += 1;
  return end - start >= 7 ? end - 1 : null;
}

/** Ten digits, or eleven after a 1, that are all of the run, cut up in a way that nobody expects. */
function irregular(parts: readonly Digits[], start: number): number | null {
  const end = parts.length - 1;
  if (start !== 0 || parts.length < 2 || parts.length > 10) return null;
  const digits = textOf(parts, 0, end);
  if (!/^(?:1[2-9]\d{9}|[2-9]\d{9})$/.test(digits) || DATE_FIRST.test(parts[0]?.digits ?? '')) return null;
  const gaps = parts.slice(1).map(({ gap }) => gap);
  const lengths = parts.map((part) => part.digits.length).join('-');
  if (gaps.some((gap) => !/^(?:\s?[-._*~|]\s?| )$/.test(gap)) || DRUG_CODES.has(lengths)) return null;
  if (isDated(parts) || (lengths === '4-6' && /^(?:19|20)/.test(digits))) return null;
  // Spaces alone may part counts; with a group of one digit they do not.
  return gaps.every((gap) => gap === ' ') && /^[2-9]-[2-9]-[2-9]$/.test(lengths) && !/3-3-4|2-4-4/.test(lengths)
    ? null
    : end;
}

/** National drug codes, which stand on packages. */
const DRUG_CODES = new Set(['4-4-2', '5-3-2', '5-4-1', '5-4-2']);

const isDated = (parts: readonly Digits[]): boolean => {
  const [a = '', b = '', c = ''] = parts.map(({ digits }) => digits);
  const day = (one: string): boolean => /^(?:0?[1-9]|[12]\d|3[01])$/.test(one);
  return (/^(?:19|20)\d\d$/.test(a) && day(b) && day(c)) || (day(a) && day(b) && /^(?:19|20)?\d\d$/.test(c));
};

function reach(parts: readonly Digits[], start: number, most: number): number {
  let end = start;
  let total = parts[start]?.digits.length ?? 0;
  for (let next = start + 1; next < parts.length; next += 1) {
    const part = parts[next];
    if (part === undefined || !connects(part, true) || /[,;\n]/.test(part.gap)) break;
    total += part.digits.length;
    if (total > most) break;
    end = next;
  }
  return end;
}

const count = (parts: readonly Digits[], from: number, to: number): number => textOf(parts, from, to).length;

const textOf = (parts: readonly Digits[], from: number, to: number): string =>
  parts
    .slice(from, to + 1)
    .map(({ digits }) => digits)
    .join('');
