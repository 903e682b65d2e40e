import { alternativeOf, type Alternative, type Shift } from './alternative.js';
import type { CellSpace, Corner } from './cell-space.js';
import { movesOver, type Moved } from './moves.js';
import type { CornerSum } from './tally.js';

/** What the search looks at: one measure of all cells, in arrays by cell. */
export interface Situation {
  readonly space: CellSpace;
  /** True values. */
  readonly value: Float64Array;
  /** What it costs to suppress a cell too: 0 if it is not shown anyway, Infinity if it is shown for good or cannot be. */
  readonly cost: Float64Array;
  /** The corners that a cell holds and that are not zero in this measure. */
  readonly cornersOf: (cell: number) => readonly CornerSum[];
}

/** How wide the search is. Boxes over more dimensions have more corners: fewer values are tried in each. */
const BASES = 3;
const MORE_BASES = 12;
const CORNERS_LOOKED_AT = 400;
const NEAR = 2;
const BASES_NEAR = 3;
const PARTNERS = [0, 12, 8, 5, 4, 3, 2, 2, 2];
/** A search in so many steps finds its amount, or is given up. */
const STEPS = 24;
/** Boxes that are added to a world to make it cheaper, and the costly cells of it that are tried at each. */
const MENDS = 12;
const MENDED = 12;

interface Box {
  readonly base: Base;
  readonly moved: Moved;
  readonly other: readonly number[];
  readonly cost: number;
  /** How far it can go. */
  readonly most: number;
  readonly score: number;
}

/** A corner within the cell, and what is known of it: by grouping, the first of the cells that hold it. */
interface Base {
  readonly corner: Corner;
  readonly firsts: readonly number[];
  /** For each way to move, the choices of other values that are tried; filled when it is first tried. */
  readonly partners: (readonly (readonly number[])[])[];
}

/**
 * A world in which `cell` is greater by `amount` (less, if it is negative), that suppresses little besides. It is put
 * together from boxes: a corner within the cell and, in some of the dimensions that the cell names, another value; the
 * corners of the box are raised and lowered in turn, so that nothing changes that adds up over any of these dimensions.
 * A box over no dimension raises everything above the corner. (The idea is the hypercube method's: R. D. Repsilber, 1994.)
 *
 * The world may go less far than asked if there is nothing more to find. Each of its boxes costs less than `budget`, or
 * nothing: with a budget of 0, only what is suppressed already is used.
 */
export function findAlternative(
  situation: Situation,
  cell: number,
  amount: number,
  budget = Number.POSITIVE_INFINITY,
): Alternative | null {
  let best: { world: Alternative; reached: number; cost: number } | null = null;
  const search = new Search(situation, cell, Math.sign(amount), budget);
  for (const manner of budget === 0 ? MANNERS.slice(0, 1) : MANNERS) {
    const attempt = search.run(manner, Math.abs(amount));
    if (attempt.shifts.length === 0) continue;
    const world = mended(situation, alternativeOf(situation.space, attempt.shifts), cell);
    const cost = costOf(situation, world);
    const { reached } = attempt;
    if (!best || reached > best.reached || (reached === best.reached && cost < best.cost))
      best = { world, reached, cost };
    if (reached === Math.abs(amount) && cost === 0) break;
  }
  return best?.world ?? null;
}

/**
 * The world with boxes added that take back what it changes in costly cells, as long as it costs less with them: two boxes may
 * cost less together than the best one alone. `kept` stays as it is.
 */
function mended(situation: Situation, world: Alternative, kept: number): Alternative {
  let best = world;
  for (let step = 0; step < MENDS; step++) {
    const cost = costOf(situation, best);
    if (cost === 0) break;
    const costly = [...best.differs]
      .filter(([cell]) => cell !== kept && (situation.cost[cell] ?? 0) > 0)
      .sort(([a], [b]) => (situation.cost[b] ?? 0) - (situation.cost[a] ?? 0) || a - b)
      .slice(0, MENDED);
    let cheaper: readonly Shift[] | null = null;
    for (const [cell, by] of costly) {
      cheaper = new Search(situation, cell, -Math.sign(by), cost).takingBack(best.differs, Math.abs(by), kept);
      if (cheaper) break;
    }
    if (!cheaper) break;
    best = alternativeOf(situation.space, [...best.shifts, ...cheaper]);
  }
  return best;
}

