import type { Alternative } from './alternative.js';
import { findAlternative, type Situation } from './find-alternative.js';
import type { Protection } from './rules.js';

/** One measure of all cells, before it is decided what else is suppressed. */
export interface Problem extends Omit<Situation, 'cost'> {
  /** Cells that were suppressed before, or are sensitive now; never shown. */
  readonly suppressed: ReadonlySet<number>;
  /** Cells that are decided now, with what it costs to suppress each. Other cells are shown, if they are not zero. */
  readonly undecided: ReadonlyMap<number, number>;
  /** How well each suppressed cell must be protected. */
  readonly demands: ReadonlyMap<number, Protection>;
  /** The range that a cell must keep if it is suppressed besides. */
  readonly leastRange: (cell: number) => number;
  /** Worlds of earlier decisions, which agree with all that was shown then. */
  readonly earlier: readonly Alternative[];
}

export interface Protected {
  /** Suppressed besides: each has its range in the worlds too. */
  readonly complementary: ReadonlySet<number>;
  readonly worlds: readonly Alternative[];
  /** What each suppressed cell has at the least. */
  readonly protection: ReadonlyMap<number, Protection>;
}

/** Rounds of looking for something cheaper; how many cells are looked at in one, each if no more worlds than that use it. */
const ROUNDS = 2;
const LOOKED_AT = 200;
const WORLDS_AT_MOST = 20;

/**
 * Complementary suppression: worlds in which every demand is met, whose cells together cost little. First the coarsest
 * cells, each with what is suppressed by then for nothing; what is suppressed besides is a cell with a demand of its
 * own. Then worlds that are not needed go; then each of the most expensive cells is done without, where that can be.
 * What is returned was checked, cell by cell.
 */
export function protect(problem: Problem): Protected {
  const cover = new Cover(problem);
  for (const world of problem.earlier) if (cover.costOf(world) === 0) cover.add(world);
  cover.meetAll(problem.demands.keys());
  cover.drop();
  for (let round = 0; round < ROUNDS; round++) if (!cover.improve()) break;
  cover.check();
  return cover.result();
}

class Cover {
  private readonly worlds = new Set<Alternative>();
  /** By undecided cell that is not sensitive, how many worlds differ there. */
  private readonly uses = new Map<number, number>();
  /** What these cells are worth together. */
  private total = 0;
  private readonly at = new Map<number, Set<Alternative>>();
  private readonly earlierAt = new Map<number, Alternative[]>();
  private readonly cost: Float64Array;
  private readonly impossible: ReadonlySet<number>;
  private readonly pending: Uint8Array;
  private readonly situation: Situation;
  /** How far above and below the truth each cell is in some world; forgotten where such a world went. */
  private readonly reached = new Map<number, { up: number; down: number }>();
  /** Cells that a world has been the first to use, and that may not have their range yet. */
  private opened: number[] = [];
  /** What was added and taken away, so that a try can be undone. */
  private journal: { world: Alternative; added: boolean }[] = [];

  constructor(private readonly problem: Problem) {
    const { space, value, suppressed, undecided } = problem;
    this.impossible = new Set(space.impossibleCells());
    this.pending = space.pending();
    this.cost = new Float64Array(space.size);
    for (let cell = 0; cell < this.cost.length; cell++)
      if ((value[cell] ?? 0) > 0 && !this.pending[cell]) this.cost[cell] = Number.POSITIVE_INFINITY;
    for (const [cell, worth] of undecided) if ((value[cell] ?? 0) > 0) this.cost[cell] = worth;
    for (const cell of suppressed) this.cost[cell] = 0;
    for (const cell of this.impossible) this.cost[cell] = Number.POSITIVE_INFINITY;
    this.situation = { ...problem, cost: this.cost };
    for (const world of problem.earlier)
      for (const cell of world.differs.keys()) {
        if (!problem.demands.has(cell)) continue;
        const there = this.earlierAt.get(cell);
        if (there) there.push(world);
        else this.earlierAt.set(cell, [world]);
      }
  }

