import { isCount, isVolume, isWeight, millilitresOf } from '@concord/codes';
import type { Occurred, ValidReport, ValidSubstance } from './valid-report.js';

/**
 * How much it was, at COMMUNITY: three bands that do not tell weight, count and volume apart, since that would tell the
 * form. The lowest also holds what was not measured (trace, pending, unknown), and says so in its name.
 */
export const COMMUNITY_BANDS = ['SMALL_OR_UNKNOWN', 'MEDIUM', 'LARGE'] as const;
export type CommunityBand = (typeof COMMUNITY_BANDS)[number];

/**
 * Where MEDIUM and LARGE begin, both included. Weights: tertiles of CBP's FY2019-FY2022 events. Plants: 21 U.S.C. 841(b).
 * No factor turns one into another: each kind has thresholds of its own (ADR 0024).
 */
export const COMMUNITY_THRESHOLDS = {
  /** Milligrams: 100 g and 1 kg. */
  weight: { medium: 100_000n, large: 1_000_000n },
  /** Dosage units. */
  DU: { medium: 1_000n, large: 10_000n },
  /** Plants. */
  NP: { medium: 100n, large: 1_000n },
  /** Millilitres: 100 ml and 1 l. */
  volume: { medium: 100, large: 1_000 },
} as const;

/**
 * A class of COMMUNITY that a report falls into: all that is told of it at this precision. It is stored as a candidate and
 * told to nobody before the batch finds it company (k = 5 records of at least two agencies, ADR 0024).
 */
export interface CommunityRow {
  /** From 0: the first of the report's substances that falls into the class. */
  readonly ordinal: number;
  readonly stateFips: string;
  /** First day of the calendar month of the submitted offset: YYYY-MM-01. */
  readonly month: string;
  /** As the lists have it (`substance_list_key`): DEA code, or the class where there is none. Never the submitter's text. */
  readonly substance: string;
  readonly band: CommunityBand;
}

/**
 * The classes of a report, each once: two bags of one drug in one band are one record in one class. None where the report
 * goes no further than sworn agencies (sharing, TLP), and none where its time does not lie in one month: a month is never
 * guessed. A substance that a laboratory refuted is left out, for COMMUNITY has no laboratory status to say so. Whether the
 * contributor is withheld makes no difference: no row names one. Pure.
 */
export function communityRows(report: ValidReport): CommunityRow[] {
  const month = monthOf(report.occurred);
  if (!goesToCommunity(report) || month === null) return [];
  const { stateFips } = report.place;
  const classes = new Map<string, CommunityRow>();
  for (const [ordinal, it] of report.substances.entries()) {
    const substance = listKeyOf(it);
    const band = communityBand(it);
    const name = `${substance} ${band}`;
    if (it.laboratoryStatus === 'REFUTED' || classes.has(name)) continue;
    classes.set(name, { ordinal, stateFips, month, substance, band });
  }
  return [...classes.values()];
}

/** AMBER may go on to those whom the reader serves, under agreement; AMBER+STRICT and RED stay with the reader (TLP 2.0). */
function goesToCommunity({ sharing, tlp }: ValidReport): boolean {
  return sharing === 'PARTNERS' && (tlp === 'CLEAR' || tlp === 'GREEN' || tlp === 'AMBER');
}

/** Null where [from, to) does not lie in one month of the offset's calendar. */
function monthOf({ from, to, offsetMinutes }: Occurred): string | null {
  const offsetMs = offsetMinutes * 60_000;
  const at = (ms: number): string => new Date(ms + offsetMs).toISOString().slice(0, -17);
  const first = at(from.getTime());
  // The last instant inside decides, so that an interval which ends at the first of a month does not take that month.
  return first === at(Math.max(from.getTime(), to.getTime() - 1)) ? `${first}-01` : null;
}

/** The band that a quantity lies in; every quantity lies in one. */
export function communityBand({ quantity, unit, milligrams, units }: ValidSubstance): CommunityBand {
  if (quantity === null || unit === null) return 'SMALL_OR_UNKNOWN';
  if (isWeight(unit)) return bandOf(milligrams ?? 0n, COMMUNITY_THRESHOLDS.weight);
  if (isCount(unit)) return bandOf(units ?? 0n, COMMUNITY_THRESHOLDS[unit]);
  if (isVolume(unit)) return bandOf(millilitresOf(quantity, unit), COMMUNITY_THRESHOLDS.volume);
  return 'SMALL_OR_UNKNOWN';
}

function bandOf<T extends bigint | number>(value: T, { medium, large }: { medium: T; large: T }): CommunityBand {
  if (value >= large) return 'LARGE';
  return value >= medium ? 'MEDIUM' : 'SMALL_OR_UNKNOWN';
}

/** The same as the SQL function `substance_list_key`. */
function listKeyOf({ deaCode, category }: ValidSubstance): string {
  if (deaCode !== null) return deaCode;
  return category === 'UNKNOWN' ? 'UNKNOWN' : `name:${category}`;
}
