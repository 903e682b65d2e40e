import type { SubmittedReport } from '@concord/submission';
import { PUBLISHED_TOTALS, type PublishedTotal, type SubstanceName } from './published-totals.data.js';
import type { SeededRandom } from './seeded-random.js';
import type { Component } from './synthetic-places.data.js';

type SubmittedSubstance = NonNullable<NonNullable<SubmittedReport['substances']>[number]>;

/** What is seized in one report, and when; where is decided later. */
export interface PlannedSeizure {
  readonly component: Component;
  readonly daysAgo: number;
  readonly substance: SubmittedSubstance;
}

const GRAMS_PER_POUND = 453.59237;
/** For count reports, weights are count / 30,000 of what was published: 1 in 100 for 300 reports. */
export const REPORTS_AT_FULL_SCALE = 30_000;

/** Shares of all reports. Invented: by published events nearly all would be marijuana. */
const WEIGHED: readonly (readonly [SubstanceName, number])[] = [
  ['FENTANYL', 0.26],
  ['METHAMPHETAMINE', 0.2],
  ['COCAINE', 0.14],
  ['MARIJUANA', 0.12],
  ['HEROIN', 0.08],
];
const PILLS = 0.13;
/** Of the reports that are neither weighed nor pills; the others are a powder that nobody has named yet. */
const XYLAZINE_OF_THE_REST = 0.6;

const KINDS: Readonly<
  Record<SubstanceName, { deaCode: string; form: string; purity: readonly [number, number] | null }>
> = {
  FENTANYL: { deaCode: '9801', form: 'POWDER', purity: [3, 25] },
  METHAMPHETAMINE: { deaCode: '1105', form: 'CRYSTAL', purity: [85, 99] },
  COCAINE: { deaCode: '9041', form: 'POWDER', purity: [55, 92] },
  HEROIN: { deaCode: '9200', form: 'POWDER', purity: [20, 60] },
  MARIJUANA: { deaCode: '7360', form: 'PLANT', purity: null },
};

/** A drug in one component, with what of it the reports share out. */
export interface Stratum {
  readonly substance: SubstanceName;
  readonly component: Component;
  readonly reports: number;
  readonly grams: number;
}

/** How `count` reports are spread over drugs and components, and the grams that each part adds up to. Pure. */
export function strataOf(count: number): Stratum[] {
  return WEIGHED.flatMap(([substance, share]) => {
    const ports = newestTotal(substance, 'PORTS');
    const between = newestTotal(substance, 'BETWEEN_PORTS');
    const reports = Math.round(count * share);
    // By events; for the year of the fentanyl totals none are published here, so there by pounds.
    const atPorts =
      (ports.events ?? ports.pounds) / ((ports.events ?? ports.pounds) + (between.events ?? between.pounds));
    const first = Math.round(reports * atPorts);
    return [
      { substance, component: 'PORTS' as const, reports: first, grams: gramsOf(ports, count) },
      { substance, component: 'BETWEEN_PORTS' as const, reports: reports - first, grams: gramsOf(between, count) },
    ];
  }).filter(({ reports }) => reports > 0);
}

/** Everything that is seized, the first at a port of entry. */
export function planSeizures(random: SeededRandom, count: number, days: number): PlannedSeizure[] {
  const weighed = strataOf(count).flatMap((stratum) => weighedSeizures(random, stratum, days));
  const pills = Math.min(count - weighed.length, Math.round(count * PILLS));
  const others = count - weighed.length - pills;
  const xylazine = Math.round(others * XYLAZINE_OF_THE_REST);
  const rest = [
    ...repeat(pills, pillsOf),
    ...repeat(xylazine, xylazineOf),
    ...repeat(others - xylazine, unnamedOf),
  ].map((make): PlannedSeizure => ({
    component: random.chance(0.5) ? 'PORTS' : 'BETWEEN_PORTS',
    daysAgo: random.between(1, days),
    substance: make(random),
  }));
  return [...weighed, ...rest];
}

