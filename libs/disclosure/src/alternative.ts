import type { CellSpace, Corner } from './cell-space.js';

/** So many events (or milligrams) more in this corner; fewer where it is negative. */
export interface Shift {
  readonly corner: Corner;
  readonly by: number;
}

/**
 * Another world: whole numbers for every cell that an attacker cannot tell from the true ones. It differs from the truth
 * in cells that are not shown, none of which is below zero, and adds up everywhere, because it comes from moving events
 * between corners. What is suppressed is protected by such worlds and by nothing else.
 */
export interface Alternative {
  readonly shifts: readonly Shift[];
  /** By cell, how much this world differs from the true one; cells that do not differ are not listed. */
  readonly differs: ReadonlyMap<number, number>;
}

export function alternativeOf(space: CellSpace, shifts: readonly Shift[]): Alternative {
  const differs = new Map<number, number>();
  const cells: number[] = [];
  for (const { corner, by } of shifts)
    for (const cell of space.cellsOf(corner, cells)) differs.set(cell, (differs.get(cell) ?? 0) + by);
  for (const [cell, by] of differs) if (by === 0) differs.delete(cell);
  return { shifts, differs };
}
