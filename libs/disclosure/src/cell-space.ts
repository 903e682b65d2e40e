import type { CellName } from './decided-cell.js';
import { kindOf, periodOf, PERIOD_KINDS, type MonthName, type PeriodKind, type PeriodName } from './period.js';
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
}

/**
 * The cells of a list over some months, numbered. A cell gets its number when it is first met. Of periods that are not
 * whole yet, the first of each grouping are there too, pending: what they hold so far, they will hold at least.
 */
export class CellSpace {
  readonly groupings: readonly Grouping[];
  readonly leaves: readonly Leaf[];
  /** Index of the time in a corner, after the dimensions. */
  readonly time: number;
  private readonly nodes: readonly (readonly Nodes[])[];
  private readonly bases: readonly number[];
  private readonly strides: readonly (readonly number[])[];
  private readonly periods: readonly PeriodName[];
  /** For each month and kind of period, its index. */
  private readonly periodOfMonth: readonly Readonly<Record<PeriodKind, number>>[];
  private readonly isWhole: readonly boolean[];
  private readonly numbers = new Map<number, number>();
  private readonly keys: number[] = [];
  private readonly valueIndex: readonly ReadonlyMap<string, number>[];
  private readonly monthIndex: ReadonlyMap<MonthName, number>;

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
    this.isWhole = this.periods.map((period) => whole.has(period));
    const indexOf = new Map(this.periods.map((period, index) => [period, index]));
    this.periodOfMonth = months.map((month) => {
      const index = (kind: PeriodKind): number => indexOf.get(periodOf(kind, month)) ?? -1;
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
    let base = 0;
    const bases: number[] = [];
    this.strides = this.groupings.map(({ places }) => {
      bases.push(base);
      let stride = this.periods.length;
      const strides = places.map(({ dimension, level }) => {
        const here = stride;
        stride *= this.nodes[dimension]?.[level]?.names.length ?? 1;
        return here;
      });
      base += stride;
      return strides;
    });
    this.bases = bases;
    if (!Number.isSafeInteger(base)) throw new RangeError('the list has more cells than can be numbered');
  }

  get size(): number {
    return this.keys.length;
  }

  corner(values: Readonly<Record<string, string>>, month: MonthName): Corner {
    const indexes = this.list.dimensions.map(({ name }, dimension) =>
      demanded(this.valueIndex[dimension]?.get(values[name] ?? ''), `${name} ${values[name] ?? 'missing'}`),
    );
    return [...indexes, demanded(this.monthIndex.get(month), month)];
  }

  /** Whether the cell is one of a period that is not whole yet. */
  isPending(cell: number): boolean {
    return !this.whole.has(this.periodNameOf(cell));
  }

  /** Whether the cell is a structural zero. */
  isImpossible(cell: number): boolean {
    const { impossible = [], dimensions } = this.list;
    if (impossible.length === 0) return false;
    const { where } = this.nameOf(cell);
    const finest = dimensions.filter(({ level }) => level in where);
    return isImpossible(this.list, Object.fromEntries(finest.map(({ name, level }) => [name, where[level] ?? ''])));
  }

  /** All cells that an event of this corner is counted in. */
  cellsOf(corner: Corner, into: number[] = []): number[] {
    into.length = 0;
    const periods = this.periodOfMonth[corner[this.time] ?? -1];
    for (let g = 0; g < this.groupings.length; g++) {
      const key = this.keyOf(g, corner);
      const { kinds = [], first } = this.groupings[g] ?? {};
      for (const kind of kinds) {
        const period = periods?.[kind] ?? 0;
        if (this.isWhole[period] || first?.has(kind)) into.push(this.number(key + period));
      }
    }
    return into;
  }

  /** The cell of a table's finest level that an event of this corner is counted in. */
  leafOf({ grouping, kind }: Leaf, corner: Corner): number {
    const period = this.periodOfMonth[corner[this.time] ?? -1]?.[kind] ?? 0;
    return this.number(this.keyOf(grouping, corner) + period);
  }

  groupingOf(cell: number): number {
    const key = this.keys[cell] ?? 0;
    let g = this.bases.length - 1;
    while ((this.bases[g] ?? 0) > key) g--;
    return g;
  }

  periodNameOf(cell: number): PeriodName {
    const within = (this.keys[cell] ?? 0) - (this.bases[this.groupingOf(cell)] ?? 0);
    return this.periods[within % this.periods.length] ?? '';
  }

  kindOf(cell: number): PeriodKind {
    return kindOf(this.periodNameOf(cell));
  }

  nameOf(cell: number): CellName {
    const g = this.groupingOf(cell);
    const within = (this.keys[cell] ?? 0) - (this.bases[g] ?? 0);
    const where: Record<string, string> = {};
    this.groupings[g]?.places.forEach(({ dimension, level }, place) => {
      const nodes = this.nodes[dimension]?.[level];
      const at = Math.floor(within / (this.strides[g]?.[place] ?? 1)) % (nodes?.names.length ?? 1);
      where[nodes?.level ?? ''] = nodes?.names[at] ?? '';
    });
    return { period: this.periodNameOf(cell), where };
  }

  /** Whether the cell holds whatever has this value in this dimension (or this month, at `time`). */
  holds(cell: number, dimension: number, value: number): boolean {
    const kind = this.kindOf(cell);
    if (dimension === this.time)
      return this.periods[this.periodOfMonth[value]?.[kind] ?? -1] === this.periodNameOf(cell);
    const g = this.groupingOf(cell);
    const place = this.groupings[g]?.places.findIndex((each) => each.dimension === dimension) ?? -1;
    if (place < 0) return true;
    const nodes = this.nodes[dimension]?.[this.groupings[g]?.places[place]?.level ?? 0];
    const within = (this.keys[cell] ?? 0) - (this.bases[g] ?? 0);
    const at = Math.floor(within / (this.strides[g]?.[place] ?? 1)) % (nodes?.names.length ?? 1);
    return nodes?.of[value] === at;
  }

  /** How many values a dimension has; of the time, how many months. */
  valuesOf(dimension: number): number {
    return dimension === this.time ? this.months.length : (this.valueIndex[dimension]?.size ?? 0);
  }

  private keyOf(g: number, corner: Corner): number {
    let key = this.bases[g] ?? 0;
    const strides = this.strides[g] ?? [];
    const places = this.groupings[g]?.places ?? [];
    for (let place = 0; place < places.length; place++) {
      const { dimension, level } = places[place] ?? { dimension: 0, level: 0 };
      key += (this.nodes[dimension]?.[level]?.of[corner[dimension] ?? -1] ?? 0) * (strides[place] ?? 0);
    }
    return key;
  }

  private number(key: number): number {
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.keys.length);
    return this.keys.push(key) - 1;
  }
}

function nodesOf(level: string, values: readonly string[], nodeOf: (value: string) => string): Nodes {
  const names = [...new Set(values.map(nodeOf))];
  const at = new Map(names.map((name, index) => [name, index]));
  return { level, names, of: values.map((value) => at.get(nodeOf(value)) ?? 0) };
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
