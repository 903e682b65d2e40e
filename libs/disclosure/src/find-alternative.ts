import { alternativeOf, type Alternative, type Shift } from './alternative.js';
import type { CellSpace, Corner } from './cell-space.js';
import type { CornerSum } from './tally.js';

/** What the search looks at: one measure of all cells. */
export interface Situation {
  readonly space: CellSpace;
  /** By cell, its true value; nothing is zero. */
  readonly value: readonly number[];
  /** By cell, the corners that it holds and that are not zero in this measure. */
  readonly cornersOf: (cell: number) => readonly CornerSum[];
  /** What it costs to suppress this cell too: 0 if it is not shown anyway, Infinity if it is shown for good or cannot be. */
  readonly cost: (cell: number) => number;
}

/** How wide the search is. Boxes over more dimensions have more corners: fewer values are tried in each. */
const BASES = 3;
const MORE_BASES = 12;
const PARTNERS = [0, 12, 8, 5, 4, 3, 2, 2, 2];
/** A search in so many steps finds its amount, or is given up. */
const STEPS = 24;

interface Box {
  readonly shifts: readonly Shift[];
  readonly cost: number;
  /** How far it can go. */
  readonly most: number;
  readonly score: number;
}

/**
 * A world in which `cell` is greater by `amount` (less, if it is negative), that suppresses little besides. It is put
 * together from boxes: a corner within the cell and, in some of the dimensions that the cell names, another value; the
 * corners of the box are raised and lowered in turn, so that nothing changes that adds up over any of these dimensions.
 * A box over no dimension raises everything above the corner. (The idea is the hypercube method's: R. D. Repsilber, 1994.)
 *
 * The world may go less far than asked if there is nothing more to find; `free` takes only what costs nothing.
 */
