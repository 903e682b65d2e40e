import { counties } from '@concord/codes';
import { parseFilter, type SeizureRecordFilter } from '@concord/records';
import { Client } from 'pg';
import { agencyId } from '../../apps/embedded/src/personas.js';

/** Where ordinary submissions of the benchmark happen, and of what: each in turn. */
export const COUNTY = '06073';
/** Where the one in a hundred happens that everybody is told of. */
export const WIDE_COUNTY = '06065';
export const SUBSTANCES = ['9801', '1105', '9041', '9200', '7360', '9821', '1100', '9143', '9193', '2882'] as const;
/** Whom the one in a hundred is told to. */
export const WIDE_OWNERS = 200;
const WIDE_EVERY = 100;

/** Whether the nth submission is the one in a hundred; never the first. */
export const isWide = (n: number): boolean => n % WIDE_EVERY === WIDE_EVERY / 2;

/** The owners, from 0, who are told of the nth submission. The first of them have sockets. */
export function recipientsOf(n: number, sockets: number, alerts: number): number[] {
  return isWide(n)
    ? Array.from({ length: WIDE_OWNERS }, (_, owner) => owner)
    : ordinaryOwners(n % SUBSTANCES.length, sockets, alerts);
}

/** Of each substance so many, in turn, so that sockets have as much to do as each other. */
const ordinaryOwners = (substance: number, sockets: number, alerts: number): number[] =>
  Array.from({ length: alerts }, (_, k) => (substance * alerts + k) % sockets);

export interface RulePlan {
  readonly issuer: string;
  readonly rules: number;
  /** Owners with a socket. */
  readonly sockets: number;
  /** That an ordinary submission raises: an alert has one owner, so as many recipients. */
  readonly alerts: number;
  readonly submitters: readonly string[];
}

export const subjectOf = (owner: number): string => `bench-owner-${owner}`;

/**
 * Saves people and rules, past the API: owners in the state's agency, submitters in two local ones. Rules on the wide
 * county are everybody's, those on county and substance belong to owners with sockets, and all the others want other
 * counties of California.
 */
export async function saveRules(superuserUrl: string, plan: RulePlan): Promise<void> {
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query(
      `with p as (insert into person (issuer, subject, display_name) select $1, s, s from unnest($3::text[]) s returning id)
       insert into membership (person_id, agency_id, roles, valid_from) select id, $2, '{ANALYST}', '2020-01-01' from p`,
      [plan.issuer, agencyId('california'), Array.from({ length: WIDE_OWNERS }, (_, owner) => subjectOf(owner))],
    );
    await client.query(
      `with p as (insert into person (issuer, subject, display_name) select $1, s, s from unnest($3::text[]) s returning id, subject)
       insert into membership (person_id, agency_id, roles, valid_from)
       select id, ($2::uuid[])[1 + right(subject, 1)::int % cardinality($2::uuid[])], '{SUBMITTER}', '2020-01-01' from p`,
      [plan.issuer, [agencyId('san-diego'), agencyId('sacramento')], plan.submitters],
    );
    await client.query(
      `insert into alert_rule (owner_person_id, owner_agency_id, name, filter)
       select p.id, $2, 'Rule ' || r.n, r.filter
       from json_to_recordset($1) as r(n int, filter jsonb, owner text) join person p on p.issuer = $3 and p.subject = r.owner`,
      [JSON.stringify(rulesOf(plan).map((rule, n) => ({ ...rule, n }))), agencyId('california'), plan.issuer],
    );
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}

function rulesOf({ rules, sockets, alerts }: RulePlan): { filter: unknown; owner: string }[] {
  const wide = Array.from({ length: WIDE_OWNERS }, (_, owner) =>
    ruleOf(owner, { place: { countyFips: [WIDE_COUNTY] } }),
  );
  const ordinary = SUBSTANCES.flatMap((code, n) =>
    ordinaryOwners(n, sockets, alerts).map((owner) => ruleOf(owner, onKilos(COUNTY, code))),
  );
  const elsewhere = [...counties().keys()].filter(
    (fips) => fips.startsWith('06') && fips !== COUNTY && fips !== WIDE_COUNTY,
  );
  const others = Array.from({ length: Math.max(0, rules - wide.length - ordinary.length) }, (_, n) =>
    ruleOf(n % WIDE_OWNERS, onKilos(elsewhere[n % elsewhere.length] ?? '', SUBSTANCES[n % SUBSTANCES.length] ?? '')),
  );
  return [...wide, ...ordinary, ...others];
}

const onKilos = (county: string, code: string): SeizureRecordFilter => ({
  and: [{ place: { countyFips: [county] } }, { substance: { deaCodes: [code] } }, { quantity: { minGrams: 1_000 } }],
});

/** In the form in which rules are stored. */
function ruleOf(owner: number, filter: SeizureRecordFilter): { filter: unknown; owner: string } {
  const parsed = parseFilter(filter);
  if (!parsed.ok) throw new Error(`not a filter: ${JSON.stringify(parsed.issues)}`);
  return { filter: parsed.filter.source, owner: subjectOf(owner) };
}
