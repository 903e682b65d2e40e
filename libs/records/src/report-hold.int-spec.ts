import { inTransaction, openPool } from '@concord/platform/database';
import {
  addAgency,
  addAgreement,
  addMembership,
  addPerson,
  createTestDatabase,
  type TestDatabase,
} from '@concord/platform/testing';
import type { ValidReport } from '@concord/deidentification';
import { Client, type Pool } from 'pg';
import { parseFilter } from './filter/index.js';
import { persistedForm, type HoldReason } from './persisted-report.js';
import { explainAccess, findOpeningKeys } from './record-access.reader.js';
import { countRecords, findRecordPage, findRecordsById, type ReadAs } from './record.reader.js';
import { findOverview } from './overview.reader.js';
import { amendReport, recallReport } from './report-change.store.js';
import { buildReport, partsOf } from './report.builder.js';
import { EVERY_OWN_REPORT } from './own-report-search.reader.js';
import { asActor, findOwnReport, findOwnReports } from './report.reader.js';
import { persistReport, type PersistOutcome } from './report.store.js';

const UNRELEASED = new Date('9999-12-31T00:00:00Z');
const HOLD: readonly HoldReason[] = [
  { path: 'remarks', code: 'HOLDS_PHONE', message: 'Looks like a telephone number.', from: 0, to: 12 },
];
/** Tables that hold something of a view, with the column that names the record. */
const OF_A_VIEW = [
  'record_view',
  'record_view_substance',
  'record_view_concealment',
  'record_key',
  'record_key_substance',
  'contributor_handle',
];

const OF_THE_OWNER = [
  { table: 'seizure_record', column: 'id' },
  { table: 'seizure_report', column: 'id' },
  { table: 'report_basis', column: 'report_id' },
] as const;

