import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import type { World } from './world.facts.js';

/** What administration is about, written when everything has been submitted; the ids are the world's own. */
export async function writeAdministration(admin: Client, world: World): Promise<void> {
  await writePolicyTexts(admin, world);
  await admin.query(
    `insert into api_key (id, agency_id, person_id, name, prefix, digest, capabilities, widest_sharing, created_at, created_by,
         expires_at, revoked_at, revoked_by)
     select id, "agencyId", "personId", 'invented ' || left(id::text, 8), left(md5(id::text), 12), sha256(id::text::bytea), '{SUBMIT}', 'AGENCY',
         now() - interval '30 days', "personId", now() + case state when 'EXPIRED' then interval '-1 day' else interval '1 day' end,
         case state when 'REVOKED' then now() - interval '1 hour' end, case state when 'REVOKED' then "personId" end
     from json_to_recordset($1) as r(id uuid, "agencyId" uuid, "personId" uuid, state text)`,
    [JSON.stringify(world.apiKeys)],
  );
  await admin.query(
    `insert into approval (id, kind, agency_id, payload, summary, requested_by, requested_at, expires_at, state, decided_by, decided_at)
     select id, 'role.grant', "agencyId", '{}', 'invented ' || id, "requestedBy", now() - interval '2 days',
         now() + case state when 'EXPIRED' then interval '-1 day' else interval '1 day' end,
         case state when 'EXPIRED' then 'PENDING' else state end, "decidedBy", case when "decidedBy" is not null then now() - interval '1 day' end
     from json_to_recordset($1) as r(id uuid, "agencyId" uuid, "requestedBy" uuid, "decidedBy" uuid, state text)`,
    [JSON.stringify(world.approvals)],
  );
  const dangers = world.dangers.map((it) => ({
    ...it,
    recordId: world.records[it.n]?.recordId,
    ownerId: world.records[it.n]?.agencyId,
  }));
  await admin.query(
    `insert into imminent_danger (id, person_id, agency_id, record_id, owner_agency_id, reason, opened_at, valid_until)
     select r.id, r."personId", r."agencyId", r."recordId", r."ownerId", 'An invented danger to somebody, ' || r.id, o.at, o.at + interval '1 hour'
     from json_to_recordset($1) as r(id uuid, "personId" uuid, "agencyId" uuid, "recordId" uuid, "ownerId" uuid, term text)
     cross join lateral (select now() - case r.term when 'NOW' then interval '1 minute' else interval '3 hours' end as at) o`,
    [JSON.stringify(dangers)],
  );
  await admin.query(
    `insert into imminent_danger_review (imminent_danger_id, agency_id, person_id, note)
     select r.id, a.agency::uuid, r."personId", 'invented'
     from json_to_recordset($1) as r(id uuid, "personId" uuid, "reviewedBy" json)
     cross join lateral json_array_elements_text(r."reviewedBy") as a(agency)`,
    [JSON.stringify(world.dangers)],
  );
}

/** One more that is in force, and one that will be: who has accepted which decides who reads what others share. */
async function writePolicyTexts(admin: Client, world: World): Promise<void> {
  const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
  const { rows } = await admin.query<{ version: number }>(
    `insert into policy_text (version, body, digest, effective_from)
     select (select coalesce(max(version), 0) from policy_text) + n, body, digest, now() + (n * 2 - 3) * interval '1 day'
     from unnest($1::text[], $2::text[]) with ordinality as r(body, digest, n)
     returning version`,
    [TEXTS, TEXTS.map(digest)],
  );
  const [inForce, next] = rows.map(({ version }) => version);
  const accepted = world.agencies.flatMap(({ id, policy }) =>
    policy === 'OVERDUE' ? [] : [{ id, version: policy === 'ACCEPTED' ? next : inForce }],
  );
  await admin.query(
    `insert into policy_acceptance (agency_id, version) select id, version from json_to_recordset($1) as r(id uuid, version int)`,
    [JSON.stringify(accepted)],
  );
}

const TEXTS = ['An invented text that is in force.', 'An invented text that is not in force yet.'];
