import {
  CONCEALMENT_CODES,
  CONVEYANCE_CODES,
  counties,
  FORM_CODES,
  SETTING_CODES,
  SUBSTANCE_CATEGORIES,
} from '@concord/codes';
import { matchView } from '@concord/matching';
import { restoreFilter, type FilterableView, type SeizureRecordFilter } from '@concord/records';
import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';

/** Codes that most rules are about come first and often. */
const CODES = ['9801', '1105', '9041', '9200', '7360', '9821', '1100', '9143', '9193', '2882', '7405', '7535', '2012'];
const GRAMS = [1, 5, 10, 28, 100, 500, 1_000, 5_000, 10_000, 100_000] as const;

/** Rules as investigators might save them; shares of a hundred. What they want crowds as seizures do. */
const SHAPES: readonly (readonly [shape: (mix: RuleMix) => SeizureRecordFilter, weight: number])[] = [
  [(m) => ({ place: m.fewCounties(), substance: m.codes() }), 20],
  [(m) => ({ place: m.fewCounties(), substance: m.codes(), quantity: m.atLeast() }), 20],
  [(m) => ({ place: m.states(1), substance: m.codes(), quantity: m.atLeast() }), 12],
  [(m) => ({ place: m.states(2), substance: { categories: [m.category()] } }), 8],
  [(m) => ({ place: m.fewCounties(), conveyance: m.some(CONVEYANCE_CODES, 2) }), 8],
  [(m) => ({ substance: m.codes(), quantity: m.atLeast() }), 6],
  [(m) => ({ substance: { categories: [m.category()] }, concealment: m.some(CONCEALMENT_CODES, 2) }), 4],
  [
    (m) => ({
      or: [
        { place: m.fewCounties(), substance: m.codes() },
        { place: m.states(1), ...m.heavy() },
      ],
    }),
    8,
  ],
  [(m) => ({ place: m.states(3), not: { conveyance: m.some(CONVEYANCE_CODES, 3) } }), 3],
  [(m) => ({ place: m.manyCounties(), substance: m.codes() }), 4],
  // Neither a place nor a substance:
  [(m) => ({ conveyance: m.some(CONVEYANCE_CODES, 2) }), 2],
  [(m) => ({ place: { settings: m.some(SETTING_CODES, 2) }, concealment: m.some(CONCEALMENT_CODES, 2) }), 1],
  [(m) => ({ substance: { forms: m.some(FORM_CODES, 1) }, quantity: m.anyAmount() }), 1],
  [(m) => m.heavy(), 1],
  // Nothing but what it does not want:
  [(m) => ({ not: { substance: { categories: [...m.some(SUBSTANCE_CATEGORIES, 6), 'FENTANYL'] } } }), 1],
  [(m) => ({ not: { place: { stateFips: [...m.home, ...m.some(STATES, 4)] } } }), 1],
];

const STATES = [...new Set([...counties().keys()].map((fips) => fips.slice(0, 2)))];

/** Rules that meet none of the views, the same for a seed. */
export class RuleMix {
  readonly #random: SeededRandom;
  readonly #counties: readonly string[];
  /** States in which the views lie. */
  readonly home: readonly string[];
  /** Drawn and thrown away, because they met one of the views. */
  thrownAway = 0;

  constructor(
    seed: number,
    private readonly views: readonly FilterableView[],
  ) {
    this.#random = new SeededRandom(seed);
    this.home = [...new Set(views.map(({ place }) => place.stateFips))];
    // Rules crowd where records do: the measured counties are the first, and the most wanted.
    const measured = new Set(views.map(({ place }) => place.countyFips ?? ''));
    this.#counties = [...measured, ...[...counties().keys()].filter((fips) => !measured.has(fips))];
  }

  /** As JSON text, in the form in which rules are stored. */
  next(): string {
    for (;;) {
      const filter = restoreFilter(this.#random.weighted(SHAPES)(this));
      if (this.views.every((view) => matchView(filter, view) === null)) return filter.source;
      this.thrownAway += 1;
    }
  }

  /** A third of all want the first ten; the others one of 3,200. */
  fewCounties(): { countyFips: string[] } {
    return { countyFips: this.#distinct(this.#random.between(1, 3), () => this.#county()) };
  }

  manyCounties(): { countyFips: string[] } {
    return { countyFips: this.#distinct(this.#random.between(20, 60), () => this.#county()) };
  }

  states(most: number): { stateFips: string[] } {
    return { stateFips: this.some(STATES, most) };
  }

  codes(): { deaCodes: string[] } {
    return { deaCodes: this.#distinct(this.#random.between(1, 3), () => this.#crowded(CODES)) };
  }

  category = () => this.#crowded(SUBSTANCE_CATEGORIES);

  atLeast = () => ({ minGrams: this.#crowded(GRAMS) });

  /** As few others say it: no two rules of this kind ask the same. */
  anyAmount = () => ({ minGrams: this.#random.between(50_000, 90_000_000) / 1_000 });

  heavy = () => ({ quantity: { minGrams: this.#random.between(1, 500) * 1_000 } });

  some<T extends string>(from: readonly T[], most: number): T[] {
    return this.#distinct(this.#random.between(1, most), () => this.#crowded(from));
  }

  #county(): string {
    const { length } = this.#counties;
    const at = this.#random.chance(0.33) ? this.#random.between(0, 9) : this.#random.between(0, length - 1);
    return this.#counties[at] ?? '';
  }

  /** The first is wanted most. */
  #crowded<T>(from: readonly T[]): T {
    const item = from[Math.floor(this.#random.next() * this.#random.next() * from.length)];
    if (item === undefined) throw new RangeError('There is nothing to choose from.');
    return item;
  }

  #distinct<T>(count: number, draw: () => T): T[] {
    return [...new Set(Array.from({ length: count }, draw))];
  }
}
