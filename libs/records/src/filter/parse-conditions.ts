import {
  CONCEALMENT_CODES,
  CONVEYANCE_CODES,
  FORM_CODES,
  LABORATORY_STATUSES,
  SETTING_CODES,
  SOURCE_CREDIBILITIES,
  SOURCE_RELIABILITIES,
  SUBSTANCE_CATEGORIES,
} from '@concord/codes';
import type { FilterIssueList } from './filter-issue.js';
import { GroupReader, type AcceptedCodes } from './parse-group.js';
import { parseMoment, WIDEST_OFFSET_MS } from './parse-moment.js';
import type { FilterCondition, Moment, QuantityBounds, SubstanceCodes } from './parsed-filter.js';

const DEA_CODE: AcceptedCodes = { form: /^\d{4}$/, says: 'must be a DEA code: four digits' };
const STATE_FIPS: AcceptedCodes = { form: /^\d{2}$/, says: 'must be a state FIPS code: two digits' };
const COUNTY_FIPS: AcceptedCodes = { form: /^\d{5}$/, says: 'must be a county FIPS code: five digits' };

/** A million tonnes, in grams: keeps milligrams far inside int8. */
const MOST_GRAMS = 1e12;
const MOST_UNITS = Number.MAX_SAFE_INTEGER;

export function parseSubstance(value: unknown, path: string, issues: FilterIssueList): SubstanceCodes | null {
  const known = ['deaCodes', 'categories', 'forms', 'laboratoryStatuses'];
  const group = GroupReader.open(value, path, known, issues);
  if (!group) return null;
  const codes: SubstanceCodes = {
    deaCodes: group.codes('deaCodes', DEA_CODE),
    categories: group.codes('categories', { oneOf: SUBSTANCE_CATEGORIES }),
    forms: group.codes('forms', { oneOf: FORM_CODES }),
    laboratoryStatuses: group.codes('laboratoryStatuses', { oneOf: LABORATORY_STATUSES }),
  };
  return Object.values(codes).every((list) => list === null) ? null : codes;
}

export function parseQuantity(value: unknown, path: string, issues: FilterIssueList): QuantityBounds | null {
  const group = GroupReader.open(value, path, ['minGrams', 'maxGrams', 'minUnits', 'maxUnits'], issues);
  if (!group) return null;
  const minGrams = group.amount('minGrams', MOST_GRAMS, 'any');
  const maxGrams = group.amount('maxGrams', MOST_GRAMS, 'any');
  const minUnits = group.amount('minUnits', MOST_UNITS, 'whole');
  const maxUnits = group.amount('maxUnits', MOST_UNITS, 'whole');
  const bounds = [minGrams, maxGrams, minUnits, maxUnits];
  if (bounds.every((bound) => bound === null)) return null;
  if (isReversed(minGrams, maxGrams)) issues.add(path, 'RANGE_REVERSED', 'minGrams must not be greater than maxGrams');
  if (isReversed(minUnits, maxUnits)) issues.add(path, 'RANGE_REVERSED', 'minUnits must not be greater than maxUnits');
  return {
    minMilligrams: minGrams === null ? null : milligramsAtLeast(minGrams),
    maxMilligrams: maxGrams === null ? null : milligramsAtMost(maxGrams),
    minUnits: minUnits === null ? null : BigInt(minUnits),
    maxUnits: maxUnits === null ? null : BigInt(maxUnits),
  };
}

export function parsePlace(value: unknown, path: string, issues: FilterIssueList): FilterCondition[] {
  const group = GroupReader.open(value, path, ['stateFips', 'countyFips', 'settings'], issues);
  if (!group) return [];
  const counties = group.codes('countyFips', COUNTY_FIPS);
  const conditions = [
    coded('state', group.codes('stateFips', STATE_FIPS)),
    counties && { kind: 'county' as const, wanted: counties, states: statesOf(counties) },
    coded('setting', group.codes('settings', { oneOf: SETTING_CODES })),
  ];
  return conditions.filter((condition) => condition !== null);
}

/** The lists of codes that stand in the filter itself. */
export function parseOwnCodes(group: GroupReader): FilterCondition[] {
  const conditions = [
    coded('concealment', group.codes('concealment', { oneOf: CONCEALMENT_CODES })),
    coded('conveyance', group.codes('conveyance', { oneOf: CONVEYANCE_CODES })),
    coded('reliability', group.codes('sourceReliability', { oneOf: SOURCE_RELIABILITIES })),
    graded(group.grades('sourceCredibility', SOURCE_CREDIBILITIES)),
  ];
  return conditions.filter((condition) => condition !== null);
}

export function parseOccurred(value: unknown, path: string, issues: FilterIssueList): FilterCondition[] {
  const { from, to } = parsePeriod(value, path, issues);
  if (from && to) {
    // Where a date begins depends on the place: against an instant it is only surely too late beyond every offset.
    const slack = from.kind === to.kind ? 0 : WIDEST_OFFSET_MS;
    if (from.epochMs - slack >= to.epochMs) issues.add(path, 'RANGE_REVERSED', 'from must be before to');
  }
  return from || to ? [{ kind: 'occurred', from, to }] : [];
}

export function parseReleased(value: unknown, path: string, issues: FilterIssueList): FilterCondition[] {
  const { from, to } = parsePeriod(value, path, issues);
  const [fromMs, toMs] = [from?.epochMs ?? null, to?.epochMs ?? null];
  if (fromMs !== null && toMs !== null && fromMs >= toMs) {
    issues.add(path, 'RANGE_REVERSED', 'from must be before to');
  }
  return fromMs === null && toMs === null ? [] : [{ kind: 'released', fromMs, toMs }];
}

function parsePeriod(value: unknown, path: string, issues: FilterIssueList): Record<'from' | 'to', Moment | null> {
  const group = GroupReader.open(value, path, ['from', 'to'], issues);
  return { from: group && momentOf(group, 'from'), to: group && momentOf(group, 'to') };
}

function momentOf(group: GroupReader, field: 'from' | 'to'): Moment | null {
  const value = group.fields[field];
  if (value === null || value === undefined) return null;
  const moment = typeof value === 'string' ? parseMoment(value) : null;
  if (!moment) {
    const says = 'must be a date (YYYY-MM-DD) or an instant with its offset, at most to the millisecond';
    group.issues.add(group.pathOf(field), 'INVALID_FORMAT', says);
  }
  return moment;
}

const coded = <Kind extends 'state' | 'setting' | 'conveyance' | 'concealment' | 'reliability'>(
  kind: Kind,
  wanted: readonly string[] | null,
) => wanted && { kind, wanted };

const graded = (wanted: readonly number[] | null) => wanted && { kind: 'credibility' as const, wanted };

const statesOf = (counties: readonly string[]): readonly string[] => [...new Set(counties.map((c) => c.slice(0, 2)))];

const isReversed = (min: number | null, max: number | null): boolean => min !== null && max !== null && min > max;

/** A float times 1000 is not exact (1.1 g), so the decimal digits are moved instead. */
const micrograms = (grams: number): bigint => BigInt(grams.toFixed(6).replace('.', ''));
/** Stored weights are whole milligrams: at least 0.1 mg is at least 1, at most 1.9 mg is at most 1. */
const milligramsAtLeast = (grams: number): bigint => (micrograms(grams) + 999n) / 1000n;
const milligramsAtMost = (grams: number): bigint => micrograms(grams) / 1000n;
