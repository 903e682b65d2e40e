import { cellKey, closeMonth, EMPTY_LEDGER, kindOf, worthOf, type CellName, type Ledger } from '@concord/disclosure';
import type { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import { round } from '../bench/measures.js';
import { cellsOf } from './differencing-attacker.js';
import { randomTables, trueCells, type Tables } from './differencing-tables.js';
import { leastCost, type OpenCell } from './suppression-optimum.js';

/** What complementary suppression cost in the last month of these tables, and what it had to cost. */
export interface Cost {
  readonly ours: number;
  /** Null where the solver did not get to the end. */
  readonly least: number | null;
  readonly milliseconds: number;
}

/** Random tables of one month against their optimum, as far as the solver gets to the end of them. */
export async function costOfMany(
  random: SeededRandom,
  tables: number,
): Promise<{ ratio: number; solved: number; optimal: number }> {
  let [ours, least, solved, optimal] = [0, 0, 0, 0];
  for (let n = 0; n < tables; n++) {
    const cost = await costOfLastMonth(randomTables(random, 1), 2);
    if (cost.least === null) continue;
    // The optimum is the true one, so it is never more than ours.
    if (cost.least > cost.ours + 1e-6) throw new Error(`the least cost, ${cost.least}, is more than ${cost.ours}`);
    solved += 1;
    if (cost.ours <= cost.least + 1e-6) optimal += 1;
    ours += cost.ours;
    least += cost.least;
  }
  return { ratio: least === 0 ? 1 : round(ours / least, 2), solved, optimal };
}

/** Closes all months; of the last one's events, compares what was suppressed besides with the true optimum. */
export async function costOfLastMonth({ list, months, facts }: Tables, seconds: number): Promise<Cost> {
  let before = EMPTY_LEDGER;
  let ledger: Ledger = EMPTY_LEDGER;
  let milliseconds = 0;
  for (const month of months) {
    before = ledger;
    const began = performance.now();
    ledger = closeMonth(
      list,
      before,
      month,
      facts.filter((fact) => fact.month === month),
    ).ledger;
    milliseconds = performance.now() - began;
  }
  const truth = trueCells({ list, months, facts }, 'EVENTS');
  const place = ({ period, where }: CellName): string => `${kindOf(period)}${cellKey({ period: '', where })}`;
  const hiddenBefore = new Set(before.decided.filter((cell) => cell.measure === 'EVENTS' && !cell.shown).map(place));
  const decided = new Map(
    ledger.decided.filter((cell) => cell.measure === 'EVENTS').map((cell) => [cellKey(cell), cell]),
  );
  const earlier = new Set(before.decided.filter((cell) => cell.measure === 'EVENTS').map(cellKey));
  let ours = 0;
  const cells: OpenCell[] = [];
  for (const name of cellsOf(list, months)) {
    const key = cellKey(name);
    const [cell, value] = [decided.get(key), truth.get(key)?.value ?? 0];
    if (!cell) {
      cells.push({ ...name, value, worth: 0, demand: null });
      continue;
    }
    const worth = worthOf(list, name, hiddenBefore.has(place(name)));
    const isChosen = !cell.shown && cell.reason === 'COMPLEMENTARY' && !earlier.has(key);
    if (isChosen) ours += worth;
    const demand = cell.shown || isChosen ? null : (ledger.protection.EVENTS[key] ?? null);
    cells.push({ ...name, value, worth: demand || earlier.has(key) ? null : worth, demand });
  }
  return { ours, least: await leastCost(list, cells, seconds), milliseconds };
}
