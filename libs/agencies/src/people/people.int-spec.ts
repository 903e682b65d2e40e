import { ROLES, type Role } from '@concord/codes';
import { openPool } from '@concord/platform/database';
import { addAgency, addMembership, addPerson, createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import fc from 'fast-check';
import { Client, type Pool } from 'pg';
import { administer, type BookActs } from '../administration.js';
import type { AdminSeat } from '../seat.js';
import { approvalKinds } from '../approvals/approval.js';
import { decideApproval } from '../approvals/approval.store.js';
import { acceptInvitation } from './accept-invitation.js';
import { faultsOfDuties, WORKING_ROLES } from './duties.js';
import { grantRole, ROLE_GRANT } from './grant-role.js';
import { INVITATION_CONFIRM, invitePerson } from './invite-person.js';

const ISSUER = 'https://issuer.test';
const kinds = approvalKinds(ROLE_GRANT, INVITATION_CONFIRM);
const book: BookActs = () => Promise.resolve();

describe('people, as PostgreSQL keeps them', () => {
  let database: TestDatabase;
  let admin: Client;
  let pool: Pool;
  let agencyId: string;
  let one: AdminSeat;
  let two: AdminSeat;

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
    agencyId = await addAgency(admin, { level: 'LOCAL' });
    one = await seat('AGENCY_ADMIN');
    two = await seat('AGENCY_ADMIN');
  });

  const seat = async (role: Role, at: string | null = agencyId, person?: string): Promise<AdminSeat> => {
    const personId = person ?? (await addPerson(admin));
    await addMembership(admin, { personId, agencyId: at, roles: [role] });
    return { personId, agencyId: at };
  };
  const rolesOf = async (personId: string, at: string | null = agencyId): Promise<string[]> => {
    const { rows } = await admin.query<{ role: string }>(
      `select distinct r.role from membership m, unnest(m.roles) r(role)
       where m.person_id = $1 and m.agency_id is not distinct from $2 and (m.valid_until is null or m.valid_until > now()) order by 1`,
      [personId, at],
    );
    return rows.map(({ role }) => role);
  };
  const invite = async (roles: Role[], who = one) => {
    const wanted = { displayName: 'x', roles, agencyOri: null, from: null, until: null };
    const invited = await invitePerson(pool, who, wanted, { now: new Date(), book });
    if (invited.kind !== 'done') throw new Error(JSON.stringify(invited.issues));
    return invited.value;
  };
  const accept = async (code: string, subject: string): Promise<string> => {
    const accepted = await acceptInvitation(pool, { issuer: ISSUER, subject }, code, () => Promise.resolve());
    return accepted.kind === 'done' ? (accepted.value.membership === null ? 'waits' : 'member') : 'wrong';
  };
  const decide = async (who: AdminSeat, id: string, approve = true): Promise<string> => {
    const decided = await decideApproval(pool, who, { id, approve }, { kinds, book });
    return decided.kind === 'done' ? decided.value.state : (decided.issues[0]?.code ?? '');
  };

  it('is asked for once, however often somebody asks, and is not given to whoever holds it by now', async () => {
    const person = await seat('ANALYST');
    const ask = async (who: AdminSeat): Promise<string> => {
      const wanted = { personId: person.personId, roles: ['PRIVACY_OFFICER' as const], agencyOri: null };
      const granted = await grantRole(pool, who, { ...wanted, from: null, until: null }, { now: new Date(), book });
      if (granted.kind !== 'done' || granted.value.kind !== 'requested') throw new Error('not asked');
      return granted.value.approval.id;
    };
    const [first, again] = await Promise.all([ask(one), ask(one)]);
    expect([again, await ask(one)]).toEqual([first, first]);
    const other = await ask(two);
    expect(other).not.toBe(first);
    expect(await decide(two, first)).toBe('APPROVED');
    expect(await decide(one, other)).toBe('ALREADY_HELD');
    expect(await decide(one, other, false)).toBe('REFUSED');
    const { rowCount } = await admin.query(
      `select from membership where person_id = $1 and 'PRIVACY_OFFICER' = any(roles)`,
      [person.personId],
    );
    expect(rowCount).toBe(1);
  });

  describe('an invitation to what needs a second person', () => {
    it.each(['accepted first', 'approved first', 'both at once'] as const)('comes true: %s', async (order) => {
      for (let round = 0; round < (order === 'both at once' ? 8 : 1); round += 1) {
        const { code, approval, person } = await invite(['PRIVACY_OFFICER']).then((i) => ({ ...i, ...i.invitation }));
        const id = approval?.id ?? '';
        const steps = [() => accept(code, person.id), () => decide(two, id)];
        if (order === 'approved first') steps.reverse();
        if (order === 'both at once') await Promise.all(steps.map((step) => step()));
        else for (const step of steps) await step();
        expect(await rolesOf(person.id)).toEqual(['PRIVACY_OFFICER']);
      }
    });

    it('is worth nothing once it was refused', async () => {
      const { invitation, approval } = await invite(['AGENCY_ADMIN']);
      await decide(two, approval?.id ?? '', false);
      expect(await accept(invitation.code, 'refused')).toBe('wrong');
    });

    it('is agreed to again when somebody with rights elsewhere brings the code', async () => {
      const { invitation, approval } = await invite(['AGENCY_ADMIN']);
      await decide(two, approval?.id ?? '');
      const elsewhere = await addAgency(admin, { level: 'LOCAL' });
      const { personId } = await seat('ANALYST', elsewhere);
      expect(await accept(invitation.code, personId)).toBe('waits');
      const { rows } = await admin.query<{ id: string }>(
        `select id from approval where requested_by = $1 and state = 'PENDING'`,
        [one.personId],
      );
      expect(await rolesOf(personId)).toEqual([]);
      expect(await decide(one, rows[0]?.id ?? '')).toBe('OWN_REQUEST');
      expect(await decide(two, rows[0]?.id ?? '')).toBe('APPROVED');
      expect(await rolesOf(personId)).toEqual(['AGENCY_ADMIN']);
    });
  });

  it('is accepted by no machine', async () => {
    const { invitation } = await invite(['ANALYST']);
    const machine = { issuer: 'urn:concord:service', subject: 'x' };
    const refused = await acceptInvitation(pool, machine, invitation.code, () => Promise.resolve());
    expect(refused).toMatchObject({ kind: 'rejected', issues: [{ code: 'INVALID_CODE' }] });
    expect(await accept(invitation.code, 'a person')).toBe('member');
  });

  it('ends with whoever made it', async () => {
    const { invitation } = await invite(['ANALYST']);
    await admin.query('update membership set valid_until = now() where person_id = $1', [one.personId]);
    expect(await accept(invitation.code, 'orphan')).toBe('wrong');
    expect(await admin.query(`select from person where subject = 'orphan'`)).toMatchObject({ rowCount: 0 });
  });

  it('of two agencies, accepted by one person at the same moment, only one is without a second person', async () => {
    const other = await addAgency(admin, { level: 'LOCAL' });
    const neighbour = await seat('AGENCY_ADMIN', other);
    const codes = [(await invite(['ANALYST'])).invitation.code, (await invite(['ANALYST'], neighbour)).invitation.code];
    const outcomes = await Promise.all(codes.map((code) => accept(code, 'both')));
    expect(outcomes.sort()).toEqual(['member', 'waits']);
  });

  it('of two admins who give one person a role in two agencies at the same moment, one asks a second person', async () => {
    const other = await addAgency(admin, { level: 'LOCAL' });
    const neighbour = await seat('AGENCY_ADMIN', other);
    for (let round = 0; round < 5; round += 1) {
      const personId = await addPerson(admin);
      const wanted = { personId, roles: ['ANALYST'] as const, agencyOri: null, from: null, until: null };
      const outcomes = await Promise.all(
        [one, neighbour].map((who) =>
          grantRole(pool, who, { ...wanted, roles: [...wanted.roles] }, { now: new Date(), book }),
        ),
      );
      expect(outcomes.map((outcome) => (outcome.kind === 'done' ? outcome.value.kind : outcome.kind)).sort()).toEqual([
        'granted',
        'requested',
      ]);
      const given = [await rolesOf(personId), await rolesOf(personId, other)].filter(({ length }) => length > 0);
      expect(given).toHaveLength(1);
    }
  });

  describe('the functions that write', () => {
    const run = (who: AdminSeat, text: string, values: unknown[]) =>
      administer(pool, who, async (tx) => (await tx.query<Record<string, unknown>>(text, values)).rows[0]);

    it('give no seat what is not its own to give, whatever the service asks', async () => {
      const [analyst, stranger] = [await addPerson(admin), await addPerson(admin)];
      await seat('ANALYST', await addAgency(admin, { level: 'LOCAL' }), stranger);
      const give = 'select grant_membership($1, $2, null, null)';
      const refused = [
        [await seat('SUPERVISOR'), analyst, ['ANALYST']],
        [await seat('SYSTEM_ADMIN', null), analyst, ['ANALYST']],
        [one, analyst, ['AGENCY_ADMIN']],
        [one, analyst, ['ANALYST', 'AUDITOR']],
        [one, stranger, ['ANALYST']],
        [{ ...one, agencyId: await addAgency(admin, { level: 'LOCAL' }) }, analyst, ['ANALYST']],
      ] as const;
      for (const [who, person, roles] of refused)
        await expect(run(who, give, [person, roles])).rejects.toMatchObject({ code: '42501' });
      expect(await rolesOf(analyst)).toEqual([]);
    });

    it('make true what a second person has approved, once, and nothing else', async () => {
      const personId = await addPerson(admin);
      const wanted = { personId, roles: ['AGENCY_ADMIN' as const], agencyOri: null, from: null, until: null };
      const asked = await grantRole(pool, one, wanted, { now: new Date(), book });
      const id = asked.kind === 'done' && asked.value.kind === 'requested' ? asked.value.approval.id : '';
      const grant = 'select grant_approved_membership($1)';
      await expect(run(one, grant, [id])).rejects.toMatchObject({ code: '42501' });
      expect(await decide(two, id)).toBe('APPROVED');
      await expect(run(one, grant, [id])).rejects.toMatchObject({ code: '23505' });
      expect(await rolesOf(personId)).toEqual(['AGENCY_ADMIN']);
    });

    it('end nothing of another agency, and disable nobody of it', async () => {
      const elsewhere = await addAgency(admin, { level: 'LOCAL' });
      const { personId } = await seat('ANALYST', elsewhere);
      const { rows } = await admin.query<{ id: string }>('select id from membership where person_id = $1', [personId]);
      const end = 'select end_membership($1, $2) as ended';
      const system = await seat('SYSTEM_ADMIN', null);
      for (const who of [one, system])
        expect(await run(who, end, [rows[0]?.id, 'x'])).toEqual({ kind: 'done', value: { ended: null } });
      expect(await run(one, `select set_person_status($1, 'DISABLED') as set`, [personId])).toEqual({
        kind: 'done',
        value: { set: false },
      });
    });

    it('withdraw nothing for another agency’s admin, a system admin or another role', async () => {
      const { invitation } = await invite(['ANALYST']);
      const stranger = await seat('AGENCY_ADMIN', await addAgency(admin, { level: 'LOCAL' }));
      const withdraw = 'select withdraw_invitation($1) as withdrawn';
      for (const who of [stranger, await seat('SYSTEM_ADMIN', null), await seat('SUPERVISOR')])
        expect(await run(who, withdraw, [invitation.id])).toEqual({ kind: 'done', value: { withdrawn: false } });
      expect(await run(two, withdraw, [invitation.id])).toEqual({ kind: 'done', value: { withdrawn: true } });
      expect(await run(two, withdraw, [invitation.id])).toEqual({ kind: 'done', value: { withdrawn: false } });
      expect(await accept(invitation.code, 'withdrawn')).toBe('wrong');
    });

    it('write no row but through themselves', async () => {
      for (const text of [
        `insert into membership (person_id, agency_id, roles) values ('${one.personId}', '${agencyId}', '{ANALYST}')`,
        `update membership set valid_until = null`,
        `update person set status = 'ACTIVE'`,
        `update person set issuer = 'x', subject = 'y'`,
        `update invitation set accepted_by = '${one.personId}'`,
        `update invitation set withdrawn_at = null, withdrawn_by = null`,
        `select code_hash from invitation`,
      ])
        await expect(run(one, text, [])).rejects.toMatchObject({ code: '42501' });
    });
  });

  it('give one admin alone nothing but working roles, for people of this agency only, whatever is tried', async () => {
    const role = fc.constantFrom<Role>(...ROLES);
    const roles = fc.uniqueArray(role, { minLength: 1, maxLength: 2 });
    const whom = fc.nat({ max: 3 });
    const step = fc.oneof(
      fc.record({ act: fc.constant('invite' as const), roles, whom }),
      fc.record({ act: fc.constant('grant' as const), roles, whom }),
      fc.record({ act: fc.constant('decide' as const) }),
    );
    const elsewhere = await addAgency(admin, { level: 'LOCAL' });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 10 }), async (steps) => {
        agencyId = await addAgency(admin, { level: 'LOCAL' });
        const alone = await seat('AGENCY_ADMIN');
        await seat('AGENCY_ADMIN');
        // A stranger, a colleague, somebody of two agencies' past, and the admin: all of whom may bring a code.
        const people = [await addPerson(admin), await addPerson(admin), await addPerson(admin), alone.personId];
        await seat('ANALYST', agencyId, people[1]);
        await seat('ANALYST', elsewhere, people[2]);
        const before = await admin.query<{ n: number }>('select count(*)::int as n from membership');
        for (const tried of steps) {
          if (tried.act === 'decide') {
            const { rows } = await admin.query<{ id: string }>('select id from approval where requested_by = $1', [
              alone.personId,
            ]);
            for (const { id } of rows) expect(await decide(alone, id)).toBe('OWN_REQUEST');
            continue;
          }
          const personId = people[tried.whom] ?? '';
          const wanted = { personId, displayName: 'x', roles: tried.roles, agencyOri: null, from: null, until: null };
          if (tried.act === 'grant') await grantRole(pool, alone, wanted, { now: new Date(), book });
          else {
            const invited = await invitePerson(pool, alone, wanted, { now: new Date(), book });
            if (invited.kind === 'done') await accept(invited.value.invitation.code, personId);
          }
        }
        const { rows } = await admin.query<{ roles: Role[]; person_id: string }>(
          'select roles, person_id from membership where granted_by = $1',
          [alone.personId],
        );
        const after = await admin.query<{ n: number }>('select count(*)::int as n from membership');
        expect((after.rows[0]?.n ?? 0) - (before.rows[0]?.n ?? 0)).toBe(rows.length);
        for (const given of rows) {
          expect(given.person_id).not.toBe(people[2]);
          expect(given.roles.filter((one) => !WORKING_ROLES.includes(one))).toEqual([]);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('clash where the words say that they clash', async () => {
    const held: (Role[] | null)[] = [null, ...ROLES.filter((role) => role !== 'SYSTEM_ADMIN').map((role) => [role])];
    for (const systemAdmin of [false, true])
      for (const elsewhere of [false, true])
        for (const has of held) {
          const personId = await addPerson(admin);
          if (has !== null) await addMembership(admin, { personId, agencyId, roles: has });
          if (elsewhere)
            await addMembership(admin, {
              personId,
              agencyId: await addAgency(admin, { level: 'LOCAL' }),
              roles: ['ANALYST'],
            });
          if (systemAdmin) await addMembership(admin, { personId, agencyId: null, roles: ['SYSTEM_ADMIN'] });
          for (const role of ROLES) {
            const at = role === 'SYSTEM_ADMIN' ? null : agencyId;
            const { rows } = await admin.query<{ clash: boolean }>('select duties_clash($1, $2, $3) as clash', [
              personId,
              at,
              [role],
            ]);
            const words = faultsOfDuties([role], at === null ? [] : (has ?? []), {
              systemAdmin,
              elsewhere: at === null ? elsewhere || has !== null : elsewhere,
            });
            expect([role, has, systemAdmin, elsewhere, rows[0]?.clash]).toEqual([
              role,
              has,
              systemAdmin,
              elsewhere,
              words.length > 0,
            ]);
          }
        }
  });
});
