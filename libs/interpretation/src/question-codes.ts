/** What keeps a cell from being understood without guessing. Codes are stable; docs/import-columns.md prints the table. */
export const QUESTIONS = {
  RAGGED_ROW: 'The row has more or fewer cells than the heading: which cell belongs to which column is not known.',
  HIDDEN_ROW: 'The row is hidden in the workbook: filtered out, or folded away.',
  ROW_REPEATED: 'The row says the same as the one before it: twice the same thing, or one thing written twice?',
  ROWS_DISAGREE: 'Rows with one reference say different things of the report as a whole.',
  MERGED_CELLS: 'What is merged over several rows may be of all of them or of their sum.',
  SWALLOWED_LINES: 'A cell holds line ends and what looks like further rows: a quotation mark is missing or too many.',
  UNKNOWN_COLUMN: 'The row has a column that the mapping neither uses nor leaves out by name.',
  NOT_JSON: 'The line is not one JSON object, or holds a value that no column takes.',
  FORMULA_ERROR: 'The cell shows the error of a formula: #REF!, #N/A, #####.',

  CODE_NOT_KNOWN: 'No code of the list, and no word of the stated vocabulary.',
  NOT_YES_OR_NO: 'Neither yes nor no.',
  BROKEN_LIST: 'A quotation mark in a list is not closed.',

  DATE_NOT_KNOWN: 'Not a date, or one that is on no calendar.',
  DATE_ORDER: 'Month and day could be either way round, and nothing says which comes first here.',
  DATE_AGAINST_ORDER: 'Month and day are not in the order that the mapping says.',
  NO_YEAR: 'The date has no year.',
  CENTURY: 'The year has two digits and could be in two centuries, or lies ahead.',
  EXCEL_DATE: 'A bare number where a date belongs: days as Excel counts them, or digits run together?',
  TIME_NOT_KNOWN: 'Not a time of day.',
  HALF_OF_DAY: 'Morning or afternoon?',
  MIDNIGHT: 'Midnight, or no time at all, as many programs write it?',
  TIME_TWICE: 'The date cell and the time cell say different times.',
  NO_TIME_ZONE: "The time has no offset, and the agency's time zone is not known.",
  CLOCK_WENT_FORWARD: 'This time of day did not exist: the clock went forward.',
  CLOCK_WENT_BACK: 'This time of day came twice: the clock went back.',
  RELEASE_WITHOUT_TIME: 'From the beginning or from the end of that day?',

  NUMBER_NOT_KNOWN: 'Not a number.',
  NUMBER_SEPARATOR: 'A comma or a point that may part thousands or decimals.',
  TOO_MANY_DIGITS:
    'A number with more digits than can be kept, or one that Excel has rounded or written as a power of ten.',
  PERCENT_OR_PART: 'A share of 1 or a percentage?',
  QUANTITY_RANGE: 'From and to, or less or more than: not one quantity.',
  QUANTITY_TWICE: 'Two quantities of different kinds in one row.',
  UNIT_NOT_KNOWN: 'Not a unit that is kept.',
  UNITS_DISAGREE: 'Two places of the row name different units.',
  UNIT_MISSING: 'A quantity without a unit.',

  DRUG_NOT_KNOWN: 'No name, code or street name of the stated vocabulary, or one that stands for several things.',
  FORMS_DISAGREE: 'The name says another form than the column of the form.',
  LOOKS_COUNTERFEIT: 'What is sold under this name is often something else: what it holds is not known from its name.',

  COUNTY_NOT_KNOWN: 'No county of the state is called so.',
  COUNTY_NOT_CLEAR: 'Several counties, or a county and a city, are called so.',
  STATES_DISAGREE: 'The county and the column of the state name different states.',
  COUNTRY_OR_STATE: 'The code of a country and of a state: which is meant?',
  COUNTRY_NOT_KNOWN: 'No country is called so.',
  COORDINATE_NOT_KNOWN: 'Not a coordinate.',

  DAMAGED_TEXT: 'What Excel or another program makes of a number or reference: 1.2E+10, 26-Mar, 123.0.',
  PLACEHOLDER: 'What programs write for nothing, in a text that would be kept: NULL, nan.',
  DAMAGED_LETTERS:
    'Letters were lost when the file was saved: the sign for an unreadable letter stands in their place.',
} as const;

/** One of {@link QUESTIONS}. */
export type QuestionCode = keyof typeof QUESTIONS;
