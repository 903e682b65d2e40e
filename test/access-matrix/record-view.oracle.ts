import { latLngToCell } from 'h3-js';
import { agencyOf } from './who-sees.oracle.js';
import type { AgencyFact, RecordFact, SubstanceFact, World } from './world.facts.js';

/**
 * What a record says at each precision, written by hand from the table of design.md, section 6. A leaf is a value, or
 * a question where the prose leaves the words open.
 */

export type ShownAt = 'OWNER' | 'TASK_FORCE' | 'PARTNER';
export type Leaf = string | number | boolean | null | ((value: unknown) => boolean);
export type Expected = Leaf | readonly Expected[] | { readonly [field: string]: Expected };

const MINUTE = 60_000;
const DAY = 86_400_000;
const WEEK_DAYS = 7;
/** Milligrams in a unit of weight. */
const MILLIGRAMS: Readonly<Record<string, number>> = { KG: 1_000_000, GM: 1_000 };

const anything = (): boolean => true;
const isRandomId = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{8}-[0-9a-f]{4}-4/.test(value);
const instant = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const text = (value: unknown): boolean => typeof value === 'string' && value !== '';
/** "Yes, unless withheld": what is withheld is null; what is not known may be. */
const either =
  (...values: readonly Leaf[]) =>
  (value: unknown): boolean =>
    values.some((one) => (typeof one === 'function' ? one(value) : one === value));
const at =
  (ms: number) =>
  (value: unknown): boolean =>
    typeof value === 'string' && Date.parse(value) === ms;

export function expectedView(world: World, record: RecordFact, precision: ShownAt): Expected {
  const owner = agencyOf(world, record.agencyId);
  if (owner === null) throw new Error('every record has an agency');
  const partner = precision === 'PARTNER';
  const hidesMethod = partner && record.withhold.includes('METHOD');
  return {
    precision,
    version: (value) => Number.isInteger(value) && Number(value) >= 1,
    tlp: record.tlp,
    releasedAt: instant,
    synthetic: anything,
    occurred: occurredAt(record, precision),
    place: placeAt(record, owner, precision, hidesMethod),
    substances: record.substances.map((it) => substanceAt(record, it, precision)),
    concealment: hidesMethod ? null : methodOf(record.concealment, partner),
    conveyance: hidesMethod
      ? null
      : partner && record.conveyance === 'UNKNOWN'
        ? either(null, 'UNKNOWN')
        : record.conveyance,
    // How it was packed is method; what is said to readers is said to all of them.
    packaging: hidesMethod ? null : record.packaging,
    remarks: record.remarks,
    route: routeAt(record, partner),
    people: record.people.map((person) => ({
      role: person.role,
      ...agesAt(person.age, precision),
      citizenship: precision === 'OWNER' ? person.citizenship : null,
      affiliation: precision === 'OWNER' ? person.affiliation : null,
    })),
    source: record.source === null ? null : { ...record.source },
    ...contributorAt(record, owner, precision),
    links: null,
    transformations: anything,
  };
}

/** OWNER: as reported, to the minute. TASK_FORCE: day. PARTNER: "day or ISO week (owner's choice; week by default)". */
function occurredAt({ occurredAt, timePrecision }: RecordFact, precision: ShownAt): Expected {
  const { ms, offsetMinutes } = occurredAt;
  if (precision === 'OWNER') return { from: at(ms), to: at(ms + MINUTE) };
  const day = Math.floor((ms + offsetMinutes * MINUTE) / DAY);
  const inWeeks = precision === 'PARTNER' && timePrecision === 'WEEK';
  // The first of January 1970 was a Thursday; ISO weeks begin on Mondays.
  const first = inWeeks ? day - ((day + 3) % WEEK_DAYS) : day;
  const from = first * DAY - offsetMinutes * MINUTE;
  return { from: at(from), to: at(from + (inWeeks ? WEEK_DAYS : 1) * DAY) };
}

function placeAt({ place }: RecordFact, owner: AgencyFact, precision: ShownAt, hidesMethod: boolean): Expected {
  const { latitude, longitude, stateFips, countyFips, setting, portOfEntry } = place;
  const county = { stateFips, countyFips, setting: hidesMethod ? either(null, setting) : setting };
  const cell = latLngToCell(latitude, longitude, owner.h3Resolution);
  switch (precision) {
    case 'OWNER':
      return { ...county, h3: either(null, cell), latitude, longitude, portOfEntry };
    case 'TASK_FORCE':
      return { ...county, h3: cell, latitude: null, longitude: null, portOfEntry };
    case 'PARTNER':
      return { ...county, h3: null, latitude: null, longitude: null, portOfEntry: null };
  }
}

const methodOf = (concealment: readonly string[], partner: boolean): Expected =>
  partner && concealment.every((it) => it === 'UNKNOWN') ? either(null, anything) : sameSet(concealment);

