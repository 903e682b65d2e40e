import { randomUUID } from 'node:crypto';
import type { Queryable } from '@concord/platform/database';

/** Texts that PostgreSQL reads as timestamps; left out: from an hour ago, without an end. */
export interface Validity {
  readonly from?: string | Date;
  readonly until?: string | Date | null;
}

export const END_OF_TIME = '2100-01-01T00:00:00Z';

const AN_HOUR_AGO = (): Date => new Date(Date.now() - 3_600_000);
const from = (validity: Validity): string | Date => validity.from ?? AN_HOUR_AGO();
const until = (validity: Validity): string | Date | null => validity.until ?? null;

let agencies = 0;

/** Ids are made here and handed back; everything is synthetic. The connection is the superuser's. */
export async function addAgency(
  db: Queryable,
  agency: { level: string; places?: readonly string[]; status?: string; name?: string },
): Promise<string> {
  const id = randomUUID();
  agencies += 1;
  const ori = agency.level === 'COMMUNITY' ? null : `ZZ${agencies.toString(36).toUpperCase().padStart(7, '0')}`;
  await db.query('insert into agency (id, ori, name, level, status, synthetic) values ($1, $2, $3, $4, $5, true)', [
    id,
    ori,
    agency.name ?? `${agency.level.toLowerCase()} agency ${agencies}`,
    agency.level,
    agency.status ?? 'ACTIVE',
  ]);
  for (const place of agency.places ?? []) {
    await db.query('insert into agency_place (agency_id, place_key) values ($1, $2)', [id, place]);
  }
  return id;
}

export async function addPerson(db: Queryable, person: { status?: string } = {}): Promise<string> {
  const id = randomUUID();
  await db.query('insert into person (id, issuer, subject, display_name, status) values ($1, $2, $3, $4, $5)', [
    id,
    'https://issuer.test',
    id,
    `person ${id.slice(0, 8)}`,
    person.status ?? 'ACTIVE',
  ]);
  return id;
}

export async function addMembership(
  db: Queryable,
  membership: { personId: string; agencyId: string | null; roles: readonly string[] } & Validity,
): Promise<string> {
  const id = randomUUID();
  await db.query(
    'insert into membership (id, person_id, agency_id, roles, valid_from, valid_until) values ($1, $2, $3, $4, $5, $6)',
    [id, membership.personId, membership.agencyId, membership.roles, from(membership), until(membership)],
  );
  return id;
}

export async function addAgreement(
  db: Queryable,
  agreement: { parties: readonly string[]; name?: string; widestSharing?: string } & Validity,
): Promise<string> {
  const id = randomUUID();
  await db.query(
    'insert into agreement (id, name, widest_sharing, valid_from, valid_until, text_digest) values ($1, $2, $3, $4, $5, $6)',
    [
      id,
      agreement.name ?? 'test agreement',
      agreement.widestSharing ?? 'PARTNERS',
      from(agreement),
      until(agreement),
      'none',
    ],
  );
  for (const agencyId of agreement.parties) {
    await db.query('insert into agreement_party (agreement_id, agency_id) values ($1, $2)', [id, agencyId]);
  }
  return id;
}

/** A task force always ends some day. */
export async function addTaskForce(
  db: Queryable,
  taskForce: { leadAgencyId: string; name?: string } & Validity,
): Promise<string> {
  const id = randomUUID();
  await db.query(
    'insert into task_force (id, name, lead_agency_id, valid_from, valid_until) values ($1, $2, $3, $4, $5)',
    [id, taskForce.name ?? 'test task force', taskForce.leadAgencyId, from(taskForce), until(taskForce) ?? END_OF_TIME],
  );
  return id;
}

export async function addTaskForceAgency(
  db: Queryable,
  joined: { taskForceId: string; agencyId: string } & Validity,
): Promise<void> {
  await db.query(
    'insert into task_force_agency (task_force_id, agency_id, valid_from, valid_until) values ($1, $2, $3, $4)',
    [joined.taskForceId, joined.agencyId, from(joined), until(joined)],
  );
}

/** The agency has joined before. */
export async function addTaskForceMember(
  db: Queryable,
  member: { taskForceId: string; agencyId: string; personId: string; role?: string } & Validity,
): Promise<void> {
  await db.query(
    `insert into task_force_member (task_force_id, agency_id, person_id, role, valid_from, valid_until)
     values ($1, $2, $3, $4, $5, $6)`,
    [member.taskForceId, member.agencyId, member.personId, member.role ?? 'MEMBER', from(member), until(member)],
  );
}

export async function addRegion(db: Queryable, region: { id: string; counties: readonly string[] }): Promise<void> {
  await db.query('insert into region (id, name) values ($1, $1)', [region.id]);
  for (const county of region.counties) {
    await db.query('insert into region_county (region_id, county_fips) values ($1, $2)', [region.id, county]);
  }
}
