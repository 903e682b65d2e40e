/** What keeps a NIBRS incident from being a report, by stable code. Numbers are errors of the technical specification. */
export const NIBRS_QUESTIONS = {
  NIBRS_CHARACTER: 'The line holds control characters or others than ASCII, so that its positions cannot be trusted.',
  NIBRS_HEADER: 'Level, ORI or incident number of a segment cannot be read: whose incident it is cannot be said.',
  NIBRS_LEVEL:
    'A segment has a level that is not in the specification; 8 and 9, which states use, are counted and left.',
  NIBRS_LENGTH:
    'The line is longer than its first four digits say, or they are no length that segments of this level have.',
  NIBRS_NO_ADMINISTRATIVE_SEGMENT: 'The incident has no level 1 segment before it: its date is missing (error 055).',
  NIBRS_TOO_MANY_SEGMENTS: 'The incident has more segments than an incident can have.',
  NIBRS_ACTION: 'The action is none that is read: I (with D and R answered by other codes); M, W and A are not.',
  NIBRS_DELETED:
    'The records system takes the incident back. If it stands as a report here, a supervisor recalls that; nothing is recalled by a file.',
  NIBRS_SEIZURE_TAKEN_BACK:
    'The incident was replaced by one that names drugs and no longer says that they were seized. If it stands as a report here, correct or recall that.',
  NIBRS_OTHER_AGENCY:
    'The incident belongs to another ORI. It is never stored under this agency: submit the file for that one.',
  NIBRS_REPORT_DATE:
    'The date is that of the report, not of the incident (element 3, indicator R): when it happened is not said.',
  NIBRS_DATE: 'Date or hour of the incident is missing, is on no calendar, or is not on the clock of the agency.',
  NIBRS_COUNTY:
    'NIBRS does not say in which county it happened, and the agency has not said in which county the incidents of its files lie.',
  NIBRS_LOCATION: 'The location type is not in the table of 2019.1.',
  NIBRS_LOSS: 'The type of property loss is missing or none of 1 to 8: whether something was seized cannot be said.',
  NIBRS_NO_DRUG_OFFENSE:
    'Drugs were seized, but the incident has no completed drug violation, 35A (errors 081, 365, 387).',
  NIBRS_DESCRIPTION: 'A drug type stands in a segment whose property is not described as drugs, 10 (error 365).',
  NIBRS_SEIZED_TWICE: 'Two segments say that drugs were seized: there is one for each type of loss (error 376).',
  NIBRS_NO_DRUG_TYPE: 'Drugs were seized, and no type of drug is given (error 364).',
  NIBRS_DRUG_CLASS:
    'The letter stands for drugs of more than one class: which it was, the incident does not say. Fentanyl has no letter.',
  NIBRS_FURTHER_DRUGS: 'There were further drugs, two or more, which are not named (X): name them, or say UNKNOWN.',
  NIBRS_DRUG_TYPE: 'The letter is not in the table of 2019.1 (error 304).',
  NIBRS_SAME_DRUG: 'The same drug stands twice, measured in the same way: the sum is not made for you (error 306).',
  NIBRS_QUANTITY: 'The quantity is no number in the form of the element (error 302).',
  NIBRS_QUANTITY_MISSING: 'A quantity or its measurement is missing (errors 364, 366, 368).',
  NIBRS_QUANTITY_SCALE:
    'The quantity may be in thousandths, as in a flat file: some systems write it so into XML, 1,000 times too much.',
  NIBRS_NOT_REPORTED_QUANTITY: 'XX, not reported, stands with another quantity than 1 (error 384).',
  NIBRS_QUANTITY_OF_X: 'X, further drugs, has a quantity or a measurement (error 363).',
  NIBRS_MEASUREMENT: 'The measurement is not in the table of 2019.1 (error 304).',
  NIBRS_PLANTS: 'Counted in plants, but it is none of marijuana, opium and other hallucinogens (error 367).',
} as const;
export type NibrsQuestionCode = keyof typeof NIBRS_QUESTIONS;

/** Why something in a NIBRS file is no report, and no question either: counted. */
export const NIBRS_SKIPS = {
  NO_DRUGS: 'An incident without drugs.',
  DRUGS_NOT_SEIZED: 'Drugs are named, but with another loss than seized: none (1), burned, stolen and so on.',
  REPLACED_WITHOUT_DRUGS:
    'An incident that was replaced (D and I, or R) and names no drugs now; what it named before is not in the file.',
  GROUP_B_ARREST: 'A Group B arrest (level 7): it has no property.',
  ZERO_REPORT: 'A zero report (level 0): a month without incidents.',
  STATE_SEGMENT: 'A segment of level 8 or 9, which a state has added.',
} as const;
export type NibrsSkipReason = keyof typeof NIBRS_SKIPS;

/** How a value came to be, by stable code. */
export const NIBRS_READINGS = {
  NIBRS_CODE: 'A code of NIBRS that says the same as one of ours.',
  NIBRS_CLASS: 'A letter that is a class of substances: the name is the FBI’s, the class ours; there is no DEA code.',
  NIBRS_NUMBER: 'The incident number, without the blanks at its end.',
  NIBRS_HOUR: 'Date and hour by the clock of the agency.',
  NIBRS_DAY: 'The date; the hour is not given.',
  NIBRS_DAY_OF_CLOCK_CHANGE: 'The date alone: the clock showed this hour twice that day, or not at all.',
  NIBRS_THOUSANDTHS: 'Nine digits and three of thousandths.',
  NIBRS_DECIMAL: 'A decimal number.',
  NIBRS_NOT_REPORTED: 'XX with 1: not reported, to be replaced later. It is no quantity.',
  NIBRS_PLANTS_COUNTED: 'Counted in plants, so they were plants.',
  NIBRS_CONFIRMED: 'As the agency has said that this is to be understood.',
} as const;
export type NibrsReadingRule = keyof typeof NIBRS_READINGS;
