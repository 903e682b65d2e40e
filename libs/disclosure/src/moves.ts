import type { CellSpace } from './cell-space.js';

/** Dimensions over which a box reaches, and the groupings whose cells it changes: those that name them all. */
export interface Moved {
  readonly dimensions: readonly number[];
  readonly overTime: boolean;
  readonly groupings: readonly number[];
  /** Finest groupings among them. */
  readonly leaves: readonly CellSpace['leaves'][number][];
}

/** Every choice of these dimensions, the largest first. */
export const movesOver = (space: CellSpace, dimensions: readonly number[]): readonly Moved[] =>
  subsetsOf(dimensions).map((chosen) => movedOver(space, chosen));

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

function subsetsOf(dimensions: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: 2 ** dimensions.length }, (_, bits) =>
    dimensions.filter((_each, at) => (bits & (1 << at)) !== 0),
  ).sort((a, b) => b.length - a.length);
}
