import type { PoolClient } from 'pg';

/** Counts over what the actor can list: no number speaks of a record that its reader could not see. */
export interface Overview {
  readonly since: Date;
  readonly records: number;
  readonly substances: readonly { readonly deaCode: string | null; readonly name: string; readonly records: number }[];
  /** By county inside one state, by state for the nation. */
  readonly places: readonly { readonly fips: string; readonly records: number }[];
}

/**
 * Released in the last `days`, in the states given or anywhere, each record in its finest visible view: what the actor's own
 * agency has yet to release is listed and not counted. Runs inside
 * {@link asActor}.
 */
export async function findOverview(
  tx: PoolClient,
  options: { states: readonly string[] | null; days: number },
): Promise<Overview> {
  const { rows } = await tx.query<{
    since: Date;
    records: number;
    substances: Overview['substances'];
    places: Overview['places'];
  }>({
    name: 'overview',
    text: `with listed as materialized (
        select v.record_id, v.rank, v.state_fips, v.county_fips
        from (select k.record_id, min(k.rank) as rank from record_key k
              where k.key_id = any(app_keyring()) and k.sort_at between now() - make_interval(days => $2) and now() group by k.record_id) l
        join record_view v on v.record_id = l.record_id and v.rank = l.rank
        where $1::text[] is null or v.state_fips = any($1)
      )
      select now() - make_interval(days => $2) as since,
        (select count(*)::int from listed) as records,
        (select coalesce(json_agg(s order by s.records desc, s.name), '[]') from (
          select s.dea_code as "deaCode", s.name, count(distinct l.record_id)::int as records
          from listed l join record_view_substance s on s.record_id = l.record_id and s.rank = l.rank
          group by s.dea_code, s.name order by 3 desc limit 50) s) as substances,
        (select coalesce(json_agg(p order by p.records desc, p.fips), '[]') from (
          select case when $1::text[] is null then l.state_fips else l.county_fips end as fips, count(*)::int as records
          from listed l group by 1 order by 2 desc limit 200) p where p.fips is not null) as places`,
    values: [options.states, options.days],
  });
  const row = rows[0];
  if (row === undefined) throw new Error('an overview is one row');
  return row;
}

/** The states of an agency's jurisdiction. */
export async function findJurisdictionStates(tx: PoolClient, agencyId: string): Promise<string[]> {
  const { rows } = await tx.query<{ fips: string }>(
    `select substr(place_key, 7) as fips from agency_place where agency_id = $1 and place_key like 'state:%' order by 1`,
    [agencyId],
  );
  return rows.map((row) => row.fips);
}
