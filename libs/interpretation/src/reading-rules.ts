/** Why a cell was taken for what it was taken for. Codes are stable; docs/import-columns.md prints the table. */
export const READING_RULES = {
  EXACT: 'It stood there as it is stored.',
  CONSTANT: 'The mapping says it for every row of the file.',
  CONFIRMED: 'The agency has confirmed what this text means; it is kept in its mapping.',
  LEFT_OUT: 'A mark that says "nothing": a dash, n/a, null. The field is left out.',
  MERGED_CELL: 'The cell is merged over several rows, and its text holds for each of them.',

  CODE_WORDS: 'The words of a code, whatever the case, spaces and dashes: "port of entry" is PORT_OF_ENTRY.',
  SYNONYM: 'A word of the stated vocabulary that means the code.',
  FLAG_WORD: 'A word for yes or no.',
  LIST: 'Several values in one cell, parted by semicolons.',

  DATE_ISO: 'A date with its year first, as in ISO 8601, in the time zone of the agency.',
  DATE_US: 'A date with its month first: the mapping says so, or nothing else is possible.',
  DATE_DAY_FIRST: 'A date with its day first: the mapping says so, or nothing else is possible.',
  DATE_MONTH_NAME: 'A date with the name of its month.',
  DATE_RUN_TOGETHER: 'A date of eight digits, year first.',
  DATE_EXCEL: 'A number of days as Excel counts them; the mapping says from when.',
  DATE_OF_MONTH: 'A month without a day: the time is stated to the month.',
  TIME_24_HOUR: 'A time of day on the clock of 24 hours, in the time zone of the agency.',
  TIME_12_HOUR: 'A time of day with am or pm, in the time zone of the agency.',
  TIME_MILITARY: 'A time of day of four digits.',
  TIME_UNKNOWN: 'The time of day is said to be unknown: the date counts alone.',
  TIME_IS_NONE: 'Midnight stands for "no time": the mapping says so.',
  DAY_ALONE: 'A date without a time: stated to the day, stored as its noon by the offset at which the day began.',

  NUMBER_WRITTEN: 'A number with separators, as the mapping says or as only one reading is possible.',
  NUMBER_FRACTION: 'A fraction that is a whole number of decimal digits: "2 1/2" is 2.5.',
  NUMBER_WITH_WORDS: 'A number with a word that adds nothing: "34 yrs", "4.1 %".',
  QUANTITY_WITH_UNIT: 'A quantity with its unit in one cell.',
  QUANTITY_ESTIMATED: 'A quantity with a sign that it is estimated: "approx", "~".',
  QUANTITY_OF_TWO_UNITS: 'Pounds and ounces, added up exactly in ounces.',
  QUANTITY_REASON: 'Words that say why there is no quantity.',
  UNIT_NAME: 'The name or abbreviation of a unit.',
  UNIT_OF_HEADING: 'The heading names the unit: "Wt (g)".',

  DRUG_NAME: 'The name of a substance in the table of DEA codes.',
  DRUG_STREET_NAME: 'A brand, street name or abbreviation of the stated vocabulary that means one substance.',
  DRUG_WITH_FORM: 'A name of a substance with a word for its form.',
  DRUG_SUSPECTED:
    'A name of a substance with "suspected" before it; what is known of it stays as the laboratory column says.',
  DRUG_WITHOUT_CODE: 'A substance that the DEA has no code for, by its name and class.',

  COUNTY_NAME: 'The name of a county with its state.',
  COUNTY_OF_STATE: "The name of a county in the agency's state, where counties of other states may be called so.",
  COUNTY_LOST_ZERO: 'A county code that has lost its leading zero, in the state that the agency is in.',
  COUNTRY_NAME: 'The name of a country.',
  COORDINATE: 'A coordinate with a degree sign, a letter for the direction, or minutes and seconds, to six decimals.',
} as const;

/** One of {@link READING_RULES}. */
export type ReadingRule = keyof typeof READING_RULES;
