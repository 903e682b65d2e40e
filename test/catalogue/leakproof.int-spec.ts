import { compileFilter, restoreFilter, type SeizureRecordFilter } from '@concord/records';
import { createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { Client } from 'pg';

/**
 * Under row-level security a condition that may tell what it has seen is evaluated after the policy, and takes no
 * index: everything that the filter does to a column is leakproof. The exception: where a date begins depends on the
 * view's own offset, so a date as a bound of `occurred` is arithmetic on the row.
 */
const OFFSET_ARITHMETIC = ['make_interval', 'timestamptz_mi_interval'];

const FILTERS: Record<string, SeizureRecordFilter> = {
  state: { place: { stateFips: ['06'] } },
  county: { place: { countyFips: ['06073'] } },
  setting: { place: { settings: ['HIGHWAY'] } },
  'setting not known': { place: { settings: ['UNKNOWN'] } },
  conveyance: { conveyance: ['BUS'] },
  'source reliability': { sourceReliability: ['A'] },
  'source credibility': { sourceCredibility: [1] },
  concealment: { concealment: ['PARCEL'] },
  'occurred between instants': { occurred: { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' } },
  released: { released: { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' } },
  substance: {
    substance: { deaCodes: ['9801'], categories: ['FENTANYL'], forms: ['POWDER'], laboratoryStatuses: ['CONFIRMED'] },
  },
  weight: { substance: { deaCodes: ['9801'] }, quantity: { minGrams: 1, maxGrams: 1000 } },
  units: { substance: { categories: ['FENTANYL'] }, quantity: { minUnits: 1, maxUnits: 1000 } },
  combined: { and: [{ conveyance: ['BUS'] }], or: [{ conveyance: ['TRAIN'] }], not: { conveyance: ['UNKNOWN'] } },
};

/** What the functions of the corridor and the readers compare, column by column: types are the catalogue's. */
const HOT_COMPARISONS: readonly [string, string][] = [
  ['record_key.key_id', '='],
  ['record_key.sort_at', '<'],
  ['record_key.record_id', '<'],
  ['record_key.record_id', '='],
  ['record_key_substance.key_id', '='],
  ['record_key_substance.substance', '='],
  ['record_key_substance.sort_at', '<'],
  ['record_key_substance.record_id', '<'],
  ['record_view.record_id', '='],
  ['record_view.rank', '='],
  ['record_view.version', '='],
  ['record_view.released_at', '<='],
  ['record_view_substance.record_id', '='],
  ['record_view_substance.rank', '='],
  ['record_view_concealment.record_id', '='],
  ['record_view_concealment.rank', '='],
  ['seizure_report.agency_id', '='],
  ['seizure_report.submitter_reference', '='],
  ['seizure_report.submitted_at', '<'],
  ['seizure_report.id', '<'],
  ['seizure_report.id', '='],
  ['seizure_record.report_id', '='],
  ['seizure_record.sequence', '<='],
  ['alert.owner_person_id', '='],
  ['alert.owner_agency_id', '='],
  ['alert.raised_at', '<'],
  ['alert.id', '<'],
  ['alert.id', '='],
  ['alert.state', '='],
  ['alert_match.alert_id', '='],
  ['alert_rule.id', '='],
  ['alert_rule.id', '<'],
  ['alert_rule.owner_person_id', '='],
  ['alert_rule.owner_agency_id', '='],
  ['alert_rule.created_at', '<'],
  ['alert.raised_at', '>='],
  ['alert_match.rule_id', '='],
  ['inbox.person_id', '='],
  ['inbox.agency_id', '='],
  ['inbox_entry.inbox_id', '='],
  ['inbox_entry.position', '>'],
  ['outbox.id', '='],
  ['outbox.available_at', '<='],
  ['outbox.relayed_at', '<'],
];

describe('what conditions do to protected columns', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.superuserUrl });
    await client.connect();
  });

  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });

  it.each(Object.entries(FILTERS))('is leakproof in a filter: %s', async (_, filter) => {
    const { all, leaky } = await functionsOf(client, conditionOf(filter));
    expect(all.length).toBeGreaterThan(0);
    expect(leaky).toEqual([]);
  });

  it('is leakproof in a filter on dates but for the arithmetic on the offset', async () => {
    const { leaky } = await functionsOf(client, conditionOf({ occurred: { from: '2026-01-01', to: '2026-02-01' } }));
    expect(leaky).toEqual(OFFSET_ARITHMETIC);
  });

  it('is recognised when it is not leakproof', async () => {
    expect((await functionsOf(client, `v.state_fips like '0%'`)).leaky).toEqual(['textlike']);
    expect((await functionsOf(client, `v.audience && '{1}'`)).leaky).toEqual(['arrayoverlap']);
    expect((await functionsOf(client, `(v.released_at, v.audience) < (now(), '{1}')`)).leaky).toEqual([
      'array_lt',
      'now',
    ]);
  });

  it.each(HOT_COMPARISONS)('is leakproof in hot reads: %s %s', async (column, operator) => {
    const [table, name] = column.split('.');
    const { rows } = await client.query<{ type: string; proname: string | null; proleakproof: boolean | null }>(
      `select format_type(a.atttypid, null) as type, p.proname, p.proleakproof
       from pg_attribute a
       left join pg_operator o on o.oprname = $3 and o.oprleft = a.atttypid and o.oprright = a.atttypid
       left join pg_proc p on p.oid = o.oprcode
       where a.attrelid = to_regclass($1) and a.attname = $2`,
      [table, name, operator],
    );
    expect(rows).toMatchObject([{ proleakproof: true }]);
  });
});

/** The compiled condition with its values written out. */
function conditionOf(filter: SeizureRecordFilter): string {
  const { sql, params } = compileFilter(restoreFilter(filter), 1);
  return sql.replace(/\$(\d+)/g, (_, index: string) => {
    const param = params[Number(index) - 1] ?? '';
    return `'${typeof param === 'string' ? param : `{${param.join(',')}}`}'`;
  });
}

/** Every function that the condition runs, whatever operator it hides behind: read from the parsed form of a view. */
async function functionsOf(client: Client, condition: string): Promise<{ all: string[]; leaky: string[] }> {
  await client.query('begin');
  try {
    await client.query(`create view probe as select 1 as one from record_view v where ${condition}`);
    const { rows } = await client.query<{ proname: string; proleakproof: boolean }>(
      `with parsed as (select ev_action::text as tree from pg_rewrite where ev_class = 'probe'::regclass),
       operators as (
         select m[1]::oid as oid from parsed, regexp_matches(tree, ':opno (\\d+)', 'g') m
         union
         select u::oid from parsed, regexp_matches(tree, ':opnos \\(o ([\\d ]+)\\)', 'g') m, regexp_split_to_table(trim(m[1]), ' +') u
       ),
       functions as (
         select o.oprcode::oid as oid from operators join pg_operator o on o.oid = operators.oid
         union
         select m[1]::oid from parsed, regexp_matches(tree, ':funcid (\\d+)', 'g') m
       )
       select distinct p.proname, p.proleakproof from functions f join pg_proc p on p.oid = f.oid order by 1`,
    );
    return {
      all: rows.map(({ proname }) => proname),
      leaky: rows.filter(({ proleakproof }) => !proleakproof).map(({ proname }) => proname),
    };
  } finally {
    await client.query('rollback');
  }
}
