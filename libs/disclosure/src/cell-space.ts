import type { CellName } from './decided-cell.js';
import { periodOf, PERIOD_KINDS, type MonthName, type PeriodKind, type PeriodName } from './period.js';
import { isImpossible, type StatisticsList } from './statistics-list.js';

/** One finest combination of all dimensions in one month: value indexes in the order of the dimensions, then the month's. */
export type Corner = readonly number[];

/** The cells that lie at one level in each of some dimensions. */
export interface Grouping {
  /** Which dimension, at which of its levels (0 is the finest). */
  readonly places: readonly { readonly dimension: number; readonly level: number }[];
  readonly kinds: readonly PeriodKind[];
  /** Those of them that hold no shorter one: MONTH, or QUARTER where there are no months, or the two years. */
  readonly first: ReadonlySet<PeriodKind>;
}

/** The finest cells of a table: its dimensions and the period that it begins with. */
export interface Leaf {
  readonly dimensions: ReadonlySet<number>;
  readonly grouping: number;
  readonly kind: PeriodKind;
}

interface Nodes {
  readonly level: string;
  readonly names: readonly string[];
  /** For each value of the finest level, the index of its node. */
  readonly of: readonly number[];
  /** By name, the index of a node. */
  readonly at: ReadonlyMap<string, number>;
}

/** Where a grouping's cells lie among all cells, and which periods an event of each month is counted in there. */
interface Layout {
  readonly base: number;
  /** Of each place, in the order of the grouping, by value of its dimension: how far its cells lie from the base. */
  readonly offsets: readonly Int32Array[];
  /** The same by dimension. */
  readonly byDimension: readonly (Int32Array | null)[];
  readonly strides: readonly number[];
  /** By month, the indexes of its periods. */
  readonly counted: readonly (readonly number[])[];
}

/** More cells than this, over all periods, are not kept in memory. */
const MOST_CELLS = 50_000_000;

/**
 * The cells of a list over some months, zeros included, numbered without gaps so that whatever is known of a cell lies
 * in an array. Of periods that are not whole yet, the first of each grouping are there too, pending: what they hold so
 * far, they will hold at least.
 */
export class CellSpace {
  readonly groupings: readonly Grouping[];
  readonly leaves: readonly Leaf[];
  /** Index of the time in a corner, after the dimensions. */
  readonly time: number;
  /** How many cells there are. */
  readonly size: number;
  private readonly nodes: readonly (readonly Nodes[])[];
  private readonly layouts: readonly Layout[];
  private readonly periods: readonly PeriodName[];
  /** For each month and kind of period, its index. */
  private readonly periodOfMonth: readonly Readonly<Record<PeriodKind, number>>[];
  private readonly valueIndex: readonly ReadonlyMap<string, number>[];
  private readonly monthIndex: ReadonlyMap<MonthName, number>;
  private readonly periodIndex: ReadonlyMap<PeriodName, number>;
  private readonly groupingByLevels: ReadonlyMap<string, number>;

  constructor(
    readonly list: StatisticsList,
    readonly months: readonly MonthName[],
    private readonly whole: ReadonlySet<PeriodName>,
  ) {
    this.time = list.dimensions.length;
    this.nodes = list.dimensions.map(({ level, values, coarser = [] }) => [
      nodesOf(level, values, (value) => value),
      ...coarser.map(({ level: name, of }) => nodesOf(name, values, (value) => demanded(of[value], value))),
    ]);
    this.valueIndex = list.dimensions.map(({ values }) => new Map(values.map((value, index) => [value, index])));
    this.monthIndex = new Map(months.map((month, index) => [month, index]));
    this.periods = [...new Set(months.flatMap((month) => PERIOD_KINDS.map((kind) => periodOf(kind, month))))];
    this.periodIndex = new Map(this.periods.map((period, index) => [period, index]));
    this.periodOfMonth = months.map((month) => {
      const index = (kind: PeriodKind): number => this.periodIndex.get(periodOf(kind, month)) ?? -1;
      return {
        ...{ MONTH: index('MONTH'), QUARTER: index('QUARTER'), YEAR: index('YEAR') },
        FISCAL_YEAR: index('FISCAL_YEAR'),
      };
    });
    const found = groupingsOf(
      list,
      this.nodes.map((levels) => levels.length),
    );
    this.groupings = found.groupings;
    this.leaves = found.leaves;
    this.groupingByLevels = new Map(this.groupings.map(({ places }, g) => [this.levelsAt(places).sort().join('|'), g]));
    let base = 0;
    this.layouts = this.groupings.map((grouping) => {
      const layout = this.layoutOf(grouping, base);
      base += grouping.places.reduce((all, place) => all * this.nodesAt(place).names.length, this.periods.length);
      return layout;
    });
    this.size = base;
    if (base > MOST_CELLS) throw new RangeError('the list has more cells than can be numbered');
  }

