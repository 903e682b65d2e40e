import {
  cellKey,
  closeMonth,
  EMPTY_LEDGER,
  MEASURES,
  type DecidedCell,
  type Ledger,
  type Measure,
} from '@concord/disclosure';
import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import { round } from '../bench/measures.js';
import type { Attack } from './attack.js';
import { attackByDifferencing, type Bounds } from './differencing-attacker.js';
import { cbpTables, randomTables, trueCells, type Tables } from './differencing-tables.js';

/** A cell that may be bounded no closer than this. */
interface Target {
  readonly value: number;
  readonly sensitive: boolean;
  readonly up: number;
  readonly width: number;
}

interface Count {
  cells: number;
  shown: number;
  sensitive: number;
  complementary: number;
  asked: number;
  /** To the unit. */
  exact: number;
  /** Of these, cells that may not be shown by themselves. */
  exactSensitive: number;
  /** Cells of 1 to 10 for which what was shown earlier leaves less than the full protection. */
  relaxed: number;
  /** Within what is to be protected, the exact ones included. */
  tooClose: number;
}

const none = (): Count => ({
  ...{ cells: 0, shown: 0, sensitive: 0, complementary: 0 },
  ...{ asked: 0, exact: 0, exactSensitive: 0, relaxed: 0, tooClose: 0 },
});

export const attack: Attack<{ seed: number; tables: number; months: number; cbpMonths: number; cbpCells: number }> = {
  adversary:
    'An outsider who takes all decided tables of all months, quarters, years and fiscal years, and bounds each hidden cell by linear programming',
  options: { seed: 0, tables: 100, months: 14, cbpMonths: 24, cbpCells: 400 },
  async run({ seed, tables, months, cbpMonths, cbpCells }) {
    const random = new SeededRandom(seed);
    const broken: string[] = [];
    const measured: Record<string, unknown> = {};
    const ours = { EVENTS: none(), MILLIGRAMS: none() };
    const naive = { EVENTS: none(), MILLIGRAMS: none() };
    for (let n = 0; n < tables; n++) {
      const drawn = randomTables(random, random.between(1, months));
      const ledger = closeAll(drawn);
      for (const measure of MEASURES) {
        // Whole numbers: what is left to the attacker is exact.
        for (const found of await attackLedger(drawn, ledger, measure, ours[measure], { whole: measure === 'EVENTS' }))
          broken.push(`--seed ${seed}, table ${n}: ${found}`);
        await attackNaively(drawn, ledger, measure, naive[measure], { whole: measure === 'EVENTS' });
      }
    }
    measured['random'] = { tables, ours, thresholdOnly: naive };
    const skipped: string[] = [];
    const cbp = cbpTables(random, cbpMonths);
    if (cbp && cbpMonths > 0) {
      const began = performance.now();
      const ledger = closeAll(cbp);
      const seconds = round((performance.now() - began) / 1000, 1);
      const [seen, unprotected] = [
        { EVENTS: none(), MILLIGRAMS: none() },
        { EVENTS: none(), MILLIGRAMS: none() },
      ];
      for (const measure of MEASURES) {
        for (const found of await attackLedger(cbp, ledger, measure, seen[measure], { most: cbpCells, random }))
          broken.push(`--seed ${seed}, CBP: ${found}`);
        await attackNaively(cbp, ledger, measure, unprotected[measure], { most: cbpCells, random });
      }
      measured['cbp'] = { months: cbpMonths, decidedInSeconds: seconds, ours: seen, thresholdOnly: unprotected };
    } else skipped.push('CBP: ../shared/data is not there (or no months were asked for)');
    return { broken, measured, skipped };
  },
};

export function closeAll({ list, months, facts }: Tables): Ledger {
  let ledger = EMPTY_LEDGER;
  for (const month of months)
    ledger = closeMonth(
      list,
      ledger,
      month,
      facts.filter((fact) => fact.month === month),
    ).ledger;
  return ledger;
}

interface Reach {
  readonly whole?: boolean;
  /** So many hidden cells, drawn; all without. */
  readonly most?: number;
  readonly random?: SeededRandom;
}

