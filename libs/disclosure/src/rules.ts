import type { Measure, Reason } from './decided-cell.js';

/** What makes a cell sensitive, as data: a deployment that changes it changes it for months that are not closed yet. */
export interface DisclosureRules {
  /** Fewest events that are shown. 11: cell size suppression policy of the CMS (no cell of 1 to 10, nor what lets one derive it). */
  readonly leastEvents: number;
  /** Fewest contributing agencies. 3: of two, each would learn the other's by subtracting its own. */
  readonly leastAgencies: number;
  /**
   * (n, k) dominance for sums of weight: sensitive where the `n` largest contributors have more than `share` of the
   * sum. n = 2, k = 80 %: A. Hundepool et al., "Statistical Disclosure Control" (2012), section 4.2.
   */
  readonly dominance: { readonly n: 2; readonly share: number };
  /**
   * The range that every suppressed cell keeps, whatever it was suppressed for: this share of it, at the least so many
   * events or milligrams. A complementary cell is not sensitive by itself, but whoever knew it had what it hides.
   */
  readonly leastRange: { readonly share: number } & Readonly<Record<Measure, number>>;
}

export const DISCLOSURE_RULES: DisclosureRules = {
  leastEvents: 11,
  leastAgencies: 3,
  dominance: { n: 2, share: 0.8 },
  leastRange: { share: 0.01, EVENTS: 2, MILLIGRAMS: 1000 },
};

/** What a cell sums up to; never leaves this room. */
export interface Tally {
  readonly events: number;
  readonly agencies: number;
  readonly milligrams: number;
  /** Milligrams of the two largest contributors together. */
  readonly largestTwo: number;
}

/**
 * How far from its value a cell must stay possible for an attacker: at least `up` above it, and `width` from the lowest
 * to the highest possible value (upper and sliding protection level, M. Fischetti and J. J. Salazar, 2000).
 */
export interface Protection {
  readonly up: number;
  readonly width: number;
}

export interface Sensitive extends Protection {
  readonly reason: Reason;
}

/**
 * Whether this cell may not be shown by itself, and how well it must be protected then. Cells that are zero are not
 * shown either, and need no protection: that nothing was there is no secret, but a list of zeros is one of what is not.
 *
 * - too few events: 0 and the threshold, or a range as wide, must stay possible;
 * - too few agencies, or a sum that two dominate: what the sum would have to be for the two to have no more than their
 *   share of it (upper protection level of (n, k)), to either side.
 */
export function sensitivity(measure: Measure, tally: Tally, rules: DisclosureRules): Sensitive | null {
  if (valueOf(measure, tally) === 0) return null;
  const least = leastRange(measure, valueOf(measure, tally), rules);
  const [few, alone] = [tally.events < rules.leastEvents, tally.agencies < rules.leastAgencies];
  const value = valueOf(measure, tally);
  const beyond = (held: number): number => Math.max(1, Math.ceil(held / rules.dominance.share - value));
  if (measure === 'EVENTS') {
    if (!few && !alone) return null;
    const small = few ? { up: rules.leastEvents - value, width: rules.leastEvents } : { up: 1, width: 1 };
    const apart = alone ? beyond(value) : 0;
    return {
      reason: 'PRIMARY_THRESHOLD',
      up: Math.max(small.up, apart),
      width: Math.max(small.width, 2 * apart, least),
    };
  }
  const up = beyond(few || alone ? value : tally.largestTwo);
  const width = Math.max(2 * up, least);
  if (few || alone) return { reason: 'PRIMARY_THRESHOLD', up, width };
  return tally.largestTwo > rules.dominance.share * value ? { reason: 'DOMINANCE', up, width } : null;
}

/** How wide the range of a suppressed cell of this value must be at the least, in events or milligrams. */
export function leastRange(measure: Measure, value: number, { leastRange: least }: DisclosureRules): number {
  return Math.max(least[measure], Math.ceil(least.share * value));
}

export function valueOf(measure: Measure, tally: Tally): number {
  return measure === 'EVENTS' ? tally.events : tally.milligrams;
}
