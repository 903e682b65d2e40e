import { addAgency, addMembership, addPerson, createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { Client } from 'pg';
import { checkInvariants } from './invariants.check.js';

describe('what concord verify asks of approvals, invitations and memberships', () => {
  let database: TestDatabase;
  let admin: Client;
  let agency = '';
  let [one, two, guest] = ['', '', ''];

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    agency = await addAgency(admin, { level: 'LOCAL' });
    [one, two, guest] = [await addPerson(admin), await addPerson(admin), await addPerson(admin)];
    for (const personId of [one, two])
      await addMembership(admin, { personId, agencyId: agency, roles: ['AGENCY_ADMIN'] });
  });
  afterAll(async () => {
    await admin?.end();
    await database?.drop();
  });
  beforeEach(() => admin.query('begin'));
  afterEach(() => admin.query('rollback'));

  const found = async (): Promise<string[]> => (await checkInvariants(admin)).faults.map(({ message }) => message);
  const approval = async (kind: string, payload: object, more: { by?: string; at?: string; state?: string } = {}) => {
    const { rows } = await admin.query<{ id: string }>(
      `insert into approval (kind, agency_id, payload, summary, requested_by, state, decided_by, decided_at)
       values ($1, $2, $3, 'x', $4, $5, $6, now() + $7::interval) returning id`,
      [kind, agency, payload, one, more.state ?? 'APPROVED', more.by ?? two, more.at ?? '0 days'],
    );
    return rows[0]?.id ?? '';
  };
  const membership = (
    roles: string[],
    more: { approval?: string | null; invitation?: string | null; by?: string | null },
  ) =>
    admin.query(
      `insert into membership (person_id, agency_id, roles, granted_by, approval_id, invitation_id) values ($1, $2, $3, $4, $5, $6)`,
      [guest, agency, roles, more.by === undefined ? one : more.by, more.approval, more.invitation],
    );
  const invitation = async (roles: string[], more: { approval?: string; accepted?: string } = {}): Promise<string> => {
    const { rows } = await admin.query<{ id: string }>(
      `insert into invitation (person_id, agency_id, roles, valid_from, code_hash, created_by, approval_id, accepted_by, accepted_at)
       values ($1, $2, $3, now(), sha256(gen_random_uuid()::text::bytea), $4, $5, $6::uuid, case when $6 is not null then now() end) returning id`,
      [guest, agency, roles, one, more.approval, more.accepted],
    );
    return rows[0]?.id ?? '';
  };
  /** An approval of an invitation names it, and the other way round. */
  const confirmed = async (roles: string[], accepted?: string): Promise<{ id: string; approval: string }> => {
    const decided = await approval('invitation.confirm', {});
    const id = await invitation(roles, { approval: decided, ...(accepted === undefined ? {} : { accepted }) });
    await admin.query(`update approval set payload = jsonb_build_object('invitationId', $1::text) where id = $2`, [
      id,
      decided,
    ]);
    return { id, approval: decided };
  };
  const grant = (roles: string[]) => ({ personId: guest, agencyId: agency, roles, from: null, until: null });

  it('finds nothing where all went its way', async () => {
    await membership(['AUDITOR'], { approval: await approval('role.grant', grant(['AUDITOR'])) });
    const { id, approval: decided } = await confirmed(['PRIVACY_OFFICER'], guest);
    await membership(['PRIVACY_OFFICER'], { approval: decided, invitation: id });
    await membership(['ANALYST'], {});
    // An operator appoints in nobody's name, and what was refused comes to nothing.
    await membership(['AGENCY_ADMIN'], { by: null });
    await approval('role.grant', grant(['AUDITOR']), { state: 'REFUSED' });
    await confirmed(['AUDITOR']);
    await invitation(['ANALYST']);
    expect(await found()).toEqual([]);
  });

  it.each<[string, string[], () => Promise<unknown>]>([
    [
      'an own request that was decided',
      ['1 requests were decided by whoever asked'],
      async () => {
        await admin.query('alter table approval drop constraint approval_check1');
        await approval('test.act', {}, { by: one });
      },
    ],
    ['a late decision', ['1 requests were decided after their time'], () => approval('test.act', {}, { at: '8 days' })],
    [
      'roles that never came',
      ['1 roles were approved and are not there'],
      () => approval('role.grant', grant(['AUDITOR'])),
    ],
    [
      'an invitation that came to nothing',
      ['1 invitations were approved and accepted, and are no membership'],
      () => confirmed(['AUDITOR'], guest),
    ],
    [
      'an agency that is still there',
      ['1 agencies were let go and have not left'],
      () => approval('agency.leave', { agencyId: agency }),
    ],
    [
      'an admin by one alone',
      ['1 roles that need a second person were given by one alone'],
      () => membership(['ANALYST', 'AGENCY_ADMIN'], {}),
    ],
    [
      'an admin whose approval was refused',
      [
        '1 roles that need a second person were given by one alone',
        '1 memberships are not what a second person approved',
      ],
      async () =>
        membership(['AUDITOR'], { approval: await approval('role.grant', grant(['AUDITOR']), { state: 'REFUSED' }) }),
    ],
    [
      'more roles than were approved',
      ['1 memberships are not what a second person approved'],
      async () => membership(['AUDITOR', 'ANALYST'], { approval: await approval('role.grant', grant(['AUDITOR'])) }),
    ],
    [
      'another one’s approval',
      ['1 memberships are not what a second person approved'],
      async () =>
        membership(['AUDITOR'], { approval: await approval('role.grant', { ...grant(['AUDITOR']), personId: two }) }),
    ],
    [
      'more roles than were invited to',
      ['1 memberships are not what was invited to, or not of whoever accepted'],
      async () => membership(['SUPERVISOR'], { invitation: await invitation(['ANALYST'], { accepted: guest }) }),
    ],
    [
      'a membership of somebody who accepted nothing',
      ['1 memberships are not what was invited to, or not of whoever accepted'],
      async () => membership(['ANALYST'], { invitation: await invitation(['ANALYST']) }),
    ],
    [
      'an admin who is invited by one alone',
      ['1 invitations to roles that need a second person wait for none'],
      () => invitation(['AGENCY_ADMIN']),
    ],
  ])('finds %s', async (_, messages, plant) => {
    await plant();
    expect(await found()).toEqual(messages);
  });
});
