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
import { attackByContributor, noContributor } from './differencing-contributor.js';
import { drawnFrom, type Reach } from './differencing-reach.js';
import { differencingResults, none, type Count, type Measured } from './differencing-results.js';
import { cbpTables, randomTables, trueCells, type Tables } from './differencing-tables.js';
import { writeReleaseResults } from './release-results.js';
import { costOfMany } from './suppression-cost.js';

/** A cell that may be bounded no closer than this. */
interface Target {
  readonly value: number;
  readonly sensitive: boolean;
  readonly up: number;
  readonly width: number;
}

const both = <T>(make: () => T): Record<Measure, T> => ({ EVENTS: make(), MILLIGRAMS: make() });

interface Options extends Readonly<Record<string, number>> {
  readonly seed: number;
  readonly tables: number;
  readonly months: number;
  /** From October 2019: 12 close a fiscal year. */
  readonly cbpMonths: number;
  readonly cbpCells: number;
  /** So long each of the attackers may ask about CBP, of each measure. */
  readonly cbpSeconds: number;
  /** So many tables of one month are compared with the true optimum. */
  readonly optima: number;
  readonly write: number;
}

export const attack: Attack<Options> = {
  adversary:
    'An outsider who takes all decided tables of all months, quarters, years and fiscal years, and bounds each hidden cell by linear programming; and an agency that knows its own part of each cell besides',
  options: { seed: 0, tables: 100, months: 14, cbpMonths: 12, cbpCells: 60, cbpSeconds: 60, optima: 16, write: 0 },
  async run(options) {
    const { seed, tables, months, cbpMonths, cbpCells, cbpSeconds, optima, write } = options;
    const random = new SeededRandom(seed);
    const broken: string[] = [];
    const measured: Record<string, unknown> = {};
    const drawn: Measured = { ours: both(none), thresholdOnly: both(none), contributor: both(noContributor) };
    for (let n = 0; n < tables; n++) {
      const these = randomTables(random, random.between(1, months));
      // Whole numbers: what is left to the attacker is exact.
      broken.push(...(await attackAll(these, closeAll(these), drawn, {}, true)).map((it) => `table ${n}: ${it}`));
    }
    measured['random'] = { tables, ...drawn };
    const skipped: string[] = [];
    const cbp = cbpTables(random, cbpMonths);
    const seen: Measured = { ours: both(none), thresholdOnly: both(none), contributor: both(noContributor) };
    if (cbp && cbpMonths > 0) {
      const began = process.cpuUsage().user;
      const ledger = closeAll(cbp);
      const cpuSeconds = round((process.cpuUsage().user - began) / 1e6, 1);
      const reach = { most: cbpCells, random, seconds: cbpSeconds };
      broken.push(...(await attackAll(cbp, ledger, seen, reach, false)).map((it) => `CBP: ${it}`));
      measured['cbp'] = { months: cbpMonths, decidedInCpuSeconds: cpuSeconds, ...seen };
    } else skipped.push('CBP: ../shared/data is not there (or no months were asked for)');
    const cost = optima > 0 ? await costOfMany(new SeededRandom(seed), optima) : null;
    measured['cost'] = cost;
    if (write === 1)
      writeReleaseResults('differencing', options, [
        ...differencingResults('random tables', drawn),
        ...(cbp && cbpMonths > 0 ? differencingResults('CBP', seen) : []),
        ...(cost
          ? [{ tier: 'PUBLIC', measure: 'cost of complementary suppression, times the least', value: cost.ratio }]
          : []),
      ]);
    return { broken: broken.map((sentence) => `--seed ${seed}, ${sentence}`), measured, skipped };
  },
};

/** Outsider, outsider against a threshold alone, and contributor; one sentence for each promise that was broken. */
async function attackAll(
  tables: Tables,
  ledger: Ledger,
  { ours, thresholdOnly, contributor }: Measured,
  reach: Reach,
  areSmall: boolean,
): Promise<string[]> {
  const broken: string[] = [];
  for (const measure of MEASURES) {
    const whole = areSmall && measure === 'EVENTS';
    broken.push(...(await attackLedger(tables, ledger, measure, ours[measure], { ...reach, whole })));
    await attackNaively(tables, ledger, measure, thresholdOnly[measure], { ...reach, whole });
    await attackByContributor(tables, ledger, measure, contributor[measure], { ...reach, whole });
  }
  return broken;
}

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
    if (measure === 'EVENTS' && value < 11 && cell.reason !== 'COMPLEMENTARY' && (up < 11 - value || width < 11))
      count.relaxed += 1;
    // Whatever it was hidden for: a range of 1 % and no less than 2 events or 1 g.
    if (width < Math.max(measure === 'EVENTS' ? 2 : 1000, 0.01 * value))
      found.push(`${measure} ${cellKey(cell)} is ${value} and promised a range of ${width} only`);
    targets.set(cellKey(cell), { value, sensitive: cell.reason !== 'COMPLEMENTARY', up, width });
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
  { whole = false, seconds = Number.POSITIVE_INFINITY, ...reach }: Reach,
): Promise<{ key: string; bounds: Bounds; target: Target }[]> {
  const drawn = drawnFrom([...targets.keys()], reach);
  // A solver's last digits are no knowledge.
  const slack = (target: Target): number => 1e-3 + target.value * 1e-6;
  const isWide = (target: Target, { low, high }: Bounds): boolean =>
    high >= target.value + target.up - slack(target) && high - low >= target.width - slack(target);
  const bounds = await attackByDifferencing(
    { list, months, shown },
    {
      ...{ whole, targets: drawn, until: performance.now() + seconds * 1000 },
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
    // A range that is promised is wider than nothing, so that what is exact is too close as well.
    if (isWide(target, reached)) continue;
    count.tooClose += 1;
    close.push({ key, bounds: reached, target });
  }
  return close;
}
