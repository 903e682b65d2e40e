/** Every code that an issue or a warning about a report may carry, with what it means. Codes are stable, messages not. */
export const ISSUE_CODES = {
  REQUIRED: 'A field that must be given is missing or empty.',
  WRONG_TYPE: 'A value is of another type than the field: text for a number, one value for a list.',
  UNKNOWN_CODE: 'A value is not one of the codes of its list.',
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

  SHARING_EXCEEDS_AGREEMENT: 'The report would be shared more widely than the agreement of the agency allows.',
  SHARING_EXCEEDS_TLP: 'The report would be shared more widely than its TLP label allows.',
  UNKNOWN_TASK_FORCE: 'No task force with this id to which the agency belongs.',
  TASK_FORCES_NOT_SHARED: 'Warning: task forces are named, but the report is shared with nobody outside the agency.',
  NO_TASK_FORCE_NAMED: 'Warning: the report is shared with task forces, but names none.',
  NOT_SUPPORTED: 'A field that is not supported yet is set; it is refused rather than ignored.',

  UNKNOWN_COUNTY: 'Not the five-digit FIPS code of a county.',
  UNKNOWN_COUNTRY: 'Not an ISO 3166-1 alpha-2 country code.',
  COORDINATES_INCOMPLETE: 'One of latitude and longitude is given without the other.',

  UNKNOWN_DEA_CODE: 'Not a DEA drug code of the table.',
  DEA_CODE_PREVAILS: 'Warning: the category differs from that of the DEA code, which was taken.',
  MISSING_QUANTITY: 'Neither a quantity above zero nor a reason why there is none.',
  QUANTITY_WITH_REASON: 'Both a quantity and a reason why there is none.',
  QUANTITY_IMPLAUSIBLE: 'A quantity is larger than any seizure can be.',
  QUANTITY_LARGE: 'Warning: a quantity is larger than nearly all seizures; check the unit.',
  UNIT_NEEDS_REASON: 'The unit "not reported" stands without a reason why.',
  UNIT_DOES_NOT_FIT_FORM: 'What has this form is not counted in this unit.',

  BASIS_REQUIRED: 'There are identifiers, but no basis for keeping them (28 CFR 23.20).',
  DOES_NOT_FIT_KIND: 'A field is set that identifiers of this kind do not have.',
  IDENTIFIER_OF_MINOR: 'The person was under 18 at the time; identifiers of minors are not accepted.',

  REFERENCE_REUSED: 'The submitter reference already stands for a report with other content.',

  NOT_FOUND: 'No report of your agency has this id.',
  CONFLICT: 'The report is at another version than the change was made on; the message names it.',
  REPORT_RECALLED: 'The report was recalled and takes no further change.',
  REFERENCE_CHANGED: 'A correction carries another submitter reference than the report.',
  EMBARGO_AFTER_RELEASE: 'A correction would put an embargo on a record that has been released.',
  DUPLICATE_ITEM: 'A list names the same thing twice.',
} as const;

/** One of {@link ISSUE_CODES}. */
export type IssueCode = keyof typeof ISSUE_CODES;

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
  readonly issues: Issue[] = [];
  readonly warnings: Issue[] = [];
}
