import { randomBytes, randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgencyActor } from '@concord/access';
import { openPool } from '@concord/platform/database';
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
import { Client } from 'pg';
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

const SEED = randomInt(2 ** 31);
const GENERATED = 40;

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

  const load = (reports: readonly ReferencedReport[], spreadMs = 0) =>
    loadReports(loading.services, actor, reports, { synthetic: true, spreadMs });

  const soon = (): string => new Date(Date.now() + 86_400_000).toISOString();

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
    expect(outcome).toEqual({ loaded: reports.length - refused.length, held: 0, present: 0, refused });
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

  /** How many rows each table has. */
  async function counts(): Promise<Record<string, number>> {
    const rows = await storedRows(loading);
    return Object.fromEntries(Object.entries(rows).map(([table, found]) => [table, found.length]));
  }

  it('loads nothing twice: with the same content everything is present', async () => {
    const reports = [example(), example({ sharing: 'AGENCY' }), example({ releaseAfter: soon() })];
    expect(await load(reports)).toEqual({ loaded: 3, held: 0, present: 0, refused: [] });
    const before = await storedRows(loading);
    expect(await load(reports)).toEqual({ loaded: 0, held: 0, present: 3, refused: [] });
    expect(await storedRows(loading)).toEqual(before);
    // Some new ones among them: these alone are stored.
    expect(await load([reports[0] ?? example(), example(), ...reports.slice(1)])).toMatchObject({
      loaded: 1,
      present: 3,
    });
  });

  const rules = (first: number, partners: boolean): Promise<unknown> =>
    loading.admin.query(
      `insert into agency_settings (agency_id, hold_first_reports, hold_sharing_partners) values ($1, $2, $3)
       on conflict (agency_id) do update set hold_first_reports = excluded.hold_first_reports,
         hold_sharing_partners = excluded.hold_sharing_partners`,
      [actor.agency.id, first, partners],
    );

  it('holds what a rule of the agency holds, as if each had been submitted by itself', async () => {
    const { rows } = await loading.admin.query<{ n: number }>(
      'select count(*)::int as n from seizure_report where submitted_by = $1',
      [actor.personId],
    );
    const had = rows[0]?.n ?? 0;
    expect(had).toBeLessThan(97);
    const stored = example();
    await load([stored]);
    try {
      // Two more of the member's are looked at, whatever the agency has already and whatever is refused.
      await rules(had + 3, false);
      const first = [stored, example({ sharing: 'EVERYBODY' }), example(), example(), example()];
      expect(await load(first)).toMatchObject({ loaded: 3, held: 2, present: 1 });
      await rules(0, true);
      const second = [example({ sharing: 'PARTNERS' }), example({ sharing: 'NATION' })];
      expect(await load(second)).toMatchObject({ loaded: 2, held: 1 });
      expect(await load([...first, ...second])).toMatchObject({ loaded: 0, held: 0, present: 6 });
      const held = await loading.admin.query(
        `select r.submitter_reference as reference, r.hold_reasons->0->>'code' as code, q.released_at = unreleased() as kept,
           (select bool_and(v.released_at = unreleased()) from record_view v where v.record_id = q.id) as hidden
         from seizure_report r join seizure_record q on q.report_id = r.id where r.status = 'HELD'`,
      );
      const waits = { kept: true, hidden: true };
      expect(held.rows).toHaveLength(3);
      expect(held.rows).toEqual(
        expect.arrayContaining([
          { reference: first[2]?.submitterReference, code: 'NEW_MEMBER', ...waits },
          { reference: first[3]?.submitterReference, code: 'NEW_MEMBER', ...waits },
          { reference: second[0]?.submitterReference, code: 'SHARING_PARTNERS', ...waits },
        ]),
      );
    } finally {
      await rules(0, false);
    }
  });

  it('lets out what withholds its contributor at moments of its own, and never before the rest', async () => {
    const withheld = Array.from({ length: 30 }, () => example({ withhold: ['CONTRIBUTOR'] }));
    const named = [example(), example()];
    const later = soon();
    const kept = [example({ withhold: ['CONTRIBUTOR'], releaseAfter: later })];
    await load([...withheld, ...named, ...kept], 600_000);
    const releases = async (of: readonly ReferencedReport[]): Promise<number[]> => {
      const { rows } = await loading.admin.query<{ at: Date; alike: boolean }>(
        `select q.released_at as at, (select bool_and(v.released_at = q.released_at) from record_view v where v.record_id = q.id) as alike
         from seizure_report r join seizure_record q on q.report_id = r.id
         where r.submitter_reference = any($1) and r.status in ('RELEASED', 'EMBARGOED')`,
        [of.map(({ submitterReference }) => submitterReference)],
      );
      expect(rows.every(({ alike }) => alike)).toBe(true);
      return rows.map(({ at }) => at.getTime());
    };
    const [atOnce = 0] = await releases(named);
    expect(await releases(named)).toEqual([atOnce, atOnce]);
    const spread = await releases(withheld);
    // Of 600,000 moments thirty are seldom the same, and never five of them.
    expect(new Set(spread).size).toBeGreaterThan(25);
    expect(Math.min(...spread)).toBeGreaterThanOrEqual(atOnce);
    expect(Math.max(...spread) - Math.min(...spread)).toBeGreaterThan(60_000);
    expect(Math.max(...spread)).toBeLessThan(atOnce + 600_000);
    const [end = 0] = await releases(kept);
    expect(end).toBeGreaterThanOrEqual(new Date(later).getTime());
  });

  it('takes what submitReport stored for present, and the other way round', async () => {
    const [one, other] = [example(), example()];
    const api = openPool({ url: loading.database.appUrl, role: 'concord_api', max: 1, statementTimeoutMs: 10_000 });
    const services = { ...loading.services, db: api };
    try {
      await submitReport(services, actor, one);
      expect(await load([one, other])).toEqual({ loaded: 1, held: 0, present: 1, refused: [] });
      expect(await submitReport(services, actor, other)).toMatchObject({ kind: 'accepted', duplicate: true });
    } finally {
      await api.end();
    }
  });

  it('refuses a reference that stands for other content, a faulty report, and stores the rest', async () => {
    const standing = example();
    await load([standing]);
    const [used, faulty, good] = [{ ...standing, sharing: 'AGENCY' }, example({ sharing: 'EVERYBODY' }), example()];
    const outcome = await load([used, faulty, good]);
    expect(outcome).toMatchObject({ loaded: 1, present: 0 });
    expect(outcome.refused.map(({ reference, issues }) => [reference, issues[0]?.code])).toEqual([
      [used.submitterReference, 'REFERENCE_REUSED'],
      [faulty.submitterReference, 'UNKNOWN_CODE'],
    ]);
  });

  it('judges a reference that a batch has twice as if they came one after the other', async () => {
    const first = example();
    const twice = [first, { ...first }, { ...first, sharing: 'AGENCY' }];
    const outcome = await load(twice);
    expect(outcome).toMatchObject({ loaded: 1, present: 1, refused: [{ issues: [{ code: 'REFERENCE_REUSED' }] }] });
    expect(await load(twice)).toMatchObject({
      loaded: 0,
      present: 2,
      refused: [{ issues: [{ code: 'REFERENCE_REUSED' }] }],
    });
  });

  it('refuses what was recalled', async () => {
    const report = example();
    await load([report]);
    const api = openPool({ url: loading.database.appUrl, role: 'concord_api', max: 1, statementTimeoutMs: 10_000 });
    try {
      const { rows } = await loading.admin.query<{ id: string }>(
        'select id from seizure_report where submitter_reference = $1',
        [report.submitterReference],
      );
      const recall = { id: rows[0]?.id ?? '', version: 1, reason: 'Invented for a test.' };
      expect(await recallReport({ ...loading.services, db: api }, actor, recall)).toMatchObject({ kind: 'recalled' });
    } finally {
      await api.end();
    }
    expect(await load([report])).toMatchObject({ loaded: 0, refused: [{ issues: [{ code: 'REPORT_RECALLED' }] }] });
  });

  it('loads side by side: the same reports in another order, with keys that are new, end once each', async () => {
    const counties = ['01001', '02020', '04013', '05119', '08031', '09110', '12086', '13121'];
    const reports = counties.flatMap((countyFips) => [
      example({ place: { countyFips } }),
      example({ place: { countyFips } }),
    ]);
    const outcomes = await Promise.all([load(reports), load([...reports].reverse()), load(reports)]);
    const sum = (of: 'loaded' | 'present'): number => outcomes.reduce((total, outcome) => total + outcome[of], 0);
    expect([sum('loaded'), sum('present')]).toEqual([reports.length, 2 * reports.length]);
  });

  it('stores nothing of a batch that fails in its last statement', async () => {
    const before = await counts();
    await loading.admin.query(
      `alter table outbox add constraint refused check (raises_alerts or kind <> 'record.released') not valid`,
    );
    try {
      await expect(load([example(), example()])).rejects.toMatchObject({ code: '23514' });
    } finally {
      await loading.admin.query('alter table outbox drop constraint refused');
    }
    expect(await counts()).toEqual(before);
    expect(await load([example()])).toMatchObject({ loaded: 1 });
  });

  it('leaves nothing behind when its process dies in the middle, and no staging table for a backup', async () => {
    const before = await counts();
    const dying = new Client({ connectionString: loading.database.ownerUrl, options: '-c role=concord_loader' });
    dying.on('error', () => undefined);
    await dying.connect();
    const { rows } = await dying.query<{ pid: number }>('select pg_backend_pid() as pid');
    await dying.query('begin');
    await dying.query(`select begin_report_load($1, $2, '{county:55079}')`, [actor.personId, actor.agency.id]);
    await dying.query(`insert into pg_temp.staged_basis values ($1, 'OTHER', '')`, [newId()]);
    dying.connection.stream.destroy();
    const gone = async (): Promise<boolean> =>
      (await loading.admin.query('select from pg_stat_activity where pid = $1', [rows[0]?.pid])).rowCount === 0;
    while (!(await gone()));
    expect(await counts()).toEqual(before);
    const kept = await loading.admin.query(
      `select relname from pg_class where relname like 'staged%' and relpersistence <> 't'`,
    );
    expect(kept.rows).toEqual([]);
  });

  it('stores for nobody but a member of the agency, as row-level security has it', async () => {
    const strangerId = await addPerson(loading.admin);
    const stranger = { ...actor, personId: strangerId };
    await expect(loadReports(loading.services, stranger, [example()], { synthetic: true })).rejects.toMatchObject({
      code: '42501',
    });
  });
});
