import { alternativeOf, type Alternative } from './alternative.js';
import { CellSpace } from './cell-space.js';
import {
  cellKey,
  MEASURES,
  mintCell,
  type CellName,
  type DecidedCell,
  type Measure,
  type Reason,
} from './decided-cell.js';
import { kindOf, monthAfter, periodsClosedWith, type MonthName, type PeriodName } from './period.js';
import { protect, type Protected } from './protect.js';
import {
  DISCLOSURE_RULES,
  leastRange,
  sensitivity,
  type DisclosureRules,
  type Protection,
  type Sensitive,
} from './rules.js';
import { faultsOf, type Fact, type StatisticsList } from './statistics-list.js';
import { tallyFacts, type Tallies } from './tally.js';
import { worthOf } from './worth.js';

/**
 * What later decisions must know of the earlier ones: plain data, to be stored as it is. It holds true numbers of what
 * is suppressed and is as secret as the reports.
 */
export interface Ledger {
  /** Of what it means, {@link LEDGER_VERSION}: one of another version is refused, for what it promised could not be kept. */
  readonly version: number;
  /** Closed months, in order and without a gap. */
  readonly months: readonly MonthName[];
  /** What was counted in them when they were closed; what is reported later is in no cell of theirs. */
  readonly facts: readonly Fact[];
  readonly decided: readonly DecidedCell[];
  readonly worlds: Readonly<Record<Measure, readonly StoredWorld[]>>;
  /** By key of each suppressed cell, how well it is protected. */
  readonly protection: Readonly<Record<Measure, Readonly<Record<string, Protection>>>>;
}

/** An {@link Alternative} in words: so many more (or fewer) with these values in this month. */
export type StoredWorld = readonly {
  readonly month: MonthName;
  readonly values: Readonly<Record<string, string>>;
  readonly by: number;
}[];

/** Goes up whenever worlds, protection or decided cells come to mean something else. */
export const LEDGER_VERSION = 1;

export const EMPTY_LEDGER: Ledger = {
  version: LEDGER_VERSION,
  ...{ months: [], facts: [], decided: [] },
  worlds: { EVENTS: [], MILLIGRAMS: [] },
  protection: { EVENTS: {}, MILLIGRAMS: {} },
};

export interface Decision {
  /** What this closing decided: the month, and what it makes whole (quarter, year, fiscal year). */
  readonly cells: readonly DecidedCell[];
  readonly ledger: Ledger;
}

/**
 * Closes a month: decides its cells and those of every quarter, year and fiscal year that it completes, together, for
 * good. Cells decided before are taken as they are, shown or not.
 *
 * @param ledger of the month before, or {@link EMPTY_LEDGER}
 * @param facts of this month, in any order
 * @throws RangeError for a ledger of another version, a month out of turn, facts of another month or of what cannot be,
 * and a list with faults
 */
export function closeMonth(
  list: StatisticsList,
  ledger: Ledger,
  month: MonthName,
  facts: readonly Fact[],
  rules: DisclosureRules = DISCLOSURE_RULES,
): Decision {
  const faults = faultsOf(list);
  if (faults.length > 0) throw new RangeError(`no list of statistics: ${faults.join('; ')}`);
  if (ledger.version !== LEDGER_VERSION)
    throw new RangeError(`a ledger of version ${ledger.version}: this closes months of version ${LEDGER_VERSION}`);
  const last = ledger.months.at(-1);
  if (last !== undefined && month !== monthAfter(last)) throw new RangeError(`${month} is not closed after ${last}`);
  const stranger = facts.find((fact) => fact.month !== month);
  if (stranger) throw new RangeError(`a fact of ${stranger.month} among those of ${month}`);

  const closing = new Set(periodsClosedWith(month, new Set(ledger.months)));
  const earlier = new Set<PeriodName>();
  ledger.months.forEach((each, at) => {
    for (const period of periodsClosedWith(each, new Set(ledger.months.slice(0, at)))) earlier.add(period);
  });
  const months = [...ledger.months, month];
  const all = [...ledger.facts, ...facts];
  const space = new CellSpace(list, months, new Set([...earlier, ...closing]));
  const tallies = tallyFacts(space, all);
  const cells = new Cells(space, tallies, closing);

  const decided: DecidedCell[] = [];
  const worlds = { ...ledger.worlds };
  const protection = { ...ledger.protection };
  for (const measure of MEASURES) {
    const sensitive = cells.sensitive(measure, rules);
    const result = decideMeasure(cells, ledger, measure, { sensitive, rules });
    for (const cell of cells.undecided) {
      const reason: Reason | undefined =
        sensitive.get(cell)?.reason ?? (result.complementary.has(cell) ? 'COMPLEMENTARY' : undefined);
      const name = { ...space.nameOf(cell), measure };
      const value = cells.values(measure)[cell] ?? 0;
      if (reason) decided.push(mintCell({ ...name, shown: false, reason }));
      else if (value > 0) decided.push(mintCell({ ...name, shown: true, value }));
    }
    worlds[measure] = result.worlds.map((world) => storedWorld(space, world));
    protection[measure] = Object.fromEntries(
      [...result.protection].map(([cell, demand]) => [cellKey(space.nameOf(cell)), demand]),
    );
  }
  return {
    cells: decided,
    ledger: {
      version: LEDGER_VERSION,
      months,
      facts: all,
      decided: [...ledger.decided, ...decided],
      worlds,
      protection,
    },
  };
}

