import { createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import fc from 'fast-check';
import pg from 'pg';
import { compileFilter } from './compile-filter.js';
import { evaluateFilter, type FilterableView } from './evaluate-filter.js';
import { filterArbitraries } from './filter.builder.js';
import type { Truth } from './kleene.js';
import { restoreFilter } from './parse-filter.js';
import type { SeizureRecordFilter } from './seizure-record-filter.js';

const VIEWS = 300;
const arbitraries = filterArbitraries(fc);
/** Two views to a record, so that the rank counts. */
const keyOf = (index: number): [string, number] => [
  `00000000-0000-4000-8000-${String(index >> 1).padStart(12, '0')}`,
  index % 2,
];

describe('compileFilter on PostgreSQL', () => {
  let database: TestDatabase;
  let client: pg.Client;
  let views: FilterableView[];

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    // Neither the zone of the session nor that of the server may count.
    await client.query(`set time zone 'America/New_York'`);
    views = fc.sample(arbitraries.view, VIEWS);
    // Views alone: no reports behind them, no lists made of them.
    await client.query('set session_replication_role = replica');
    for (const [index, view] of views.entries()) await insert(client, keyOf(index), view);
    await client.query('reset session_replication_role');
  });

  afterAll(async () => {
    await client?.end();
    await database?.drop();
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
});

async function truths(client: pg.Client, input: SeizureRecordFilter): Promise<Truth[]> {
  const { sql, params } = compileFilter(restoreFilter(input), 2);
  const text = `select (${sql}) as truth from record_view v where $1::bool order by v.record_id, v.rank`;
  const { rows } = await client.query<{ truth: boolean | null }>(text, [true, ...params]);
  return rows.map(({ truth }) => (truth === null ? 'UNKNOWN' : truth ? 'TRUE' : 'FALSE'));
}

const ends = (band: { min: bigint; max: bigint } | null | undefined): (bigint | null)[] =>
  band ? [band.min, band.max] : [null, null];

async function insert(client: pg.Client, key: [string, number], view: FilterableView): Promise<void> {
  const { occurred, place, conveyance, releasedAt } = view;
  await client.query(
    `insert into record_view (record_id, rank, precision, version, audience, tlp, released_at, occurred_from, occurred_to,
       offset_minutes, state_fips, county_fips, setting, conveyance, source_reliability, source_credibility)
     values ($1, $2, case $2::int2 when 0 then 'OWNER' else 'TASK_FORCE' end, 1, '{}', 'AMBER', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      ...key,
      releasedAt,
      occurred.from,
      occurred.to,
      occurred.offsetMinutes,
      place.stateFips,
      place.countyFips,
      place.setting,
      conveyance,
      view.source?.reliability ?? null,
      view.source?.credibility ?? null,
    ],
  );
  for (const [ordinal, { deaCode, name, category, form, laboratoryStatus, quantity }] of view.substances.entries()) {
    await client.query(
      `insert into record_view_substance (record_id, rank, ordinal, dea_code, name, category, form, laboratory_status,
         min_milligrams, max_milligrams, min_units, max_units)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        ...key,
        ordinal,
        deaCode,
        name,
        category,
        form,
        laboratoryStatus,
        ...ends(quantity?.milligrams),
        ...ends(quantity?.units),
      ],
    );
  }
  for (const concealment of view.concealment ?? []) {
    await client.query('insert into record_view_concealment (record_id, rank, concealment) values ($1, $2, $3)', [
      ...key,
      concealment,
    ]);
  }
}