  corner(values: Readonly<Record<string, string>>, month: MonthName): Corner {
    const indexes = this.list.dimensions.map(({ name }, dimension) =>
      demanded(this.valueIndex[dimension]?.get(values[name] ?? ''), `${name} ${values[name] ?? 'missing'}`),
    );
    return [...indexes, demanded(this.monthIndex.get(month), month)];
  }

  /** Whether each cell is one of a period that is not whole yet. */
  pending(): Uint8Array {
    const isPending = this.periods.map((period) => (this.whole.has(period) ? 0 : 1));
    const pending = new Uint8Array(this.size);
    for (let cell = 0; cell < this.size; cell++) pending[cell] = isPending[cell % isPending.length] ?? 0;
    return pending;
  }

  /** The cells that are structural zeros. */
  *impossibleCells(): Generator<number> {
    const { impossible = [], dimensions } = this.list;
    if (impossible.length === 0) return;
    for (const [g, { places }] of this.groupings.entries()) {
      const named = new Set(
        places.filter(({ level }) => level === 0).map(({ dimension }) => dimensions[dimension]?.name),
      );
      if (!impossible.some((where) => Object.keys(where).every((name) => named.has(name)))) continue;
      const first = this.layouts[g]?.base ?? 0;
      const end = this.layouts[g + 1]?.base ?? this.size;
      for (let cell = first; cell < end; cell += this.periods.length) {
        const { where } = this.nameOf(cell);
        const finest = dimensions.filter(({ level }) => level in where);
        if (!isImpossible(this.list, Object.fromEntries(finest.map(({ name, level }) => [name, where[level] ?? '']))))
          continue;
        for (let period = 0; period < this.periods.length; period++) yield cell + period;
      }
    }
  }

  /** All cells that an event of this corner is counted in. */
  cellsOf(corner: Corner, into: number[] = []): number[] {
    into.length = 0;
    const month = corner[this.time] ?? -1;
    for (let g = 0; g < this.layouts.length; g++) {
      const first = this.firstOf(g, corner);
      for (const period of this.countedIn(g, month)) into.push(first + period);
    }
    return into;
  }

  /** Of the cells of a grouping that hold this corner's values, the one of the first period; a period's index leads to the others. */
  firstOf(g: number, corner: Corner): number {
    const layout = this.layouts[g];
    const places = this.groupings[g]?.places;
    if (!layout || !places) return 0;
    let cell = layout.base;
    for (let at = 0; at < places.length; at++)
      cell += layout.offsets[at]?.[corner[places[at]?.dimension ?? 0] ?? 0] ?? 0;
    return cell;
  }

  /** How far the cells of one value of this dimension lie from those of another; null if the grouping does not name it. */
  offsetsIn(g: number, dimension: number): Int32Array | null {
    return this.layouts[g]?.byDimension[dimension] ?? null;
  }

  /** The indexes of the periods in which an event of a month is counted in this grouping. */
  countedIn(g: number, month: number): readonly number[] {
    return this.layouts[g]?.counted[month] ?? [];
  }

  /** The index of the period with which a table begins, of this month. */
  periodOf({ kind }: Leaf, month: number): number {
    return this.periodOfMonth[month]?.[kind] ?? 0;
  }

  /** The cell of a table's finest level that an event of this corner is counted in. */
  leafOf(leaf: Leaf, corner: Corner): number {
    return this.firstOf(leaf.grouping, corner) + this.periodOf(leaf, corner[this.time] ?? -1);
  }

  groupingOf(cell: number): number {
    let g = this.layouts.length - 1;
    while ((this.layouts[g]?.base ?? 0) > cell) g--;
    return g;
  }

  periodNameOf(cell: number): PeriodName {
    return this.periods[cell % this.periods.length] ?? '';
  }

  nameOf(cell: number): CellName {
    const g = this.groupingOf(cell);
    const where: Record<string, string> = {};
    this.groupings[g]?.places.forEach((place, at) => {
      const { level, names } = this.nodesAt(place);
      where[level] = names[this.nodeOf(g, at, cell)] ?? '';
    });
    return { period: this.periodNameOf(cell), where };
  }

  /** The cell of this name; undefined if it is none of the list in these months. */
  cellNamed({ period, where }: CellName): number | undefined {
    const g = this.groupingByLevels.get(Object.keys(where).sort().join('|'));
    const layout = this.layouts[g ?? -1];
    const at = this.periodIndex.get(period);
    if (g === undefined || !layout || at === undefined) return undefined;
    let cell = layout.base + at;
    for (const [index, place] of (this.groupings[g]?.places ?? []).entries()) {
      const { level, at: indexes } = this.nodesAt(place);
      const node = indexes.get(where[level] ?? '');
      if (node === undefined) return undefined;
      cell += node * (layout.strides[index] ?? 0);
    }
    return cell;
  }

