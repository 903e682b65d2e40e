import { agencyKey, regionKey, stateKey, taskForceKey, countyKey, NATION_KEY } from '@concord/access';
import { isStateFips } from '@concord/codes';
import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { AGENCIES, AGREEMENT, POLICY_TEXT, REGIONS, type AgencyName, type SeedAgency } from './agencies.data.js';
import { agencyId, PERSONA_NAMES, PERSONAS, personId, seedId, TASK_FORCE } from './personas.js';
import { SYNTHETIC_COUNTIES } from './synthetic-places.data.js';

const AGENCY_NAMES = Object.keys(AGENCIES) as readonly AgencyName[];
/** Long before anything happens, so that no clock can make a membership start after its first use. */
const SINCE = '2020-01-01T00:00:00Z';

/** One table's rows, as JSON that the statement unfolds: `$1` is the array. */
export interface Insert {
  readonly text: string;
  readonly rows: readonly object[];
  /** Of a table whose rows not even the owner writes: the role that does. */
  readonly role?: 'concord_agreements';
}

/**
 * Writes the agencies, people, agreement, regions, task force and access keys of the embedded mode. Seeding again
 * changes nothing, except that the personas follow a new issuer.
 *
 * @param ownerUrl a login that owns the database: nobody else may write the directory.
 * @param issuer whose tokens the personas carry; the subject is the persona's name.
 */
export async function seedDirectory(ownerUrl: string, issuer: string): Promise<void> {
  await insertAll(ownerUrl, [
    ...directoryRows(),
    ...policyRows(),
    ...peopleRows(issuer),
    ...taskForceRows(),
    accessKeyRows(),
  ]);
}

/** All of them or none, in their order. @param ownerUrl nobody else may write the directory */
export async function insertAll(ownerUrl: string, inserts: readonly Insert[]): Promise<void> {
  const client = new Client({ connectionString: ownerUrl, application_name: 'concord_seed' });
  await client.connect();
  try {
    await client.query('begin');
    for (const { text, rows, role } of inserts) {
      if (role !== undefined) await client.query(`set local role ${role}`);
      await client.query(text, [JSON.stringify(rows)]);
      if (role !== undefined) await client.query('reset role');
    }
    await client.query('commit');
  } finally {
    // Ends the transaction too, if it is still open.
    await client.end();
  }
}

