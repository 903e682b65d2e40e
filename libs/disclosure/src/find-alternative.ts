import { alternativeOf, type Alternative, type Shift } from './alternative.js';
import type { CellSpace, Corner } from './cell-space.js';
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
const PARTNERS = [0, 12, 8, 5, 4, 3, 2, 2, 2];
/** A search in so many steps finds its amount, or is given up. */
const STEPS = 24;

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

/** Dimensions over which a box reaches, and the groupings whose cells it changes: those that name them all. */
interface Moved {
  readonly dimensions: readonly number[];
  readonly overTime: boolean;
  readonly groupings: readonly number[];
  /** Finest groupings among them. */
  readonly leaves: readonly CellSpace['leaves'][number][];
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
    const world = alternativeOf(situation.space, attempt.shifts);
    let cost = 0;
    for (const touched of world.differs.keys()) cost += situation.cost[touched] ?? 0;
    const { reached } = attempt;
    if (!best || reached > best.reached || (reached === best.reached && cost < best.cost))
      best = { world, reached, cost };
    if (reached === Math.abs(amount) && cost === 0) break;
  }
  return best?.world ?? null;
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
type Manner = (typeof MANNERS)[number];

class Search {
  private readonly differs = new Map<number, number>();
  private readonly moves: readonly Moved[];
  private bases: readonly Base[] | null = null;
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
    this.moves = subsetsOf(named)
      .filter((dimensions) => dimensions.every((dimension) => this.held[dimension]?.includes(false)))
      .map((dimensions) => movedOver(space, dimensions));
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

  /** The box that is best in this manner of those that move up to `left`. */
  private best(manner: Manner, left: number): Box | null {
    let best: Box | null = null;
    this.bases ??= this.basesWithin();
    for (const [at, base] of this.bases.entries()) {
      // More bases only where the first few have nothing at all.
      if (at >= BASES && best) break;
      for (const [way, moved] of this.moves.entries())
        for (const other of (base.partners[way] ??= this.partners(base, moved))) {
          const below = best?.score ?? Number.POSITIVE_INFINITY;
          const found = this.measured(base, moved, other, { manner, left, below });
          if (found && found.score < below) best = { base, moved, other, ...found };
          if (best && best.cost === 0 && best.most >= left) return best;
        }
    }
    return best;
  }

  /**
   * Corners within the cell: those whose finest cells are suppressed already first, then the greatest. One is of the
   * month that is being closed, where there is always something that may still be suppressed: so a search upwards that
   * may cost something never ends without its amount.
   */
  private basesWithin(): Base[] {
    const { space, value, cost, cornersOf } = this.situation;
    const found = cornersOf(this.cell)
      .slice(0, CORNERS_LOOKED_AT)
      .map(({ corner }) => {
        const leaves = space.leaves.map((leaf) => space.leafOf(leaf, corner));
        const costs = leaves.reduce((sum, leaf) => sum + (cost[leaf] ?? 0), 0);
        return { corner, costs, least: Math.min(...leaves.map((leaf) => value[leaf] ?? 0)) };
      })
      .sort((a, b) => compareNumbers(a.costs, b.costs) || b.least - a.least)
      .slice(0, MORE_BASES)
      .map(({ corner }) => corner);
    const last = space.months.length - 1;
    const [first] = found;
    if (first && this.sign > 0 && this.held[space.time]?.[last] && !found.some((corner) => corner[space.time] === last))
      found.push(first.with(space.time, last));
    return found.map((corner) => ({
      corner,
      firsts: space.groupings.map((_, g) => space.firstOf(g, corner)),
      partners: [],
    }));
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
    { manner, left, below }: { manner: Manner; left: number; below: number },
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
          if (most < 1 || !this.affordable(costs) || manner(costs, most, left) >= below) return null;
        }
      }
    }
    return { cost: costs, most, score: manner(costs, most, left) };
  }

  private shiftsOf({ base, moved: { dimensions }, other }: Box): Shift[] {
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

function movedOver(space: CellSpace, dimensions: readonly number[]): Moved {
  const overTime = dimensions.at(-1) === space.time;
  const across = overTime ? dimensions.slice(0, -1) : dimensions;
  const leaves = space.leaves.filter((leaf) => across.every((each) => leaf.dimensions.has(each)));
  const finest = new Set(leaves.map(({ grouping }) => grouping));
  const groupings = space.groupings.flatMap(({ places }, g) =>
    across.every((each) => places.some(({ dimension }) => dimension === each)) ? [g] : [],
  );
  groupings.sort((a, b) => Number(finest.has(b)) - Number(finest.has(a)) || a - b);
  return { dimensions, overTime, groupings, leaves };
}

function compareNumbers(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function subsetsOf(dimensions: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: 2 ** dimensions.length }, (_, bits) =>
    dimensions.filter((_each, at) => (bits & (1 << at)) !== 0),
  ).sort((a, b) => b.length - a.length);
}