  /** By value of this dimension (by month, at `time`), whether the cell holds whatever has it. */
  heldBy(cell: number, dimension: number): readonly boolean[] {
    const g = this.groupingOf(cell);
    if (dimension === this.time) {
      const period = cell % this.periods.length;
      return this.periodOfMonth.map((of) => PERIOD_KINDS.some((kind) => of[kind] === period));
    }
    const places = this.groupings[g]?.places ?? [];
    const at = places.findIndex((place) => place.dimension === dimension);
    const place = places[at];
    const values = Array.from({ length: this.valueIndex[dimension]?.size ?? 0 }, () => true);
    if (!place) return values;
    const node = this.nodeOf(g, at, cell);
    return values.map((_, value) => this.nodesAt(place).of[value] === node);
  }

  private nodesAt({ dimension, level }: Grouping['places'][number]): Nodes {
    return demanded(this.nodes[dimension]?.[level], 'a level');
  }

  private levelsAt(places: Grouping['places']): string[] {
    return places.map((place) => this.nodesAt(place).level);
  }

  private nodeOf(g: number, at: number, cell: number): number {
    const place = this.groupings[g]?.places[at];
    const within = cell - (this.layouts[g]?.base ?? 0);
    return place ? Math.floor(within / (this.layouts[g]?.strides[at] ?? 1)) % this.nodesAt(place).names.length : 0;
  }

  private layoutOf({ places, kinds, first }: Grouping, base: number): Layout {
    let stride = this.periods.length;
    const strides = places.map((place) => {
      const here = stride;
      stride *= this.nodesAt(place).names.length;
      return here;
    });
    const offsets = places.map((place, at) =>
      Int32Array.from(this.nodesAt(place).of, (node) => node * (strides[at] ?? 0)),
    );
    return {
      ...{ base, strides, offsets },
      byDimension: this.nodes.map(
        (_, dimension) => offsets[places.findIndex((each) => each.dimension === dimension)] ?? null,
      ),
      counted: this.periodOfMonth.map((of) =>
        kinds.filter((kind) => first.has(kind) || this.whole.has(this.periods[of[kind]] ?? '')).map((kind) => of[kind]),
      ),
    };
  }
}

function nodesOf(level: string, values: readonly string[], nodeOf: (value: string) => string): Nodes {
  const names = [...new Set(values.map(nodeOf))];
  const at = new Map(names.map((name, index) => [name, index]));
  return { level, names, of: values.map((value) => at.get(nodeOf(value)) ?? 0), at };
}

/** Every choice of a level (or none) in each dimension of each table, each once. */
function groupingsOf(list: StatisticsList, levels: readonly number[]): { groupings: Grouping[]; leaves: Leaf[] } {
  const byName = new Map(list.dimensions.map(({ name }, index) => [name, index]));
  const found = new Map<string, { places: Grouping['places']; kinds: Set<PeriodKind> }>();
  const finest = list.tables.map((table) => {
    const dimensions = table.dimensions.map((name) => demanded(byName.get(name), name)).sort((a, b) => a - b);
    let choices: Grouping['places'][number][][] = [[]];
    for (const dimension of dimensions)
      choices = choices.flatMap((chosen) => [
        ...Array.from({ length: levels[dimension] ?? 1 }, (_, level) => [...chosen, { dimension, level }]),
        chosen,
      ]);
    for (const places of choices) {
      const name = JSON.stringify(places);
      const same = found.get(name) ?? { places, kinds: new Set<PeriodKind>() };
      for (const kind of table.periods) same.kinds.add(kind);
      found.set(name, same);
    }
    const leaf = JSON.stringify(dimensions.map((dimension) => ({ dimension, level: 0 })));
    const kind = PERIOD_KINDS.find((each) => table.periods.includes(each));
    return { dimensions: new Set(dimensions), leaf, kind: demanded(kind, `periods of ${table.name}`) };
  });
  const names = [...found.keys()];
  return {
    groupings: [...found.values()].map(({ places, kinds }) => ({
      places,
      kinds: PERIOD_KINDS.filter((kind) => kinds.has(kind)),
      first: firstOf(kinds),
    })),
    leaves: finest.map(({ dimensions, leaf, kind }) => ({ dimensions, grouping: names.indexOf(leaf), kind })),
  };
}

function firstOf(kinds: ReadonlySet<PeriodKind>): ReadonlySet<PeriodKind> {
  if (kinds.has('MONTH')) return new Set(['MONTH']);
  return kinds.has('QUARTER') ? new Set(['QUARTER']) : kinds;
}

function demanded<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new RangeError(`not in the list of statistics: ${what}`);
  return value;
}
