import { VIEW_FIELDS, VIEW_PATHS } from '@concord/deidentification';
import { validateReport, type ValidationContext } from '@concord/submission';
import { TASK_FORCE_ID } from '../../flows/reports.builder.js';
import { viewsOf } from '../release-views.js';
import { worldOf, type Below } from './worlds.builder.js';

const CONTEXT: ValidationContext = {
  now: new Date(),
  agreementWidestSharing: 'PARTNERS',
  memberTaskForceIds: new Set([TASK_FORCE_ID]),
};
const RANKS = { TASK_FORCE: 1, PARTNER: 2 } as const;

/** Every leaf of a view by its path, null ones too; of lists, of all items together. */
function leavesOf(value: unknown, path = ''): [path: string, value: string][] {
  if (value instanceof Date || typeof value !== 'object' || value === null) return [[path, String(value)]];
  const items = Array.isArray(value) && value.some((it) => typeof it === 'object');
  if (Array.isArray(value) && !items) return [[path, value.join()]];
  return Object.entries(value).flatMap(([name, one]) =>
    leavesOf(one, items ? path : path === '' ? name : `${path}.${name}`),
  );
}

/** The leaves of the views at a rank of all reports of a world, by report and path. */
function shownIn(below: Below, draw: number, rank: number): Map<string, string> {
  const shown = new Map<string, string>();
  for (const [at, { input }] of worldOf(5, below, { draw, corrects: false }).reports.entries()) {
    const checked = validateReport(input, CONTEXT);
    if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
    for (const [path, value] of leavesOf(viewsOf(checked.report)[rank]))
      shown.set(`${at} ${path}`, `${shown.get(`${at} ${path}`) ?? ''}|${value}`);
  }
  return shown;
}

describe.each(['PARTNER', 'TASK_FORCE'] as const)('worlds that differ below %s', (below) => {
  const draws = [1, 2, 3, 4, 5, 6];
  const rank = RANKS[below];
  const owner = draws.map((draw) => shownIn(below, draw, 0));
  const tier = draws.map((draw) => shownIn(below, draw, rank));

  it('are one to whoever reads at it', () => {
    for (const other of tier) expect(other).toEqual(tier[0]);
  });

  it.each(VIEW_PATHS.filter((path) => VIEW_FIELDS[path].kind !== 'label'))(
    'differ in %s, which is in the list of fields, or the tier shows it as it was reported',
    (path) => {
      // Over all reports of a world: of some it is withheld, or another unit is told.
      const shownOf = (worlds: readonly ReadonlyMap<string, string>[]): readonly string[][] =>
        worlds.map((leaves) => [...leaves].filter(([at]) => isAt(at, path)).map(([at, value]) => `${at} ${value}`));
      const [owned, told] = [shownOf(owner), shownOf(tier)];
      const varied = new Set(owned.map((it) => it.join())).size > 1;
      const asReported = owned[0]?.join() === told[0]?.join() && owned[0]?.some((it) => !it.endsWith(' |null'));
      // Who reported it is a column beside the view; binary-search has it from two agencies, withheld in both worlds.
      expect(varied || asReported || path.startsWith('contributor')).toBe(true);
    },
  );
});

/** `0 place.h3` is a leaf of the first report's view under place.h3. */
const isAt = (leaf: string, path: string): boolean => {
  const at = leaf.slice(leaf.indexOf(' ') + 1);
  return at === path || at.startsWith(`${path}.`);
};
