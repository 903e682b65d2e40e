import { decade } from './record-view.oracle.js';
import type { RecordFact, SubstanceFact } from './world.facts.js';
import type { ShownAt } from './record-view.oracle.js';

/**
 * Filters in three-valued logic, by design.md, section 6: "evaluated on the view that the reader may see, never on a
 * finer one … a condition finer than the view is UNKNOWN and comes back as `match: POSSIBLE` … NOT(UNKNOWN) is UNKNOWN."
 */

export type Truth = true | false | null;

/** As it is sent. Of the schema's conditions, those that tell the precisions apart. */
export interface AskedFilter {
  readonly and?: readonly AskedFilter[];
  readonly or?: readonly AskedFilter[];
  readonly not?: AskedFilter;
  readonly place?: {
    readonly stateFips?: readonly string[];
    readonly countyFips?: readonly string[];
    readonly settings?: readonly string[];
  };
  readonly substance?: { readonly deaCodes?: readonly string[]; readonly forms?: readonly string[] };
  readonly quantity?: { readonly minGrams?: number; readonly maxGrams?: number; readonly minUnits?: number };
  readonly concealment?: readonly string[];
  readonly conveyance?: readonly string[];
  /** Instants. */
  readonly occurred?: { readonly from?: string; readonly to?: string };
}

const DAY = 86_400_000;
const MINUTE = 60_000;
const MILLIGRAMS: Readonly<Record<string, number>> = { KG: 1_000_000, GM: 1_000 };

const not = (truth: Truth): Truth => (truth === null ? null : !truth);
const all = (truths: readonly Truth[]): Truth => (truths.includes(false) ? false : truths.includes(null) ? null : true);
const any = (truths: readonly Truth[]): Truth => not(all(truths.map(not)));

export function holds(filter: AskedFilter, record: RecordFact, precision: ShownAt): Truth {
  const parts: Truth[] = [];
  if (filter.and) parts.push(all(besideEachOther(filter.and).map((it) => holds(it, record, precision))));
  if (filter.or) parts.push(any(filter.or.map((it) => holds(it, record, precision))));
  if (filter.not) parts.push(not(holds(filter.not, record, precision)));
  const { place, occurred, substance, quantity, concealment, conveyance } = filter;
  // State and county are in every view that an agency reads.
  if (place?.stateFips) parts.push(place.stateFips.includes(record.place.stateFips));
  if (place?.countyFips) parts.push(place.countyFips.includes(record.place.countyFips));
  if (place?.settings) parts.push(coded(place.settings, record.place.setting));
  const hidesMethod = precision === 'PARTNER' && record.withhold.includes('METHOD');
  if (conveyance) parts.push(hidesMethod ? null : coded(conveyance, record.conveyance));
  if (concealment) parts.push(hidesMethod ? null : any(record.concealment.map((it) => coded(concealment, it))));
  if (occurred) parts.push(within(occurred, shownTime(record, precision)));
  if (substance || quantity)
    parts.push(any(record.substances.map((it) => ofSubstance(it, substance ?? {}, quantity ?? {}, precision))));
  return all(parts);
}

/**
 * "Fentanyl over a kilo" (shared/operations/corridor.graphql): in one `and` a quantity is of the one substance that is named
 * beside it. Two substances beside each other are two questions, and nobody here asks them.
 */
function besideEachOther(parts: readonly AskedFilter[]): readonly AskedFilter[] {
  const only =
    (field: 'substance' | 'quantity') =>
    (it: AskedFilter): boolean =>
      Object.keys(it).join() === field;
  const substances = parts.filter(only('substance'));
  const quantities = parts.filter(only('quantity'));
  const [named] = substances;
  if (named === undefined || substances.length > 1 || quantities.length === 0) return parts;
  const one = {
    ...named,
    quantity: Object.assign({}, ...quantities.map((it) => it.quantity)) as NonNullable<AskedFilter['quantity']>,
  };
  return [...parts.filter((it) => it !== named && !quantities.includes(it)), one];
}

/** What is not known may be what is asked for. */
const coded = (wanted: readonly string[], value: string): Truth =>
  value === 'UNKNOWN' ? null : wanted.includes(value);

function ofSubstance(
  it: SubstanceFact,
  substance: NonNullable<AskedFilter['substance']>,
  quantity: NonNullable<AskedFilter['quantity']>,
  precision: ShownAt,
): Truth {
  const parts: Truth[] = [];
  if (substance.deaCodes) parts.push(it.deaCode !== null && substance.deaCodes.includes(it.deaCode));
  if (substance.forms) parts.push(coded(substance.forms, it.form));
  const [grams, units] = shownAmounts(it, precision);
  if (quantity.minGrams !== undefined) parts.push(atLeast(grams, quantity.minGrams));
  if (quantity.maxGrams !== undefined) parts.push(atMost(grams, quantity.maxGrams));
  if (quantity.minUnits !== undefined) parts.push(atLeast(units, quantity.minUnits));
  return all(parts);
}

/** Least and greatest that the view leaves open; the greatest is no part of a band. Null: the view has none. */
type Amount = { readonly least: number; readonly most: number; readonly exact: boolean } | null;

function shownAmounts({ quantity, unit }: SubstanceFact, precision: ShownAt): readonly [grams: Amount, units: Amount] {
  if (quantity === null || unit === null) return [null, null];
  const milligrams = MILLIGRAMS[unit];
  return [
    amount(milligrams === undefined ? null : (quantity * milligrams) / 1_000, precision),
    amount(unit === 'DU' ? quantity : null, precision),
  ];
}

function amount(value: number | null, precision: ShownAt): Amount {
  if (value === null) return null;
  if (precision !== 'PARTNER') return { least: value, most: value, exact: true };
  const [least, most] = decade(value);
  return least === null || most === null ? null : { least, most, exact: false };
}

/** "Pieces have no grams": for them it is not known. */
function atLeast(shown: Amount, bound: number): Truth {
  if (shown === null) return null;
  if (shown.least >= bound) return true;
  return shown.exact || shown.most <= bound ? false : null;
}

function atMost(shown: Amount, bound: number): Truth {
  if (shown === null) return null;
  if (shown.exact ? shown.most <= bound : shown.most <= bound) return true;
  return shown.least > bound ? false : shown.exact ? false : null;
}

function shownTime({ occurredAt, timePrecision }: RecordFact, precision: ShownAt): readonly [from: number, to: number] {
  const { ms, offsetMinutes } = occurredAt;
  if (precision === 'OWNER') return [ms, ms + MINUTE];
  const day = Math.floor((ms + offsetMinutes * MINUTE) / DAY);
  const inWeeks = precision === 'PARTNER' && timePrecision === 'WEEK';
  const from = (inWeeks ? day - ((day + 3) % 7) : day) * DAY - offsetMinutes * MINUTE;
  return [from, from + (inWeeks ? 7 : 1) * DAY];
}

function within(asked: NonNullable<AskedFilter['occurred']>, [from, to]: readonly [number, number]): Truth {
  const parts: Truth[] = [];
  if (asked.from !== undefined) {
    const bound = Date.parse(asked.from);
    parts.push(from >= bound ? true : to <= bound ? false : null);
  }
  if (asked.to !== undefined) {
    const bound = Date.parse(asked.to);
    parts.push(to <= bound ? true : from >= bound ? false : null);
  }
  return all(parts);
}
