import { isDeaCode, type SharingCode } from '@concord/codes';
import { inTransaction, openPool } from '@concord/platform/database';
import {
  addAgency,
  addAgreement,
  addMembership,
  addPerson,
  addRegion,
  addTaskForce,
  addTaskForceAgency,
  addTaskForceMember,
  createTestDatabase,
  type TestDatabase,
} from '@concord/platform/testing';
import { Client, type Pool } from 'pg';
import { compileFilter, restoreFilter, type ParsedFilter, type SeizureRecordFilter } from './filter/index.js';
import { buildReport, partsOf } from './report.builder.js';
import { countRecords, findRecordPage, findRecordsById, type ReadAs, type RecordPosition } from './record.reader.js';
import { persistReport } from './report.store.js';

const SHARINGS: readonly SharingCode[] = ['AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS'];
const COUNTIES = ['06073', '06025', '06037'];
const REPORTS = 60;

describe('reading records page by page', () => {
  let database: TestDatabase;
  let admin: Client;
  let pool: Pool;
  /** A reader with every kind of local key: own agency, county, region, task force. */
  let reader: ReadAs;
  let state: ReadAs;
  let outsider: ReadAs;
  /** The precision in which the reader must meet each record, by the table of design.md section 5. */
  const expected = new Map<string, string>();
  const visibleToState = new Set<string>();

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    pool = openPool({ url: database.appUrl, role: 'concord_api', max: 4, statementTimeoutMs: 10_000 });
    reader = await analyst('LOCAL', ['county:06073']);
    const other = await analyst('LOCAL', ['county:06037']);
    state = await analyst('STATE', ['state:06']);
    outsider = await analyst('LOCAL', ['county:53033']);
    await addAgreement(admin, { parties: [reader, other, state, outsider].map(({ agencyId }) => agencyId) });
    await addRegion(admin, { id: 'southwest', counties: ['06073', '06025'] });
    const taskForceId = await addTaskForce(admin, { leadAgencyId: reader.agencyId });
    for (const { agencyId } of [reader, other]) await addTaskForceAgency(admin, { taskForceId, agencyId });
    await addTaskForceMember(admin, { taskForceId, ...reader });

    for (let index = 0; index < REPORTS; index += 1) {
      const sharing = SHARINGS[index % SHARINGS.length] ?? 'AGENCY';
      const countyFips = COUNTIES[index % COUNTIES.length] ?? '';
      const owner = index % 4 === 0 ? reader : other;
      const taskForceIds = index % 7 < 2 && sharing !== 'AGENCY' ? [taskForceId] : [];
      const report = buildReport({
        ...{ sharing, taskForceIds, place: { ...buildReport().place, countyFips } },
        ...(index % 2 === 0
          ? {}
          : {
              substances: [
                { ...firstSubstance(), deaCode: '1105', name: 'Methamphetamine', category: 'METHAMPHETAMINE' as const },
              ],
            }),
      });
      const regionIds = countyFips === '06037' ? [] : ['southwest'];
      const { recordId } = await persistReport(pool, report, partsOf(report, owner, { regionIds }));
      if (owner === reader) expected.set(recordId, 'OWNER');
      else if (taskForceIds.length > 0) expected.set(recordId, 'TASK_FORCE');
      else if (sharing === 'PARTNERS' && countyFips !== '06037') expected.set(recordId, 'PARTNER');
      if (['STATE', 'NATION', 'PARTNERS'].includes(sharing)) visibleToState.add(recordId);
    }
    // Many at the same instant, so that the id has to decide: releases fall onto six moments.
    await admin.query(
      `update record_view set released_at = date_trunc('hour', now()) - make_interval(hours => abs(hashtext(record_id::text)) % 6)`,
    );
  });

  afterAll(async () => {
    await pool?.end();
    await admin?.end();
    await database?.drop();
  });

  const firstSubstance = () => {
    const [substance] = buildReport().substances;
    if (substance === undefined) throw new Error('the example has a substance');
    return substance;
  };

  async function analyst(level: string, places: string[]): Promise<ReadAs> {
    const agencyId = await addAgency(admin, { level, places });
    const personId = await addPerson(admin);
    await addMembership(admin, { personId, agencyId, roles: ['ANALYST'] });
    return { personId, agencyId, purpose: 'ANALYSIS' };
  }

  /** Every record in the order of the pages. */
  async function walk(as: ReadAs, limit: number, filter: Parameters<typeof findRecordPage>[2] = null) {
    const found: Awaited<ReturnType<typeof findRecordPage>> = [];
    let after: RecordPosition | null = null;
    for (;;) {
      const page: Awaited<ReturnType<typeof findRecordPage>> = await findRecordPage(pool, as, filter, limit, after);
      expect(page.length).toBeLessThanOrEqual(limit);
      found.push(...page);
      const last = page.at(-1)?.record;
      if (last === undefined || page.length < limit) return found;
      after = { releasedAt: last.releasedAt, id: last.id };
    }
  }

  it('holds every kind of record that the reader can meet', () => {
    const precisions = [...expected.values()];
    for (const precision of ['OWNER', 'TASK_FORCE', 'PARTNER']) {
      expect(precisions.filter((it) => it === precision).length).toBeGreaterThan(3);
    }
    expect(expected.size).toBeLessThan(REPORTS);
  });

  it.each([1, 2, 3, 7, 50, 100])(
    'meets each record once, in its finest visible view, newest first: pages of %i',
    async (limit) => {
      const found = await walk(reader, limit);
      expect(found.map(({ record }) => record.id).sort()).toEqual([...expected.keys()].sort());
      for (const { record, match } of found) {
        expect([record.id, record.precision, match]).toEqual([record.id, expected.get(record.id), 'CERTAIN']);
      }
      const order = found.map(({ record }) => `${record.releasedAt.toISOString()} ${record.id}`);
      expect(order).toEqual([...order].sort().reverse());
    },
  );

  it.each([1, 3, 7, 100])('does so along a substance, and along any other condition: pages of %i', async (limit) => {
    const fentanyl = await walk(reader, limit, restoreFilter({ substance: { deaCodes: ['9801'] } }));
    const meth = await walk(reader, limit, restoreFilter({ substance: { deaCodes: ['1105'] } }));
    const either = await walk(reader, limit, restoreFilter({ substance: { deaCodes: ['9801', '1105'] } }));
    const inState = await walk(reader, limit, restoreFilter({ place: { stateFips: ['06'] } }));
    const ids = (found: typeof either): string[] => found.map(({ record }) => record.id).sort();
    expect(fentanyl.length).toBeGreaterThan(5);
    expect([...ids(fentanyl), ...ids(meth)].sort()).toEqual([...expected.keys()].sort());
    for (const found of [either, inState]) {
      expect(ids(found)).toEqual([...expected.keys()].sort());
      for (const { record } of found) expect(record.precision).toBe(expected.get(record.id));
    }
  });

  it('evaluates a condition on the view that the reader gets, and on no finer one', async () => {
    // A port of entry is withheld from partners, the exact amount is a band to them.
    const filter = restoreFilter({
      substance: { deaCodes: ['9801'] },
      quantity: { minGrams: 12_500, maxGrams: 12_500 },
    });
    for (const { record, match } of await walk(reader, 5, filter)) {
      const exact = record.precision !== 'PARTNER';
      expect([record.precision, match]).toEqual([record.precision, exact ? 'CERTAIN' : 'POSSIBLE']);
    }
  });

  it('shows each record of another state to nobody, and to a state agency what it may see', async () => {
    expect(await walk(outsider, 10)).toEqual([]);
    const found = await walk(state, 7);
    expect(found.map(({ record }) => record.id).sort()).toEqual([...visibleToState].sort());
    expect(new Set(found.map(({ record }) => record.precision))).toEqual(new Set(['PARTNER']));
  });

  it('counts what it lists, up to the cap', async () => {
    expect(await countRecords(pool, reader, null, 1000)).toEqual({ value: expected.size, atLeast: false });
    expect(await countRecords(pool, reader, null, 10)).toEqual({ value: 10, atLeast: true });
    expect(await countRecords(pool, reader, null, expected.size)).toEqual({ value: expected.size, atLeast: false });
    const fentanyl = restoreFilter({ substance: { deaCodes: ['9801'] } });
    expect((await countRecords(pool, reader, fentanyl, 1000)).value).toBe((await walk(reader, 100, fentanyl)).length);
    expect(await countRecords(pool, outsider, null, 1000)).toEqual({ value: 0, atLeast: false });
  });

  /** What the reader may list under a filter, by row-level security and the finest view alone: no lists, no walk. */
  async function judgedOneByOne(as: ReadAs, filter: ParsedFilter): Promise<string[]> {
    const { sql, params } = compileFilter(filter, 1);
    return inTransaction(pool, async (tx) => {
      await tx.query('select enter_actor($1, $2)', [as.personId, as.agencyId]);
      const { rows } = await tx.query<{ id: string }>(
        `select v.record_id as id from (select distinct on (x.record_id) x.* from record_view x order by x.record_id, x.rank) v
         where (${sql}) is not false order by id`,
        params,
      );
      return rows.map(({ id }) => id);
    });
  }

  /** With the reader's four keys more lists than are merged one by one. */
  const manySubstances = Array.from({ length: 9_000 }, (_, n) => String(1_000 + n))
    .filter(isDeaCode)
    .slice(0, 99);

  it.each<[string, SeizureRecordFilter]>([
    ['a substance', { substance: { deaCodes: ['9801'] } }],
    ['more substances than lists are merged for', { substance: { deaCodes: [...manySubstances, '9801'] } }],
    ['an amount that only some are sure to have', { quantity: { minGrams: 12_500 } }],
    ['a county', { place: { countyFips: ['06073'] } }],
    [
      'a county and a substance',
      { and: [{ place: { countyFips: ['06025'] } }, { substance: { deaCodes: ['1105'] } }] },
    ],
    ['what it is not', { not: { substance: { deaCodes: ['9801'] } } }],
    ['nothing', { place: { stateFips: ['53'] } }],
  ])('lists and counts by the merged lists what each record by itself would say: %s', async (_, wanted) => {
    const filter = restoreFilter(wanted);
    for (const as of [reader, state, outsider]) {
      const judged = await judgedOneByOne(as, filter);
      const listed = (await walk(as, 7, filter)).map(({ record }) => record.id);
      expect(listed.sort()).toEqual(judged);
      expect(await countRecords(pool, as, filter, 1000)).toEqual({ value: judged.length, atLeast: false });
      if (judged.length > 1)
        expect(await countRecords(pool, as, filter, judged.length - 1)).toEqual({
          value: judged.length - 1,
          atLeast: true,
        });
    }
  });

  it('ends a count when its time is up, and says that there may be more', async () => {
    const kilo = restoreFilter({ quantity: { minGrams: 1 } });
    expect(await countRecords(pool, reader, kilo, 1000, -1)).toEqual({ value: 0, atLeast: true });
    // Nothing was left to look at.
    expect(await countRecords(pool, outsider, kilo, 1000, -1)).toEqual({ value: 0, atLeast: false });
  });

  it('answers the release before this one, which asks for a number alone', async () => {
    const { rows } = await pool.query('select record_count($1, $2, 10, null, $3) as n', [
      reader.personId,
      reader.agencyId,
      [],
    ]);
    expect(rows).toEqual([{ n: 11 }]);
  });

  it('finds by id what it lists, in the order asked, and nothing else', async () => {
    const hidden = [...visibleToState].find((id) => !expected.has(id)) ?? '';
    const [known] = expected.keys();
    const found = await findRecordsById(pool, reader, [hidden, known ?? '', hidden]);
    expect(found.map((record) => record?.id ?? null)).toEqual([null, known, null]);
  });

  it('loses records the instant a task force ends for the reader, and has them back when it goes on', async () => {
    const shared = [...expected.values()].filter((precision) => precision === 'TASK_FORCE').length;
    const precisions = async (): Promise<string[]> => (await walk(reader, 9)).map(({ record }) => record.precision);
    await admin.query('update task_force_member set valid_until = now()');
    const without = await precisions();
    expect(without).not.toContain('TASK_FORCE');
    // What is shared with partners of the county as well is still there, coarser.
    expect(without.length).toBeLessThan(expected.size);
    await admin.query('update task_force_member set valid_until = null');
    expect((await precisions()).filter((it) => it === 'TASK_FORCE')).toHaveLength(shared);
  });
});