function directoryRows(): Insert[] {
  const agencies = AGENCY_NAMES.map((name) => ({
    key: name,
    id: agencyId(name),
    ...(AGENCIES[name] satisfies SeedAgency),
  }));
  const agreement = seedId('agreement', AGREEMENT.name);
  return [
    {
      text: `insert into agency (id, ori, name, level, contact_phone, synthetic)
             select id, ori, name, level, phone, true
             from json_to_recordset($1) as r(id uuid, ori text, name text, level text, phone text)
             on conflict (id) do nothing`,
      rows: agencies,
    },
    {
      text: `insert into agency_place (agency_id, place_key)
             select agency, place from json_to_recordset($1) as r(agency uuid, place text) on conflict do nothing`,
      rows: agencies.flatMap(({ id, places }) => places.map((place) => ({ agency: id, place }))),
    },
    ...regionRows(),
    {
      text: `insert into agreement (id, name, widest_sharing, purposes, valid_from, text_digest)
             select id, name, widest, array(select json_array_elements_text(purposes)), since, digest
             from json_to_recordset($1) as r(id uuid, name text, widest text, purposes json, since timestamptz, digest text)
             on conflict (id) do nothing`,
      rows: [
        {
          id: agreement,
          name: AGREEMENT.name,
          widest: AGREEMENT.widestSharing,
          purposes: AGREEMENT.purposes,
          since: AGREEMENT.validFrom,
          digest: sha256(AGREEMENT.text),
        },
      ],
    },
    {
      text: `insert into agreement_party (agreement_id, agency_id)
             select agreement, agency from json_to_recordset($1) as r(agreement uuid, agency uuid) on conflict do nothing`,
      rows: agencies.filter(({ agreed }) => agreed).map(({ id }) => ({ agreement, agency: id })),
    },
  ];
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** The policy text, accepted by everybody who reads what others share; not where a deployment has published its own. */
function policyRows(): Insert[] {
  const { version, text, effectiveFrom } = POLICY_TEXT;
  const digest = sha256(text);
  return [
    {
      role: 'concord_agreements',
      text: `insert into policy_text (version, body, digest, effective_from)
             select version, body, digest, since
             from json_to_recordset($1) as r(version int, body text, digest text, since timestamptz)
             on conflict do nothing`,
      rows: [{ version, body: text, digest, since: effectiveFrom }],
    },
    {
      role: 'concord_agreements',
      text: `insert into policy_acceptance (agency_id, version)
             select r.agency, t.version from json_to_recordset($1) as r(agency uuid, version int, digest text)
             join policy_text t on t.version = r.version and t.digest = r.digest
             on conflict do nothing`,
      rows: AGENCY_NAMES.map((name) => ({ agency: agencyId(name), version, digest })),
    },
  ];
}

/** Regions that a report's audience may name. */
export function regionRows(): Insert[] {
  return [
    {
      text: `insert into region (id, name) select id, name from json_to_recordset($1) as r(id text, name text)
             on conflict do nothing`,
      rows: REGIONS,
    },
    {
      text: `insert into region_county (region_id, county_fips)
             select region, county from json_to_recordset($1) as r(region text, county text) on conflict do nothing`,
      rows: REGIONS.flatMap(({ id, counties }) => counties.map((county) => ({ region: id, county }))),
    },
  ];
}

function peopleRows(issuer: string): Insert[] {
  return [
    {
      // A key file that was lost makes a new issuer: the personas are the same people still.
      text: `insert into person (id, issuer, subject, display_name)
             select id, issuer, subject, name from json_to_recordset($1) as r(id uuid, issuer text, subject text, name text)
             on conflict (id) do update set issuer = excluded.issuer where person.issuer <> excluded.issuer`,
      rows: PERSONA_NAMES.map((persona) => ({
        id: personId(persona),
        issuer,
        subject: persona,
        name: PERSONAS[persona].displayName,
      })),
    },
    {
      text: `insert into membership (id, person_id, agency_id, roles, valid_from)
             select id, person, agency, array(select json_array_elements_text(roles)), since
             from json_to_recordset($1) as r(id uuid, person uuid, agency uuid, roles json, since timestamptz)
             on conflict (id) do nothing`,
      rows: PERSONA_NAMES.map((persona) => {
        const { agency, roles } = PERSONAS[persona];
        return {
          id: seedId('membership', persona),
          person: personId(persona),
          agency: agency === null ? null : agencyId(agency),
          roles,
          since: SINCE,
        };
      }),
    },
  ];
}

function taskForceRows(): Insert[] {
  const { id, validFrom, validUntil } = TASK_FORCE;
  return [
    {
      text: `insert into task_force (id, name, lead_agency_id, valid_from, valid_until)
             select id, name, lead, since, until
             from json_to_recordset($1) as r(id uuid, name text, lead uuid, since timestamptz, until timestamptz)
             on conflict (id) do nothing`,
      rows: [{ id, name: TASK_FORCE.name, lead: agencyId(TASK_FORCE.lead), since: validFrom, until: validUntil }],
    },
    {
      text: `insert into task_force_activity (task_force_id, activity)
             select id, activity from json_to_recordset($1) as r(id uuid, activity text) on conflict do nothing`,
      rows: TASK_FORCE.activities.map((activity) => ({ id, activity })),
    },
    {
      text: `insert into task_force_agency (task_force_id, agency_id, valid_from)
             select id, agency, since from json_to_recordset($1) as r(id uuid, agency uuid, since timestamptz)
             on conflict do nothing`,
      rows: TASK_FORCE.agencies.map((agency) => ({ id, agency: agencyId(agency), since: validFrom })),
    },
    {
      text: `insert into task_force_member (task_force_id, agency_id, person_id, role, valid_from)
             select id, agency, person, role, since
             from json_to_recordset($1) as r(id uuid, agency uuid, person uuid, role text, since timestamptz)
             on conflict do nothing`,
      rows: TASK_FORCE.members.map(({ persona, role }) => ({
        id,
        agency: agencyId(PERSONAS[persona].agency),
        person: personId(persona),
        role,
        since: validFrom,
      })),
    },
  ];
}

/** Keys exist before the first record: a reader's keyring has ids from the first moment. */
function accessKeyRows(): Insert {
  const states = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0')).filter(isStateFips);
  const keys = new Set<string>([
    NATION_KEY,
    taskForceKey(TASK_FORCE.id),
    ...AGENCY_NAMES.map((name) => agencyKey(agencyId(name))),
    ...AGENCY_NAMES.flatMap((name) => AGENCIES[name].places),
    ...states.map(stateKey),
    ...REGIONS.map(({ id }) => regionKey(id)),
    ...REGIONS.flatMap(({ counties }) => counties.map(countyKey)),
    ...SYNTHETIC_COUNTIES.map(countyKey),
  ]);
  return {
    // Looks first: a refused insert would use up an id of the int4 sequence at every start.
    text: `insert into access_key (key)
           select r.key from json_to_recordset($1) as r(key text)
           where not exists (select from access_key k where k.key = r.key) order by r.key
           on conflict (key) do nothing`,
    rows: [...keys].map((key) => ({ key })),
  };
}