function costOf(situation: Situation, world: Alternative): number {
  let sum = 0;
  for (const cell of world.differs.keys()) sum += situation.cost[cell] ?? 0;
  return sum;
}

/**
 * How boxes are compared. By the cost of a unit, the first steps may take what is cheap and leave the last one with what is
 * dear; by cost alone they take too many steps; a box that does it all in one step may be the cheapest after all.
 */
const MANNERS = [
  (costs: number, most: number): number => (costs + 0.001) / most,
  (costs: number, most: number): number => costs + 0.001 / most,
  (costs: number, most: number, left: number): number => (most < left ? Number.POSITIVE_INFINITY : costs),
] as const;
type Manner = (costs: number, most: number, left: number) => number;
const EXACT: Manner = () => 0;

/** A box that is to go so far and no further, without changing the cell that is kept; what it makes shown again is added up. */
interface Exactly {
  readonly by: number;
  readonly kept: number;
  /** More than this is not paid for. */
  readonly below: number;
  saved: number;
}

class Search {
  private readonly differs = new Map<number, number>();
  private readonly moves: readonly Moved[];
  private bases: readonly Base[] | null = null;
  private near: readonly Base[] | null = null;
  private readonly held: readonly (readonly boolean[])[];
  /** Room for `measured`, so that it makes nothing anew. */
  private readonly apart = new Int32Array(16);

  constructor(
    private readonly situation: Situation,
    private readonly cell: number,
    private readonly sign: number,
    private readonly budget: number,
  ) {
    const { space } = situation;
    const places = space.groupings[space.groupingOf(cell)]?.places ?? [];
    const named = [...places.map(({ dimension }) => dimension), space.time];
    this.held = Array.from({ length: space.time + 1 }, (_, dimension) =>
      named.includes(dimension) ? space.heldBy(cell, dimension) : [],
    );
    this.moves = movesOver(
      space,
      named.filter((dimension) => this.held[dimension]?.includes(false)),
    );
  }

  /** Boxes until the amount is reached, or nothing is found that goes further. */
  run(manner: Manner, amount: number): { shifts: readonly Shift[]; reached: number } {
    this.differs.clear();
    const shifts: Shift[] = [];
    let left = amount;
    for (let step = 0; step < STEPS && left > 0; step++) {
      const box = this.best(manner, left);
      if (!box) break;
      const by = Math.min(box.most, left);
      const taken = this.shiftsOf(box).map((shift) => ({ ...shift, by: shift.by * by }));
      shifts.push(...taken);
      for (const [cell, more] of alternativeOf(this.situation.space, taken).differs)
        this.differs.set(cell, (this.differs.get(cell) ?? 0) + more);
      left -= by;
    }
    return { shifts, reached: amount - left };
  }

  /** A box over the cell that goes exactly `by` and makes a world that differs so cost less; null if there is none. */
  takingBack(world: ReadonlyMap<number, number>, by: number, kept: number): readonly Shift[] | null {
    let most = 0;
    for (const [cell, more] of world) {
      this.differs.set(cell, more);
      if (Math.abs(more) === by && cell !== kept) most += this.situation.cost[cell] ?? 0;
    }
    let best: { base: Base; moved: Moved; other: readonly number[]; change: number } | null = null;
    for (const base of this.tried(
      () => best !== null,
      () => false,
    ))
      for (const [way, moved] of this.moves.entries())
        for (const other of (base.partners[way] ??= this.partners(base, moved))) {
          const exact: Exactly = { by, kept, saved: 0, below: most + (best?.change ?? 0) };
          const found = this.measured(base, moved, other, { left: by, below: 0, manner: EXACT, exact });
          if (found && found.cost - exact.saved < (best?.change ?? 0))
            best = { base, moved, other, change: found.cost - exact.saved };
        }
    return best && this.shiftsOf(best).map((shift) => ({ ...shift, by: shift.by * by }));
  }

