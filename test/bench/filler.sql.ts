/** What the bulk load runs, in order; `:records` is how many. Numbers 0 … 299 name agencies (filler.ts). */
export const FILL_RECORDS: readonly (readonly [string, string])[] = [
  [
    'facts',
    `create table bench_fact as
     select f.i, gen_random_uuid() as report_id, gen_random_uuid() as record_id, a.n as agency, a.id as agency_id, a.key_id as agency_key,
            p.county, p.state, p.county_key, p.state_key, s.code, s.name, s.category,
            case when f.mix < 0.5 then 'PARTNERS' when f.mix < 0.8 then 'NATION' when f.mix < 0.9 then 'STATE'
                 when f.mix < 0.97 then 'TASK_FORCES' else 'AGENCY' end as sharing,
            date_trunc('milliseconds', now() - (:records - f.i) * (interval '1095 days' / :records) - interval '1 minute') as released_at,
            case when f.kind < 0.8 then round(1000 * exp(12 * f.weight))::int8 end as milligrams,
            case when f.kind between 0.8 and 0.95 then round(exp(8 * f.weight))::int8 end as units
     from (select i, random() as mix, random() as kind, random() as weight, floor(300 * random() ^ 2)::int as a,
                  floor(200 * random() ^ 2)::int as anywhere, random() as sub
           from generate_series(1, :records) i) f
     join bench_agency a on a.n = f.a
     join bench_place p on p.n = case when f.a = 0 then f.anywhere when f.a <= 20 then (f.a - 1) * 10 + f.anywhere % 10 else (f.a - 21) % 200 end
     join bench_substance s on s.n = floor((select count(*) from bench_substance) * f.sub ^ 3)::int;
     analyze bench_fact`,
  ],
  [
    'reports',
    `insert into seizure_report (id, agency_id, submitter_reference, status, content_digest, sharing, tlp, occurred_from, occurred_to,
         offset_minutes, content, synthetic, submitted_by, submitted_at)
     select report_id, agency_id, 'B-' || i, 'RELEASED', 'x', sharing, 'AMBER', released_at - interval '1 day', released_at - interval '1 day',
         -480, '{}', true, '00000000-0000-4000-9000-000000000001', released_at from bench_fact`,
  ],
  [
    'records',
    `insert into seizure_record (id, report_id, agency_id, released_at, synthetic)
     select record_id, report_id, agency_id, released_at, true from bench_fact order by i`,
  ],
  [
    'views',
    `insert into record_view (record_id, precision, rank, version, released_at, audience, tlp, occurred_from, occurred_to, offset_minutes,
         state_fips, county_fips, setting, conveyance, people, contributor_id, synthetic)
     select f.record_id, w.precision, w.rank, 1, f.released_at,
         case w.rank when 0 then array[f.agency_key] when 1 then '{}'
           else case f.sharing when 'PARTNERS' then array[f.state_key, n.id, f.county_key] when 'NATION' then array[f.state_key, n.id]
                               when 'STATE' then array[f.state_key] else '{}' end end,
         'AMBER', f.released_at - w.slack, f.released_at, -480, f.state, f.county,
         (array['HIGHWAY', 'RESIDENCE', 'PORT_OF_ENTRY', 'PARCEL_FACILITY'])[1 + f.i % 4], 'PASSENGER_VEHICLE',
         '[{"role": "COURIER", "minAge": 30, "maxAge": 39}]', f.agency_id, true
     from bench_fact f
     cross join (values ('OWNER', 0::smallint, interval '1 hour'), ('TASK_FORCE', 1, interval '1 day'), ('PARTNER', 2, interval '7 days')) w(precision, rank, slack)
     cross join (select id from access_key where key = 'nation:us') n
     order by f.i`,
  ],
  [
    'substances',
    `insert into record_view_substance (record_id, rank, ordinal, dea_code, name, category, form, min_milligrams, max_milligrams, min_units, max_units)
     select f.record_id, w.rank, 0, f.code, f.name, f.category, 'POWDER',
         case when w.rank = 2 then (10 ^ floor(log(f.milligrams + 1)))::int8 else f.milligrams end,
         case when w.rank = 2 then (10 ^ (1 + floor(log(f.milligrams + 1))))::int8 else f.milligrams end, f.units, f.units
     from bench_fact f cross join (values (0::smallint), (1), (2)) w(rank) order by f.i`,
  ],
];

/** As the triggers of the lists write them. */
export const FILL_LISTS: readonly (readonly [string, string])[] = [
  [
    'list by key',
    `insert into record_key (key_id, sort_at, record_id, rank)
     select distinct k, n.released_at, n.record_id, n.rank from record_view n cross join lateral unnest(n.audience) k`,
  ],
  [
    'list by key and substance',
    `insert into record_key_substance (key_id, substance, sort_at, record_id, rank)
     select distinct k, substance_list_key(n.dea_code, n.category), v.released_at, n.record_id, n.rank
     from record_view_substance n
     join record_view v on v.record_id = n.record_id and v.rank = n.rank
     cross join lateral unnest(v.audience) k`,
  ],
];

export const INDEXES_OFF = `
  drop index record_key_by_record, record_key_substance_by_record, seizure_report_newest;
  alter table record_key drop constraint record_key_pkey;
  alter table record_key_substance drop constraint record_key_substance_pkey;
  alter table record_view_substance drop constraint record_view_substance_pkey`;

export const INDEXES_ON: readonly (readonly [string, string])[] = [
  ['record_key_pkey', 'alter table record_key add primary key (key_id, sort_at, record_id, rank)'],
  [
    'record_key_substance_pkey',
    'alter table record_key_substance add primary key (key_id, substance, sort_at, record_id, rank)',
  ],
  ['record_view_substance_pkey', 'alter table record_view_substance add primary key (record_id, rank, ordinal)'],
  [
    'by record',
    `create index record_key_by_record on record_key (record_id, rank);
     create index record_key_substance_by_record on record_key_substance (record_id, rank);
     create index seizure_report_newest on seizure_report (agency_id, submitted_at desc, id desc)`,
  ],
];
