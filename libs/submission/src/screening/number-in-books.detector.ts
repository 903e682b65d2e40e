import type { NumberRun } from './numbers.js';
import { placeOf, type Place } from './place.js';

const CUE =
  /\b(?:case|file|incident|report|docket|event|cad|rms|complaint|citation|warrant|indictment|arrest|booking|evidence|exhibit|fp&f|fpf|seizure|caso|expediente|folio|carpeta|causa|oficio|averiguaci[oó]n)s?\b\.?(?:\s{0,2}(?<sign>no\b\.?|nos\b\.?|num(?:ber)?\b\.?|n[uú]mero\b|id\b|nr\b\.?|ref(?:erence)?\b\.?|#|:|de investigaci[oó]n)){0,3}[\s:#.-]{0,4}(?<number>[A-Za-z0-9][A-Za-z0-9:/.-]{0,30})/gi;
/** Years with a number: CR-2026-00123, 26-001234, 2026-000123, 3:26-cr-00123. */
const FORMS: readonly RegExp[] = [
  /(?<![A-Za-z0-9.-])[A-Za-z]{1,5}-?(?:19|20)?\d{2}-\d{3,8}(?:-[A-Za-z0-9]{1,6})?(?![A-Za-z0-9-])/g,
  /(?<![A-Za-z0-9.-])(?:\d{1,2}:)?(?:19|20)?\d{2}-?(?:cr|cv|mj|mc|cf|cm|gj)-?\d{3,8}(?:-[A-Za-z]{1,5}){0,2}(?![A-Za-z0-9])/gi,
  /(?<![A-Za-z0-9.-])(?:\d{2}-\d{5,8}|(?:19|20)\d{2}-\d{5,8}|(?:19|20)\d{2}-(?!(?:19|20)\d{2}(?!\d))\d{4})(?![A-Za-z0-9-])/g,
  /\b(?:fgr|fed|ci-?fgr)\/[A-Z0-9/-]{4,40}/gi,
];

/** Numbers of cases, incidents, reports, warrants; and the report's own reference, however it is spaced. */
export function caseNumbersIn(text: string, reference: string): Place[] {
  const found = /[-:/]/.test(text) ? FORMS.flatMap((form) => [...text.matchAll(form)].map(placeOf)) : [];
  for (const match of text.matchAll(CUE)) {
    const { sign, number = '' } = match.groups ?? {};
    const digits = number.replace(/\D/g, '').length;
    const numbered = sign !== undefined && sign !== ':';
    if (/^(?:19|20)\d\d\W?$/.test(number) && !numbered) continue;
    // "in one case 500 pills" is no number of a case, nor is "report 11/20/2026".
    if (/^\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\.?$/.test(number) || digits < (numbered ? 2 : 3)) continue;
    if (numbered || digits >= 5 || /[A-Za-z].*\d|\d.*[A-Za-z-]/.test(number)) found.push(placeOf(match));
  }
  return [...found, ...mentionsOf(reference, text)];
}

const SHORTEST_REFERENCE = 5;

function mentionsOf(reference: string, text: string): Place[] {
  const wanted = reference.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
  if (wanted.length < SHORTEST_REFERENCE || !/\d/.test(wanted)) return [];
  if (
    !text
      .replace(/[^A-Za-z0-9]/g, '')
      .toUpperCase()
      .includes(wanted)
  )
    return [];
  let signs = '';
  const at: number[] = [];
  for (const match of text.matchAll(/[A-Za-z0-9]/g)) {
    signs += match[0].toUpperCase();
    at.push(match.index);
  }
  const found: Place[] = [];
  for (let index = signs.indexOf(wanted); index !== -1; index = signs.indexOf(wanted, index + 1)) {
    const from = at[index] ?? 0;
    const to = (at[index + wanted.length - 1] ?? 0) + 1;
    if (!/[A-Za-z0-9]/.test(text[from - 1] ?? '') && !/[A-Za-z0-9]/.test(text[to] ?? '')) found.push({ from, to });
  }
  return found;
}

const CURP = /(?<![A-Za-z0-9])[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d(?![A-Za-z0-9])/gi;
const RFC = /(?<![A-Za-z0-9])[A-ZÑ&]{4}\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])[A-Z0-9]{3}(?![A-Za-z0-9])/gi;
const ALIEN = /(?<![A-Za-z0-9])A[\s#-]{0,2}\d{3}[\s-]?\d{3}[\s-]?\d{3}(?!\d)/g;
const LABELLED =
  /\b(?:ssn|ss#|social security|soc\.? sec\.?|dl|cdl|driver'?s? licen[sc]e|passport|pasaporte|licencia|curp|rfc|ine|alien|a-?number|fbi|sid|dni|national id)\b(?:\s{0,2}(?:no\b\.?|num(?:ber)?\b\.?|n[uú]mero\b|#|:|is\b)){0,3}[\s:#.-]{0,4}(?=[A-Za-z-]{0,5}\d)[A-Za-z0-9-]{5,20}(?![A-Za-z0-9])/gi;

/** Numbers that states give to people: social security, CURP, RFC, alien, passport and licence numbers. */
export function nationalIdsIn(text: string, runs: readonly NumberRun[]): Place[] {
  const found = [CURP, RFC, ALIEN, LABELLED].flatMap((form) => [...text.matchAll(form)].map(placeOf));
  for (const { parts } of runs) {
    for (const [index, part] of parts.entries()) {
      const [group, serial] = [parts[index + 1], parts[index + 2]];
      const next = parts[index + 3];
      if (isSocial(part.digits, part.digits) && part.digits.length === 9) found.push(part);
      if (group?.digits.length !== 2 || serial?.digits.length !== 4 || part.digits.length !== 3) continue;
      if (next !== undefined && next.gap === serial.gap) continue;
      if (/,|\n|\//.test(group.gap + serial.gap)) continue;
      const digits = part.digits + group.digits + serial.digits;
      if (isSocial(digits, digits)) found.push({ from: part.from, to: serial.to });
    }
  }
  return found;
}

/** 20 CFR 422.103: nine digits; no group is all zeros, and there is no area 000, 666 or from 900 (those are ITINs: counted too). */
const isSocial = (digits: string, all: string): boolean =>
  all.length === 9 && !/^(?:000|666)/.test(digits) && !/^.{3}00/.test(digits) && !/0000$/.test(digits);

const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic)[a-z]{0,8}';
const DATE = String.raw`(?:\d{1,4}[\s./-]{1,2}\d{1,2}[\s./-]{1,2}\d{2,4}|\d{1,2}\s(?:de\s)?${MONTH}\.?,?\s(?:de\s)?\d{2,4}|${MONTH}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{2,4}|\d{8}|\d{6})`;
const BORN = new RegExp(
  String.raw`\b(?:d\.?\s?o\.?\s?b\b\.?|date of birth|birth ?date|birthday|born|fecha de nacimiento|nacid[oa]|naci[oó]|f\.\s?n\.|fdn)[\s:.,#(-]{0,4}(?:(?:is|was|on|in|el|en|about)\s){0,2}${DATE}(?!\d)`,
  'gi',
);
const DATE_THEN_BIRTH = new RegExp(String.raw`(?<!\d)${DATE}\s?[(,]?\s?(?:d\.?o\.?b\b|date of birth)`, 'gi');

/** Dates of birth: a date beside the words. Other dates are what reports are made of. */
export const birthDatesIn = (text: string): Place[] =>
  !/o\.?\s?b|born|birth|nac|fdn|f\.\s?n/i.test(text)
    ? []
    : [BORN, DATE_THEN_BIRTH].flatMap((form) => [...text.matchAll(form)].map(placeOf));
