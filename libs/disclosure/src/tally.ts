import type { CellSpace, Corner } from './cell-space.js';
import type { Tally } from './rules.js';
import { isImpossible, type Fact } from './statistics-list.js';

/** The events of one corner, whoever contributed them. */
export interface CornerSum {
  readonly corner: Corner;
  readonly events: number;
  readonly milligrams: number;
}

/** What all cells sum up to, and the corners that each holds. */
export interface Tallies {
  readonly events: Float64Array;
  readonly milligrams: Float64Array;
  /** The cells that are not zero. */
  readonly corners: ReadonlyMap<number, readonly CornerSum[]>;
  /** With its contributors; asked of the cells that are being decided. */
  tallyOf(cell: number): Tally;
}

/** Adds the facts up, in an order of their own: the order in which they are given changes nothing. */
export function tallyFacts(space: CellSpace, facts: readonly Fact[]): Tallies {
  const byCorner = new Map<string, { corner: Corner; agencies: Map<string, [events: number, milligrams: number]> }>();
  for (const fact of facts) {
    checkFact(space, fact);
    if (fact.events === 0) continue;
    const corner = space.corner(fact.values, fact.month);
    const same = byCorner.get(corner.join()) ?? { corner, agencies: new Map<string, [number, number]>() };
    const [events, milligrams] = same.agencies.get(fact.agency) ?? [0, 0];
    same.agencies.set(fact.agency, [events + fact.events, milligrams + fact.milligrams]);
    byCorner.set(corner.join(), same);
  }
  const events = new Float64Array(space.size);
  const milligrams = new Float64Array(space.size);
  const corners = new Map<number, CornerSum[]>();
  const contributors = new Map<CornerSum, ReadonlyMap<string, readonly [number, number]>>();
  const inOrder = [...byCorner.values()].sort((a, b) => compare(a.corner, b.corner));
  const cells: number[] = [];
  for (const { corner, agencies } of inOrder) {
    const sum = {
      corner,
      events: total([...agencies.values()].map(([count]) => count)),
      milligrams: total([...agencies.values()].map(([, weight]) => weight)),
    };
    contributors.set(sum, agencies);
    for (const cell of space.cellsOf(corner, cells)) {
      events[cell] = (events[cell] ?? 0) + sum.events;
      milligrams[cell] = (milligrams[cell] ?? 0) + sum.milligrams;
      const there = corners.get(cell);
      if (there) there.push(sum);
      else corners.set(cell, [sum]);
    }
  }
  for (const weight of milligrams)
    if (!Number.isSafeInteger(weight)) throw new RangeError('more milligrams than are counted exactly');
  return {
    ...{ events, milligrams, corners },
    tallyOf(cell) {
      const weights = new Map<string, number>();
      for (const sum of corners.get(cell) ?? [])
        for (const [agency, [, weight]] of contributors.get(sum) ?? [])
          weights.set(agency, (weights.get(agency) ?? 0) + weight);
      const [first = 0, second = 0] = [...weights.values()].sort((a, b) => b - a);
      return {
        ...{ events: events[cell] ?? 0, milligrams: milligrams[cell] ?? 0 },
        ...{ agencies: weights.size, largestTwo: first + second },
      };
    },
  };
}

function checkFact({ list }: CellSpace, { month, values, events, milligrams }: Fact): void {
  const counted = Number.isSafeInteger(events) && events >= 0 && Number.isSafeInteger(milligrams) && milligrams >= 0;
  if (!counted || (events === 0 && milligrams > 0))
    throw new RangeError(`a fact of ${month} counts nothing that can be`);
  if (events > 0 && isImpossible(list, values))
    throw new RangeError(`a fact of ${month} is a structural zero of the list`);
}

function compare(a: Corner, b: Corner): number {
  for (let at = a.length - 1; at >= 0; at--) if (a[at] !== b[at]) return (a[at] ?? 0) - (b[at] ?? 0);
  return 0;
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
