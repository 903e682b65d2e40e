import fc from 'fast-check';
import pg from 'pg';
import { compileFilter } from './compile-filter.js';
import { evaluateFilter, type FilterableView } from './evaluate-filter.js';
import { filterArbitraries } from './filter.builder.js';
import type { Truth } from './kleene.js';
import { restoreFilter } from './parse-filter.js';
import type { SeizureRecordFilter } from './seizure-record-filter.js';

/** Only what the filter reads, in tables of this session. */
const TABLES = `
  create temp table record_view (
    record_id uuid, rank smallint, released_at timestamptz, occurred_from timestamptz, occurred_to timestamptz,
    offset_minutes int4, state_fips text, county_fips text, setting text, conveyance text, primary key (record_id, rank));
  create temp table record_view_substance (
    record_id uuid, rank smallint, ordinal smallint, dea_code text, category text, form text, laboratory_status text,
    min_milligrams int8, max_milligrams int8, min_units int8, max_units int8, primary key (record_id, rank, ordinal));
  create temp table record_view_concealment (
    record_id uuid, rank smallint, concealment text, primary key (record_id, rank, concealment));`;

const VIEWS = 300;
const arbitraries = filterArbitraries(fc);
/** Two views to a record, so that the rank counts. */
const keyOf = (index: number): [string, number] => [
  `00000000-0000-4000-8000-${String(index >> 1).padStart(12, '0')}`,
  index % 2,
];

describe('compileFilter on PostgreSQL', () => {
  let client: pg.Client;
  let views: FilterableView[];

  beforeAll(async () => {
    // eslint-disable-next-line no-restricted-properties -- the test run says where its database is
    const connectionString = process.env['CONCORD_TEST_DATABASE_URL'];
    if (!connectionString) throw new Error('CONCORD_TEST_DATABASE_URL is not set');
    client = new pg.Client({ connectionString });
    await client.connect();
    // Neither the zone of the session nor that of the server may count.
    await client.query(`set time zone 'America/New_York'`);
    await client.query(TABLES);
    views = fc.sample(arbitraries.view, VIEWS);
    for (const [index, view] of views.entries()) await insert(client, keyOf(index), view);
  });

  afterAll(async () => {
    await client?.end();
  });

  it('says for every filter and view what evaluateFilter says', async () => {
    const seen: Record<Truth, number> = { TRUE: 0, FALSE: 0, UNKNOWN: 0 };
    await fc.assert(
      fc.asyncProperty(arbitraries.filter, async (input) => {
        const filter = restoreFilter(input);
        const inMemory = views.map((view) => evaluateFilter(filter, view));
        expect(await truths(client, input)).toEqual(inMemory);
        for (const truth of inMemory) seen[truth] += 1;
      }),
      { numRuns: 1000 },
    );
    // The property proves little if one of the three hardly occurs.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(VIEWS * 100);
  });

  it('keeps NOT(NULL) null', async () => {
    const input = { not: { concealment: ['PARCEL'] } } as const;
    const withoutMethods = views.findIndex((view) => view.concealment === null);
    expect((await truths(client, input))[withoutMethods]).toBe('UNKNOWN');
  });

  it('compares columns with leakproof operators only, but for the arithmetic on the offset', async () => {
    const { rows } = await client.query<{ oprname: string }>(`
      select distinct o.oprname || ' ' || o.oprleft::regtype as oprname from pg_operator o join pg_proc p on p.oid = o.oprcode
      where o.oprname in ('=', '<', '<=', '>', '>=') and o.oprleft = o.oprright
        and o.oprleft in ('text'::regtype, 'int8'::regtype, 'timestamptz'::regtype, 'bool'::regtype) and not p.proleakproof`);
    // Order of text leaks, its equality does not: the filter only ever asks whether text is equal.
    expect(rows.filter(({ oprname }) => !/^[<>]=? text$/.test(oprname))).toEqual([]);
  });
});

async function truths(client: pg.Client, input: SeizureRecordFilter): Promise<Truth[]> {
  const { sql, params } = compileFilter(restoreFilter(input), 2);
  const text = `select (${sql}) as truth from record_view v where $1::bool order by v.record_id, v.rank`;
  const { rows } = await client.query<{ truth: boolean | null }>(text, [true, ...params]);
  return rows.map(({ truth }) => (truth === null ? 'UNKNOWN' : truth ? 'TRUE' : 'FALSE'));
}

async function insert(client: pg.Client, key: [string, number], view: FilterableView): Promise<void> {
  const { occurred, place, conveyance, releasedAt } = view;
  await client.query('insert into record_view values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)', [
    ...key,
    releasedAt,
    occurred.from,
    occurred.to,
    occurred.offsetMinutes,
    place.stateFips,
    place.countyFips,
    place.setting,
    conveyance,
  ]);
  for (const [ordinal, { deaCode, category, form, laboratoryStatus, quantity }] of view.substances.entries()) {
    await client.query('insert into record_view_substance values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)', [
      ...key,
      ordinal,
      deaCode,
      category,
      form,
      laboratoryStatus,
      quantity?.milligrams?.min ?? null,
      quantity?.milligrams?.max ?? null,
      quantity?.units?.min ?? null,
      quantity?.units?.max ?? null,
    ]);
  }
  for (const concealment of view.concealment ?? []) {
    await client.query('insert into record_view_concealment values ($1, $2, $3)', [...key, concealment]);
  }
}
