import { EMPTY_MAPPING, type ColumnMapping } from './mapping/column-mapping.js';

/** What a column holds, which decides how its cells are read. */
export type CellKind =
  | 'TEXT'
  | 'REFERENCE'
  | 'LONG_TEXT'
  | 'DATE_TIME'
  | 'DATE'
  | 'TIME'
  | 'NUMBER'
  | 'PERCENT'
  | 'QUANTITY'
  | 'FLAG'
  | 'CODE'
  | 'CODES'
  | 'TEXTS'
  | 'DRUG'
  | 'COUNTY'
  | 'STATE'
  | 'COUNTRY'
  | 'COORDINATE'
  | 'COORDINATES';

/** A column of the template, in the order in which it is printed. */
export interface TemplateColumn {
  /** The heading; numbered ones hold the number: `person_1_role`. */
  readonly name: string;
  readonly kind: CellKind;
  /** Of the report as a whole, or of what a row is about. */
  readonly of: 'REPORT' | 'SUBSTANCE';
  /** Field of SubmittedReport, as a path; `#` where a number stands. Empty for what helps to read another column. */
  readonly path: string;
  /** For docs/import-columns.md. */
  readonly meaning: string;
  /** What the two example rows hold. */
  readonly examples: readonly [string, string];
}

type Line = readonly [
  name: string,
  kind: CellKind,
  of: TemplateColumn['of'],
  path: string,
  meaning: string,
  first?: string,
  second?: string,
];

/** How many people and identifiers the template prints; files may have up to {@link MOST_NUMBERED} of each. */
const PRINTED_PEOPLE = 2;
const PRINTED_IDENTIFIERS = 2;
export const MOST_NUMBERED = 50;

const BEFORE: readonly Line[] = [
  [
    'reference',
    'REFERENCE',
    'REPORT',
    'submitterReference',
    'Your own number for the seizure. Rows with one reference that follow each other are one report; what comes in again under it must say the same.',
    '2026-000123',
  ],
  [
    'date',
    'DATE_TIME',
    'REPORT',
    'occurredAt',
    'When it happened: a date, or a date with a time of day.',
    '2026-11-20',
  ],
  [
    'time',
    'TIME',
    'REPORT',
    'occurredAt',
    'Time of day, where the date stands alone. Local time of your agency.',
    '15:15',
  ],
  [
    'date_precision',
    'CODE',
    'REPORT',
    'occurredAtPrecision',
    'How exactly the time is known: MINUTE, HOUR, DAY, MONTH. Without it: DAY where there is no time of day.',
  ],
  [
    'county',
    'COUNTY',
    'REPORT',
    'place.countyFips',
    'County by its name, or by its five-digit FIPS code.',
    'San Diego',
  ],
  ['state', 'STATE', 'REPORT', '', "State of the county, where it is not your agency's.", 'CA'],
  ['latitude', 'COORDINATE', 'REPORT', 'place.latitude', 'Degrees north.', '32.556'],
  ['longitude', 'COORDINATE', 'REPORT', 'place.longitude', 'Degrees east: negative in America.', '-117.047'],
  [
    'coordinates',
    'COORDINATES',
    'REPORT',
    'place.latitude',
    'Latitude and longitude in one cell, in place of the two columns before.',
  ],
  ['setting', 'CODE', 'REPORT', 'place.setting', 'Kind of place.', 'PORT_OF_ENTRY'],
  ['port_of_entry', 'TEXT', 'REPORT', 'place.portOfEntry', 'Name of the port of entry.', 'SAN YSIDRO'],
  [
    'drug',
    'DRUG',
    'SUBSTANCE',
    'substances.#.deaCode',
    'What was seized: DEA code, name, or a street name of the vocabulary below.',
    'fentanyl',
    'meth',
  ],
  ['dea_code', 'CODE', 'SUBSTANCE', 'substances.#.deaCode', 'DEA code of four digits, in place of `drug`.'],
  [
    'drug_name',
    'TEXT',
    'SUBSTANCE',
    'substances.#.name',
    'Name of a substance that has no DEA code, to the letter; with `drug_category`.',
  ],
  [
    'drug_category',
    'CODE',
    'SUBSTANCE',
    'substances.#.category',
    'Class of the substance; needed where there is no DEA code.',
  ],
  ['form', 'CODE', 'SUBSTANCE', 'substances.#.form', 'What it looks like.', 'POWDER', 'CRYSTAL'],
  [
    'quantity',
    'QUANTITY',
    'SUBSTANCE',
    'substances.#.quantity',
    'How much: a number, with or without its unit.',
    '12.5',
    '2.25',
  ],
  ['unit', 'CODE', 'SUBSTANCE', 'substances.#.unit', 'Unit of the quantity.', 'KG', 'LB'],
  [
    'quantity_reason',
    'CODE',
    'SUBSTANCE',
    'substances.#.quantityReason',
    'Why there is no quantity: TRACE, PENDING, UNKNOWN.',
  ],
  ['estimated', 'FLAG', 'SUBSTANCE', 'substances.#.estimated', 'Whether the quantity is estimated.', 'no', 'yes'],
  [
    'lab_status',
    'CODE',
    'SUBSTANCE',
    'substances.#.laboratoryStatus',
    'What a laboratory or field test said.',
    'PRESUMPTIVE',
    'NONE',
  ],
  ['purity_percent', 'PERCENT', 'SUBSTANCE', 'substances.#.purityPercent', 'Purity in percent.', '4.1', ''],
  [
    'press_mark',
    'TEXT',
    'SUBSTANCE',
    'substances.#.signature',
    'Stamp, logo, press mark, wrapping: what this batch is known by.',
    'stamp: scorpion',
    '',
  ],
  [
    'adulterants',
    'TEXTS',
    'SUBSTANCE',
    'substances.#.adulterants',
    'What it was cut with; several parted by semicolons.',
    'xylazine',
    '',
  ],
  [
    'concealment',
    'CODES',
    'REPORT',
    'concealment',
    'How it was hidden; several parted by semicolons.',
    'VEHICLE_COMPARTMENT',
  ],
  ['conveyance', 'CODE', 'REPORT', 'conveyance', 'What it travelled in.', 'PASSENGER_VEHICLE'],
  ['origin_country', 'COUNTRY', 'REPORT', 'route.originCountry', 'Where it came from.', 'MX'],
  [
    'origin_county',
    'COUNTY',
    'REPORT',
    'route.originCountyFips',
    'County it came from, with its state: "King, WA", or FIPS code.',
  ],
  ['destination_country', 'COUNTRY', 'REPORT', 'route.destinationCountry', 'Where it was going.'],
  [
    'destination_county',
    'COUNTY',
    'REPORT',
    'route.destinationCountyFips',
    'County it was going to, with its state, or FIPS code.',
    '53033',
  ],
];