  costOf(world: Alternative): number {
    let sum = 0;
    for (const cell of world.differs.keys()) sum += this.cost[cell] ?? 0;
    return sum;
  }

  /** Meets the demands of these cells and of all that are suppressed for it, for less than `budget`; whether it could. */
  meetAll(cells: Iterable<number>, budget = Number.POSITIVE_INFINITY): boolean {
    const most = this.total + budget;
    const isMet = (cell: number): boolean => this.meet(cell, most - this.total) && this.total < most;
    for (const cell of cells) if (!isMet(cell)) return false;
    for (let cell = this.opened.pop(); cell !== undefined; cell = this.opened.pop()) if (!isMet(cell)) return false;
    return true;
  }

  add(world: Alternative): void {
    if (this.worlds.has(world)) return;
    this.worlds.add(world);
    this.journal.push({ world, added: true });
    for (const [cell, by] of world.differs) {
      if (this.isOpen(cell)) {
        const uses = this.uses.get(cell) ?? 0;
        this.uses.set(cell, uses + 1);
        this.cost[cell] = 0;
        if (uses === 0) {
          this.total += this.worth(cell);
          this.opened.push(cell);
        }
      }
      const there = this.at.get(cell);
      if (there) there.add(world);
      else this.at.set(cell, new Set([world]));
      const reach = this.reached.get(cell);
      if (reach) this.reached.set(cell, { up: Math.max(reach.up, by), down: Math.max(reach.down, -by) });
    }
  }

  /** Without the worlds that nothing needs, those first that cost most. */
  drop(): void {
    const byCost = [...this.worlds].map((world) => ({ world, own: this.ownCost(world) })).sort((a, b) => b.own - a.own);
    for (const { world } of byCost) {
      this.remove(world);
      for (const cell of world.differs.keys())
        if (!this.isMet(cell)) {
          this.add(world);
          break;
        }
    }
    this.opened = [];
  }

  /**
   * Tries to do without each complementary cell, those that cost most first: the worlds that use it go, it may not be
   * used, and what they protected is protected anew. Kept if it is cheaper.
   */
  improve(): boolean {
    let better = false;
    const byCost = [...this.uses.keys()].sort((a, b) => this.worth(b) - this.worth(a) || a - b).slice(0, LOOKED_AT);
    for (const cell of byCost) {
      const using = [...(this.at.get(cell) ?? [])];
      if (!this.uses.has(cell) || using.length > WORLDS_AT_MOST) continue;
      const cost = this.total;
      this.journal = [];
      for (const world of using) this.remove(world);
      this.cost[cell] = Number.POSITIVE_INFINITY;
      const touched = new Set(using.flatMap(({ differs }) => [...differs.keys()]));
      const isMet = this.meetAll(touched, cost - this.total);
      this.cost[cell] = this.worth(cell);
      if (isMet) {
        better = true;
        continue;
      }
      for (const { world, added } of this.journal.toReversed())
        if (added) this.remove(world);
        else this.add(world);
      this.opened = [];
    }
    this.drop();
    return better;
  }

  /** What no bug above may get past: every world agrees with all that is shown, and every demand is met. */
  check(): void {
    const { value, suppressed } = this.problem;
    for (const { differs } of this.worlds)
      for (const [cell, by] of differs) {
        const zero = (value[cell] ?? 0) === 0 && !this.impossible.has(cell);
        const hidden = zero || suppressed.has(cell) || this.uses.has(cell) || this.pending[cell] === 1;
        if (!hidden || (value[cell] ?? 0) + by < 0)
          throw new Error('disclosure control: a world differs from what is shown');
      }
    for (const cell of [...suppressed, ...this.uses.keys()])
      if (!this.isMet(cell) || this.reach(cell).up + this.reach(cell).down < 1)
        throw new Error('disclosure control: a suppressed cell is not protected');
  }

  result(): Protected {
    const protection = new Map(this.problem.demands);
    for (const cell of this.uses.keys()) protection.set(cell, this.demand(cell));
    return { complementary: new Set(this.uses.keys()), worlds: [...this.worlds], protection };
  }

