import type { UnitCode } from '@concord/codes';

/** What a row of a messy file truly says, or that nobody could know. */
export interface Truth {
  readonly reference: string;
  /** Local, `2026-11-20T15:15`; without a time where the agency gave none. */
  readonly local: string;
  readonly county: string;
  readonly deaCode: string;
  /** In decimal digits. */
  readonly quantity: string;
  readonly unit: UnitCode;
}

/** One row with what it says; null: it must not be accepted as anything. */
export interface MessyRow {
  readonly cells: readonly string[];
  readonly truth: Truth | null;
  /** What was done to it; for the eye of whoever reads a failure. */
  readonly mess: string;
}

export interface MessyFile {
  readonly name: string;
  /** Lines above the heading. */
  readonly titles: readonly string[];
  readonly headings: readonly string[];
  readonly rows: readonly MessyRow[];
  /** As CSV, in the encoding of its style. */
  readonly bytes: Buffer;
}

/** Numbers that a seed decides (mulberry32). */
export class Dice {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(of: number): boolean {
    return this.next() < of;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}

const two = (n: number): string => String(n).padStart(2, '0');
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const monthName = (month: number): string => MONTHS[month - 1] ?? '';

interface Local {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** Names that agencies write, by what they mean: written here by hand, not taken from the reader's vocabulary. */
const DRUGS: readonly (readonly [deaCode: string, names: readonly string[]])[] = [
  ['9801', ['Fentanyl', 'FENTANYL', 'fent', 'Fentanyl powder', '9801', 'suspected fentanyl']],
  ['1105', ['Methamphetamine', 'meth', 'METH', 'Meth.', 'crystal meth', 'Ice', 'Meth (crystal)']],
  ['9041', ['Cocaine', 'coke', 'Crack', 'Crack Cocaine', 'COCAINE HCL', 'cocaine powder']],
  ['9200', ['Heroin', 'HEROIN', 'black tar', 'Black-Tar Heroin', 'Heroin (powder)']],
  ['7360', ['Marijuana', 'weed', 'MJ', 'Marihuana', 'Cannabis', 'pot']],
  ['2882', ['Xanax', 'alprazolam']],
  ['7405', ['MDMA', 'Ecstasy', 'MDMA/Ecstasy']],
  ['9143', ['Oxycodone', 'OxyContin']],
];
const COUNTIES: readonly (readonly [fips: string, names: readonly string[]])[] = [
  [
    '06073',
    [
      'San Diego',
      'SAN DIEGO',
      'San Diego Co.',
      'San Diego County',
      'County of San Diego',
      'San Diego, CA',
      '06073',
      '6073',
    ],
  ],
  ['06065', ['Riverside', 'Riverside County', 'RIVERSIDE CO', '06065', 'Riverside, California']],
  ['06059', ['Orange', 'Orange County', 'Orange Co', 'ORANGE, CA', '6059']],
  ['06037', ['Los Angeles', 'Los Angeles County', 'LOS ANGELES CO.', '06037']],
  ['06025', ['Imperial', 'Imperial Cnty', '6025', 'imperial county, ca']],
];
const UNITS: readonly (readonly [UnitCode, readonly string[]])[] = [
  ['GM', ['g', 'G', 'gm', 'grams', 'GM', 'Gram(s)', 'gms']],
  ['KG', ['kg', 'KG', 'kilos', 'Kilograms', 'kgs']],
  ['LB', ['lbs', 'lb.', 'LB', 'pounds', 'Lbs.']],
  ['OZ', ['oz', 'OZ', 'ounces', 'oz.']],
  ['DU', ['DU', 'pills', 'dosage units', 'tabs', 'Tablets']],
];
/** What nobody can read without guessing. */
const UNREADABLE = {
  quantity: [
    '1.5-2',
    '< 1',
    '>500',
    '1k',
    '12..5',
    'several',
    '5+',
    '2 bags',
    '1.2.3',
    '#REF!',
    '3-4',
    '~',
    'N/A',
    '(5)',
    '1E+05',
    '12 5',
  ],
  unit: ['bags', 'gr', 'mg', '#', 'units', 'ea', '?', 'k', 'Gx', 'bindles', '12'],
  drug: [
    'blues',
    'M30s',
    'H',
    'E',
    'X',
    'crystal',
    'dope',
    'speed',
    'drugs',
    'meth/heroin',
    'fentanyl & meth',
    'K2',
    'bars',
    'not meth',
    'metadone',
    'See narrative',
    'Fentanyl?',
    'mеth',
  ],
  county: [
    'SD',
    'Kings/Tulare',
    'San Deigo',
    'Springfield',
    'CA',
    '73',
    '99999',
    'Unknown',
    '1073',
    'Orang',
    'Ｏrange',
    'Maricopa',
  ],
  date: [
    '11/20',
    '13/13/2026',
    '2026-02-30',
    'Nov 20',
    'yesterday',
    '46346',
    '0000-00-00',
    '20/20/20',
    '11/20/2026 25:00',
    '112026',
    '02/30/2026',
    '11/20/36',
  ],
} as const;

interface Style {
  readonly name: string;
  readonly delimiter: string;
  readonly titles: readonly string[];
  readonly headings: readonly string[];
  readonly encoding: 'utf8' | 'latin1' | 'utf16le';
  readonly lineEnd: string;
  /** The cells of a row: in the order of the headings. */
  readonly cells: (truth: Written, dice: Dice) => string[];
  readonly date: (local: Local, dice: Dice) => string;
  readonly number: (digits: string, dice: Dice) => string;
  readonly hasTime: boolean;
}

interface Written {
  readonly reference: string;
  readonly date: string;
  readonly time: string;
  readonly county: string;
  readonly drug: string;
  readonly quantity: string;
  readonly unit: string;
  readonly unitCode: UnitCode;
}

const clock12 = ({ hour, minute }: Local): string =>
  `${((hour + 11) % 12) + 1}:${two(minute)}${hour < 12 ? 'am' : 'pm'}`;
const usDate = ({ month, day, year }: Local): string => `${month}/${day}/${String(year).slice(2)}`;
const withCommas = (digits: string): string => {
  const [whole = '', fraction] = digits.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
};

const STYLES: readonly Style[] = [
  {
    name: 'city police, by hand',
    delimiter: ',',
    titles: ['Narcotics Unit seizures 2026', ''],
    headings: ['Case #', 'Date/Time Occ', 'Cnty', 'Drug Type', 'Qty', 'UOM', 'Officer'],
    encoding: 'utf8',
    lineEnd: '\r\n',
    cells: (w) => [w.reference, w.date, w.county, w.drug, w.quantity, w.unit, 'Ofc. 12'],
    date: (local, dice) =>
      dice.pick([
        `${usDate(local)} ${clock12(local)}`,
        `${two(local.month)}/${two(local.day)}/${local.year} ${two(local.hour)}${two(local.minute)}`,
        `${local.day}-${monthName(local.month)}-${local.year} ${two(local.hour)}${two(local.minute)}`,
        `${monthName(local.month)} ${local.day}, ${local.year} at ${clock12(local)}`,
        `${local.year}-${two(local.month)}-${two(local.day)} ${two(local.hour)}:${two(local.minute)}`,
      ]),
    number: (digits, dice) =>
      dice.pick([digits, withCommas(digits), `~${digits}`, `approx ${digits}`, ` ${digits}\u00A0`]),
    hasTime: true,
  },
  {
    name: 'sheriff, weights in grams',
    delimiter: '\t',
    titles: [],
    headings: ['Inc No', 'Date Occ', 'Time Occ', 'County Name', 'Substance', 'Wt (g)', 'Notes'],
    encoding: 'latin1',
    lineEnd: '\n',
    cells: (w) => [
      w.reference,
      w.date,
      w.time,
      w.county,
      w.drug,
      w.unitCode === 'GM' ? w.quantity : `${w.quantity} ${w.unit}`,
      'Niño’s',
    ],
    date: (local) => `${two(local.month)}/${two(local.day)}/${local.year}`,
    number: (digits, dice) => dice.pick([digits, withCommas(digits)]),
    hasTime: true,
  },
  {
    name: 'liaison office, day first',
    delimiter: ';',
    titles: ['Exported', ''],
    headings: ['Reference No', 'Seizure Date', 'County', 'Drug', 'Amount', 'Unit', 'Port of Entry'],
    encoding: 'utf8',
    lineEnd: '\n',
    cells: (w) => [w.reference, w.date, w.county, w.drug, w.quantity, w.unit, ''],
    date: (local) => `${two(local.day)}.${two(local.month)}.${local.year}`,
    number: (digits) => digits.replace('.', ','),
    hasTime: false,
  },
  {
    name: 'task force, one column for the amount',
    delimiter: ',',
    titles: [],
    headings: ['Seizure ID', 'Date Seized', 'County', 'Narcotic', 'Amount Seized'],
    encoding: 'utf16le',
    lineEnd: '\r\n',
    cells: (w, dice) => {
      const gap = dice.pick([' ', '']);
      // "1k" and "g" side by side do say what they mean: a kilogram.
      return [w.reference, w.date, w.county, w.drug, `${w.quantity}${w.quantity.endsWith('k') ? ' ' : gap}${w.unit}`];
    },
    date: (local, dice) => dice.pick([usDate(local), `${local.day} ${monthName(local.month)} ${local.year}`]),
    number: (digits) => digits,
    hasTime: false,
  },
  {
    name: 'records system',
    delimiter: ',',
    titles: [],
    headings: ['incident_number', 'incident_date', 'county_fips', 'drug', 'quantity', 'unit'],
    encoding: 'utf8',
    lineEnd: '\n',
    cells: (w) => [w.reference, w.date, w.county, w.drug, w.quantity, w.unit],
    date: (local) =>
      `${local.year}-${two(local.month)}-${two(local.day)} ${two(local.hour)}:${two(local.minute)}:00.000`,
    number: (digits) => (digits.includes('.') ? digits : `${digits}.0`),
    hasTime: true,
  },
  {
    name: 'nobody says which comes first',
    delimiter: '|',
    titles: ['', '', 'Report of seizures'],
    headings: ['File No', 'Date', 'Time', 'County', 'Drug', 'Weight', 'UOM'],
    encoding: 'utf8',
    lineEnd: '\r\n',
    cells: (w) => [w.reference, w.date, w.time, w.county, w.drug, w.quantity, w.unit],
    date: ({ day, month, year }, dice) =>
      dice.pick([`${month}/${Math.min(day, 12)}/${year}`, `${year}-${two(month)}-${two(day)}`]),
    number: (digits) => digits,
    hasTime: true,
  },
];

const ambiguousDay = (style: Style, local: Local): Local =>
  style.name.startsWith('nobody') ? { ...local, day: Math.min(local.day, 12) } : local;

function truthOf(
  style: Style,
  reference: string,
  dice: Dice,
): { truth: Truth; local: Local; names: readonly string[]; counties: readonly string[]; units: readonly string[] } {
  const local = ambiguousDay(style, {
    year: 2024 + dice.below(2),
    month: 1 + dice.below(12),
    day: 1 + dice.below(28),
    hour: 3 + dice.below(21),
    minute: 1 + dice.below(59),
  });
  const [deaCode, names] = dice.pick(DRUGS);
  const [county, counties] = dice.pick(COUNTIES);
  const mostlyGrams = style.headings.includes('Wt (g)') && dice.chance(0.9);
  const [unit, units] = mostlyGrams ? (UNITS[0] as (typeof UNITS)[number]) : dice.pick(UNITS);
  const whole = String(1 + dice.below(dice.pick([10, 100, 5_000])));
  const quantity = unit === 'DU' || dice.chance(0.4) ? whole : `${whole}.${1 + dice.below(9)}${dice.pick(['', '5'])}`;
  const date = `${local.year}-${two(local.month)}-${two(local.day)}`;
  const truth: Truth = {
    reference: `${local.year}-${reference}`,
    local: style.hasTime ? `${date}T${two(local.hour)}:${two(local.minute)}` : date,
    ...{ county, deaCode, quantity, unit },
  };
  // A pill has no kilo of crystal: what counts pieces has no other form in its name.
  const fitting = unit === 'DU' ? names.filter((name) => !/powder|crystal|ice/i.test(name)) : names;
  return { truth, local, names: fitting.length > 0 ? fitting : names, counties, units };
}

const typo = (text: string, dice: Dice): string => {
  const at = 1 + dice.below(Math.max(1, text.length - 2));
  return dice.pick([
    text.slice(0, at) + text.slice(at + 1),
    text.slice(0, at) + (text[at] ?? '') + text.slice(at),
    text.slice(0, at) + (text[at + 1] ?? '') + (text[at] ?? '') + text.slice(at + 2),
  ]);
};

/** One row, and with a chance of one in five something wrong with it. */
function messyRow(style: Style, reference: string, dice: Dice): MessyRow {
  const { truth, local, names, counties, units } = truthOf(style, reference, dice);
  let written: Written = {
    reference: truth.reference,
    date: style.date(local, dice),
    time: `${two(local.hour)}${two(local.minute)}`,
    county: dice.pick(counties),
    drug: dice.pick(names),
    quantity: style.number(truth.quantity, dice),
    unit: dice.pick(units),
    unitCode: truth.unit,
  };
  if (!dice.chance(0.25)) return { cells: style.cells(written, dice), truth, mess: '' };
  const mess = dice.pick([
    'typo',
    'typo',
    'unreadable',
    'unreadable',
    'unreadable',
    'swap',
    'ragged',
    'hidden',
    'no reference',
  ]);
  switch (mess) {
    case 'typo': {
      const field = dice.pick(['drug', 'county', 'unit'] as const);
      // Another number is another thing, and nobody can know.
      if (/\d/.test(written[field])) return { cells: style.cells(written, dice), truth, mess: '' };
      // As it stands it may say nothing, but never another thing.
      written = { ...written, [field]: typo(written[field], dice) };
      return { cells: style.cells(written, dice), truth, mess: `typo in ${field}: ${written[field]}` };
    }
    case 'unreadable': {
      const field = dice.pick(['quantity', 'unit', 'drug', 'county', 'date'] as const);
      const isGrams = style.headings.includes('Wt (g)') && field === 'unit' && written.unitCode === 'GM';
      written = { ...written, [field]: dice.pick(UNREADABLE[field]) };
      return {
        cells: style.cells(written, dice),
        truth: isGrams ? truth : null,
        mess: `unreadable ${field}: ${written[field]}`,
      };
    }
    case 'swap': {
      const cells = style.cells(written, dice);
      const at = dice.below(4);
      const swapped = [...cells];
      [swapped[at], swapped[at + 1]] = [cells[at + 1] ?? '', cells[at] ?? ''];
      return { cells: swapped, truth: null, mess: `swapped ${at}` };
    }
    case 'ragged': {
      const cells = style.cells(written, dice);
      const at = dice.below(cells.length);
      return {
        cells: dice.chance(0.5) ? cells.toSpliced(at, 1) : cells.toSpliced(at, 0, 'x'),
        truth: null,
        mess: 'ragged',
      };
    }
    case 'hidden': {
      written = { ...written, drug: `\u00A0${written.drug}\u200B`, county: ` ${written.county} ` };
      return { cells: style.cells(written, dice), truth, mess: 'hidden blanks' };
    }
    default:
      return { cells: style.cells({ ...written, reference: '' }, dice), truth: null, mess };
  }
}

const quoted = (cell: string, delimiter: string): string =>
  cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

/**
 * Files as agencies write them, one a style, with what every row truly says. `prefix` tells the references of one set of
 * files from those of another, where both go to the same agency: with it, styles have references of their own too.
 */
export function messyFiles(seed: number, rowsInAll: number, prefix?: string): MessyFile[] {
  const dice = new Dice(seed);
  const each = Math.ceil(rowsInAll / STYLES.length);
  return STYLES.map((style, at) => {
    const rows: MessyRow[] = [];
    for (let n = 1; rows.length < each; n++) {
      const number = String(n).padStart(6, '0');
      const row = messyRow(style, prefix === undefined ? number : `${prefix}${at}-${number}`, dice);
      rows.push(row);
      // The same line pasted twice: one thing or two?
      if (row.truth !== null && dice.chance(0.02)) {
        rows.splice(-1, 1, { ...row, truth: null, mess: 'doubled' }, { ...row, truth: null, mess: 'doubled' });
      }
    }
    const { name, titles, headings, delimiter, lineEnd, encoding } = style;
    const lines = [headings, ...rows.map(({ cells }) => cells)].map((cells) =>
      cells.map((cell) => quoted(cell, delimiter)).join(delimiter),
    );
    const text = `${[...titles, ...lines].join(lineEnd)}${lineEnd}`;
    return { ...{ name, titles, headings, rows, encoding }, bytes: encoded(text, encoding) };
  });
}

/** As it lies on a disk. */
function encoded(text: string, encoding: Style['encoding']): Buffer {
  if (encoding === 'utf16le') return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
  return encoding === 'latin1' ? Buffer.from(text.replaceAll('’', '\u0092'), 'latin1') : Buffer.from(text);
}
