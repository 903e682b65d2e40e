import { agencyKey, countyKey, NATION_KEY, regionKey, stateKey } from '@concord/access';
import { createHash } from 'node:crypto';
import { REGIONS } from '../../../embedded/src/agencies.data.js';
import { insertAll, regionRows, type Insert } from '../../../embedded/src/directory.seed.js';
import { seedId } from '../../../embedded/src/personas.js';
import { LOADER, syntheticAgencies } from './synthetic-agencies.js';

/** Long before anything happens, so that no clock can make a membership start after its first use. */
const SINCE = '2015-01-01T00:00:00Z';
const AGREEMENT = {
  id: seedId('agreement', 'cbp'),
  name: 'Synthetic participation agreement of the loaded agencies',
  widest: 'PARTNERS',
  since: SINCE,
  digest: createHash('sha256')
    .update('Synthetic participation agreement. It binds nobody: its parties are invented.', 'utf8')
    .digest('hex'),
};

/**
 * Writes the agencies, their agreement and their loader, and the regions that a report's audience names. Again: nothing.
 *
 * @param ownerUrl a login that owns the database: nobody else may write the directory
 */
export async function storeSyntheticAgencies(ownerUrl: string): Promise<void> {
  await insertAll(ownerUrl, inserts());
}

function inserts(): Insert[] {
  const agencies = syntheticAgencies();
  return [
    {
      text: `insert into agency (id, ori, name, level, synthetic)
             select id, ori, name, level, true from json_to_recordset($1) as r(id uuid, ori text, name text, level text)
             on conflict (id) do nothing`,
      rows: agencies,
    },
    {
      text: `insert into agency_place (agency_id, place_key)
             select id, place from json_to_recordset($1) as r(id uuid, place text) on conflict do nothing`,
      rows: agencies,
    },
    {
      text: `insert into agreement (id, name, widest_sharing, valid_from, text_digest)
             select id, name, widest, since, digest
             from json_to_recordset($1) as r(id uuid, name text, widest text, since timestamptz, digest text)
             on conflict (id) do nothing`,
      rows: [AGREEMENT],
    },
    {
      text: `insert into agreement_party (agreement_id, agency_id)
             select agreement, id from json_to_recordset($1) as r(agreement uuid, id uuid) on conflict do nothing`,
      rows: agencies.map(({ id }) => ({ agreement: AGREEMENT.id, id })),
    },
    {
      text: `insert into person (id, issuer, subject, display_name)
             select id, issuer, subject, "displayName"
             from json_to_recordset($1) as r(id uuid, issuer text, subject text, "displayName" text)
             on conflict (id) do nothing`,
      rows: [LOADER],
    },
    {
      text: `insert into membership (id, person_id, agency_id, roles, valid_from)
             select id, person, agency, '{SUBMITTER}', since
             from json_to_recordset($1) as r(id uuid, person uuid, agency uuid, since timestamptz)
             on conflict (id) do nothing`,
      rows: agencies.map(({ id, ori }) => ({
        id: seedId('membership', `cbp-loader:${ori}`),
        person: LOADER.id,
        agency: id,
        since: SINCE,
      })),
    },
    ...regionRows(),
    {
      // Looks first: a refused insert would use up an id of the int4 sequence.
      text: `insert into access_key (key)
             select r.key from json_to_recordset($1) as r(key text)
             where not exists (select from access_key k where k.key = r.key) order by r.key
             on conflict (key) do nothing`,
      rows: accessKeys().map((key) => ({ key })),
    },
  ];
}

/** All that an audience can name are there before the first report: batches beside each other add none. */
function accessKeys(): string[] {
  const agencies = syntheticAgencies();
  const counties = agencies.filter(({ level }) => level === 'LOCAL').map(({ place }) => place.slice('county:'.length));
  return [
    ...new Set<string>([
      NATION_KEY,
      ...agencies.map(({ id }) => agencyKey(id)),
      ...counties.map((county) => stateKey(county.slice(0, 2))),
      ...counties.map(countyKey),
      ...REGIONS.map(({ id }) => regionKey(id)),
    ]),
  ];
}
