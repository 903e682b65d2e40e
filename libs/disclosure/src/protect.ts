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
  /** Worlds of earlier decisions, which agree with all that was shown then. */
  readonly earlier: readonly Alternative[];
}

export interface Protected {
  /** Suppressed besides: each is another number in one of the worlds. */
  readonly complementary: ReadonlySet<number>;
  readonly worlds: readonly Alternative[];
  /** What each suppressed cell has: its demand, or what could be reached where earlier cells leave no more. */
  readonly protection: ReadonlyMap<number, Protection>;
}

/** Rounds of looking for something cheaper; how many cells are looked at in one, each if no more worlds than that use it. */
const ROUNDS = 2;
const LOOKED_AT = 200;
const WORLDS_AT_MOST = 20;

/**
 * Complementary suppression: worlds in which every demand is met, whose cells together cost little. First the coarsest
 * cells, each with what is suppressed by then for nothing; then worlds that are not needed go; then each of the most
 * expensive cells is done without, where that can be. What is returned was checked, cell by cell.
 */
export function protect(problem: Problem): Protected {
  const cover = new Cover(problem);
  for (const world of problem.earlier) if (cover.costOf(world) === 0) cover.add(world);
  const cells = [...problem.demands.keys()];
  for (const cell of cells) cover.meet(cell);
  cover.drop();
  for (let round = 0; round < ROUNDS; round++) if (!cover.improve()) break;
  cover.check();
  return cover.result();
}

class Cover {
  private readonly worlds = new Set<Alternative>();
  /** By undecided cell that is not sensitive, how many worlds differ there. */
  private readonly uses = new Map<number, number>();
  private readonly at = new Map<number, Set<Alternative>>();
  private readonly earlierAt = new Map<number, Alternative[]>();
  private readonly demands: Map<number, Protection>;
  private readonly situation: Situation;
  /** A cell that no world may use for the moment. */
  private forbidden = -1;

  constructor(private readonly problem: Problem) {
    this.demands = new Map(problem.demands);
    this.situation = { ...problem, cost: (cell) => this.costAt(cell) };
    for (const world of problem.earlier)
      for (const cell of world.differs.keys())
        if (this.demands.has(cell)) this.earlierAt.set(cell, [...(this.earlierAt.get(cell) ?? []), world]);
  }

  costOf(world: Alternative): number {
    let sum = 0;
    for (const cell of world.differs.keys()) sum += this.costAt(cell);
    return sum;
  }

  /** Adds worlds until the cell's demand is met: the cheaper of what is found and of what it had before. */
  meet(cell: number): void {
    if (this.isMet(cell)) return;
    const { up, width } = this.demand(cell);
    const value = this.problem.value[cell] ?? 0;
    const downward = Math.min(width - up, value);
    if (downward > 0 && this.reach(cell).down < downward)
      this.addIfAny(findAlternative(this.situation, cell, -downward, true));
    if (this.isMet(cell)) return;
    const wanted = Math.max(up, width - this.reach(cell).down);
    const found = findAlternative(this.situation, cell, wanted);
    const enough = found !== null && (found.differs.get(cell) ?? 0) >= wanted;
    const before = this.earlierFor(cell);
    const asBefore = before.enough && (!enough || before.cost <= this.costOf(found));
    if (!asBefore) this.addIfAny(found);
    if (asBefore || !enough) for (const world of before.worlds) this.add(world);
    if (!this.isMet(cell)) this.relax(cell);
  }

  add(world: Alternative): void {
    if (this.worlds.has(world)) return;
    this.worlds.add(world);
    for (const cell of world.differs.keys()) {
      if (this.isOpen(cell)) this.uses.set(cell, (this.uses.get(cell) ?? 0) + 1);
      const there = this.at.get(cell) ?? new Set();
      this.at.set(cell, there.add(world));
    }
  }

