import { SCREENING_CODES } from './screening/screening-codes.js';

/** What refuses a report, with what it means. Codes are stable, messages not. */
export const REFUSALS = {
  REQUIRED: 'A field that must be given is missing or empty.',
  WRONG_TYPE: 'A value is of another type than the field: text for a number, one value for a list.',
  UNKNOWN_FIELD: 'There is a field that reports do not have: left unread, it might be one that protects somebody.',
  UNKNOWN_CODE: 'A value is not one of the codes of its list.',
  LOOKALIKE_CHARACTER:
    'A code, number, date or reference holds characters that only look like the right ones: letters of another script, full-width digits, other dashes and spaces, or invisible ones.',
  TOO_LONG: 'A text has more characters than the field takes.',
  TOO_MANY_ITEMS: 'A list has more items than the field takes.',
  OUT_OF_RANGE: 'A number is below or above what the field takes.',
  NOT_A_WHOLE_NUMBER: 'A number of things or years has a fraction.',
  FORBIDDEN_CHARACTER: 'A text holds control, reordering or otherwise unprintable characters.',
  MALFORMED_TEXT: 'A text is not valid Unicode: it holds half of a surrogate pair.',

  INVALID_TIME: 'A time is not ISO 8601 with an offset, or does not exist.',
  INVALID_DATE: 'A date is not YYYY-MM-DD, or does not exist.',
  TIME_IN_FUTURE: 'A time or date has not come yet.',
  TIME_TOO_EARLY: 'A time lies before 1970.',
  RELEASE_TOO_LATE: 'A release is more than five years ahead.',
  EMBARGO_TWICE: 'There is an embargo until a time and one until it is released by hand.',

  SHARING_EXCEEDS_AGREEMENT: 'The report would be shared more widely than the agreement of the agency allows.',
  SHARING_EXCEEDS_KEY: 'The report is or would be shared more widely than the API key may share.',
  SHARING_EXCEEDS_TLP: 'The report would be shared more widely than its TLP label allows.',
  UNKNOWN_TASK_FORCE: 'No task force with this id to which the agency belongs.',

  UNKNOWN_COUNTY: 'Not the five-digit FIPS code of a county.',
  UNKNOWN_COUNTRY: 'Not an ISO 3166-1 alpha-2 country code.',
  COORDINATES_INCOMPLETE: 'One of latitude and longitude is given without the other.',
  PLACE_OUTSIDE_COUNTY:
    'The point lies more than 2 km outside its county, in another one; or it is 0, 0; or it would lie in its county with another sign or with latitude and longitude exchanged.',

  UNKNOWN_DEA_CODE: 'Not a DEA drug code of the table.',
  MISSING_QUANTITY: 'Neither a quantity above zero nor a reason why there is none.',
  QUANTITY_WITH_REASON: 'Both a quantity and a reason why there is none.',
  QUANTITY_IMPLAUSIBLE:
    'A quantity is larger than any seizure can be: 100 t, 1,000 cubic metres, 1,000 million pieces.',
  UNIT_NEEDS_REASON: 'The unit "not reported" stands without a reason why.',
  UNIT_DOES_NOT_FIT_FORM: 'What has this form is not counted in this unit.',

  BASIS_REQUIRED: 'There are identifiers, but no basis for keeping them (28 CFR 23.20).',
  DOES_NOT_FIT_KIND: 'A field is set that identifiers of this kind do not have.',
  IDENTIFIER_OF_MINOR: 'The person was under 18 at the time; identifiers of minors are not accepted.',

  REFERENCE_REUSED: 'The submitter reference already stands for a report with other content.',

  NOT_FOUND: 'No report of your agency, or no draft of yours, has this id.',
  CONFLICT: 'The report or the draft is at another version than the change was made on; the message names it.',
  REPORT_RECALLED: 'The report was recalled and takes no further change.',
  REFERENCE_CHANGED: 'A correction carries another submitter reference than the report.',
  EMBARGO_AFTER_RELEASE: 'A correction would put an embargo on a record that has been released.',
  DUPLICATE_ITEM: 'A list names the same thing twice.',
  NOT_HELD: 'The report waits for nobody: it is released, returned, or its embargo ends by itself.',
  TOO_MANY_DRAFTS: 'You keep as many drafts as one person may: submit or discard one of them.',
  OWN_REPORT: 'What holds the report was written by whoever would decide on it: somebody else does.',
} as const;

/** What is odd about a report and does not stop it. */
export const WARNINGS = {
  TIME_LONG_AGO: 'The time lies more than 20 years back; check the year.',
  RELEASE_PASSED: 'The time until which others were not to see the report has passed: there is no embargo.',
  TASK_FORCES_NOT_SHARED: 'Task forces are named, but the report is shared with nobody outside the agency.',
  NO_TASK_FORCE_NAMED: 'The report is shared with task forces, but names none.',
  PLACE_NEAR_COUNTY: 'The point lies in another county, at most 2 km outside the one that was given.',
  PLACE_IN_NO_COUNTY:
    'The point lies in no county and more than 12 nautical miles (22 km) from the one that was given: right only at sea or abroad.',
  DEA_CODE_PREVAILS: 'The category differs from that of the DEA code, which was taken.',
  QUANTITY_LARGE:
    'A quantity is larger than nearly all seizures (10 t, 100 cubic metres, 100 million pieces); check the unit.',
  QUANTITY_TOO_FINE: 'A weight has more digits than a milligram; it is compared by the nearest milligram.',
  UNIT_UNUSUAL_FOR_FORM: 'What has this form is rarely measured by volume; check the unit.',
  BASIS_WITHOUT_IDENTIFIERS: 'There is a basis for keeping identifiers, but no identifier.',
  PEOPLE_ARE_MINORS: 'There are identifiers, and everybody in the report was under 18: they must not be theirs.',
} as const;

/** What holds a report for a supervisor, and what is said of that. */
export const HOLDS = {
  ...SCREENING_CODES,
  NEW_MEMBER: 'It is among the first reports of a member, which the agency has a supervisor look at.',
  SHARING_PARTNERS: 'It is shared with partners, and the agency has a supervisor look at that.',
  NO_REVIEWER:
    'The report is held and nobody can release it now: the agency has no other supervisor, and no parent agency that has one.',
} as const;

/** Every code that an issue or a warning about a report may carry, with what it means. */
export const ISSUE_CODES = { ...REFUSALS, ...WARNINGS, ...HOLDS } as const;

/** One of {@link REFUSALS}. */
export type RefusalCode = keyof typeof REFUSALS;

/** One of {@link WARNINGS}. */
export type WarningCode = keyof typeof WARNINGS;

/** One of {@link HOLDS}. */
export type HoldCode = keyof typeof HOLDS;

/** One of {@link ISSUE_CODES}. */
export type IssueCode = RefusalCode | WarningCode | HoldCode;

/** One thing that is wrong with a submitted report, or in a warning: that is odd about it. */
export interface Issue {
  /** Where: `substances.0.unit`; empty for the report as a whole. */
  readonly path: string;
  readonly code: IssueCode;
  /** For people; says what would be right and never repeats what was submitted, which may be sensitive. */
  readonly message: string;
}

/** Gathers what the sections of a report find, so that the submitter learns of every fault at once. */
export class Findings {
  readonly issues: (Issue & { readonly code: RefusalCode })[] = [];
  readonly warnings: (Issue & { readonly code: WarningCode })[] = [];
}
