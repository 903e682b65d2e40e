import { emailsIn, handlesIn, urlsIn } from './contact.detector.js';
import { accountsIn, devicesIn, parcelsIn } from './device.detector.js';
import { namesIn } from './name.detector.js';
import { numberRuns } from './numbers.js';
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

/** Nothing that a detector looks for has neither a digit, an at sign, a dot nor a second word. */
const CANNOT_HOLD = /^[A-Za-z]*$/;

/**
 * Everything in a shared text that a supervisor should see before others do. Pure; one pass for each pattern, all of
 * them bounded, so that the time grows with the text's length and with nothing else.
 */
export function screenText(stored: string, facts: TextFacts): TextFinding[] {
  if (CANNOT_HOLD.test(stored)) return [];
  const { text, source } = readingOf(stored);
  const runs = numberRuns(text);
  const found: readonly (readonly [ScreeningCode, readonly Place[]])[] = [
    ['TEXT_HOLDS_PHONE', phonesIn(text, runs)],
    ['TEXT_HOLDS_PLATE', platesIn(text, facts.kind)],
    ['TEXT_HOLDS_VIN', vinsIn(text)],
    ['TEXT_HOLDS_EMAIL', emailsIn(text)],
    ['TEXT_HOLDS_URL', urlsIn(text)],
    ['TEXT_HOLDS_HANDLE', handlesIn(text)],
    ['TEXT_HOLDS_COORDINATES', coordinatesIn(text)],
    ['TEXT_HOLDS_ADDRESS', addressesIn(text)],
    ['TEXT_HOLDS_CASE_NUMBER', caseNumbersIn(text, facts.submitterReference)],
    ['TEXT_HOLDS_NATIONAL_ID', nationalIdsIn(text, runs)],
    ['TEXT_HOLDS_BIRTH_DATE', birthDatesIn(text)],
    ['TEXT_HOLDS_NAME', namesIn(text)],
    ['TEXT_HOLDS_DEVICE', devicesIn(text, runs)],
    ['TEXT_HOLDS_PARCEL', parcelsIn(text, runs)],
    ['TEXT_HOLDS_ACCOUNT', accountsIn(text, runs)],
  ];
  return found.flatMap(([code, places]) => joined(places.map(source)).map((place) => ({ code, ...place })));
}
