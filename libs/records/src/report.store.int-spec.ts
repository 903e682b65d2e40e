import { openPool } from '@concord/platform/database';
import {
  addAgency,
  addAgreement,
  addMembership,
  addPerson,
  createTestDatabase,
  type TestDatabase,
} from '@concord/platform/testing';
import { Client, type Pool } from 'pg';
import { buildReport, partsOf } from './report.builder.js';
import { countRecords, findRecordPage, findRecordsById, type ReadAs } from './record.reader.js';
import { persistedForm, type ReportParts } from './persisted-report.js';
import { persistReport } from './report.store.js';

const TABLES = [
  ...['seizure_report', 'report_basis', 'sealed_identifier', 'seizure_record', 'record_view', 'record_view_substance'],
  ...['record_view_concealment', 'record_key', 'record_key_substance', 'audit_entry', 'outbox', 'access_key'],
] as const;
type Counts = Record<(typeof TABLES)[number], number>;

describe('persistReport', () => {
  let database: TestDatabase;
  let admin: Client;
  let pool: Pool;
  let owner: ReadAs;
  let partner: ReadAs;

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    pool = openPool({ url: database.appUrl, role: 'concord_api', max: 4, statementTimeoutMs: 10_000 });
    owner = await analyst();
    partner = await analyst();
    await addAgreement(admin, { parties: [owner.agencyId, partner.agencyId] });
  });

  afterAll(async () => {
    await pool?.end();
    await admin?.end();
    await database?.drop();
  });

  async function analyst(): Promise<ReadAs> {
    const agencyId = await addAgency(admin, { level: 'LOCAL', places: ['county:06073'] });
    const personId = await addPerson(admin);
    await addMembership(admin, { personId, agencyId, roles: ['ANALYST'] });
    return { personId, agencyId, purpose: 'ANALYSIS' };
  }

  async function counts(): Promise<Counts> {
    const { rows } = await admin.query<Counts>(
      `select ${TABLES.map((table) => `(select count(*)::int from ${table}) as ${table}`).join(', ')}`,
    );
    if (rows[0] === undefined) throw new Error('counts are one row');
    return rows[0];
  }

  const added = (before: Counts, after: Counts): Partial<Counts> =>
    Object.fromEntries(
      TABLES.map((table) => [table, after[table] - before[table]] as const).filter(([, n]) => n !== 0),
    );

  it('stores report, sealed parts, record, views, lists, audit entry and outbox row together', async () => {
    const before = await counts();
    const report = buildReport();
    const parts = partsOf(report, owner);
    const stored = await persistReport(pool, report, parts);

    expect(stored).toMatchObject({ outcome: 'CREATED', status: 'RELEASED', version: 1, releaseAfter: null });
    expect(stored).toMatchObject({
      reportId: parts.reportId,
      recordId: parts.recordId,
      contentDigest: parts.contentDigest,
    });
    expect(added(before, await counts())).toEqual({
      ...{ seizure_report: 1, report_basis: 1, sealed_identifier: 1, seizure_record: 1 },
      // OWNER, TASK_FORCE and PARTNER; nobody's task force, and a partner's keys are state, nation and county.
      ...{ record_view: 3, record_view_substance: 3, record_view_concealment: 6 },
      // The agency had its own key before.
      ...{ record_key: 4, record_key_substance: 4, access_key: 3 },
      ...{ audit_entry: 1, outbox: 1 },
    });
    const { rows: lists } = await admin.query<{ key: string; rank: number; substance: string | null }>(
      `select a.key, k.rank, s.substance from record_key k join access_key a on a.id = k.key_id
       left join record_key_substance s using (key_id, sort_at, record_id, rank) where k.record_id = $1 order by a.key`,
      [stored.recordId],
    );
    expect(lists).toEqual([
      { key: `agency:${owner.agencyId}`, rank: 0, substance: '9801' },
      { key: 'county:06073', rank: 2, substance: '9801' },
      { key: 'nation:us', rank: 2, substance: '9801' },
      { key: 'state:06', rank: 2, substance: '9801' },
    ]);
    const { rows: outbox } = await admin.query('select kind, subject_ids, raises_alerts, relayed_at from outbox');
    expect(outbox).toEqual([
      { kind: 'record.released', subject_ids: [stored.recordId], raises_alerts: true, relayed_at: null },
    ]);
  });

  it('answers the same reference with what is stored, and writes nothing', async () => {
    const report = buildReport();
    const first = await persistReport(pool, report, partsOf(report, owner));
    const before = await counts();
    const again = await persistReport(pool, report, partsOf(report, owner));
    expect(again).toEqual({ ...first, outcome: 'EXISTS' });
    const other = await persistReport(pool, report, partsOf(report, owner, { contentDigest: 'v1:other' }));
    expect(other).toEqual({ ...first, outcome: 'EXISTS' });
    expect(added(before, await counts())).toEqual({});
  });

  it('takes the same reference of two agencies for two reports', async () => {
    const report = buildReport();
    const one = await persistReport(pool, report, partsOf(report, owner));
    const other = await persistReport(pool, report, partsOf(report, partner));
    expect([one.outcome, other.outcome]).toEqual(['CREATED', 'CREATED']);
    expect(other.reportId).not.toBe(one.reportId);
  });

  it('stores one report when the same reference arrives many times at once', async () => {
    const report = buildReport();
    const before = await counts();
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, () => persistReport(pool, report, partsOf(report, owner))),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'CREATED')).toHaveLength(1);
    expect(new Set(outcomes.map(({ reportId }) => reportId)).size).toBe(1);
    expect(added(before, await counts())).toMatchObject({
      seizure_report: 1,
      record_view: 3,
      audit_entry: 1,
      outbox: 1,
    });
  });

  /** The last part that is written is the first that is broken here: everything before it must go too. */
  const faults: [string, (form: Form, parts: ReportParts) => void, string][] = [
    [
      'a view of an unknown precision',
      (form) => void (form.views[1] = { ...form.views[1], precision: 'FINEST' }),
      '23514',
    ],
    ['a view of the wrong rank', (form) => void (form.views[2] = { ...form.views[2], rank: 0 }), '23514'],
    ['two views of one precision', (form) => void form.views.push({ ...form.views[0] }), '23505'],
    ['a duplicated ordinal', (form) => void form.substances.push({ ...form.substances[0] }), '23505'],
    [
      'a substance of a view that is not there',
      (form) => void form.substances.push({ ...form.substances[0], rank: 3 }),
      '23503',
    ],
    ['a concealment twice', (form) => void form.concealment.push({ ...form.concealment[0] }), '23505'],
    [
      'an identifier of an unknown kind',
      (form) => void (form.identifiers[0] = { ...form.identifiers[0], kind: 'NAME' }),
      '23514',
    ],
    [
      'an unknown key in an audience',
      (form) => void (form.views[0] = { ...form.views[0], audience: ['everybody:x'] }),
      '23514',
    ],
    ['an audit entry without an action', (form) => void (form.audit = { ...form.audit, action: null }), '23502'],
    ['an audit entry whose id exists', (form) => void (form.audit = { ...form.audit, id: takenAuditId }), '23505'],
  ];
  let takenAuditId = '';

  it.each(faults)('leaves nothing at all behind when there is %s', async (_, spoil, code) => {
    const { rows } = await admin.query<{ id: string }>('select id from audit_entry limit 1');
    takenAuditId = rows[0]?.id ?? '';
    const report = buildReport({ place: { ...buildReport().place, countyFips: '53033', stateFips: '53' } });
    const parts = partsOf(report, owner);
    const form = persistedForm(report, parts) as Form;
    spoil(form, parts);
    const before = await counts();
    const failing = pool.query('select * from submit_seizure_report($1)', [JSON.stringify(form)]);
    await expect(failing).rejects.toMatchObject({ code });
    expect(added(before, await counts())).toEqual({});
    // And nothing stands in the way of the corrected report.
    expect(await persistReport(pool, report, parts)).toMatchObject({ outcome: 'CREATED' });
    await admin.query(`delete from access_key where key in ('state:53', 'county:53033')`);
  });

  it('leaves nothing behind when the outbox refuses', async () => {
    await admin.query(`alter table outbox add constraint closed check (false) not valid`);
    try {
      const before = await counts();
      const report = buildReport();
      await expect(persistReport(pool, report, partsOf(report, owner))).rejects.toMatchObject({ code: '23514' });
      expect(added(before, await counts())).toEqual({});
    } finally {
      await admin.query('alter table outbox drop constraint closed');
    }
  });

  it("refuses a report in another agency's name", async () => {
    const before = await counts();
    const report = buildReport();
    const forged = partsOf(report, { personId: partner.personId, agencyId: owner.agencyId });
    await expect(persistReport(pool, report, forged)).rejects.toMatchObject({ code: '42501' });
    expect(added(before, await counts())).toEqual({});
  });

  it('hides an embargoed record from everybody but its owner until its time, in pages, by id and in lists', async () => {
    const listed = async (): Promise<number> => (await countRecords(pool, partner, null, 1000)).value;
    const others = await listed();
    const releaseAfter = new Date(Date.now() + 3_600_000);
    const report = buildReport({ releaseAfter });
    const stored = await persistReport(pool, report, partsOf(report, owner));
    expect(stored.status).toBe('EMBARGOED');
    expect(stored.releasedAt).toEqual(stored.releaseAfter);

    const sees = async (as: ReadAs): Promise<string[]> => {
      const page = await findRecordPage(pool, as, null, 100, null);
      const [byId] = await findRecordsById(pool, as, [stored.recordId]);
      return [
        ...page.filter(({ record }) => record.id === stored.recordId).map(({ record }) => record.precision),
        ...(byId ? [byId.precision] : []),
      ];
    };
    expect(await sees(owner)).toEqual(['OWNER', 'OWNER']);
    expect(await sees(partner)).toEqual([]);
    expect(await listed()).toBe(others);
    // The outbox row waits as long as the record does.
    const { rows: outbox } = await admin.query<{ available_at: Date }>(
      'select available_at from outbox where subject_ids = array[$1::uuid]',
      [stored.recordId],
    );
    expect(outbox).toEqual([{ available_at: stored.releasedAt }]);

    // Brought near; what ends it is the clock alone.
    const { rows: moved } = await admin.query<{ released_at: Date }>(
      `update record_view set released_at = now() + interval '0.3 seconds' where record_id = $1 returning released_at`,
      [stored.recordId],
    );
    const releasedAt = moved[0]?.released_at ?? releaseAfter;
    while (!(await isPast(admin, releasedAt))) await admin.query('select pg_sleep(0.05)');
    expect(await sees(partner)).toEqual(['PARTNER', 'PARTNER']);
    expect(await listed()).toBe(others + 1);
    expect(await sees(owner)).toEqual(['OWNER', 'OWNER']);
  });

  it('rounds a release up and never lifts an embargo early', async () => {
    const report = buildReport();
    const form = persistedForm(report, partsOf(report, owner)) as Form;
    form.report = { ...form.report, release_after: '2099-01-01T00:00:00.000001Z' };
    const { rows } = await pool.query<{ released_at: Date; status: string }>(
      'select released_at, status from submit_seizure_report($1)',
      [JSON.stringify(form)],
    );
    expect(rows).toEqual([{ released_at: new Date('2099-01-01T00:00:00.001Z'), status: 'EMBARGOED' }]);
  });
});

/** The argument of `submit_seizure_report`, open to be spoilt. */
interface Form {
  report: Record<string, unknown>;
  views: Record<string, unknown>[];
  substances: Record<string, unknown>[];
  concealment: Record<string, unknown>[];
  identifiers: Record<string, unknown>[];
  audit: Record<string, unknown>;
}

async function isPast(db: Client, moment: Date): Promise<boolean> {
  const { rows } = await db.query<{ past: boolean }>('select $1 <= now() as past', [moment]);
  return rows[0]?.past ?? false;
}
