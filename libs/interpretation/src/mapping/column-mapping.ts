import type { UnitCode } from '@concord/codes';

/** What one column of a file is used for. */
export interface ColumnUse {
  /** As `readHeadings` names it: a heading that comes twice has ` (2)` after it, an empty one is `column 7`. */
  readonly heading: string;
  /** A column of the template, `person_4_role` included: see TEMPLATE_COLUMNS. */
  readonly column: string;
  /** For `quantity`: the unit that the heading names, "Wt (g)". */
  readonly unit?: UnitCode;
}

/** What a text means to this agency: confirmed by a person, and from then on it counts. */
export interface Meaning {
  /** Column of the template; numbered ones without their number: `person_role`. */
  readonly column: string;
  /** As it stands in the cells, whatever the case and the spaces around it. */
  readonly text: string;
  /**
   * What it means, as the template would have it: `06073`, `HIGHWAY`, `KG`. For `drug`: a DEA code, or a class (the text
   * stays the name), with or without a form after a space: `9801 PILL_TABLET`, `FENTANYL PILL_TABLET`.
   */
  readonly code: string;
}

/**
 * How an agency's file is read, as plain JSON: kept per agency. Null where nobody has said: then what could be either is
 * asked about.
 */
export interface ColumnMapping {
  readonly version: 1;
  readonly columns: readonly ColumnUse[];
  /** Headings that are left out on purpose. A file with any other heading is not read. */
  readonly ignored: readonly string[];
  /** What holds for every row, by column of the template: `{ "sharing": "NATION" }`. A cell that says something wins. */
  readonly constants: Readonly<Record<string, string>>;
  readonly vocabulary: readonly Meaning[];
  /** Which comes first in 03/04/26. */
  readonly dateOrder: 'MONTH_FIRST' | 'DAY_FIRST' | null;
  /** Whether 3:15 is a quarter past three in the night. */
  readonly clock: '24_HOUR' | null;
  /** What 00:00 and 12:00 AM mean. */
  readonly midnight: 'MIDNIGHT' | 'NO_TIME' | null;
  /** What parts the decimals. */
  readonly decimal: 'POINT' | 'COMMA' | null;
  /** From when bare numbers in date columns count days. */
  readonly excelDates: '1900' | '1904' | null;
  /** Name of the sheet of a workbook. */
  readonly sheet: string | null;
}

/** Nothing used, nothing said. */
export const EMPTY_MAPPING: ColumnMapping = {
  version: 1,
  columns: [],
  ignored: [],
  constants: {},
  vocabulary: [],
  dateOrder: null,
  clock: null,
  midnight: null,
  decimal: null,
  excelDates: null,
  sheet: null,
};