const sameSet =
  (wanted: readonly string[]) =>
  (value: unknown): boolean =>
    Array.isArray(value) && [...value].sort().join(' ') === [...wanted].sort().join(' ');

function substanceAt({ withhold }: RecordFact, it: SubstanceFact, precision: ShownAt): Expected {
  const partner = precision === 'PARTNER';
  const hidden = partner && withhold.includes('SIGNATURE');
  return {
    deaCode: it.deaCode,
    name: it.name ?? text,
    category: it.category,
    form: it.form,
    laboratoryStatus: it.laboratoryStatus,
    quantity: quantityAt(it, partner),
    purity: purityAt(it.purityPercent, partner),
    signature: hidden ? null : it.signature,
    adulterants: hidden
      ? null
      : partner && it.adulterants.length === 0
        ? either(null, sameSet([]))
        : sameSet(it.adulterants),
  };
}

/** OWNER, TASK_FORCE: as measured. PARTNER: decade band. "Pills have no grams", and a volume has neither. */
function quantityAt({ quantity, unit, estimated }: SubstanceFact, partner: boolean): Expected {
  if (quantity === null || unit === null) return null;
  const milligrams = MILLIGRAMS[unit];
  const grams = milligrams === undefined ? null : Math.round(quantity * milligrams) / 1_000;
  const units = unit === 'DU' ? quantity : null;
  const [minGrams, maxGrams] = partner ? decade(grams) : [grams, grams];
  const [minUnits, maxUnits] = partner ? decade(units) : [units, units];
  return { unit, estimated, amount: partner ? null : quantity, minGrams, maxGrams, minUnits, maxUnits };
}

export function decade(value: number | null): readonly [number | null, number | null] {
  if (value === null) return [null, null];
  let least = 0.001;
  while (least * 10 <= value * (1 + 1e-12)) least = Number((least * 10).toPrecision(3));
  return [least, Number((least * 10).toPrecision(3))];
}

/** "Purity in bands of 10 %." */
function purityAt(percent: number | null, partner: boolean): Expected {
  if (percent === null) return null;
  if (!partner) return { minPercent: percent, maxPercent: percent };
  const least = Math.min(Math.floor(percent / 10) * 10, 90);
  return { minPercent: least, maxPercent: least + 10 };
}

/** OWNER and TASK_FORCE: "counties, countries". PARTNER: "states, countries". */
function routeAt({ route }: RecordFact, partner: boolean): Expected {
  if (route === null) return null;
  const state = (county: string | null): string | null => county?.slice(0, 2) ?? null;
  return {
    originCountry: route.originCountry,
    originStateFips: state(route.originCountyFips),
    originCountyFips: partner ? null : route.originCountyFips,
    destinationCountry: null,
    destinationStateFips: state(route.destinationCountyFips),
    destinationCountyFips: partner ? null : route.destinationCountyFips,
  };
}

/** OWNER: age. TASK_FORCE: age band. PARTNER: role alone. */
function agesAt(age: number | null, precision: ShownAt): { minAge: number | null; maxAge: number | null } {
  if (age === null || precision === 'PARTNER') return { minAge: null, maxAge: null };
  if (precision === 'OWNER') return { minAge: age, maxAge: age };
  const least = Math.floor(age / 10) * 10;
  return { minAge: least, maxAge: least + 9 };
}

/** TASK_FORCE: the agency. PARTNER: the agency, or withheld, and then contact works through the record. */
function contributorAt(
  { withhold }: RecordFact,
  owner: AgencyFact,
  precision: ShownAt,
): { readonly contributor: Expected; readonly contact: Expected } {
  if (precision === 'PARTNER' && withhold.includes('CONTRIBUTOR'))
    return {
      contributor: { name: null, level: null, withheld: true, handle: isRandomId },
      contact: { agencyName: null, phone: null, brokered: true },
    };
  return {
    contributor: { name: owner.name, level: owner.level, withheld: false, handle: null },
    contact: { agencyName: owner.name, phone: anything, brokered: false },
  };
}

/** Where an answer differs from what is expected: a sentence for each place. Fields that are not expected are not judged here. */
export function differences(expected: Expected, actual: unknown, path: string): string[] {
  if (typeof expected === 'function') return expected(actual) ? [] : [`${path} is ${told(actual)}`];
  if (expected === null || typeof expected !== 'object')
    return Object.is(expected, actual) ? [] : [`${path} is ${told(actual)} in place of ${told(expected)}`];
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length)
      return [`${path} is ${told(actual)} in place of a list of ${expected.length}`];
    return expected.flatMap((one: Expected, n) => differences(one, actual[n], `${path}.${n}`));
  }
  if (typeof actual !== 'object' || actual === null) return [`${path} is ${told(actual)} in place of an object`];
  return Object.entries(expected).flatMap(([field, one]) =>
    differences(one, (actual as Record<string, unknown>)[field], `${path}.${field}`),
  );
}

const told = (value: unknown): string => JSON.stringify(value) ?? 'absent';