const PERSON: readonly Line[] = [
  ['role', 'CODE', 'REPORT', 'role', 'Part that the person had.', 'COURIER'],
  ['age', 'NUMBER', 'REPORT', 'age', 'Age in years.', '34'],
  ['citizenship', 'CODE', 'REPORT', 'citizenship', 'Citizenship.', 'US_CITIZEN'],
  ['affiliation', 'CODE', 'REPORT', 'affiliation', 'Whom the person belonged to.', 'INDIVIDUAL'],
];

const IDENTIFIER: readonly Line[] = [
  ['kind', 'CODE', 'REPORT', 'kind', 'What kind of identifier it is.', 'PHONE'],
  [
    'value',
    'REFERENCE',
    'REPORT',
    'value',
    'Number, plate, address: the identifier itself. Sealed before it is stored.',
    '+1 619 555 0100',
  ],
  ['given_name', 'TEXT', 'REPORT', 'person.givenName', 'Given name, for kind PERSON.'],
  ['surname', 'TEXT', 'REPORT', 'person.surName', 'Surname, for kind PERSON.'],
  ['birth_date', 'DATE', 'REPORT', 'person.birthDate', 'Date of birth, for kind PERSON.'],
  [
    'sensitivity',
    'CODE',
    'REPORT',
    'sensitivity',
    'What others are told on a hit: OPEN, CONTACT_ONLY, SILENT.',
    'OPEN',
  ],
];

