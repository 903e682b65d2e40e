import type { Place, TextKind } from './place.js';

const PLATE_CUE =
  /\b(?:license plates?|licence plates?|plates?|placas?|tags?|matr[ií]cula|lic(?:ense|ence)?\.?|reg(?:istration)?|lpn|lp)\b(?:\W{1,3}(?:no|num(?:ber)?|n[uú]mero|is|was|reads|read|ending|de|mx|mex|[A-Z]{2})\b\.?){0,2}[\s:#.,"'(-]{0,4}$/i;
/** A run that mixes letters and digits, in up to three groups. */
const GROUPS = /(?<![A-Za-z0-9])[A-Za-z0-9]{1,8}(?:[ .-][A-Za-z0-9]{1,5}){0,3}(?![A-Za-z0-9])/g;
const CUED = /^[A-Za-z0-9]{1,8}(?:[ .-][A-Za-z0-9]{1,5}){0,2}/;
/** Letters and digits that change twice: 7ABC123, ABC12D, A123BCD, 12-AB-34. No press mark has seven signs like that. */
const TWICE = [
  /^\d[A-Z]{3}\d{3}$/,
  /^[A-Z]{3}\d{2,3}[A-Z]$/,
  /^[A-Z]\d{2,3}[A-Z]{3}$/,
  /^\d{2}[A-Z]{2}\d{2,3}$/,
  /^[A-Z]{2}\d{3}[A-Z]{2}$/,
  /^[A-Z]\d[A-Z]\d{3,4}$/,
  /^\d{1,2}[A-Z]\d{4,5}$/,
  /^\d[A-Z]{2}\d{4}$/,
  /^[A-Z]{2}\d[A-Z]\d{2,3}$/,
  /^[A-Z]\d{2}[A-Z]\d[A-Z]{1,2}$/,
  /^\d{3}[A-Z]\d{3}$/,
];
/** They change once, as press marks and codes do: plates only in prose, with no word before them that says otherwise. */
const ONCE = [/^[A-Z]{3}\d{3,4}$/, /^\d{3,4}[A-Z]{3}$/, /^[A-Z]{2}\d{5}$/];
const NO_PLATE_BEFORE =
  /\b(?:stamp(?:ed|s)?|press(?:ed)?|imprint(?:ed|s)?|mark(?:ed|s|ing|ings)?|logo|brand(?:ed)?|pills?|tablets?|lot|batch|ndc|serial|model|sello|marca|usc|cfr|strain|isotope|formula|reads?|labell?ed|lettered|says)\b[\s:#"'.,-]{0,4}(?:\w{1,8}[\s"']{1,2}){0,2}$/i;
const UNITS = /^(?:KG|MG|ML|LB|OZ|MM|CM|KM|PM|AM|ST|ND|RD|TH|CC)$/;
const NO_LETTERS = new Set(
  (
    'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC ENE ABR AGO DIC USC CFR USD MXN KGS LBS GMS THC CBD LSD PCP GHB MDA ' +
    'IBU NDC LOT HWY RTE INT CAL MAX MIN NET AVG THE AND FOR WITH ISO IEC DEA FBI CBP UPC QTY PCS MLS BAG BOX PER ABT JWH MAM AKB UNK NBO PMA PCE WIN CUM'
  ).split(' '),
);

export function platesIn(text: string, kind: TextKind): Place[] {
  const found: Place[] = [];
  for (const cue of text.matchAll(
    /\b(?:plates?|placas?|tags?|matr[ií]cula|lic|licen[sc]e|reg|registration|lpn|lp)\b/gi,
  )) {
    const place = afterCue(text, cue.index);
    if (place !== null) found.push(place);
  }
  for (const match of text.matchAll(GROUPS)) {
    // Most groups are words.
    if (!/[0-9]/.test(match[0])) continue;
    const place = bare(text, match.index, match[0], kind);
    if (place !== null) found.push(place);
  }
  return found;
}

/** Behind the word "plate" anything of four to eight signs with two digits is one. */
function afterCue(text: string, at: number): Place | null {
  const near = text.slice(at, at + 48);
  for (const token of near.matchAll(/(?<![A-Za-z0-9])[A-Za-z0-9]{1,8}/g)) {
    if (token.index === 0 || !PLATE_CUE.test(near.slice(0, token.index))) continue;
    const whole = CUED.exec(near.slice(token.index))?.[0] ?? '';
    for (const candidate of shorter(whole)) {
      const plain = candidate.replace(/[ .-]/g, '');
      if (plain.length < 4 || plain.length > 8 || !/[0-9].*[0-9]/.test(plain) || !isCode(candidate)) continue;
      return { from: at + token.index, to: at + token.index + candidate.length };
    }
  }
  return null;
}

/** Each group alone is short or mixed: words of prose are not. */
const isCode = (candidate: string): boolean =>
  candidate.split(/[ .-]/).every((group) => /\d/.test(group) || /^[A-Za-z]{1,4}$/.test(group)) &&
  !/(?:^|[ .-])(?:kg|g|mg|lbs?|oz|ml|and|with|in|on|of|the|was|de|y|con|para)(?:$|[ .-])/i.test(candidate);

/** The longest first, group by group. */
function shorter(whole: string): string[] {
  const groups = whole.split(/(?=[ .-])/);
  return groups.map((_, index) => groups.slice(0, groups.length - index).join(''));
}

function bare(text: string, at: number, whole: string, kind: TextKind): Place | null {
  const groups = whole.split(/(?=[ .-])/);
  for (let start = 0, from = at; start < groups.length; from += groups[start]?.length ?? 0, start += 1) {
    for (let end = groups.length; end > start; end -= 1) {
      const raw = groups.slice(start, end).join('');
      const candidate = raw.replace(/^[ .-]/, '');
      if (!isPlate(candidate, text.slice(Math.max(0, from - 32), from), kind)) continue;
      const begin = from + raw.length - candidate.length;
      return { from: begin, to: begin + candidate.length };
    }
  }
  return null;
}

function isPlate(candidate: string, before: string, kind: TextKind): boolean {
  const plain = candidate.replace(/[ .-]/g, '');
  if (plain.length < 6 || plain.length > 7 || /[a-z].*[A-Z]|[A-Z].*[a-z]/.test(plain)) return false;
  const joinedUp = plain === candidate;
  const upper = plain.toUpperCase();
  if (!joinedUp && upper !== plain) return false;
  const letters = upper.match(/[A-Z]+/g) ?? [];
  if (letters.some((group) => UNITS.test(group)) || /^\d+X\d+$/.test(upper)) return false;
  if (TWICE.some((shape) => shape.test(upper)) && (joinedUp || /-|^\d?[A-Z]/.test(candidate))) return true;
  if (letters.some((group) => NO_LETTERS.has(group)) || (!joinedUp && /(?<!\d)(?:19|20)\d\d(?!\d)/.test(candidate)))
    return false;
  if (upper !== plain || kind !== 'PROSE' || NO_PLATE_BEFORE.test(before)) return false;
  return ONCE.some((shape) => shape.test(upper));
}

const VALUES: Readonly<Record<string, number>> = {
  A: 1,
  B: 2,
  C: 3,
  D: 4,
  E: 5,
  F: 6,
  G: 7,
  H: 8,
  J: 1,
  K: 2,
  L: 3,
  M: 4,
  N: 5,
  P: 7,
  R: 9,
  S: 2,
  T: 3,
  U: 4,
  V: 5,
  W: 6,
  X: 7,
  Y: 8,
  Z: 9,
};
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
const VIN_LENGTH = 17;
const VIN_CUE = /\b(?:vin|niv|n[uú]mero de serie|vehicle id(?:entification)?)\b/i;

/**
 * Vehicle identification numbers (49 CFR 565): 17 signs that end in four digits; whole, or in groups whose check digit
 * is right. Whole, one with a wrong check digit counts as well: a mistyped one still points at the car.
 */
export function vinsIn(text: string): Place[] {
  const found: Place[] = [];
  const tokens = [...text.matchAll(/[A-Za-z0-9]+/g)];
  const cued = VIN_CUE.test(text);
  for (let start = 0; start < tokens.length; start += 1) {
    let signs = '';
    for (let end = start; end < tokens.length && end < start + VIN_LENGTH; end += 1) {
      const token = tokens[end];
      const before = tokens[end - 1];
      if (token === undefined || token[0].length > VIN_LENGTH) break;
      if (
        end > start &&
        before !== undefined &&
        !/^[ .*_-]{1,3}$/.test(text.slice(before.index + before[0].length, token.index))
      )
        break;
      signs += token[0];
      if (signs.length > VIN_LENGTH) break;
      const first = tokens[start];
      if (signs.length < VIN_LENGTH || first === undefined || !isVin(signs, end === start || cued)) continue;
      if (end > start && tokens.slice(start, end + 1).some(([group]) => isWord(group))) continue;
      found.push({ from: first.index, to: token.index + token[0].length });
    }
  }
  return found;
}

/** In groups it is written in capitals, and none of them is a word. */
const isWord = (group: string): boolean => (group.length > 1 && /[a-z]/.test(group)) || /^[A-Z]{4,}$/.test(group);

function isVin(signs: string, whole: boolean): boolean {
  const vin = signs.toUpperCase().replace(/[OQ]/g, '0').replace(/I/g, '1');
  const digits = vin.replace(/\D/g, '').length;
  if (!/^[A-HJ-NPR-Z0-9]{13}\d{4}$/.test(vin) || digits < 5 || digits > 16) return false;
  return whole || hasCheckDigit(vin);
}

function hasCheckDigit(vin: string): boolean {
  const sum = [...vin].reduce(
    (total, sign, index) => total + (VALUES[sign] ?? Number(sign)) * (WEIGHTS[index] ?? 0),
    0,
  );
  return vin[8] === (sum % 11 === 10 ? 'X' : String(sum % 11));
}
