import { openPool } from '@concord/platform/database';
import { addAgency, addMembership, addPerson, createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { Client, type Pool } from 'pg';
import { administer, refuse, type AdministrativeAct, type BookActs } from '../administration.js';
import type { AdminSeat } from '../seat.js';
import { approvalKind, approvalKinds, type Approval } from './approval.js';
import { findApprovals } from './approval.reader.js';
import { decideApproval, requestApproval } from './approval.store.js';

describe('what a second person decides', () => {
  let database: TestDatabase;
  let admin: Client;
  let pool: Pool;
  let county: string;
  let parent: string;
  const booked: AdministrativeAct[] = [];
  const book: BookActs = (_tx, acts) => Promise.resolve(void booked.push(...acts));
  let applied: string[] = [];
  const kinds = approvalKinds(
    approvalKind({
      kind: 'test.act',
      parse: (payload) => payload as { fail?: string; name: string },
      apply: (_tx, { payload }) => {
        if (payload.fail === 'rejected')
          return Promise.resolve({ kind: 'rejected', issues: [{ path: '', code: 'NOT_FOUND', message: 'gone' }] });
        applied.push(payload.name);
        return Promise.resolve({ kind: 'applied', acts: [{ action: 'test.act', subjects: [] }] });
      },
    }),
  );

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    pool = openPool({ url: database.appUrl, role: 'concord_api', max: 4, statementTimeoutMs: 5_000 });
  });
  afterAll(async () => {
    await pool?.end();
    await admin?.end();
    await database?.drop();
  });
  beforeEach(async () => {
    applied = [];
    parent = await addAgency(admin, { level: 'STATE' });
    county = await addAgency(admin, { level: 'LOCAL' });
    await admin.query('update agency set parent_id = $1 where id = $2', [parent, county]);
  });

  const seat = async (agencyId: string | null, role: string, personId?: string): Promise<AdminSeat> => {
    const person = personId ?? (await addPerson(admin));
    await addMembership(admin, { personId: person, agencyId, roles: [role] });
    return { personId: person, agencyId };
  };
  const ask = async (
    who: AdminSeat,
    agencyId: string | null,
    payload: object = {},
    subjectIds: string[] = [],
  ): Promise<Approval> => {
    const request = {
      kind: 'test.act',
      agencyId,
      subjectIds,
      payload: { name: 'x', ...payload },
      summary: 'an act',
    };
    const asked = await administer(pool, who, (tx) => requestApproval(tx, who, request));
    if (asked.kind !== 'done') throw new Error('not asked');
    return asked.value;
  };
  const decide = async (who: AdminSeat, id: string, approve = true): Promise<string> => {
    const decided = await decideApproval(pool, who, { id, approve }, { kinds, book });
    return decided.kind === 'done' ? decided.value.state : (decided.issues[0]?.code ?? '');
  };
  const seen = async (who: AdminSeat): Promise<string[]> =>
    (await findApprovals(pool, who, { state: null, limit: 10, after: null })).map(({ id }) => id);

  it('is done when another admin of the agency approves it, once', async () => {
    const [one, other] = [await seat(county, 'AGENCY_ADMIN'), await seat(county, 'AGENCY_ADMIN')];
    const { id, needs, state } = await ask(one, county);
    expect([needs, state]).toEqual(['AGENCY_ADMIN', 'PENDING']);
    expect(await decide(one, id)).toBe('OWN_REQUEST');
    expect(await decide(other, id)).toBe('APPROVED');
    expect(await decide(other, id)).toBe('ALREADY_DECIDED');
    expect(applied).toEqual(['x']);
    expect(booked.map(({ action }) => action)).toEqual(['approval.approve', 'test.act']);
  });

  it('is nobody’s own, in whichever seat', async () => {
    const one = await seat(county, 'AGENCY_ADMIN');
    const { id } = await ask(one, county);
    const above = await seat(parent, 'AGENCY_ADMIN', one.personId);
    const system = await seat(null, 'SYSTEM_ADMIN', one.personId);
    expect([await decide(above, id), await decide(system, id)]).toEqual(['OWN_REQUEST', 'OWN_REQUEST']);
    // The row itself refuses, whatever the service says.
    await expect(
      admin.query(`update approval set state = 'APPROVED', decided_by = $1, decided_at = now() where id = $2`, [
        one.personId,
        id,
      ]),
    ).rejects.toMatchObject({ code: '23514' });
  });

  it('is not decided by whom it is about, and waits for somebody else then', async () => {
    const [one, two] = [await seat(county, 'AGENCY_ADMIN'), await seat(county, 'AGENCY_ADMIN')];
    const system = await seat(null, 'SYSTEM_ADMIN');
    const about = await ask(one, county, {}, [two.personId]);
    expect(about.needs).toBe('SYSTEM_ADMIN');
    expect(await decide(two, about.id)).toBe('OWN_REQUEST');
    const above = await seat(parent, 'AGENCY_ADMIN', two.personId);
    expect(await decide(above, about.id)).toBe('NOT_FOUND');
    await expect(
      admin.query(`update approval set state = 'APPROVED', decided_by = $1, decided_at = now() where id = $2`, [
        two.personId,
        about.id,
      ]),
    ).rejects.toMatchObject({ code: '23514' });
    expect(applied).toEqual([]);
    expect(await decide(system, about.id)).toBe('APPROVED');
    const three = await seat(county, 'AGENCY_ADMIN');
    const again = await ask(one, county, {}, [two.personId]);
    expect(again.needs).toBe('AGENCY_ADMIN');
    expect([await decide(two, again.id), await decide(three, again.id)]).toEqual(['OWN_REQUEST', 'APPROVED']);
  });

  it('is the parent’s admin’s where an agency has one admin, and a system admin’s where the parent has none', async () => {
    const one = await seat(county, 'AGENCY_ADMIN');
    const system = await seat(null, 'SYSTEM_ADMIN');
    const alone = await ask(one, county);
    expect(alone.needs).toBe('SYSTEM_ADMIN');
    const above = await seat(parent, 'AGENCY_ADMIN');
    expect(await seen(above)).toEqual([alone.id]);
    expect(await decide(system, alone.id)).toBe('NOT_FOUND');
    expect(await decide(above, alone.id)).toBe('APPROVED');
    const again = await ask(one, county);
    await admin.query(`update agency set status = 'LEFT' where id = $1`, [parent]);
    expect(await decide(above, again.id)).toBe('NOT_FOUND');
    expect(await decide(system, again.id)).toBe('APPROVED');
  });

  it('goes from the parent to a second admin who comes meanwhile', async () => {
    const [one, above] = [await seat(county, 'AGENCY_ADMIN'), await seat(parent, 'AGENCY_ADMIN')];
    const { id } = await ask(one, county);
    const second = await seat(county, 'AGENCY_ADMIN');
    expect(await decide(above, id)).toBe('NOT_FOUND');
    expect(await decide(second, id, false)).toBe('REFUSED');
    expect(applied).toEqual([]);
  });

  it('is a second system admin’s for the deployment', async () => {
    const [one, other] = [await seat(null, 'SYSTEM_ADMIN'), await seat(null, 'SYSTEM_ADMIN')];
    const stranger = await seat(county, 'AGENCY_ADMIN');
    const { id } = await ask(one, null);
    expect(await seen(stranger)).toEqual([]);
    expect(await decide(stranger, id)).toBe('NOT_FOUND');
    expect(await decide(other, id)).toBe('APPROVED');
  });

  it('is seen and decided by nobody else: other roles, other agencies, ended seats', async () => {
    const [one, second] = [await seat(county, 'AGENCY_ADMIN'), await seat(county, 'AGENCY_ADMIN')];
    const { id } = await ask(one, county);
    const others = [
      await seat(county, 'SUPERVISOR'),
      await seat(county, 'AUDITOR'),
      await seat(await addAgency(admin, { level: 'LOCAL' }), 'AGENCY_ADMIN'),
      await seat(parent, 'AGENCY_ADMIN'),
      await seat(null, 'SYSTEM_ADMIN'),
    ];
    for (const other of others) {
      expect(await seen(other)).not.toContain(id);
      expect(await decide(other, id)).toBe('NOT_FOUND');
    }
    await admin.query('update membership set valid_until = now() where person_id = $1', [second.personId]);
    expect(await decide(second, id)).toBe('NOT_FOUND');
  });

  it('is decided by one of two at the same moment, and the other is told', async () => {
    const one = await seat(county, 'AGENCY_ADMIN');
    const deciders = [await seat(county, 'AGENCY_ADMIN'), await seat(county, 'AGENCY_ADMIN')];
    for (const approves of [true, false]) {
      const { id } = await ask(one, county);
      applied = [];
      const outcomes = await Promise.all(deciders.map((who, n) => decide(who, id, n === 0 ? true : approves)));
      expect(outcomes.filter((outcome) => outcome === 'ALREADY_DECIDED')).toHaveLength(1);
      expect(applied).toHaveLength(outcomes.includes('APPROVED') ? 1 : 0);
    }
  });

  it('stays open when what was approved cannot be done any more', async () => {
    const [one, other] = [await seat(county, 'AGENCY_ADMIN'), await seat(county, 'AGENCY_ADMIN')];
    const { id } = await ask(one, county, { fail: 'rejected' });
    expect(await decide(other, id)).toBe('NOT_FOUND');
    expect((await findApprovals(pool, other, { state: 'PENDING', limit: 10, after: null })).map((a) => a.id)).toContain(
      id,
    );
    expect(await decide(other, id, false)).toBe('REFUSED');
  });

  it('runs out, and ends with whoever asked', async () => {
    const [one, other] = [await seat(county, 'AGENCY_ADMIN'), await seat(county, 'AGENCY_ADMIN')];
    const late = await ask(one, county);
    await admin.query(`update approval set expires_at = now() where id = $1`, [late.id]);
    expect(await decide(other, late.id)).toBe('ALREADY_DECIDED');
    expect(
      (await findApprovals(pool, other, { state: 'EXPIRED', limit: 10, after: null })).map(({ id }) => id),
    ).toEqual([late.id]);
    const orphan = await ask(one, county);
    await admin.query(`update person set status = 'DISABLED' where id = $1`, [one.personId]);
    expect(await decide(other, orphan.id)).toBe('REQUESTER_GONE');
    expect(await decide(other, orphan.id, false)).toBe('REFUSED');
  });

  it('is asked for by admins alone, and for their own agency or the deployment', async () => {
    const analyst = await seat(county, 'ANALYST');
    await expect(ask(analyst, county)).rejects.toMatchObject({ code: '42501' });
    const one = await seat(county, 'AGENCY_ADMIN');
    await expect(ask(one, parent)).rejects.toMatchObject({ code: '42501' });
    expect((await ask(one, null)).needs).toBe('SYSTEM_ADMIN');
  });

  it('keeps nothing of an act that was refused midway', async () => {
    const one = await seat(county, 'AGENCY_ADMIN');
    const outcome = await administer(pool, one, async (tx) => {
      await requestApproval(tx, one, {
        kind: 'test.act',
        agencyId: county,
        subjectIds: [],
        payload: {},
        summary: 'an act',
      });
      return refuse('', 'NOT_FOUND', 'no');
    });
    expect(outcome.kind).toBe('rejected');
    expect(await seen(one)).toEqual([]);
  });
});