/** What is shown, against the attacker; one sentence for each cell that he bounds too closely. */
async function attackLedger(
  tables: Tables,
  ledger: Ledger,
  measure: Measure,
  count: Count,
  reach: Reach,
): Promise<string[]> {
  const truth = trueCells(tables, measure);
  const decided = ledger.decided.filter((cell) => cell.measure === measure);
  const found: string[] = [];
  const listed = new Set(decided.map(cellKey));
  for (const [key, { value }] of truth)
    if (!listed.has(key)) found.push(`${measure} ${key} is ${value} and not listed`);
  for (const cell of decided)
    if (cell.shown && truth.get(cellKey(cell))?.value !== cell.value)
      found.push(`${measure} ${cellKey(cell)} is not what is shown`);
  const targets = new Map<string, Target>();
  for (const cell of decided) {
    if (cell.shown) continue;
    const { up = 0, width = 1 } = ledger.protection[measure][cellKey(cell)] ?? {};
    const value = truth.get(cellKey(cell))?.value ?? Number.NaN;
    if (measure === 'EVENTS' && value < 11 && (up < 11 - value || width < 11)) count.relaxed += 1;
    targets.set(cellKey(cell), { value, sensitive: cell.reason !== 'COMPLEMENTARY', up, width: Math.max(1, width) });
  }
  tell(count, decided);
  const shown = new Map(decided.flatMap((cell) => (cell.shown ? [[cellKey(cell), cell.value] as const] : [])));
  for (const { key, bounds, target } of await tooClose(tables, shown, targets, count, reach))
    found.push(
      `${measure} ${key} is ${target.value} and bounded to ${bounds.low} to ${bounds.high}, not ${JSON.stringify(target)}`,
    );
  return found;
}

/** The same attacker where only what is sensitive by itself is left out. */
async function attackNaively(
  tables: Tables,
  ledger: Ledger,
  measure: Measure,
  count: Count,
  reach: Reach,
): Promise<void> {
  const truth = trueCells(tables, measure);
  const decided = ledger.decided.filter((cell) => cell.measure === measure);
  const targets = new Map<string, Target>();
  const shown = new Map<string, number>();
  for (const cell of decided) {
    const [key, value] = [cellKey(cell), truth.get(cellKey(cell))?.value ?? Number.NaN];
    if (cell.shown || cell.reason === 'COMPLEMENTARY') shown.set(key, value);
    else targets.set(key, { value, sensitive: true, ...(ledger.protection[measure][key] ?? { up: 0, width: 1 }) });
  }
  count.cells += decided.length;
  count.shown += shown.size;
  count.sensitive += targets.size;
  await tooClose(tables, shown, targets, count, reach);
}

function tell(count: Count, decided: readonly DecidedCell[]): void {
  count.cells += decided.length;
  for (const cell of decided)
    if (cell.shown) count.shown += 1;
    else if (cell.reason === 'COMPLEMENTARY') count.complementary += 1;
    else count.sensitive += 1;
}

async function tooClose(
  { list, months }: Tables,
  shown: ReadonlyMap<string, number>,
  targets: ReadonlyMap<string, Target>,
  count: Count,
  { whole = false, most, random }: Reach,
): Promise<{ key: string; bounds: Bounds; target: Target }[]> {
  const keys = [...targets.keys()];
  const drawn =
    most !== undefined && random && keys.length > most
      ? new Set(Array.from({ length: most }, () => random.pick(keys as [string, ...string[]])))
      : new Set(keys);
  // A solver's last digits are no knowledge.
  const slack = (target: Target): number => 1e-3 + target.value * 1e-6;
  const isWide = (target: Target, { low, high }: Bounds): boolean =>
    high >= target.value + target.up - slack(target) && high - low >= target.width - slack(target);
  const bounds = await attackByDifferencing(
    { list, months, shown },
    {
      ...{ whole, targets: drawn },
      enough: (key, reached) => isWide(targets.get(key) ?? { value: 0, sensitive: false, up: 0, width: 0 }, reached),
    },
  );
  const close: { key: string; bounds: Bounds; target: Target }[] = [];
  for (const key of drawn) {
    const [target, reached] = [targets.get(key), bounds.get(key)];
    if (!target || !reached) continue;
    count.asked += 1;
    if (reached.high - reached.low < Math.max(0.5, slack(target))) {
      count.exact += 1;
      if (target.sensitive) count.exactSensitive += 1;
    }
    if (isWide(target, reached)) continue;
    count.tooClose += 1;
    close.push({ key, bounds: reached, target });
  }
  return close;
}