function decideMeasure(
  cells: Cells,
  ledger: Ledger,
  measure: Measure,
  { sensitive, rules }: { sensitive: ReadonlyMap<number, Sensitive>; rules: DisclosureRules },
): Protected {
  const { space } = cells;
  const value = cells.values(measure);
  const demands = new Map<number, Protection>();
  const suppressed = new Set<number>(sensitive.keys());
  for (const cell of ledger.decided) {
    if (cell.measure !== measure) continue;
    const id = cells.idOf(cell);
    if (cell.shown && value[id] !== cell.value) throw new Error('disclosure control: a closed month was counted anew');
    if (cell.shown) continue;
    suppressed.add(id);
    demands.set(id, ledger.protection[measure][cellKey(cell)] ?? { up: 0, width: 1 });
  }
  for (const [cell, { up, width }] of sensitive) demands.set(cell, { up, width });
  const before = new Set(ledger.decided.filter((cell) => cell.measure === measure && !cell.shown).map(placeKey));
  const undecided = new Map(
    cells.undecided.map((cell) => {
      const name = space.nameOf(cell);
      return [cell, worthOf(space.list, name, before.has(placeKey(name)))];
    }),
  );
  const worth = (cell: number): number => undecided.get(cell) ?? 0;
  return protect({
    ...{ space, value, suppressed, undecided },
    cornersOf: (cell) =>
      (cells.tallies.corners.get(cell) ?? []).filter((sum) => (measure === 'EVENTS' ? sum.events : sum.milligrams) > 0),
    leastRange: (cell) => leastRange(measure, value[cell] ?? 0, rules),
    demands: new Map([...demands].sort(([a], [b]) => worth(b) - worth(a) || a - b)),
    earlier: ledger.worlds[measure].map((shifts) =>
      alternativeOf(
        space,
        shifts.map(({ month, values: where, by }) => ({ corner: space.corner(where, month), by })),
      ),
    ),
  });
}

/** The cells that are not zero. */
class Cells {
  readonly undecided: readonly number[];

  constructor(
    readonly space: CellSpace,
    readonly tallies: Tallies,
    closing: ReadonlySet<PeriodName>,
  ) {
    this.undecided = [...tallies.corners.keys()].filter((cell) => closing.has(space.periodNameOf(cell)));
  }

  values(measure: Measure): Float64Array {
    return measure === 'EVENTS' ? this.tallies.events : this.tallies.milligrams;
  }

  sensitive(measure: Measure, rules: DisclosureRules): ReadonlyMap<number, Sensitive> {
    const found = new Map<number, Sensitive>();
    for (const cell of this.undecided) {
      const sensitive = sensitivity(measure, this.tallies.tallyOf(cell), rules);
      if (sensitive) found.set(cell, sensitive);
    }
    return found;
  }

  idOf(name: CellName): number {
    const id = this.space.cellNamed(name);
    if (id === undefined) throw new Error('disclosure control: a decided cell is not in the list any more');
    return id;
  }
}

/** A cell without its time, but with the kind of its period. */
function placeKey({ period, where }: CellName): string {
  return `${kindOf(period)}${cellKey({ period: '', where })}`;
}

function storedWorld(space: CellSpace, world: Alternative): StoredWorld {
  const { dimensions } = space.list;
  return world.shifts.map(({ corner, by }) => ({
    month: space.months[corner[space.time] ?? 0] ?? '',
    values: Object.fromEntries(dimensions.map(({ name, values }, at) => [name, values[corner[at] ?? 0] ?? ''])),
    by,
  }));
}