export function findAlternative(situation: Situation, cell: number, amount: number, free = false): Alternative | null {
  let best: { world: Alternative; reached: number; cost: number } | null = null;
  for (const manner of free ? MANNERS.slice(0, 1) : MANNERS) {
    const search = new BoxSearch(situation, cell, Math.sign(amount), free, manner);
    let left = Math.abs(amount);
    for (let step = 0; step < STEPS && left > 0; step++) {
      const box = search.best(left);
      if (!box) break;
      left -= search.take(box, left);
    }
    if (search.shifts.length === 0) continue;
    const world = alternativeOf(situation.space, search.shifts);
    let cost = 0;
    for (const touched of world.differs.keys()) cost += situation.cost(touched);
    const reached = Math.abs(amount) - left;
    if (!best || reached > best.reached || (reached === best.reached && cost < best.cost))
      best = { world, reached, cost };
    if (left === 0 && cost === 0) break;
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

class BoxSearch {
  readonly shifts: Shift[] = [];
  private readonly differs = new Map<number, number>();
  private readonly named: readonly number[];

  constructor(
    private readonly situation: Situation,
    private readonly cell: number,
    private readonly sign: number,
    private readonly free: boolean,
    private readonly scoreOf: (typeof MANNERS)[number],
  ) {
    const { space } = situation;
    const places = space.groupings[space.groupingOf(cell)]?.places ?? [];
    this.named = [...places.map(({ dimension }) => dimension), space.time];
  }

  /** The box that costs least for each unit that it moves of `left`. */
  best(left: number): Box | null {
    let best: Box | null = null;
    const bases = this.bases(MORE_BASES);
    for (const [at, base] of bases.entries()) {
      // More bases only where the first few have nothing at all.
      if (at >= BASES && best) break;
      for (const dimensions of subsetsOf(this.named)) {
        for (const other of this.partners(base, dimensions)) {
          const box = this.boxOf(base, dimensions, other, left, best?.score ?? Number.POSITIVE_INFINITY);
          if (box && box.score < (best?.score ?? Number.POSITIVE_INFINITY)) best = box;
          if (best && best.cost === 0 && best.most >= left) return best;
        }
      }
    }
    return best;
  }

  take(box: Box, left: number): number {
    const by = Math.min(box.most, left);
    const taken = box.shifts.map((shift) => ({ ...shift, by: shift.by * by }));
    this.shifts.push(...taken);
    for (const [cell, more] of alternativeOf(this.situation.space, taken).differs)
      this.differs.set(cell, (this.differs.get(cell) ?? 0) + more);
    return by;
  }

  /** Corners within the cell: those whose finest cells are suppressed already first, then the greatest. */
  private bases(most: number): Corner[] {
    const { space, value, cost, cornersOf } = this.situation;
    return cornersOf(this.cell)
      .slice(0, 400)
      .map(({ corner }) => {
        const leaves = space.leaves.map((leaf) => space.leafOf(leaf, corner));
        const costs = leaves.reduce((sum, leaf) => sum + cost(leaf), 0);
        return { corner, costs, least: Math.min(...leaves.map((leaf) => value[leaf] ?? 0)) };
      })
      .sort((a, b) => compareNumbers(a.costs, b.costs) || b.least - a.least)
      .slice(0, most)
      .map(({ corner }) => corner);
  }

  /** Choices of another value in each of these dimensions, each of which lies outside the cell. */
  private *partners(base: Corner, dimensions: readonly number[]): Generator<readonly number[]> {
    const perDimension = dimensions.map((dimension) => this.partnersIn(base, dimensions, dimension));
    if (perDimension.some((values) => values.length === 0)) return;
    const total = perDimension.reduce((product, values) => product * values.length, 1);
    for (let n = 0; n < total; n++) {
      let rest = n;
      yield perDimension.map((values) => {
        const value = values[rest % values.length] ?? 0;
        rest = Math.floor(rest / values.length);
        return value;
      });
    }
  }

  private partnersIn(base: Corner, dimensions: readonly number[], dimension: number): number[] {
    const { space, value, cost } = this.situation;
    const leaves = this.leavesMoved(dimensions);
    const found: { other: number; costs: number; least: number }[] = [];
    for (let other = 0; other < space.valuesOf(dimension); other++) {
      if (space.holds(this.cell, dimension, other)) continue;
      const corner = base.with(dimension, other);
      let [costs, least] = [0, Number.POSITIVE_INFINITY];
      for (const leaf of leaves) {
        const at = space.leafOf(leaf, corner);
        costs += cost(at);
        least = Math.min(least, value[at] ?? 0);
      }
      if (this.affordable(costs)) found.push({ other, costs, least });
    }
    found.sort((a, b) => a.costs - b.costs || b.least - a.least || a.other - b.other);
    return found.slice(0, PARTNERS[dimensions.length] ?? 2).map(({ other }) => other);
  }

  /** The tables whose finest cells are another for each corner of a box over these dimensions. */
  private leavesMoved(dimensions: readonly number[]) {
    const { space } = this.situation;
    return space.leaves.filter((leaf) => dimensions.every((each) => each === space.time || leaf.dimensions.has(each)));
  }

  private boxOf(
    base: Corner,
    dimensions: readonly number[],
    other: readonly number[],
    left: number,
    below: number,
  ): Box | null {
    const { space, value, cost } = this.situation;
    const shifts: Shift[] = [];
    for (let bits = 0; bits < 2 ** dimensions.length; bits++) {
      const corner = [...base];
      let by = this.sign;
      dimensions.forEach((dimension, at) => {
        if ((bits & (1 << at)) === 0) return;
        corner[dimension] = other[at] ?? 0;
        by = -by;
      });
      shifts.push({ corner, by });
    }
    if (!this.leavesAllow(shifts, dimensions, left, below)) return null;
    let [costs, most] = [0, left];
    const { differs } = alternativeOf(space, shifts);
    for (const [cell, by] of differs) {
      const before = this.differs.get(cell) ?? 0;
      if (before === 0) costs += cost(cell);
      if (!this.affordable(costs)) return null;
      if (by < 0) most = Math.min(most, Math.floor(((value[cell] ?? 0) + before) / -by));
    }
    if (most < 1 || !differs.has(this.cell)) return null;
    return { shifts, cost: costs, most, score: this.scoreOf(costs, most, left) };
  }

  /** The same for the finest cells alone, which tells most boxes apart at a fraction of the work. */
  private leavesAllow(shifts: readonly Shift[], dimensions: readonly number[], left: number, below: number): boolean {
    const { space, value, cost } = this.situation;
    let [costs, most] = [0, left];
    for (const leaf of this.leavesMoved(dimensions)) {
      // Months of one quarter share the cells of a table that begins with quarters.
      if (leaf.kind !== 'MONTH' && dimensions.includes(space.time)) continue;
      for (const { corner, by } of shifts) {
        const cell = space.leafOf(leaf, corner);
        const before = this.differs.get(cell) ?? 0;
        if (before === 0) costs += cost(cell);
        if (by < 0) most = Math.min(most, (value[cell] ?? 0) + before);
        if (most < 1 || !this.affordable(costs) || this.scoreOf(costs, most, left) >= below) return false;
      }
    }
    return true;
  }

  private affordable(costs: number): boolean {
    return this.free ? costs === 0 : costs < Number.POSITIVE_INFINITY;
  }
}

function compareNumbers(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function subsetsOf(dimensions: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: 2 ** dimensions.length }, (_, bits) =>
    dimensions.filter((_each, at) => (bits & (1 << at)) !== 0),
  ).sort((a, b) => b.length - a.length);
}
