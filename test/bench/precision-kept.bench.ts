import {
  communityRows,
  deidentify,
  RELEASE_POLICY_1,
  type RecordView,
  type ValidReport,
} from '@concord/deidentification';
import { projectRoot } from '@concord/platform/project';
import { validateReport } from '@concord/submission';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readCbpFile } from '../../apps/cli/src/seed/cbp-file.reader.js';
import { reportsOf, writeReport } from '../../apps/cli/src/seed/report.model.js';
import { usableRows } from '../../apps/cli/src/seed/seed-plan.js';
import { machineFacts, numberOption, printResult, round } from './measures.js';

/**
 * `npm run bench -- precision-kept [--every 1]`: how many of the reports of CBP's table, expanded, go to each tier as the
 * model's agencies share them, and how much of what was reported is left there: the facts that are still there, the days
 * that a time may lie in, and how many times the least the greatest possible weight is. No database.
 */
const EVERY = numberOption('every', 1);
const NOW = new Date('2026-11-01T00:00:00Z');
const DAY_MS = 86_400_000;
const FILE = join(projectRoot(), '..', 'shared', 'data', 'cbp-nationwide-drugs-fy19-fy22.csv');

if (!existsSync(FILE)) {
  process.stderr.write(`${FILE} is not there: nothing to measure.\n`);
  process.exit(2);
}

/** About the view, and not of the report. */
const BESIDE = new Set(['precision', 'policyVersion', 'transformations', 'contributorWithheld', 'offsetMinutes']);

/** Values that say something, at any depth. */
function facts(value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (Array.isArray(value)) return value.reduce<number>((sum, part) => sum + facts(part), 0);
  if (typeof value !== 'object' || value instanceof Date) return 1;
  return Object.entries(value).reduce((sum, [name, part]) => sum + (BESIDE.has(name) ? 0 : facts(part)), 0);
}

/** What was gathered of one tier. */
class Kept {
  #records = 0;
  #facts = 0;
  #reported = 0;
  #days = 0;
  #weighed = 0;
  #exact = 0;
  #ratio = 0;

  add(view: RecordView, owner: RecordView): void {
    this.#records += 1;
    this.#facts += facts(view);
    this.#reported += facts(owner);
    this.#days += (view.occurred.to.getTime() - view.occurred.from.getTime()) / DAY_MS;
    for (const [at, { quantity }] of view.substances.entries()) {
      if (!owner.substances[at]?.quantity?.milligrams) continue;
      this.#weighed += 1;
      const band = quantity?.milligrams;
      if (!band) continue;
      if (band.min === band.max) this.#exact += 1;
      else this.#ratio += Number(band.max + 1n) / Number(band.min);
    }
  }

  result(reports: number) {
    const banded = this.#weighed - this.#exact;
    return {
      records: this.#records,
      shareOfRecords: round(this.#records / reports, 4),
      factsKept: round(this.#facts / this.#reported, 4),
      daysOfTime: round(this.#days / this.#records, 3),
      weightsExact: round(this.#exact / this.#weighed, 4),
      greatestToLeastWeight: banded === 0 ? 1 : round(this.#ratio / banded, 2),
    };
  }
}

const tiers = { OWNER: new Kept(), TASK_FORCE: new Kept(), PARTNER: new Kept() };
const settings = { h3Resolution: 6, policy: RELEASE_POLICY_1 } as const;
const context = { now: NOW, agreementWidestSharing: 'PARTNERS', memberTaskForceIds: new Set<string>() } as const;
let reports = 0;
let candidates = 0;

/** As design.md section 5: each sharing includes the ones before. The model names no task forces; where one is named it has this. */
const goesTo = ({ sharing }: ValidReport, view: RecordView): boolean =>
  view.precision === 'OWNER' ||
  (view.precision === 'TASK_FORCE' ? sharing !== 'AGENCY' : sharing !== 'AGENCY' && sharing !== 'TASK_FORCES');

let planned = 0;
for await (const row of usableRows(readCbpFile(FILE, NOW)))
  for (const plan of reportsOf(row)) {
    planned += 1;
    if (planned % EVERY !== 0) continue;
    const validated = validateReport(writeReport(plan, NOW), context);
    if (!validated.ok) throw new Error(JSON.stringify(validated.issues));
    const { report } = validated;
    reports += 1;
    if (communityRows(report).length > 0) candidates += 1;
    const views = deidentify(report, settings);
    const owner = views[0];
    if (owner === undefined) throw new Error('every report has a view for its owner');
    for (const view of views)
      if (view.precision !== 'COMMUNITY' && goesTo(report, view)) tiers[view.precision].add(view, owner);
  }

printResult({
  machine: machineFacts(),
  every: EVERY,
  reports,
  tiers: Object.fromEntries(Object.entries(tiers).map(([tier, kept]) => [tier, kept.result(reports)])),
  community: { candidates, shareOfRecords: round(candidates / reports, 4) },
});