describe('a report that nobody has released', () => {
  let database: TestDatabase;
  let admin: Client;
  let pool: Pool;
  let owner: ReadAs;
  /** One reader for each kind of key that opens the record. */
  let readers: ReadAs[];

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    pool = openPool({ url: database.appUrl, role: 'concord_api', max: 2, statementTimeoutMs: 10_000 });
    owner = await analyst('LOCAL', ['county:06073']);
    readers = [
      await analyst('LOCAL', ['county:06073']),
      await analyst('TRIBAL', ['county:06073']),
      await analyst('STATE', ['state:06']),
      await analyst('FEDERAL', ['nation:us']),
    ];
    await addAgreement(admin, { parties: [owner, ...readers].map(({ agencyId }) => agencyId) });
  });

  afterAll(async () => {
    await pool?.end();
    await admin?.end();
    await database?.drop();
  });

  async function analyst(level: 'LOCAL' | 'TRIBAL' | 'STATE' | 'FEDERAL', places: string[]): Promise<ReadAs> {
    const agencyId = await addAgency(admin, { level, places });
    const personId = await addPerson(admin);
    await addMembership(admin, { personId, agencyId, roles: ['ANALYST'] });
    return { personId, agencyId, purpose: 'INVESTIGATION' };
  }

  const persist = (report: ValidReport, hold: readonly HoldReason[] | null = null): Promise<PersistOutcome> =>
    persistReport(pool, report, partsOf(report, owner, { hold }));

  const correct = (
    stored: PersistOutcome,
    version: number,
    report: ValidReport,
    over: { hold?: readonly HoldReason[]; change?: 'CORRECTED' | 'LABORATORY_RESULT' } = {},
  ) =>
    amendReport(pool, report, {
      ...partsOf(report, owner, {
        hold: over.hold ?? null,
        contentDigest: `v1:${report.submitterReference}:${version}`,
      }),
      ...{ reportId: stored.reportId, version, change: over.change ?? 'CORRECTED', sealedReason: null },
    });

  /** What one reader finds of a record, by every way that SQL has. */
  async function seenBy(as: ReadAs, recordId: string): Promise<Record<string, number>> {
    const filter = parseFilter({ substance: { deaCodes: ['9801'] }, place: { stateFips: ['06'] } });
    if (!filter.ok) throw new Error('the filter is one');
    const has = (found: readonly { readonly record: { readonly id: string } }[]): number =>
      found.filter(({ record }) => record.id === recordId).length;
    const [byId] = await findRecordsById(pool, as, [recordId]);
    const direct = await inTransaction(pool, async (tx) => {
      await tx.query('select enter_actor(with_purpose($1, $3), $2)', [as.personId, as.agencyId, as.purpose]);
      const counts: Record<string, number> = {};
      for (const table of OF_A_VIEW) {
        const { rows } = await tx.query<{ n: number }>(`select count(*)::int as n from ${table} where record_id = $1`, [
          recordId,
        ]);
        counts[table] = rows[0]?.n ?? -1;
      }
      const ids = [recordId, reportOf.get(recordId)];
      for (const { table, column } of OF_THE_OWNER) {
        const { rows } = await tx.query<{ n: number }>(
          `select count(*)::int as n from ${table} where ${column} in ($1, $2)`,
          ids,
        );
        counts[table] = rows[0]?.n ?? -1;
      }
      return counts;
    });
    return {
      page: has(await findRecordPage(pool, as, null, 200, null)),
      filtered: has(await findRecordPage(pool, as, filter.filter, 200, null)),
      byId: byId ? 1 : 0,
      openers: (await findOpeningKeys(pool, as, [recordId])).size,
      ...direct,
    };
  }
  const reportOf = new Map<string, string>();
  const NOTHING = Object.fromEntries(
    ['page', 'filtered', 'byId', 'openers', ...OF_A_VIEW, 'seizure_record', 'seizure_report', 'report_basis'].map(
      (way) => [way, 0],
    ),
  );

  async function expectNobodySees({ recordId, reportId }: PersistOutcome): Promise<void> {
    reportOf.set(recordId, reportId);
    for (const reader of readers) expect(await seenBy(reader, recordId)).toEqual(NOTHING);
  }

  const outboxOf = async (recordId: string): Promise<unknown[]> =>
    (
      await admin.query<Record<string, unknown>>(
        'select kind, available_at <= now() as due from outbox where subject_ids @> array[$1::uuid] order by id',
        [recordId],
      )
    ).rows;

  const timesOf = async (recordId: string): Promise<unknown[]> =>
    (
      await admin.query<{ at: Date }>(
        `select distinct at from (select released_at from record_view where record_id = $1
           union all select sort_at from record_key where record_id = $1
           union all select sort_at from record_key_substance where record_id = $1
           union all select released_at from seizure_record where id = $1) t(at)`,
        [recordId],
      )
    ).rows.map(({ at }) => at);

  const candidatesOf = async (recordId: string): Promise<number> =>
    (
      await admin.query<{ n: number }>('select count(*)::int as n from community_candidate where record_id = $1', [
        recordId,
      ])
    ).rows[0]?.n ?? -1;

  it.each<[string, Partial<ValidReport>, readonly HoldReason[] | null, string]>([
    ['by hand', { holdUntilReleased: true }, null, 'EMBARGOED'],
    [
      'by hand and withholding its contributor',
      { holdUntilReleased: true, withhold: ['CONTRIBUTOR'] },
      null,
      'EMBARGOED',
    ],
    ['held for review', {}, HOLD, 'HELD'],
    [
      'held for review, with an embargo that is to come',
      { releaseAfter: new Date(Date.now() + 3_600_000) },
      HOLD,
      'HELD',
    ],
  ])('%s: its owner has it, and nobody else finds anything by any way', async (_, change, hold, status) => {
    const before = await Promise.all(readers.map((reader) => countRecords(pool, reader, null, 1_000)));
    const stored = await persist(buildReport(change), hold);
    expect(stored).toMatchObject({ outcome: 'CREATED', status, releasedAt: UNRELEASED });
    await expectNobodySees(stored);
    expect(await Promise.all(readers.map((reader) => countRecords(pool, reader, null, 1_000)))).toEqual(before);
    // Nobody is alerted, now or later, until somebody releases it.
    expect(await outboxOf(stored.recordId)).toEqual([]);
    expect(await timesOf(stored.recordId)).toEqual([UNRELEASED]);
    expect(await candidatesOf(stored.recordId)).toBe(1);
    expect(await seenBy(owner, stored.recordId)).toMatchObject({ page: 1, filtered: 1, byId: 1, record_view: 1 });
    const explained = await explainAccess(pool, owner, {
      ...{ recordId: stored.recordId, personId: readers[3]?.personId ?? '', purpose: 'INVESTIGATION' },
    });
    expect(explained).toMatchObject({ allowed: false, precision: null });
  });

  it('is in no overview, its owner’s neither, until it is released', async () => {
    const counted = (as: ReadAs): Promise<number> =>
      asActor(pool, as, async (tx) => (await findOverview(tx, { states: null, days: 30 })).records);
    const before = await counted(owner);
    await persist(buildReport({ holdUntilReleased: true }));
    await persist(buildReport(), HOLD);
    await persist(buildReport({ releaseAfter: new Date(Date.now() + 3_600_000) }));
    expect(await counted(owner)).toBe(before);
    await persist(buildReport());
    expect(await counted(owner)).toBe(before + 1);
  });

  it('is first on every page of its owner, and pages and cursors go on behind it', async () => {
    const [one, two] = [await persist(buildReport({ holdUntilReleased: true })), await persist(buildReport(), HOLD)];
    const released = await persist(buildReport());
    const walked: string[] = [];
    let after = null;
    for (;;) {
      const page = await findRecordPage(pool, owner, null, 1, after);
      const [found] = page;
      if (found === undefined) break;
      walked.push(found.record.id);
      after = { releasedAt: found.record.releasedAt, id: found.record.id };
    }
    expect(new Set(walked).size).toBe(walked.length);
    expect(walked).toEqual(expect.arrayContaining([one.recordId, two.recordId, released.recordId]));
    expect(walked.indexOf(released.recordId)).toBeGreaterThan(
      Math.max(walked.indexOf(one.recordId), walked.indexOf(two.recordId)),
    );
    // Filters on the time of release take it for what it is: later than any.
    const filtered = async (input: object): Promise<string[]> => {
      const parsed = parseFilter({ released: input });
      if (!parsed.ok) throw new Error('the filter is one');
      return (await findRecordPage(pool, owner, parsed.filter, 200, null)).map(({ record }) => record.id);
    };
    expect(await filtered({ from: '2020-01-01' })).toEqual(expect.arrayContaining([one.recordId, released.recordId]));
    const until = await filtered({ from: '2020-01-01', to: '2099-01-01' });
    expect(until).toContain(released.recordId);
    expect(until).not.toContain(one.recordId);
    // The list of reports has the order of submission, and its states.
    const listed = async (status: 'HELD' | 'EMBARGOED'): Promise<string[]> =>
      (
        await asActor(pool, owner, (tx) => findOwnReports(tx, { ...EVERY_OWN_REPORT, statuses: [status] }, 100, null))
      ).map(({ report }) => report.id);
    expect(await listed('EMBARGOED')).toContain(one.reportId);
    expect(await listed('EMBARGOED')).not.toContain(two.reportId);
    expect(await listed('HELD')).toContain(two.reportId);
  });

  it('stays so through a correction and a laboratory result, until a correction says otherwise', async () => {
    const report = buildReport({ holdUntilReleased: true });
    const stored = await persist(report);
    expect(await correct(stored, 1, { ...report, conveyance: 'BUS' })).toMatchObject({
      outcome: 'AMENDED',
      report: { status: 'EMBARGOED', version: 2 },
    });
    expect(await correct(stored, 2, { ...report, conveyance: 'BUS' }, { change: 'LABORATORY_RESULT' })).toMatchObject({
      report: { status: 'EMBARGOED', version: 3 },
    });
    await expectNobodySees(stored);
    expect(await outboxOf(stored.recordId)).toEqual([]);
    expect(await candidatesOf(stored.recordId)).toBe(1);

    expect(await correct(stored, 3, { ...report, holdUntilReleased: false })).toMatchObject({
      report: { status: 'RELEASED', version: 4 },
    });
    expect(await outboxOf(stored.recordId)).toEqual([{ kind: 'record.amended', due: true }]);
    for (const reader of readers) expect(await seenBy(reader, stored.recordId)).toMatchObject({ page: 1, byId: 1 });
  });

  it('a laboratory result decides nothing of what is held', async () => {
    const report = buildReport();
    const stored = await persist(report, HOLD);
    expect(await correct(stored, 1, { ...report, conveyance: 'BUS' }, { change: 'LABORATORY_RESULT' })).toMatchObject({
      report: { status: 'HELD', version: 2 },
    });
    const own = await asActor(pool, owner, (tx) => findOwnReport(tx, stored.reportId));
    expect(own).toMatchObject({ status: 'HELD', holdReasons: HOLD });
    await expectNobodySees(stored);
    expect(await outboxOf(stored.recordId)).toEqual([]);
  });

  it('a released record whose correction is held goes out of sight, and those who had it are told at once', async () => {
    const report = buildReport();
    const stored = await persist(report);
    for (const reader of readers) expect(await seenBy(reader, stored.recordId)).toMatchObject({ page: 1, byId: 1 });
    expect(await correct(stored, 1, { ...report, remarks: '619 555 0100' }, { hold: HOLD })).toMatchObject({
      report: { status: 'HELD', version: 2 },
    });
    await expectNobodySees(stored);
    expect(await timesOf(stored.recordId)).toEqual([UNRELEASED]);
    expect(await outboxOf(stored.recordId)).toEqual([
      { kind: 'record.released', due: true },
      { kind: 'record.amended', due: true },
    ]);
    // Corrected once more while nobody sees it: nobody is told.
    expect(await correct(stored, 2, { ...report, remarks: '619 555 0101' }, { hold: HOLD })).toMatchObject({
      report: { status: 'HELD', version: 3 },
    });
    expect(await outboxOf(stored.recordId)).toHaveLength(2);
  });

  it('what has been released takes no embargo by hand', async () => {
    const report = buildReport();
    const stored = await persist(report);
    expect(await correct(stored, 1, { ...report, holdUntilReleased: true })).toEqual({
      outcome: 'RELEASED',
      version: 1,
    });
    for (const reader of readers) expect(await seenBy(reader, stored.recordId)).toMatchObject({ page: 1 });
  });

  it('an embargo until a time can be made one by hand, and the other way round', async () => {
    const releaseAfter = new Date(Date.now() + 3_600_000);
    const report = buildReport({ releaseAfter });
    const stored = await persist(report);
    expect(await correct(stored, 1, { ...report, releaseAfter: null, holdUntilReleased: true })).toMatchObject({
      report: { status: 'EMBARGOED' },
    });
    expect(await timesOf(stored.recordId)).toEqual([UNRELEASED]);
    // The row of the first embargo waits still: whoever works on it then finds nothing that is released.
    expect(await outboxOf(stored.recordId)).toEqual([{ kind: 'record.released', due: false }]);
    expect(await correct(stored, 2, report)).toMatchObject({ report: { status: 'EMBARGOED' } });
    expect(await timesOf(stored.recordId)).toEqual([releaseAfter]);
    await expectNobodySees(stored);
  });

  /** As 0.4 sends a change: it knows neither what holds a report nor release by hand. */
  const changedByVersionBefore = async (
    stored: PersistOutcome,
    report: ValidReport,
    change: string,
  ): Promise<unknown> => {
    const parts = { ...partsOf(report, owner), reportId: stored.reportId, contentDigest: 'v1:of-0.4' };
    const { hold: _hold, report: content, ...form } = persistedForm(report, parts) as Record<string, unknown>;
    const { hold_until_released: _byHand, ...plain } = content as Record<string, unknown>;
    const { rows } = await pool.query<Record<string, unknown>>('select outcome, status from amend_seizure_report($1)', [
      JSON.stringify({ ...form, report: plain, version: 1, change, sealedReason: null }),
    ]);
    return rows[0];
  };

  it.each(['CORRECTED', 'LABORATORY_RESULT'])('%s by the version before lets out nothing', async (change) => {
    const byHand = buildReport({ holdUntilReleased: true });
    const [kept, held] = [await persist(byHand), await persist(buildReport(), HOLD)];
    expect(
      await changedByVersionBefore(kept, { ...byHand, releaseAfter: new Date(Date.now() + 3_600_000) }, change),
    ).toEqual({ outcome: 'AMENDED', status: 'EMBARGOED' });
    await expectNobodySees(kept);
    const again = { ...buildReport(), conveyance: 'BUS' } as const;
    expect(await changedByVersionBefore(held, again, change)).toEqual({ outcome: 'AMENDED', status: 'HELD' });
    await expectNobodySees(held);
  });

  it('a correction that is held when the embargo is all but over is told to whoever may have been alerted', async () => {
    const report = buildReport({ releaseAfter: new Date(Date.now() + 8_000) });
    const stored = await persist(report);
    expect(await correct(stored, 1, { ...report, remarks: '619 555 0100' }, { hold: HOLD })).toMatchObject({
      report: { status: 'HELD' },
    });
    await expectNobodySees(stored);
    expect(await outboxOf(stored.recordId)).toEqual([
      { kind: 'record.released', due: false },
      { kind: 'record.amended', due: true },
    ]);
  });

  it('recalled, it waits for nobody any more; what held it stays in the version before', async () => {
    const stored = await persist(buildReport({ holdUntilReleased: true }), HOLD);
    const { personId, agencyId } = owner;
    const { audit } = partsOf(buildReport(), owner);
    const recall = { personId, agencyId, reportId: stored.reportId, version: 1, sealedReason: Buffer.from('x'), audit };
    expect(await recallReport(pool, recall)).toMatchObject({ outcome: 'DONE', report: { status: 'RECALLED' } });
    expect(await asActor(pool, owner, (tx) => findOwnReport(tx, stored.reportId))).toMatchObject({
      ...{ status: 'RECALLED', holdReasons: null, holdUntilReleased: false },
    });
    const { rows } = await admin.query(
      'select hold_reasons, hold_until_released from seizure_report_version where report_id = $1',
      [stored.reportId],
    );
    expect(rows).toEqual([{ hold_reasons: HOLD, hold_until_released: true }]);
    expect(await candidatesOf(stored.recordId)).toBe(0);
  });
});