  /** The box that is best in this manner of those that move up to `left`. */
  private best(manner: Manner, left: number): Box | null {
    let best: Box | null = null;
    for (const base of this.tried(
      () => best !== null,
      () => best?.cost === 0,
    ))
      for (const [way, moved] of this.moves.entries())
        for (const other of (base.partners[way] ??= this.partners(base, moved))) {
          const below = best?.score ?? Number.POSITIVE_INFINITY;
          const found = this.measured(base, moved, other, { manner, left, below });
          if (found && found.score < below) best = { base, moved, other, ...found };
          if (best && best.cost === 0 && best.most >= left) return best;
        }
    return best;
  }

  /**
   * Bases in the order in which they are tried: more only where the first few have nothing at all, and where that costs
   * something, those near them.
   */
  private *tried(isFound: () => boolean, isFree: () => boolean): Generator<Base> {
    this.bases ??= this.basesWithin();
    for (const [at, base] of this.bases.entries()) {
      if (at >= BASES && isFound()) break;
      yield base;
    }
    if (isFree()) return;
    this.near ??= this.basesNear(this.bases);
    yield* this.near;
  }

  /**
   * Corners within the cell: those whose finest cells are suppressed already first, then the greatest. One is of the
   * month that is being closed, where there is always something that may still be suppressed: so a search upwards that
   * may cost something never ends without its amount.
   */
  private basesWithin(): Base[] {
    const { space, cornersOf } = this.situation;
    const within = cornersOf(this.cell)
      .slice(0, CORNERS_LOOKED_AT)
      .map(({ corner }) => corner);
    const found = this.cheapest(within, MORE_BASES);
    const last = space.months.length - 1;
    const [first] = found;
    if (first && this.sign > 0 && this.held[space.time]?.[last] && !found.some((corner) => corner[space.time] === last))
      found.push(first.with(space.time, last));
    return this.basesOf(found);
  }

  /** Corners of the cell that differ from one of its first in one dimension: there may be nothing in them, and much beside. */
  private basesNear(bases: readonly Base[]): Base[] {
    const { dimensions } = this.situation.space.list;
    const near = bases.slice(0, NEAR).flatMap(({ corner }) =>
      dimensions.flatMap(({ values }, dimension) => {
        const held = this.held[dimension] ?? [];
        return values.flatMap((_, value) =>
          value === corner[dimension] || held[value] === false ? [] : [corner.with(dimension, value)],
        );
      }),
    );
    return this.basesOf(this.cheapest(near, BASES_NEAR));
  }

  private basesOf(corners: readonly Corner[]): Base[] {
    const { space } = this.situation;
    return corners.map((corner) => ({
      corner,
      firsts: space.groupings.map((_, g) => space.firstOf(g, corner)),
      partners: [],
    }));
  }

  /** Those whose finest cells cost least, then the greatest. */
  private cheapest(corners: readonly Corner[], most: number): Corner[] {
    const { space, value, cost } = this.situation;
    return corners
      .map((corner) => {
        let [costs, least] = [0, Number.POSITIVE_INFINITY];
        for (const leaf of space.leaves) {
          const cell = space.leafOf(leaf, corner);
          costs += cost[cell] ?? 0;
          least = Math.min(least, value[cell] ?? 0);
        }
        return { corner, costs, least };
      })
      .sort((a, b) => compareNumbers(a.costs, b.costs) || b.least - a.least)
      .slice(0, most)
      .map(({ corner }) => corner);
  }

  /** Choices of another value in each of these dimensions, each of which lies outside the cell; the same at every step. */
  private partners(base: Base, moved: Moved): readonly (readonly number[])[] {
    let choices: number[][] = [[]];
    // The first dimension changes first.
    for (const dimension of moved.dimensions.toReversed()) {
      const values = this.partnersIn(base, moved, dimension);
      choices = choices.flatMap((chosen) => values.map((value) => [value, ...chosen]));
    }
    return choices;
  }

