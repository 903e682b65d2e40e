import { cellKey, type CellName, type Protection, type StatisticsList } from '@concord/disclosure';
import loadHighs from 'highs';
import { relationsOf } from './differencing-attacker.js';

/** A cell before it is decided, zeros included. */
export interface OpenCell extends CellName {
  readonly value: number;
  /** What it costs to suppress it: 0 if it is zero; null where it is shown for good, or sensitive. */
  readonly worth: number | null;
  /** How it must be protected, if it is suppressed in any case. */
  readonly demand: Protection | null;
}

/**
 * The least that complementary suppression can cost: the direct model of M. Fischetti and J. J. Salazar, with a world
 * above and a world below for each cell that is suppressed in any case, solved to the end by branch and bound. For
 * small tables only. Null where the solver does not end in time, or the demands cannot be met.
 */
export async function leastCost(
  list: StatisticsList,
  cells: readonly OpenCell[],
  seconds = 10,
): Promise<number | null> {
  const highs = await loadHighs();
  const byKey = new Map(cells.map((cell) => [cellKey(cell), cell]));
  const relations = relationsOf(list, byKey);
  const model = highs.createModel();
  try {
    model.options.set({ output_flag: false, time_limit: seconds, mip_rel_gap: 0 });
    let columns = 0;
    const column = (low: number, high: number, cost: number): number => {
      model.addVar(low, high);
      model.changeColCost(columns, cost);
      model.changeColIntegrality(columns, highs.constants.variableType.integer);
      return columns++;
    };
    const row = (low: number, high: number, terms: readonly (readonly [column: number, by: number])[]): void =>
      void model.addRow(low, high, { indices: terms.map(([at]) => at), values: terms.map(([, by]) => by) });
    const most = 2 * Math.max(...cells.map(({ value, demand }) => value + (demand?.width ?? 0)));
    const chosen = new Map(
      cells.filter(({ worth }) => worth !== null).map((cell) => [cellKey(cell), column(0, 1, cell.worth ?? 0)]),
    );
    const movable = cells.filter(({ worth, demand }) => worth !== null || demand !== null);
    const world = (): ReadonlyMap<string, number> => {
      const differs = new Map(movable.map((cell) => [cellKey(cell), column(-cell.value, most, 0)]));
      for (const { parent, children } of relations) {
        const terms = [[parent, -1] as const, ...children.map((child) => [child, 1] as const)].flatMap(([key, by]) => {
          const at = differs.get(key);
          return at === undefined ? [] : [[at, by] as const];
        });
        if (terms.length > 0) row(0, 0, terms);
      }
      for (const [key, choice] of chosen) {
        const [at, cell] = [differs.get(key) ?? -1, byKey.get(key)];
        row(-highs.infinity, 0, [
          [at, 1],
          [choice, -most],
        ]);
        row(0, highs.infinity, [
          [at, 1],
          [choice, cell?.value ?? 0],
        ]);
      }
      return differs;
    };
    for (const { demand, ...cell } of cells) {
      if (!demand) continue;
      const [above, below] = [world().get(cellKey(cell)) ?? -1, world().get(cellKey(cell)) ?? -1];
      row(demand.up, highs.infinity, [[above, 1]]);
      row(demand.width, highs.infinity, [
        [above, 1],
        [below, -1],
      ]);
    }
    model.run();
    return model.getModelStatus() === highs.constants.modelStatus.optimal ? model.getObjectiveValue() : null;
  } finally {
    model.dispose();
  }
}