const AFTER: readonly Line[] = [
  [
    'basis_activity',
    'CODE',
    'REPORT',
    'basis.activity',
    'Why identifiers may be kept: the criminal activity.',
    'TRAFFICKING',
  ],
  [
    'basis_suspicion',
    'LONG_TEXT',
    'REPORT',
    'basis.reasonableSuspicion',
    'The facts that the suspicion rests on.',
    'Arrested with the load.',
  ],
  ['basis_decided_by', 'TEXT', 'REPORT', 'basis.decidedBy', 'Who decided that.', 'unit 4'],
  ['source_reliability', 'CODE', 'REPORT', 'source.reliability', 'How far the source is trusted, A to F.', 'B'],
  ['source_credibility', 'CODE', 'REPORT', 'source.credibility', 'How far what it says is, 1 to 6.', '2'],
  [
    'narrative',
    'LONG_TEXT',
    'REPORT',
    'narrative',
    'What happened. Never leaves your agency.',
    'Found at secondary inspection.',
  ],
  ['packaging', 'TEXT', 'REPORT', 'packaging', 'How it was packed.'],
  ['remarks', 'LONG_TEXT', 'REPORT', 'remarks', 'Remarks.'],
  [
    'sharing',
    'CODE',
    'REPORT',
    'sharing',
    "Who gets it: AGENCY, TASK_FORCES, STATE, NATION, PARTNERS. Without it your agency's default.",
    'NATION',
  ],
  ['tlp', 'CODE', 'REPORT', 'tlp', 'TLP label: what a reader may do onward.', 'AMBER'],
  ['release_after', 'DATE_TIME', 'REPORT', 'releaseAfter', 'Embargo: nobody else sees it before this time.'],
  ['hold_until_released', 'FLAG', 'REPORT', 'holdUntilReleased', 'Embargo until a person releases it.'],
  ['withhold', 'CODES', 'REPORT', 'withhold', 'What others are not told: CONTRIBUTOR, METHOD, SIGNATURE.'],
  ['time_precision', 'CODE', 'REPORT', 'timePrecision', 'How exactly partners are told the time: DAY or WEEK.'],
  ['task_force_ids', 'TEXTS', 'REPORT', 'taskForceIds', 'Ids of task forces; several parted by semicolons.'],
];

const column = ([name, kind, of, path, meaning, first = '', second = first]: Line): TemplateColumn => ({
  name,
  kind,
  of,
  path,
  meaning,
  examples: [first, second],
});

/** The columns of number `n` of a group. Only the first has examples. */
const numbered = (group: string, list: string, lines: readonly Line[], n: number): TemplateColumn[] =>
  lines.map(([name, kind, of, path, meaning, first = '', second = first]) => ({
    name: `${group}_${n}_${name}`,
    kind,
    of,
    path: `${list}.${n - 1}.${path}`,
    meaning,
    examples: n === 1 ? [first, second] : ['', ''],
  }));

const upTo = (most: number): number[] => Array.from({ length: most }, (_, index) => index + 1);

/** The template's columns in order, with two people and two identifiers; files may number on. */
export const TEMPLATE_COLUMNS: readonly TemplateColumn[] = [
  ...BEFORE.map(column),
  ...upTo(PRINTED_PEOPLE).flatMap((n) => numbered('person', 'people', PERSON, n)),
  ...upTo(PRINTED_IDENTIFIERS).flatMap((n) => numbered('identifier', 'identifiers', IDENTIFIER, n)),
  ...AFTER.map(column),
];

const EVERY_COLUMN: ReadonlyMap<string, TemplateColumn> = new Map(
  [
    ...BEFORE.map(column),
    ...upTo(MOST_NUMBERED).flatMap((n) => numbered('person', 'people', PERSON, n)),
    ...upTo(MOST_NUMBERED).flatMap((n) => numbered('identifier', 'identifiers', IDENTIFIER, n)),
    ...AFTER.map(column),
  ].map((each) => [each.name, each]),
);

/** Any column that a mapping may name, `person_50_role` included. */
export function findColumn(name: string): TemplateColumn | undefined {
  return EVERY_COLUMN.get(name);
}

/** Column names without their number, as vocabularies have them: `person_role`. */
export const withoutNumber = (name: string): string => name.replace(/^(person|identifier)_\d+_/, '$1_');

/** The mapping of a file whose headings are the template's: its dates are month first and its decimals have a point. */
export const TEMPLATE_MAPPING: ColumnMapping = {
  ...EMPTY_MAPPING,
  columns: TEMPLATE_COLUMNS.map(({ name }) => ({ heading: name, column: name })),
  dateOrder: 'MONTH_FIRST',
  clock: '24_HOUR',
  midnight: 'MIDNIGHT',
  decimal: 'POINT',
};
