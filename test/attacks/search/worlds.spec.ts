import { validateReport, type ValidationContext } from '@concord/submission';
import { TASK_FORCE_ID } from '../../flows/reports.builder.js';
import { viewsOf } from '../release-views.js';
import { worldOf, type Below } from './worlds.builder.js';

const CONTEXT: ValidationContext = {
  now: new Date(),
  agreementWidestSharing: 'PARTNERS',
  memberTaskForceIds: new Set([TASK_FORCE_ID]),
};
/** Labels of a view: they say what it is, and nothing of the seizure. */
const LABELS = ['precision', 'policyVersion', 'transformations'];
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

  it('differ in every field that the owner has and it has not, or not so exactly', () => {
    const paths = [...(owner[0]?.keys() ?? [])];
    const fields = new Set(paths.map((it) => it.split(' ')[1] ?? ''));
    for (const field of fields)
      if (LABELS.includes(field.split('.')[0] ?? '') || [...fields].some((it) => it.startsWith(`${field}.`)))
        fields.delete(field);
    const unattacked = [...fields].filter((field) => {
      const keys = paths.filter((it) => it.endsWith(` ${field}`));
      const varied = keys.some((it) => new Set(owner.map((one) => one.get(it))).size > 1);
      const asReported = keys.some((it) => owner[0]?.get(it) === tier[0]?.get(it) && owner[0]?.get(it) !== '|null');
      return !varied && !asReported;
    });
    // A field that is added to the views is neither before somebody hides something in it here.
    expect(unattacked).toEqual([]);
  });
});
