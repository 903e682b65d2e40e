import { cellKey, type Fact, type Ledger, type Measure } from '@concord/disclosure';
import { attackByDifferencing } from './differencing-attacker.js';
import { drawnFrom, type Reach } from './differencing-reach.js';
import { trueCells, type Tables } from './differencing-tables.js';

/** What an agency finds out that knows what it put into each cell itself. */
export interface ContributorCount {
  /** Hidden cells that others contributed to, asked about. */
  asked: number;
  /** Of these, where the others' part is known to the unit. */
  exact: number;
  /** Of these, where it is known within a tenth of itself, the exact ones included. */
  close: number;
  /** Shown cells that it contributed to. */
  shown: number;
  /** Of these, where taking its own away leaves the largest other contributor known within a tenth. */
  shownClose: number;
}

export const noContributor = (): ContributorCount => ({ asked: 0, exact: 0, close: 0, shown: 0, shownClose: 0 });

/** How close is close: p of the p-percent rule. */
const CLOSE = 0.1;

/** The agency with the most events takes what is shown, knows its own part of every cell, and looks for the others'. */
export async function attackByContributor(
  tables: Tables,
  ledger: Ledger,
  measure: Measure,
  count: ContributorCount,
  reach: Reach,
): Promise<void> {
  const attacker = largest(tables.facts);
  const own = partOf(tables, measure, attacker);
  const decided = ledger.decided.filter((cell) => cell.measure === measure);
  const shown = new Map(decided.flatMap((cell) => (cell.shown ? [[cellKey(cell), cell.value] as const] : [])));
  const greatest = new Map<string, number>();
  for (const agency of new Set(tables.facts.map((fact) => fact.agency)))
    if (agency !== attacker)
      for (const [key, value] of partOf(tables, measure, agency))
        greatest.set(key, Math.max(greatest.get(key) ?? 0, value));
  for (const [key, value] of shown) {
    const [mine, other] = [own.get(key) ?? 0, greatest.get(key) ?? 0];
    if (mine === 0 || other === 0) continue;
    count.shown += 1;
    if (value - mine - other < CLOSE * other) count.shownClose += 1;
  }
  const hidden = decided.filter((cell) => !cell.shown).map(cellKey);
  await boundOthers(tables, { measure, shown, own, hidden }, count, reach);
}

/** Between what the others' part of each hidden cell lies, for somebody who knows his own. */
async function boundOthers(
  tables: Tables,
  known: {
    measure: Measure;
    shown: ReadonlyMap<string, number>;
    own: ReadonlyMap<string, number>;
    hidden: readonly string[];
  },
  count: ContributorCount,
  { whole = false, seconds = Number.POSITIVE_INFINITY, ...reach }: Reach,
): Promise<void> {
  const { measure, shown, own, hidden } = known;
  const truth = trueCells(tables, measure);
  const valueOf = (key: string): number => truth.get(key)?.value ?? 0;
  const others = (key: string): number => valueOf(key) - (own.get(key) ?? 0);
  const targets = drawnFrom(
    hidden.filter((key) => others(key) > 0),
    reach,
  );
  const bounds = await attackByDifferencing(
    { list: tables.list, months: tables.months, shown, own },
    {
      ...{ whole, targets, until: performance.now() + seconds * 1000 },
      enough: (key, { low, high }) => high - low > 2 * CLOSE * others(key) + 1,
    },
  );
  for (const [key, { low, high }] of bounds) {
    if (!targets.has(key)) continue;
    count.asked += 1;
    // A solver's last digits are no knowledge.
    const slack = 1e-3 + valueOf(key) * 1e-6;
    if (high - low < Math.max(0.5, slack)) count.exact += 1;
    if (Math.max(high - valueOf(key), valueOf(key) - low) <= CLOSE * others(key) + slack) count.close += 1;
  }
}

function partOf(tables: Tables, measure: Measure, agency: string): ReadonlyMap<string, number> {
  const facts = tables.facts.filter((fact) => fact.agency === agency);
  return new Map([...trueCells({ ...tables, facts }, measure)].map(([key, { value }]) => [key, value]));
}

function largest(facts: readonly Fact[]): string {
  const events = new Map<string, number>();
  for (const fact of facts) events.set(fact.agency, (events.get(fact.agency) ?? 0) + fact.events);
  return [...events].sort(([a, most], [b, other]) => other - most || (a < b ? -1 : 1))[0]?.[0] ?? '';
}
