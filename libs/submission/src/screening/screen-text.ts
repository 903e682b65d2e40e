import { emailsIn, handlesIn, urlsIn } from './contact.detector.js';
import { accountsIn, devicesIn, parcelsIn } from './device.detector.js';
import { namesIn } from './name.detector.js';
import { mayCount, numberRuns } from './numbers.js';
import { birthDatesIn, caseNumbersIn, nationalIdsIn } from './number-in-books.detector.js';
import { phonesIn } from './phone.detector.js';
import { addressesIn, coordinatesIn } from './place-on-earth.detector.js';
import { joined, type Place, type TextKind } from './place.js';
import { readingOf } from './reading.js';
import type { ScreeningCode } from './screening-codes.js';
import { platesIn, vinsIn } from './vehicle.detector.js';

/** Something in a text that may name somebody or lead to a case, and where. */
export interface TextFinding extends Place {
  readonly code: ScreeningCode;
}

export interface TextFacts {
  readonly kind: TextKind;
  /** Of the report that the text belongs to: in a shared text it is a case number. */
  readonly submitterReference: string;
}

/** The kinds that say the same thing about one place less exactly: dropped where one of the others has found it. */
const LESS_EXACT: ReadonlyMap<ScreeningCode, readonly ScreeningCode[]> = new Map([
  ['TEXT_HOLDS_ACCOUNT', ['TEXT_HOLDS_DEVICE', 'TEXT_HOLDS_PARCEL', 'TEXT_HOLDS_PHONE', 'TEXT_HOLDS_NATIONAL_ID']],
  ['TEXT_HOLDS_HANDLE', ['TEXT_HOLDS_EMAIL']],
  ['TEXT_HOLDS_URL', ['TEXT_HOLDS_EMAIL']],
]);

/**
 * Everything in a shared text that a supervisor should see before others do. Pure; one pass for each pattern, all of
 * them bounded, so that the time grows with the text's length and with nothing else. Most texts are short and hold no
 * digit: they are asked only what they can hold.
 */
export function screenText(stored: string, facts: TextFacts): TextFinding[] {
  const { text, source } = readingOf(stored);
  const found: (readonly [ScreeningCode, readonly Place[]])[] = [];
  const digits = text.match(/[0-9]/g)?.length ?? 0;
  if (digits > 0 || mayCount(text)) {
    const runs = numberRuns(text);
    found.push(
      ['TEXT_HOLDS_PHONE', phonesIn(text, runs)],
      ['TEXT_HOLDS_NATIONAL_ID', nationalIdsIn(text, runs)],
      ['TEXT_HOLDS_DEVICE', devicesIn(text, runs)],
      ['TEXT_HOLDS_PARCEL', parcelsIn(text, runs)],
      ['TEXT_HOLDS_ACCOUNT', accountsIn(text, runs)],
    );
  }
  if (digits > 0)
    found.push(
      ['TEXT_HOLDS_PLATE', platesIn(text, facts.kind)],
      ['TEXT_HOLDS_VIN', digits < 4 ? [] : vinsIn(text)],
      ['TEXT_HOLDS_ADDRESS', addressesIn(text)],
      ['TEXT_HOLDS_CASE_NUMBER', caseNumbersIn(text, facts.submitterReference)],
      ['TEXT_HOLDS_BIRTH_DATE', birthDatesIn(text)],
    );
  if (digits > 3 || /[+°º]|\/\/\/|lat|lon|lng/i.test(text)) found.push(['TEXT_HOLDS_COORDINATES', coordinatesIn(text)]);
  if (/@|at|arroba/i.test(text)) found.push(['TEXT_HOLDS_EMAIL', emailsIn(text)]);
  if (/[./]|dot|punto/i.test(text)) found.push(['TEXT_HOLDS_URL', urlsIn(text)]);
  found.push(['TEXT_HOLDS_HANDLE', handlesIn(text)], ['TEXT_HOLDS_NAME', namesIn(text, facts.kind)]);
  return exactly(found.map(([code, places]) => [code, joined(places.map(source))]));
}

function exactly(found: readonly (readonly [ScreeningCode, readonly Place[]])[]): TextFinding[] {
  const all = found.flatMap(([code, places]) => places.map((place) => ({ code, from: place.from, to: place.to })));
  return all
    .filter(
      ({ code, from, to }) =>
        !all.some((other) => LESS_EXACT.get(code)?.includes(other.code) === true && other.from < to && from < other.to),
    )
    .sort((a, b) => a.from - b.from || a.to - b.to || a.code.localeCompare(b.code, 'en'));
}