  /** Values outside the cell whose finest cells cost least, then the greatest. */
  private partnersIn(base: Base, moved: Moved, dimension: number): readonly number[] {
    const { space, value, cost } = this.situation;
    const found: { other: number; costs: number; least: number }[] = [];
    const { corner } = base;
    const month = corner[space.time] ?? 0;
    this.held[dimension]?.forEach((isHeld, other) => {
      if (isHeld) return;
      let [costs, least] = [0, Number.POSITIVE_INFINITY];
      for (const leaf of moved.leaves) {
        const offsets = space.offsetsIn(leaf.grouping, dimension);
        const apart = offsets ? (offsets[other] ?? 0) - (offsets[corner[dimension] ?? 0] ?? 0) : 0;
        const at =
          (base.firsts[leaf.grouping] ?? 0) + apart + space.periodOf(leaf, dimension === space.time ? other : month);
        costs += cost[at] ?? 0;
        least = Math.min(least, value[at] ?? 0);
      }
      if (this.affordable(costs)) found.push({ other, costs, least });
    });
    found.sort((a, b) => a.costs - b.costs || b.least - a.least || a.other - b.other);
    return found.slice(0, PARTNERS[moved.dimensions.length] ?? 2).map(({ other }) => other);
  }

  /**
   * What a box costs and how far it goes; null where it cannot be, or is no better than `below`. Nothing is built for
   * it: most boxes are told apart by their first few cells.
   */
  private measured(
    base: Base,
    { dimensions, overTime, groupings }: Moved,
    other: readonly number[],
    { manner, left, below, exact }: { manner: Manner; left: number; below: number; exact?: Exactly },
  ): { cost: number; most: number; score: number } | null {
    const { space, value, cost } = this.situation;
    const { corner, firsts } = base;
    const month = corner[space.time] ?? 0;
    const otherMonth = overTime ? (other[dimensions.length - 1] ?? 0) : month;
    const across = overTime ? dimensions.length - 1 : dimensions.length;
    const { apart, differs, sign } = this;
    const isFirst = differs.size === 0;
    let costs = 0;
    let most = left;
    for (const g of groupings) {
      let cancels = false;
      for (let at = 0; at < across; at++) {
        const offsets = space.offsetsIn(g, dimensions[at] ?? 0);
        const by = (offsets?.[other[at] ?? 0] ?? 0) - (offsets?.[corner[dimensions[at] ?? 0] ?? 0] ?? 0);
        // Both values lie in the same cell of this level: what one gains, the other loses.
        if (by === 0) cancels = true;
        apart[at] = by;
      }
      if (cancels) continue;
      const counted = space.countedIn(g, month);
      const countedThere = overTime ? space.countedIn(g, otherMonth) : counted;
      for (let bits = 0; bits < 1 << dimensions.length; bits++) {
        let first = firsts[g] ?? 0;
        let isRaised = sign > 0;
        for (let at = 0; at < dimensions.length; at++) {
          if ((bits & (1 << at)) === 0) continue;
          if (at < across) first += apart[at] ?? 0;
          isRaised = !isRaised;
        }
        const isThere = overTime && (bits & (1 << across)) !== 0;
        for (const period of isThere ? countedThere : counted) {
          if (overTime && (isThere ? counted : countedThere).includes(period)) continue;
          const cell = first + period;
          const before = isFirst ? 0 : (differs.get(cell) ?? 0);
          if (before === 0) costs += cost[cell] ?? 0;
          if (!isRaised) most = Math.min(most, (value[cell] ?? 0) + before);
          if (exact && before !== 0 && before + (isRaised ? exact.by : -exact.by) === 0) exact.saved += cost[cell] ?? 0;
          const isOut = exact
            ? cell === exact.kept || most < exact.by || costs >= exact.below
            : most < 1 || !this.affordable(costs) || manner(costs, most, left) >= below;
          if (isOut) return null;
        }
      }
    }
    return { cost: costs, most, score: manner(costs, most, left) };
  }

  private shiftsOf({ base, moved: { dimensions }, other }: Pick<Box, 'base' | 'moved' | 'other'>): Shift[] {
    return Array.from({ length: 1 << dimensions.length }, (_, bits) => {
      const corner = [...base.corner];
      let by = this.sign;
      dimensions.forEach((dimension, at) => {
        if ((bits & (1 << at)) === 0) return;
        corner[dimension] = other[at] ?? 0;
        by = -by;
      });
      return { corner, by };
    });
  }

  private affordable(costs: number): boolean {
    return costs === 0 || costs < this.budget;
  }
}

function compareNumbers(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