function newestTotal(substance: SubstanceName, component: Component): PublishedTotal {
  const found = PUBLISHED_TOTALS.filter(
    (t) => t.substance === substance && t.component === component && t.area === undefined,
  );
  const newest = found.sort((a, b) => b.fiscalYear - a.fiscalYear)[0];
  if (newest === undefined) throw new Error(`No total is written down for ${substance}, ${component}.`);
  return newest;
}

const gramsOf = (total: PublishedTotal, count: number): number =>
  Math.round((total.pounds * GRAMS_PER_POUND * count) / REPORTS_AT_FULL_SCALE);

/** What remains after a year of what there was before it, as published. */
function fentanylTrend(): number {
  const sum = (fiscalYear: number): number =>
    PUBLISHED_TOTALS.filter(
      (t) => t.substance === 'FENTANYL' && t.fiscalYear === fiscalYear && t.area === undefined,
    ).reduce((s, t) => s + t.pounds, 0);
  return sum(2025) / sum(2024);
}

function weighedSeizures(random: SeededRandom, stratum: Stratum, days: number): PlannedSeizure[] {
  const trend = stratum.substance === 'FENTANYL' ? fentanylTrend() : 1;
  const drawn = Array.from({ length: stratum.reports }, () => {
    const daysAgo = random.between(1, days);
    return { daysAgo, size: random.size() * trend ** (1 - daysAgo / days) };
  });
  const whole = drawn.reduce((sum, { size }) => sum + size, 0);
  let shared = 0;
  let given = 0;
  return drawn.map(({ daysAgo, size }) => {
    // Rounds the running sum, so that the parts add up to the whole to the gram.
    shared += size;
    const grams = Math.round((stratum.grams * shared) / whole) - given;
    given += grams;
    return { component: stratum.component, daysAgo, substance: weighedOf(random, stratum.substance, grams) };
  });
}

function weighedOf(random: SeededRandom, substance: SubstanceName, grams: number): SubmittedSubstance {
  const { deaCode, form, purity } = KINDS[substance];
  const laboratoryStatus = random.weighted([
    ['CONFIRMED', 5],
    ['PRESUMPTIVE', 4],
    ['NONE', 1],
  ]);
  const measured = purity !== null && laboratoryStatus === 'CONFIRMED' && random.chance(0.6);
  return {
    deaCode,
    form,
    ...(grams > 0 ? quantityOf(grams) : { quantityReason: 'TRACE' }),
    estimated: random.chance(0.15),
    laboratoryStatus,
    purityPercent: measured ? random.between(purity[0] * 10, purity[1] * 10) / 10 : null,
    signature: random.chance(0.15) ? random.pick(['stamp: scorpion', 'stamp: crown', 'wrap: blue tape']) : null,
    adulterants: substance === 'FENTANYL' && random.chance(0.3) ? ['xylazine'] : [],
  };
}

const quantityOf = (grams: number): SubmittedSubstance =>
  grams >= 1_000 ? { quantity: grams / 1_000, unit: 'KG' } : { quantity: grams, unit: 'GM' };

/** Counted, and without grams: no weight stands in for a count. */
function pillsOf(random: SeededRandom): SubmittedSubstance {
  return {
    deaCode: '9801',
    form: 'PILL_TABLET',
    quantity: Math.max(1, Math.round(2_500 * random.size())),
    unit: 'DU',
    estimated: random.chance(0.3),
    laboratoryStatus: random.pick(['CONFIRMED', 'PRESUMPTIVE']),
    signature: random.pick(['M30 blue', 'M30 multicolored', 'A 215']),
  };
}

/** Xylazine has no DEA code. */
function xylazineOf(random: SeededRandom): SubmittedSubstance {
  const quantity = random.chance(0.5)
    ? quantityOf(Math.max(1, Math.round(120 * random.size())))
    : { quantityReason: 'TRACE' };
  return { name: 'Xylazine', category: 'ADULTERANT', form: 'POWDER', ...quantity, laboratoryStatus: 'PRESUMPTIVE' };
}

function unnamedOf(): SubmittedSubstance {
  return {
    name: 'unknown powder',
    category: 'UNKNOWN',
    form: 'POWDER',
    quantityReason: 'PENDING',
    laboratoryStatus: 'NONE',
  };
}

const repeat = <T>(times: number, item: T): T[] => Array.from({ length: times }, () => item);
