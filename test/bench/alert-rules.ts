import { counties } from '@concord/codes';
import { parseFilter, type SeizureRecordFilter } from '@concord/records';
import { Client } from 'pg';
import { agencyId, personId } from '../../apps/embedded/src/personas.js';

/** Where every submission of the benchmark happens, and of what: each in turn. */
export const COUNTY = '06073';
export const SUBSTANCES = ['9801', '1105', '9041', '9200', '7360', '9821', '1100', '9143', '9193', '2882'] as const;

const OWNERS = 200;

/**
 * Saves rules for 200 owners of the state's agency, past the API. Two match a submission: the subscriber's, on the
 * county, and one of another owner's, on county and substance. The others want other counties of California.
 */
export async function saveRules(superuserUrl: string, rules: number): Promise<void> {
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query(
      `with p as (insert into person (issuer, subject, display_name) select 'urn:bench', n::text, 'Owner ' || n from generate_series(1, $1) n returning id)
       insert into membership (person_id, agency_id, roles, valid_from) select id, $2, '{ANALYST}', '2020-01-01' from p`,
      [OWNERS, agencyId('california')],
    );
    const subscriber = { filter: sourceOf({ place: { countyFips: [COUNTY] } }), owner: personId('state-analyst') };
    await client.query(
      `with o as (select array_agg(id order by subject::int) as ids from person where issuer = 'urn:bench')
       insert into alert_rule (owner_person_id, owner_agency_id, name, filter)
       select coalesce(r.owner, o.ids[1 + r.n % $3]), $2, 'Rule ' || r.n, r.filter
       from json_to_recordset($1) as r(n int, filter jsonb, owner uuid) cross join o`,
      [
        JSON.stringify([subscriber, ...otherRules(rules - 1)].map((rule, n) => ({ ...rule, n }))),
        agencyId('california'),
        OWNERS,
      ],
    );
    await client.query('analyze');
  } finally {
    await client.end();
  }
}

function otherRules(count: number): { filter: unknown }[] {
  const elsewhere = [...counties().keys()].filter((fips) => fips.startsWith('06') && fips !== COUNTY);
  return Array.from({ length: count }, (_, n) => {
    const code = SUBSTANCES[n % SUBSTANCES.length] ?? '';
    const place = n < SUBSTANCES.length ? COUNTY : (elsewhere[n % elsewhere.length] ?? '');
    return {
      filter: sourceOf({
        and: [
          { place: { countyFips: [place] } },
          { substance: { deaCodes: [code] } },
          { quantity: { minGrams: 1_000 } },
        ],
      }),
    };
  });
}

/** In the form in which rules are stored. */
function sourceOf(filter: SeizureRecordFilter): unknown {
  const parsed = parseFilter(filter);
  if (!parsed.ok) throw new Error(`not a filter: ${JSON.stringify(parsed.issues)}`);
  return parsed.filter.source;
}