  /** Without the worlds that nothing needs, those first that cost most. */
  drop(): void {
    const byCost = [...this.worlds].map((world) => ({ world, own: this.ownCost(world) })).sort((a, b) => b.own - a.own);
    for (const { world } of byCost) {
      this.remove(world);
      if (!this.unmet(world).every((cell) => this.isMet(cell))) this.add(world);
    }
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
      const [worlds, demands, cost] = [new Set(this.worlds), new Map(this.demands), this.total()];
      this.forbidden = cell;
      for (const world of using) this.remove(world);
      for (const unmet of new Set(using.flatMap((world) => this.unmet(world)))) this.meet(unmet);
      this.forbidden = -1;
      const relaxed = [...demands].some(([each, demand]) => this.demands.get(each) !== demand);
      if (!relaxed && !this.uses.has(cell) && this.total() < cost) {
        better = true;
        continue;
      }
      for (const added of [...this.worlds]) if (!worlds.has(added)) this.remove(added);
      for (const [each, demand] of demands) this.demands.set(each, demand);
      for (const world of using) this.add(world);
    }
    this.drop();
    return better;
  }

  /** What no bug above may get past: every world agrees with all that is shown, and every demand is met. */
  check(): void {
    const { value, suppressed, space } = this.problem;
    for (const { differs } of this.worlds)
      for (const [cell, by] of differs) {
        const zero = (value[cell] ?? 0) === 0 && !space.isImpossible(cell);
        const hidden = zero || suppressed.has(cell) || this.uses.has(cell) || space.isPending(cell);
        if (!hidden || (value[cell] ?? 0) + by < 0)
          throw new Error('disclosure control: a world differs from what is shown');
      }
    for (const cell of suppressed)
      if (!this.isMet(cell) || this.reach(cell).up + this.reach(cell).down < 1)
        throw new Error('disclosure control: a suppressed cell is not protected');
  }

  result(): Protected {
    const protection = new Map(this.demands);
    for (const cell of this.uses.keys()) protection.set(cell, { up: 0, width: 1 });
    return { complementary: new Set(this.uses.keys()), worlds: [...this.worlds], protection };
  }

  private addIfAny(world: Alternative | null): void {
    if (world) this.add(world);
  }

  private remove(world: Alternative): void {
    this.worlds.delete(world);
    for (const cell of world.differs.keys()) {
      this.at.get(cell)?.delete(world);
      const uses = this.uses.get(cell);
      if (uses === 1) this.uses.delete(cell);
      else if (uses !== undefined) this.uses.set(cell, uses - 1);
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
    const cost = [...cells].reduce((sum, each) => sum + this.costAt(each), 0);
    return { worlds, enough: by(most) >= up && by(most) - by(least) >= width, cost };
  }

  /** Earlier cells leave no more: what is reached is what is kept. It is never nothing, or `check` fails. */
  private relax(cell: number): void {
    const { up, down } = this.reach(cell);
    const demand = this.demand(cell);
    this.demands.set(cell, { up: Math.min(up, demand.up), width: Math.min(up + down, demand.width) });
  }

  private reach(cell: number): { up: number; down: number } {
    let [up, down] = [0, 0];
    for (const { differs } of this.at.get(cell) ?? []) {
      const by = differs.get(cell) ?? 0;
      up = Math.max(up, by);
      down = Math.max(down, -by);
    }
    return { up, down };
  }

  private isMet(cell: number): boolean {
    const { up, width } = this.demand(cell);
    const reached = this.reach(cell);
    return reached.up >= up && reached.up + reached.down >= width;
  }

  private demand(cell: number): Protection {
    return this.demands.get(cell) ?? { up: 0, width: 0 };
  }

  private unmet(world: Alternative): readonly number[] {
    return [...world.differs.keys()].filter((cell) => !this.isMet(cell));
  }

  private isOpen(cell: number): boolean {
    return (
      this.problem.undecided.has(cell) && !this.problem.suppressed.has(cell) && (this.problem.value[cell] ?? 0) > 0
    );
  }

  private costAt(cell: number): number {
    const { value, suppressed, undecided, space } = this.problem;
    if (cell === this.forbidden) return Number.POSITIVE_INFINITY;
    if (suppressed.has(cell) || this.uses.has(cell)) return 0;
    if ((value[cell] ?? 0) === 0) return space.isImpossible(cell) ? Number.POSITIVE_INFINITY : 0;
    return undecided.get(cell) ?? (space.isPending(cell) ? 0 : Number.POSITIVE_INFINITY);
  }

  private ownCost(world: Alternative): number {
    let sum = 0;
    for (const cell of world.differs.keys())
      if (this.uses.get(cell) === 1) sum += this.problem.undecided.get(cell) ?? 0;
    return sum;
  }

  private worth(cell: number): number {
    return this.problem.undecided.get(cell) ?? 0;
  }

  private total(): number {
    let sum = 0;
    for (const cell of this.uses.keys()) sum += this.worth(cell);
    return sum;
  }
}
