import { openPool } from '@concord/platform/database';
import { addAgency, addMembership, addPerson, createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { Client, type Pool } from 'pg';
import type { AdministrativeAct, BookActs } from '../administration.js';
import { approvalKinds } from '../approvals/approval.js';
import { decideApproval } from '../approvals/approval.store.js';
import { inSeat, type AdminSeat } from '../seat.js';
import { AGENCY_LEAVE, requestDeparture } from './leave-agency.js';

describe('an agency leaves when a second person agrees', () => {
  let database: TestDatabase;
  let admin: Client;
  let pool: Pool;
  let agency: string;
  let parent: string;
  const booked: AdministrativeAct[] = [];
  const book: BookActs = (_tx, acts) => Promise.resolve(void booked.push(...acts));

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    pool = openPool({ url: database.appUrl, role: 'concord_api', max: 6, statementTimeoutMs: 5_000 });
  });
  afterAll(async () => {
    await pool?.end();
    await admin?.end();
    await database?.drop();
  });
  beforeEach(async () => {
    booked.length = 0;
    parent = await addAgency(admin, { level: 'STATE' });
    agency = await addAgency(admin, { level: 'LOCAL' });
    await admin.query('update agency set parent_id = $1 where id = $2', [parent, agency]);
  });

  const seat = async (agencyId: string | null, role: string, person?: string): Promise<AdminSeat> => {
    const personId = person ?? (await addPerson(admin));
    await addMembership(admin, { personId, agencyId, roles: [role] });
    return { personId, agencyId };
  };
  const ask = async (who: AdminSeat, ori: string | null = null): Promise<{ id: string; needs: string }> => {
    const asked = await requestDeparture(pool, who, ori, book);
    return asked.kind === 'done' ? asked.value : { id: '', needs: asked.issues[0]?.code ?? '' };
  };
  const decide = async (who: AdminSeat, id: string, approve = true): Promise<string> => {
    const decided = await decideApproval(pool, who, { id, approve }, { kinds: approvalKinds(AGENCY_LEAVE), book });
    return decided.kind === 'done' ? decided.value.state : (decided.issues[0]?.code ?? '');
  };
  const statusOf = async (id = agency): Promise<unknown> =>
    (await admin.query<{ status: string }>('select status, left_by from agency where id = $1', [id])).rows[0];
  const oriOf = async (id: string): Promise<string> =>
    (await admin.query<{ ori: string }>('select ori from agency where id = $1', [id])).rows[0]?.ori ?? '';
  const leaves = (who: AdminSeat, id: string): Promise<unknown> =>
    inSeat(pool, who, (tx) => tx.query('select leave_approved_agency($1)', [id]));

  it('by its parent’s admin where it has one admin, who also tells nobody else what to do', async () => {
    const [one, above] = [await seat(agency, 'AGENCY_ADMIN'), await seat(parent, 'AGENCY_ADMIN')];
    const asked = await ask(one);
    expect(asked.needs).toBe('PARENT_ADMIN');
    expect((await ask(above, await oriOf(agency))).needs).toBe('NOT_FOUND');
    expect(await decide(above, asked.id)).toBe('APPROVED');
    expect(await statusOf()).toEqual({ status: 'LEFT', left_by: one.personId });
    expect(await statusOf(parent)).toMatchObject({ status: 'ACTIVE' });
    expect(booked.map(({ action }) => action)).toEqual(['departure.request', 'approval.approve', 'agency.leave']);
  });

  it('by a system admin where there is nobody else; a partner without an ORI names none', async () => {
    const clinic = await addAgency(admin, { level: 'COMMUNITY' });
    const [one, system] = [await seat(clinic, 'AGENCY_ADMIN'), await seat(null, 'SYSTEM_ADMIN')];
    const asked = await ask(one);
    expect(asked.needs).toBe('SYSTEM_ADMIN');
    // Nobody's own, in whichever seat.
    const both = await seat(null, 'SYSTEM_ADMIN', one.personId);
    expect(await decide(both, asked.id)).toBe('OWN_REQUEST');
    expect(await decide(system, asked.id)).toBe('APPROVED');
    expect(await statusOf(clinic)).toMatchObject({ status: 'LEFT' });
  });

  it('is one request, however many ask at the same moment, and another once whoever asked is gone', async () => {
    const admins = [await seat(agency, 'AGENCY_ADMIN'), await seat(agency, 'AGENCY_ADMIN')];
    // Connections that stand already: all of them begin in the same moment.
    await Promise.all(Array.from({ length: 6 }, () => pool.query('select pg_sleep(0.05)')));
    const asked = await Promise.all([...admins, ...admins].map((who) => ask(who)));
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    expect(booked).toHaveLength(1);
    const { rows } = await admin.query<{ requested_by: string }>('select requested_by from approval where id = $1', [
      asked[0]?.id,
    ]);
    await admin.query('update membership set valid_until = now() where person_id = $1', [rows[0]?.requested_by]);
    const left = admins.find(({ personId }) => personId !== rows[0]?.requested_by);
    if (left === undefined) throw new Error('one is left');
    expect((await ask(left)).id).not.toBe(asked[0]?.id);
  });

  it('of two who approve what the agency and the deployment asked for, one does it', async () => {
    const own = [await seat(agency, 'AGENCY_ADMIN'), await seat(agency, 'AGENCY_ADMIN')] as const;
    const system = [await seat(null, 'SYSTEM_ADMIN'), await seat(null, 'SYSTEM_ADMIN')] as const;
    const [ours, theirs] = [await ask(own[0]), await ask(system[0], await oriOf(agency))];
    expect(theirs.id).not.toBe(ours.id);
    expect(await decide(own[1], theirs.id)).toBe('NOT_FOUND');
    const outcomes = await Promise.all([decide(own[1], ours.id), decide(system[1], theirs.id)]);
    expect(outcomes.filter((outcome) => outcome === 'APPROVED')).toHaveLength(1);
    expect(booked.filter(({ action }) => action === 'agency.leave')).toHaveLength(1);
    expect(
      await admin.query(`select from outbox where kind = 'agency.left' and $1 = any(subject_ids)`, [agency]),
    ).toMatchObject({
      rowCount: 1,
    });
  });

  it('is refused by PostgreSQL without an approval of just that', async () => {
    const [one, two] = [await seat(agency, 'AGENCY_ADMIN'), await seat(agency, 'AGENCY_ADMIN')];
    const { id } = await ask(one);
    await expect(leaves(two, id)).rejects.toMatchObject({ code: '42501' });
    expect(await decide(two, id, false)).toBe('REFUSED');
    await expect(leaves(two, id)).rejects.toMatchObject({ code: '42501' });
    const approved = async (kind: string, agencyId: string | null, subject: string): Promise<string> =>
      (
        await admin.query<{ id: string }>(
          `insert into approval (kind, agency_id, payload, summary, requested_by, state, decided_by, decided_at)
           values ($1, $2, jsonb_build_object('agencyId', $3::text), 'x', $4, 'APPROVED', $5, now()) returning id`,
          [kind, agencyId, subject, one.personId, two.personId],
        )
      ).rows[0]?.id ?? '';
    for (const wrong of [
      await approved('role.grant', agency, agency),
      // An own request about another agency, and one of the deployment by an agency's admin.
      await approved('agency.leave', agency, parent),
      await approved('agency.leave', null, parent),
    ])
      await expect(leaves(two, wrong)).rejects.toMatchObject({ code: '42501' });
    await expect(pool.query('select end_agency($1, null)', [agency])).rejects.toMatchObject({ code: '42501' });
    expect([await statusOf(), await statusOf(parent)]).toMatchObject([{ status: 'ACTIVE' }, { status: 'ACTIVE' }]);
  });
});
