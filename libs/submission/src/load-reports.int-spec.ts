import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgencyActor } from '@concord/access';
import { newId } from '@concord/platform/ids';
import {
  addAgency,
  addAgreement,
  addMembership,
  addPerson,
  addRegion,
  addTaskForce,
  addTaskForceAgency,
} from '@concord/platform/testing';
import fc from 'fast-check';
import { EXAMPLE } from './example-report.fixture.js';
import {
  analystOf,
  copyDirectory,
  openLoadedDatabase,
  storedRows,
  type LoadedDatabase,
} from './load-reports.builder.js';
import { loadReports, type ReferencedReport } from './load-reports.js';
import { recallReport } from './recall-report.js';
import { submittedReports } from './submitted-report.arbitrary.js';
import { submitReport } from './submit-report.js';

const SEED = Number(process.env['CONCORD_SEED'] ?? Date.now() % 1_000_000);
const GENERATED = 60;

describe('loadReports', () => {
  let submitting: LoadedDatabase;
  let loading: LoadedDatabase;
  let actor: AgencyActor;
  let taskForceIds: string[];

  beforeAll(async () => {
    const now = new Date();
    const shared = { clock: { now: () => now }, digestKey: randomBytes(32) };
    submitting = await openLoadedDatabase('concord_api', shared);
    loading = await openLoadedDatabase('concord_loader', shared);
    const { admin } = submitting;
    const agencyId = await addAgency(admin, { level: 'LOCAL', places: ['county:06073'] });
    const otherId = await addAgency(admin, { level: 'STATE', places: ['state:06'] });
    await addAgreement(admin, { parties: [agencyId, otherId] });
    await addRegion(admin, { id: 'southwest', counties: ['06073', '06065'] });
    const personId = await addPerson(admin);
    await addMembership(admin, { personId, agencyId, roles: ['ANALYST'] });
    taskForceIds = [
      await addTaskForce(admin, { leadAgencyId: otherId }),
      await addTaskForce(admin, { leadAgencyId: otherId }),
    ];
    for (const taskForceId of taskForceIds) await addTaskForceAgency(admin, { taskForceId, agencyId });
    await copyDirectory(admin, loading.admin);
    actor = analystOf(agencyId, personId);
  });

  afterAll(async () => {
    await submitting?.close();
    await loading?.close();
  });

  const load = (reports: readonly ReferencedReport[]) =>
    loadReports(loading.services, actor, reports, { synthetic: true });

  const example = (over: Partial<ReferencedReport> = {}): ReferencedReport => ({
    ...EXAMPLE,
    occurredAt: '2026-01-20T03:15:00-08:00',
    submitterReference: newId(),
    ...over,
  });

  it(`stores what submitReport stores: the same rows in every table (seed ${SEED})`, async () => {
    const { clock } = loading.services;
    const reports: ReferencedReport[] = fc
      .sample(submittedReports({ now: clock.now(), taskForceIds }), { seed: SEED, numRuns: GENERATED })
      .map((report, index) => ({ ...report, submitterReference: `S\\N "${index}" {,}` }));
    reports.push(example(), example({ sharing: 'TASK_FORCES', taskForceIds, withhold: ['METHOD', 'CONTRIBUTOR'] }));

    const refused: unknown[] = [];
    for (const report of reports) {
      const outcome = await submitReport(submitting.services, actor, report, { synthetic: true, raisesAlerts: false });
      if (outcome.kind === 'rejected') refused.push({ reference: report.submitterReference, issues: outcome.issues });
    }
    const outcome = await load(reports);
    expect(outcome).toEqual({ loaded: reports.length - refused.length, present: 0, refused });
    expect(outcome.loaded).toBeGreaterThan(GENERATED / 2);

    const { outbox: submitted = [], ...before } = await storedRows(submitting);
    const { outbox: loaded = [], ...after } = await storedRows(loading);
    expect(after).toEqual(before);
    // Every kind of row was among them.
    for (const table of ['report_basis', 'sealed_identifier', 'record_view_concealment', 'record_key_substance'])
      expect(after[table]?.length).toBeGreaterThan(0);
    expect(submitted).toHaveLength(outcome.loaded);
    expect(loaded).toHaveLength(1);
    const { rows } = await loading.admin.query(
      `select o.kind, o.raises_alerts, o.subject_ids,
         (select count(*)::int from seizure_record r where r.sequence between o.range_from and o.range_to) as records from outbox o`,
    );
    expect(rows).toEqual([
      { kind: 'record.released', raises_alerts: false, subject_ids: null, records: outcome.loaded },
    ]);
  });
});