  /** Adds worlds until the cell's demand is met: the cheaper of what is found and of what it had before. */
  private meet(cell: number, budget: number): boolean {
    if (this.isMet(cell)) return true;
    const { up, width } = this.demand(cell);
    const value = this.problem.value[cell] ?? 0;
    const downward = Math.min(width - up, value);
    if (downward > 0 && this.reach(cell).down < downward)
      this.addIfAny(findAlternative(this.situation, cell, -downward, 0));
    if (this.isMet(cell)) return true;
    const wanted = Math.max(up, width - this.reach(cell).down);
    const found = findAlternative(this.situation, cell, wanted, budget);
    const enough = found !== null && (found.differs.get(cell) ?? 0) >= wanted;
    const before = this.earlierFor(cell);
    if (before.enough && (!enough || before.cost <= this.costOf(found)))
      for (const world of before.worlds) this.add(world);
    else this.addIfAny(found);
    return this.isMet(cell);
  }

  private addIfAny(world: Alternative | null): void {
    if (world) this.add(world);
  }

  private remove(world: Alternative): void {
    this.worlds.delete(world);
    this.journal.push({ world, added: false });
    for (const [cell, by] of world.differs) {
      this.at.get(cell)?.delete(world);
      const reach = this.reached.get(cell);
      if (reach && (by === reach.up || -by === reach.down)) this.reached.delete(cell);
      const uses = this.uses.get(cell);
      if (uses === 1) {
        this.uses.delete(cell);
        this.total -= this.worth(cell);
        this.cost[cell] = this.worth(cell);
      } else if (uses !== undefined) this.uses.set(cell, uses - 1);
    }
  }

  /** The two worlds of earlier decisions in which the cell is greatest and least. */
  private earlierFor(cell: number): { worlds: readonly Alternative[]; enough: boolean; cost: number } {
    const { up, width } = this.demand(cell);
    const by = (world: Alternative | undefined): number => world?.differs.get(cell) ?? 0;
    let most: Alternative | undefined;
    let least: Alternative | undefined;
    for (const world of this.earlierAt.get(cell) ?? []) {
      if (by(world) > by(most)) most = world;
      if (by(world) < by(least)) least = world;
    }
    const worlds = [most, least].filter((world) => world !== undefined);
    const cells = new Set(worlds.flatMap(({ differs }) => [...differs.keys()]));
    const cost = [...cells].reduce((sum, each) => sum + (this.cost[each] ?? 0), 0);
    const enough = by(most) >= up && by(most) - by(least) >= width && cost < Number.POSITIVE_INFINITY;
    return { worlds, enough, cost };
  }

  private reach(cell: number): { readonly up: number; readonly down: number } {
    const known = this.reached.get(cell);
    if (known) return known;
    let [up, down] = [0, 0];
    for (const { differs } of this.at.get(cell) ?? []) {
      const by = differs.get(cell) ?? 0;
      up = Math.max(up, by);
      down = Math.max(down, -by);
    }
    this.reached.set(cell, { up, down });
    return { up, down };
  }

  private isMet(cell: number): boolean {
    if (!this.problem.demands.has(cell) && !this.uses.has(cell)) return true;
    const { up, width } = this.demand(cell);
    const reached = this.reach(cell);
    return reached.up >= up && reached.up + reached.down >= width;
  }

  private demand(cell: number): Protection {
    return this.problem.demands.get(cell) ?? { up: 0, width: this.problem.leastRange(cell) };
  }

  private isOpen(cell: number): boolean {
    return (
      this.problem.undecided.has(cell) && !this.problem.suppressed.has(cell) && (this.problem.value[cell] ?? 0) > 0
    );
  }

  private ownCost(world: Alternative): number {
    let sum = 0;
    for (const cell of world.differs.keys()) if (this.uses.get(cell) === 1) sum += this.worth(cell);
    return sum;
  }

  private worth(cell: number): number {
    return this.problem.undecided.get(cell) ?? 0;
  }
}
