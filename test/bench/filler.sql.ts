/**
 * What the bulk load runs; `:records` is how many. Numbers 0 … 299 name agencies (filler.ts). Each step empties its table
 * and fills it in one transaction, so that a server with `wal_level = minimal` writes no log of it.
 */
export type Step = readonly [name: string, sql: string];

export const FACTS: Step = [
  'facts',
  `create unlogged table bench_fact as
   select f.i, gen_random_uuid() as report_id, gen_random_uuid() as record_id, a.n as agency, a.id as agency_id, a.key_id as agency_key,
          p.county, p.state, p.county_key, p.state_key, n.id as nation_key, s.code, s.name, s.category,
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
   join bench_substance s on s.n = floor((select count(*) from bench_substance) * f.sub ^ 3)::int
   cross join (select id from access_key where key = 'nation:us') n;
   analyze bench_fact`,
];

/** What reading a page never looks at: only where somebody wants whole reports. */
export const FILL_REPORTS: readonly Step[] = [
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
];

export const FILL_VIEWS: readonly Step[] = [
  [
    'views',
    `insert into record_view (record_id, precision, rank, version, released_at, audience, tlp, occurred_from, occurred_to, offset_minutes,
         state_fips, county_fips, setting, conveyance, people, contributor_id, synthetic)
     select f.record_id, w.precision, w.rank, 1, f.released_at,
         case w.rank when 0 then array[f.agency_key] when 1 then '{}'
           else case f.sharing when 'PARTNERS' then array[f.state_key, f.nation_key, f.county_key] when 'NATION' then array[f.state_key, f.nation_key]
                               when 'STATE' then array[f.state_key] else '{}' end end,
         'AMBER', case w.rank when 2 then f.week else f.released_at - w.slack end,
         case w.rank when 2 then f.week + w.slack else f.released_at end, -480, f.state, f.county,
         (array['HIGHWAY', 'RESIDENCE', 'PORT_OF_ENTRY', 'PARCEL_FACILITY'])[1 + f.i % 4], 'PASSENGER_VEHICLE',
         '[{"role": "COURIER", "minAge": 30, "maxAge": 39}]', f.agency_id, true
     from (select *, date_trunc('week', released_at at time zone interval '-8 hours') at time zone interval '-8 hours' as week from bench_fact) f
     cross join (values ('OWNER', 0::smallint, interval '1 hour'), ('TASK_FORCE', 1, interval '1 day'), ('PARTNER', 2, interval '7 days')) w(precision, rank, slack)`,
  ],
  ['views by record', 'alter table record_view add primary key (record_id, rank)'],
  [
    'views by place',
    `create index record_view_by_place on record_view (county_fips, rank, occurred_from) where rank in (1, 2) and audience <> '{}'`,
  ],
];

export const FILL_SUBSTANCES: readonly Step[] = [
  [
    'substances',
    `insert into record_view_substance (record_id, rank, ordinal, dea_code, name, category, form, unit, min_milligrams, max_milligrams, min_units, max_units)
     select f.record_id, w.rank, 0, f.code, f.name, f.category, 'POWDER', case when f.milligrams is not null then 'KG' when f.units is not null then 'DU' end,
         case when w.rank = 2 then (10 ^ floor(log(f.milligrams + 1)))::int8 else f.milligrams end,
         case when w.rank = 2 then (10 ^ (1 + floor(log(f.milligrams + 1))))::int8 else f.milligrams end, f.units, f.units
     from bench_fact f cross join (values (0::smallint), (1), (2)) w(rank)`,
  ],
  ['substances by view', 'alter table record_view_substance add primary key (record_id, rank, ordinal)'],
];

/** The keys of each view that has any, as `audience` above names them. */
const LISTED = `bench_fact f cross join lateral (values
       (f.agency_key, 0::smallint, true), (f.state_key, 2::smallint, f.sharing in ('PARTNERS', 'NATION', 'STATE')),
       (f.nation_key, 2::smallint, f.sharing in ('PARTNERS', 'NATION')), (f.county_key, 2::smallint, f.sharing = 'PARTNERS')) w(key_id, rank, named)
     where w.named`;

/** The rows that the triggers would have written (filler.int-spec.ts), out of one pass over the facts. */
export const FILL_LIST: readonly Step[] = [
  [
    'list by key',
    `insert into record_key (key_id, sort_at, record_id, rank) select w.key_id, f.released_at, f.record_id, w.rank from ${LISTED}`,
  ],
  ['record_key_pkey', 'alter table record_key add primary key (key_id, sort_at, record_id, rank)'],
  ['record_key_by_record', 'create index record_key_by_record on record_key (record_id, rank)'],
];

export const FILL_SUBSTANCE_LIST: readonly Step[] = [
  [
    'list by key and substance',
    `insert into record_key_substance (key_id, substance, sort_at, record_id, rank)
     select w.key_id, substance_list_key(f.code, f.category), f.released_at, f.record_id, w.rank from ${LISTED}`,
  ],
  [
    'record_key_substance_pkey',
    'alter table record_key_substance add primary key (key_id, substance, sort_at, record_id, rank)',
  ],
  [
    'record_key_substance_by_record',
    'create index record_key_substance_by_record on record_key_substance (record_id, rank)',
  ],
];

/** With the indexes go the foreign keys that rest on them. */
export const INDEXES_OFF = `
  drop index record_key_by_record, record_key_substance_by_record, seizure_report_newest, record_view_by_place;
  alter table record_key drop constraint record_key_pkey;
  alter table record_key_substance drop constraint record_key_substance_pkey;
  alter table record_view_substance drop constraint record_view_substance_pkey;
  alter table record_view drop constraint record_view_pkey cascade`;

/** Foreign keys as they were; rows that are there are not looked at again. */
export const INDEXES_ON: readonly Step[] = [
  [
    'foreign keys',
    `alter table record_view_substance add foreign key (record_id, rank) references record_view on delete cascade not valid;
     alter table record_view_concealment add foreign key (record_id, rank) references record_view on delete cascade not valid;
     create index seizure_report_newest on seizure_report (agency_id, submitted_at desc, id desc)`,
  ],
];

export const TABLES = [
  'record_view',
  'record_view_substance',
  'record_view_concealment',
  'record_key',
  'record_key_substance',
] as const;
