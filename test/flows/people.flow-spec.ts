import { AGENCIES } from '../../apps/embedded/src/agencies.data.js';
import { agencyId, personId, type PersonaName } from '../../apps/embedded/src/personas.js';
import { ask, LogLines, TokenSmith } from '../attacks/tokens.builder.js';
import {
  ACCEPT,
  Administration,
  APPROVALS,
  codesOf,
  INVITE,
  MEMBERS,
  OPEN_INVITATIONS,
} from './administration.builder.js';
import { ME } from './documents.js';
import { eventually, FlowClient } from './flow-client.builder.js';
import { plainReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

const SAN_DIEGO = AGENCIES['san-diego'].ori;
const MY_MEMBERSHIPS = '{ me { id memberships { id agency { ori } roles until } } }';
const WRONG_CODE = ['code INVALID_CODE'];

interface MyMemberships {
  readonly me: { readonly id: string; readonly memberships: readonly { id: string; roles: string[] }[] };
}

describe('people', () => {
  let stack: FlowStack;
  let smith: TokenSmith;
  const log = new LogLines();
  const clients: FlowClient[] = [];

  beforeAll(async () => {
    smith = await TokenSmith.create('urn:test:people', 'ES256');
    stack = await FlowStack.start(undefined, { issuers: [smith.trusted], log: log.logger });
  }, 60_000);
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await stack?.stop();
  });

  const as = (persona: PersonaName): Administration => new Administration(stack.as(persona));
  /** Somebody with a token of the other issuer, whom nobody needs to know. */
  const somebody = (subject: string, agency: string | null = null): FlowClient => {
    const client = new FlowClient(() => stack.api.url, smith.mint({ sub: subject }), undefined, agency);
    clients.push(client);
    return client;
  };
  const at = (client: FlowClient): Administration => new Administration(client);

  /** Puts somebody into an agency without asking anybody. */
  const seated = async (subject: string, agency: string | null, role: string): Promise<FlowClient> => {
    const known = await stack.admin.query<{ id: string }>(
      `insert into person (issuer, subject, display_name) values ($1, $2, $2)
       on conflict (issuer, subject) do update set display_name = excluded.display_name returning id`,
      [smith.issuer, subject],
    );
    await stack.admin.query(
      `insert into membership (person_id, agency_id, roles, valid_from) values ($1, $2, $3, now() - interval '1 day')`,
      [known.rows[0]?.id, agency, [role]],
    );
    return somebody(subject);
  };
  /** An agency with one admin, below another or not. */
  const agency = async (name: string, parent: string | null = null): Promise<{ id: string; ori: string }> => {
    const { rows } = await stack.admin.query<{ id: string; ori: string }>(
      `insert into agency (ori, name, level, parent_id) values ('ZZ' || upper(substr(md5($1), 1, 7)), $1, 'LOCAL', $2) returning id, ori`,
      [name, parent],
    );
    const [made] = rows;
    if (made === undefined) throw new Error('no agency');
    return made;
  };
  const invited = async (input: Record<string, unknown>, by: Administration = as('agency-admin')) => {
    const { person, invitation, approval, issues } = await by.invite(input);
    if (person === undefined || invitation === undefined) throw new Error(JSON.stringify(issues));
    return { personId: person.id, code: invitation.code, approval: approval ?? null };
  };
  const idOf = async (client: FlowClient): Promise<string> => (await client.run<MyMemberships>(MY_MEMBERSHIPS)).me.id;

  describe('an invitation', () => {
    it('is accepted with a token that nobody knew, and who came may submit', async () => {
      const { personId: meant, code } = await invited({ displayName: 'Nora New', roles: ['SUBMITTER'] });
      const nora = somebody('nora');
      expect(await nora.refusal(ME)).toEqual({ code: 'UNAUTHENTICATED', status: 401 });
      const accepted = await at(nora).accept(code);
      expect(accepted).toMatchObject({
        __typename: 'InvitationAccepted',
        membership: { agency: { ori: SAN_DIEGO }, roles: ['SUBMITTER'] },
      });
      expect(await nora.run(ME)).toMatchObject({ me: { id: meant, displayName: 'Nora New', roles: ['SUBMITTER'] } });
      expect((await nora.submit(plainReport())).__typename).toBe('SeizureReportAccepted');
      expect(await nora.refusal(INVITE, { input: { displayName: 'x', roles: ['SUBMITTER'] } })).toMatchObject({
        code: 'FORBIDDEN',
      });
      const { rows } = await stack.admin.query<{ action: string }>(
        `select action from audit_entry where canonical like '%' || $1 || '%' order by at, action`,
        [meant],
      );
      expect(rows.map(({ action }) => action).slice(0, 2)).toEqual(['person.invite', 'invitation.accept']);
    });

    it('counts once, for nobody else, and is stored nowhere', async () => {
      const { code } = await invited({ displayName: 'Once', roles: ['ANALYST'] });
      expect((await at(somebody('once')).accept(code)).__typename).toBe('InvitationAccepted');
      expect(codesOf(await at(somebody('thief')).accept(code))).toEqual(WRONG_CODE);
      expect(codesOf(await at(somebody('once')).accept(code))).toEqual(WRONG_CODE);
      expect(await somebody('thief').refusal(ME)).toMatchObject({ status: 401 });
      expect(await stack.count(`from invitation where code_hash = sha256(convert_to($1, 'utf8'))`, [code])).toBe(1);
      expect(log.text).not.toContain(code);
    });

    it('is accepted by one of two who have the code at the same moment', async () => {
      const { code } = await invited({ displayName: 'Race', roles: ['ANALYST'] });
      const outcomes = await Promise.all(['race-1', 'race-2'].map((subject) => at(somebody(subject)).accept(code)));
      expect(outcomes.map(({ __typename }) => __typename).sort()).toEqual(['AdminRejected', 'InvitationAccepted']);
    });

    it('says the same of a code that is late, guessed, withdrawn by disabling, or no code at all', async () => {
      const late = await invited({ displayName: 'Late', roles: ['ANALYST'] });
      await stack.admin.query(`update invitation set expires_at = now() where person_id = $1`, [late.personId]);
      const gone = await invited({ displayName: 'Gone', roles: ['ANALYST'] });
      expect((await as('agency-admin').disable(gone.personId)).__typename).toBe('PersonDisabled');
      // Nor is it good for somebody who is known.
      const known = await seated('known-guesser', agencyId('san-diego'), 'ANALYST');
      expect(codesOf(await at(known).accept(gone.code))).toEqual(WRONG_CODE);
      const answers = [];
      for (const code of [late.code, gone.code, `cci_${'A'.repeat(27)}`, 'x', ''])
        answers.push(await at(somebody('guesser')).accept(code));
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(codesOf(answers[0] ?? { __typename: '' })).toEqual(WRONG_CODE);
      expect(log.events('security.invitation-refused').length).toBeGreaterThan(4);
      // Five tries in ten seconds, whichever tokens they come with.
      expect(await somebody('guesser').refusal(ACCEPT, { code: 'x' })).toMatchObject({ code: 'LIMIT_EXCEEDED' });
    });

    it('is all that a token may ask that nobody knows, and the rest is the one refusal, to the byte', async () => {
      const unknown = `Bearer ${smith.mint({ sub: 'unknown' })}`;
      const refused = await ask(stack.api.url, 'Bearer x.y.z');
      expect(await ask(stack.api.url, unknown)).toEqual(refused);
      const documents = [
        'mutation { acceptInvitation(code: "x") { __typename } a: acceptInvitation(code: "y") { __typename } }',
        'mutation { ...all } fragment all on Mutation { acceptInvitation(code: "x") { __typename } }',
        INVITE,
        '{ __schema { types { name } } }',
        'mutation { nothing',
      ];
      for (const query of documents)
        expect(await somebody('unknown').refusal(query, { input: { displayName: 'x', roles: [] } })).toEqual({
          code: 'UNAUTHENTICATED',
          status: 401,
        });
      expect(await somebody('unknown').live(null).ended).toMatchObject({ code: 4403 });
    });

    it('lets in nobody who is disabled, and no token that was revoked', async () => {
      const client = await seated('banned', agencyId('riverside'), 'ANALYST');
      const { code } = await invited({ displayName: 'Banned', roles: ['ANALYST'] });
      await stack.admin.query(`update person set status = 'DISABLED' where subject = 'banned'`);
      expect(await client.refusal(ACCEPT, { code })).toEqual({ code: 'UNAUTHENTICATED', status: 401 });
    });

    it('gives whoever acts for another agency a second seat, once a second person has agreed', async () => {
      const riverside = AGENCIES['riverside'].ori;
      const visitor = await seated('visitor', agencyId('riverside'), 'ANALYST');
      const { code, personId: placeholder } = await invited({ displayName: 'Visitor', roles: ['ANALYST'] });
      expect(await at(visitor).accept(code)).toEqual({ __typename: 'InvitationAccepted', membership: null });
      expect(await visitor.with({ agency: SAN_DIEGO }).refusal(ME)).toMatchObject({ code: 'FORBIDDEN' });
      const second = await seated('second-admin', agencyId('san-diego'), 'AGENCY_ADMIN');
      const { approvals } = await second.run<{ approvals: { edges: { node: { id: string; summary: string } }[] } }>(
        APPROVALS,
        { state: 'PENDING' },
      );
      const [waiting] = approvals.edges;
      expect(waiting?.node.summary).toContain('acts for another agency too');
      expect((await at(second).decide(waiting?.node.id ?? '')).approval).toMatchObject({ state: 'APPROVED' });
      expect(await visitor.with({ agency: SAN_DIEGO }).run(ME)).toMatchObject({ me: { agency: { ori: SAN_DIEGO } } });
      expect(await visitor.with({ agency: riverside }).run(ME)).toMatchObject({ me: { agency: { ori: riverside } } });
      // One context at a time, and none by chance.
      expect(await visitor.refusal(ME)).toMatchObject({ code: 'BAD_USER_INPUT' });
      expect(
        await stack.count(`from person where id = $1 and status = 'DISABLED' and issuer is null`, [placeholder]),
      ).toBe(1);
      await stack.admin.query(`update membership set valid_until = now() where person_id = $1`, [
        await second.run<MyMemberships>(MY_MEMBERSHIPS).then(({ me }) => me.id),
      ]);
    });

    it('is refused with every fault at once', async () => {
      const rejected = await as('agency-admin').invite({
        displayName: ' ',
        roles: ['SYSTEM_ADMIN', 'ANALYST'],
        from: '2020-01-01T00:00:00Z',
        until: '2019-01-01T00:00:00Z',
      });
      expect(codesOf(rejected)).toEqual([
        'displayName REQUIRED',
        'from IN_THE_PAST',
        'until IN_THE_PAST',
        'roles SEPARATE_DUTIES',
      ]);
      const other = { displayName: 'x', roles: ['ANALYST'], agencyOri: AGENCIES['riverside'].ori };
      const absent = { ...other, agencyOri: 'ZZ0000000' };
      expect(await as('agency-admin').invite(other)).toEqual(await as('agency-admin').invite(absent));
    });
  });

  describe('an invitation that is open', () => {
    it('is listed for the admins of the agency, without its code, until it is accepted, refused or late', async () => {
      const { id, ori } = await agency('Open');
      const [one, two] = [await seated('open-1', id, 'AGENCY_ADMIN'), await seated('open-2', id, 'AGENCY_ADMIN')];
      const made = [];
      for (const [displayName, role] of [
        ['Ann', 'ANALYST'],
        ['Ben', 'SUBMITTER'],
        ['Cleo', 'AUDITOR'],
        ['Dan', 'SUPERVISOR'],
      ] as const)
        made.push(await invited({ displayName, roles: [role] }, at(one)));
      const names = async (who: FlowClient): Promise<string[]> =>
        (await at(who).open(2)).map(({ person }) => person.displayName);
      expect(await names(two)).toEqual(['Dan', 'Cleo', 'Ben', 'Ann']);
      const answer = JSON.stringify(await two.run(OPEN_INVITATIONS));
      for (const { code } of made) expect(answer).not.toContain(code.slice(4));
      expect(answer).not.toContain('cci_');
      expect((await at(two).open())[3]).toMatchObject({
        agency: { ori },
        roles: ['ANALYST'],
        invitedBy: { id: await idOf(one) },
      });
      expect(await stack.count(`from audit_entry where action = 'invitation.list' and agency_id = $1`, [id])).toBe(4);
      // Others do not see them: another agency's admin, whoever runs the deployment, an analyst.
      for (const other of ['agency-admin', 'system-admin'] as const)
        expect((await as(other).open()).filter(({ agency: its }) => its?.ori === ori)).toEqual([]);
      expect(await stack.as('local-analyst').refusal(OPEN_INVITATIONS)).toMatchObject({ code: 'FORBIDDEN' });

      const [ann, , cleo, dan] = made;
      await at(somebody('ann')).accept(ann?.code ?? '');
      await at(two).decide(cleo?.approval?.id ?? '', false);
      await stack.admin.query('update invitation set expires_at = now() where person_id = $1', [dan?.personId]);
      expect(await names(one)).toEqual(['Ben']);
      await stack.admin.query('update membership set valid_until = now() where person_id = $1', [await idOf(one)]);
      expect(await names(two)).toEqual([]);
    });

    it('is withdrawn by any of them, and is good for nobody from then on', async () => {
      const { code, personId: meant } = await invited({ displayName: 'Withdrawn', roles: ['ANALYST'] });
      const find = async (as: Administration): Promise<string> =>
        (await as.open()).find(({ person }) => person.id === meant)?.id ?? '';
      const id = await find(as('second-agency-admin'));
      const stranger = at(await seated('open-3', agencyId('riverside'), 'AGENCY_ADMIN'));
      expect(codesOf(await stranger.withdraw(id))).toEqual(['id NOT_FOUND']);
      expect(await stranger.withdraw(id)).toEqual(await stranger.withdraw(meant));
      expect(codesOf(await as('system-admin').withdraw(id))).toEqual(['id NOT_FOUND']);
      expect(await as('second-agency-admin').withdraw(id)).toMatchObject({ person: { id: meant } });
      expect((await as('agency-admin').withdraw(id)).__typename).toBe('InvitationWithdrawn');
      const entries = `from audit_entry where action = 'invitation.withdraw' and canonical like '%' || $1 || '%'`;
      expect(await stack.count(entries, [id])).toBe(1);
      const known = await seated('open-known', agencyId('san-diego'), 'ANALYST');
      for (const who of [somebody('open-new'), known]) expect(codesOf(await at(who).accept(code))).toEqual(WRONG_CODE);
      // Nor is it opened again by enabling whom it meant.
      await as('agency-admin').enable(meant);
      expect(codesOf(await at(somebody('open-new')).accept(code))).toEqual(WRONG_CODE);
      expect(await find(as('agency-admin'))).toBe('');
    });

    it('that was accepted is not withdrawn; of both at the same moment one is first', async () => {
      for (let round = 0; round < 6; round += 1) {
        const { code, personId: meant } = await invited({ displayName: `Race ${round}`, roles: ['ANALYST'] });
        const id = (await as('agency-admin').open()).find(({ person }) => person.id === meant)?.id ?? '';
        const [accepted, withdrawn] = await Promise.all([
          at(somebody(`open-race-${round}`)).accept(code),
          as('agency-admin').withdraw(id),
        ]);
        expect([codesOf(accepted), codesOf(withdrawn)]).toContainEqual([]);
        expect([codesOf(accepted)[0], codesOf(withdrawn)[0]].filter((fault) => fault !== undefined)).toHaveLength(1);
        if (codesOf(accepted).length === 0) expect(codesOf(withdrawn)).toEqual(['id ALREADY_ACCEPTED']);
      }
    });

    it('of a withdrawn one the approval is refused: nobody agrees to what is gone', async () => {
      const { approval, personId: meant } = await invited({ displayName: 'Gone', roles: ['PRIVACY_OFFICER'] });
      const id = (await as('agency-admin').open()).find(({ person }) => person.id === meant)?.id ?? '';
      await as('agency-admin').withdraw(id);
      expect(codesOf(await as('second-agency-admin').decide(approval?.id ?? ''))).toEqual(['id NOT_FOUND']);
      expect((await as('second-agency-admin').decide(approval?.id ?? '', false)).approval).toMatchObject({
        state: 'REFUSED',
      });
    });

    it('to what system admins appoint is theirs', async () => {
      const { ori } = await agency('Open First');
      const first = { displayName: 'Open first', roles: ['AGENCY_ADMIN'], agencyOri: ori };
      const { personId: meant, code } = await invited(first, as('system-admin'));
      const [listed] = await as('second-system-admin').open();
      expect(listed).toMatchObject({ person: { id: meant }, agency: { ori } });
      expect(codesOf(await as('agency-admin').withdraw(listed?.id ?? ''))).toEqual(['id NOT_FOUND']);
      expect((await as('second-system-admin').withdraw(listed?.id ?? '')).__typename).toBe('InvitationWithdrawn');
      expect(codesOf(await at(somebody('open-first')).accept(code))).toEqual(WRONG_CODE);
    });
  });

  describe('the first admin of an agency', () => {
    it('is invited by one system admin, agreed to by another, and then appoints the rest', async () => {
      const { ori, id } = await agency('First Admin PD');
      const other = await seated('other-system-admin', null, 'SYSTEM_ADMIN');
      const { code, approval } = await invited(
        { displayName: 'First', roles: ['AGENCY_ADMIN'], agencyOri: ori },
        as('system-admin'),
      );
      expect(approval).toMatchObject({ needs: 'SYSTEM_ADMIN', state: 'PENDING' });
      const first = somebody('first-admin');
      expect(await at(first).accept(code)).toMatchObject({ membership: null });
      expect(await first.refusal(ME)).toMatchObject({ status: 401 });
      expect(codesOf(await as('system-admin').decide(approval?.id ?? ''))).toEqual(['id OWN_REQUEST']);
      expect(await at(other).decide(approval?.id ?? '')).toMatchObject({ approval: { state: 'APPROVED' } });
      expect(await first.run(ME)).toMatchObject({ me: { agency: { ori }, roles: ['AGENCY_ADMIN'] } });
      expect((await invited({ displayName: 'Next', roles: ['ANALYST'] }, at(first))).approval).toBeNull();
      const again = { displayName: 'Again', roles: ['AGENCY_ADMIN'], agencyOri: ori };
      expect(codesOf(await as('system-admin').invite(again))).toEqual(['agencyOri AGENCY_HAS_ADMIN']);
      expect(codesOf(await as('system-admin').invite({ ...again, roles: ['ANALYST'] }))).toContain(
        'roles NOT_YOUR_ROLE_TO_GIVE',
      );
      await stack.admin.query('update membership set valid_until = now() where agency_id = $1', [id]);
    });
  });

  describe('a role', () => {
    const roleOf = (subject: string, role: string, more: object = {}) => ({
      personId: subject,
      roles: [role],
      ...more,
    });

    it('of work is given by the admin alone, for a time', async () => {
      const analyst = personId('local-analyst');
      const until = new Date(Date.now() + 86_400_000).toISOString();
      const granted = await as('agency-admin').grant(roleOf(analyst, 'WATCH_OFFICER', { until }));
      expect(granted).toMatchObject({ __typename: 'RoleGranted', membership: { roles: ['WATCH_OFFICER'], until } });
      expect(codesOf(await as('agency-admin').grant(roleOf(analyst, 'WATCH_OFFICER', { until })))).toEqual([
        'roles ALREADY_HELD',
      ]);
      expect(await stack.as('local-analyst').run(ME)).toMatchObject({ me: { roles: ['ANALYST', 'WATCH_OFFICER'] } });
      expect((await as('agency-admin').end(granted.membership?.id ?? '')).__typename).toBe('MembershipEnded');
      expect(await stack.as('local-analyst').run(ME)).toMatchObject({ me: { roles: ['ANALYST'] } });
      expect(codesOf(await as('agency-admin').end(granted.membership?.id ?? ''))).toEqual(['id NOT_FOUND']);
      // From tomorrow on is not today, and one that is ended before it begins never was.
      const later = await as('agency-admin').grant(roleOf(analyst, 'SUPERVISOR', { from: until }));
      expect(later).toMatchObject({ membership: { roles: ['SUPERVISOR'], from: until, until: null } });
      expect(await stack.as('local-analyst').run(ME)).toMatchObject({ me: { roles: ['ANALYST'] } });
      expect((await as('agency-admin').end(later.membership?.id ?? '')).membership).toMatchObject({ until });
    });

    it.each(['AGENCY_ADMIN', 'PRIVACY_OFFICER'])('%s needs a second admin, never the one who asked', async (role) => {
      const { id } = await agency(`Two admins for ${role}`);
      const [one, two] = [
        await seated(`one-${role}`, id, 'AGENCY_ADMIN'),
        await seated(`two-${role}`, id, 'AGENCY_ADMIN'),
      ];
      const person = await idOf(await seated(`person-${role}`, id, 'ANALYST'));
      const { approval, __typename } = await at(one).grant(roleOf(person, role));
      expect([__typename, approval?.needs]).toEqual(['ApprovalRequested', 'AGENCY_ADMIN']);
      expect(codesOf(await at(one).decide(approval?.id ?? ''))).toEqual(['id OWN_REQUEST']);
      expect(await somebody(`person-${role}`).run(ME)).toMatchObject({ me: { roles: ['ANALYST'] } });
      expect(await at(two).decide(approval?.id ?? '')).toMatchObject({ approval: { state: 'APPROVED' } });
      expect(await somebody(`person-${role}`).run(ME)).toMatchObject({ me: { roles: [role, 'ANALYST'].sort() } });
    });

    it('in an agency of one is agreed to by an admin of the parent agency', async () => {
      const parent = await agency('Parent of one');
      const { id } = await agency('Agency of one', parent.id);
      const alone = await seated('alone', id, 'AGENCY_ADMIN');
      const above = await seated('above', parent.id, 'AGENCY_ADMIN');
      const clerk = await idOf(await seated('clerk', id, 'SUBMITTER'));
      const { approval } = await at(alone).grant(roleOf(clerk, 'AGENCY_ADMIN'));
      expect(approval?.needs).toBe('PARENT_ADMIN');
      expect(codesOf(await as('system-admin').decide(approval?.id ?? ''))).toEqual(['id NOT_FOUND']);
      // The parent's admin decides, and is still no admin here.
      expect(await at(above).decide(approval?.id ?? '')).toMatchObject({ approval: { state: 'APPROVED' } });
      expect(codesOf(await at(above).grant(roleOf(clerk, 'ANALYST')))).toEqual([]);
      expect(await stack.count(`from membership where person_id = $1 and agency_id = $2`, [clerk, parent.id])).toBe(0);
    });

    it('for somebody of another agency needs a second person, and is decided once by one of two', async () => {
      const { id } = await agency('Race of deciders');
      const one = await seated('race-one', id, 'AGENCY_ADMIN');
      const deciders = [await seated('race-two', id, 'AGENCY_ADMIN'), await seated('race-three', id, 'AGENCY_ADMIN')];
      const { approval } = await at(one).grant(roleOf(personId('neighbour-analyst'), 'ANALYST'));
      const outcomes = await Promise.all(deciders.map((decider) => at(decider).decide(approval?.id ?? '')));
      expect(outcomes.map(codesOf).sort()).toEqual([[], ['id ALREADY_DECIDED']]);
      expect(await stack.count('from membership where agency_id = $1 and approval_id = $2', [id, approval?.id])).toBe(
        1,
      );
      await stack.admin.query('update membership set valid_until = now() where approval_id = $1', [approval?.id]);
    });

    it('is not given where duties are separate, nor by whom it is not for', async () => {
      const admin = personId('agency-admin');
      expect(codesOf(await as('agency-admin').grant(roleOf(admin, 'AUDITOR')))).toEqual(['roles SEPARATE_DUTIES']);
      expect(codesOf(await as('agency-admin').grant(roleOf(admin, 'SYSTEM_ADMIN')))).toEqual([
        'roles NOT_YOUR_ROLE_TO_GIVE',
      ]);
      expect(codesOf(await as('system-admin').grant(roleOf(admin, 'SYSTEM_ADMIN')))).toEqual(['roles SEPARATE_DUTIES']);
      const nobody = '00000000-0000-4000-8000-000000000000';
      expect(codesOf(await as('agency-admin').grant(roleOf(nobody, 'ANALYST')))).toEqual(['personId NOT_FOUND']);
      expect(codesOf(await as('agency-admin').grant({ personId: 'x', roles: [] }))).toEqual([
        'roles EMPTY_LIST',
        'personId NOT_FOUND',
      ]);
    });

    it('of an auditor is appointed, and reads the members and no record', async () => {
      const { id, ori } = await agency('Audited');
      const [one, two] = [await seated('aud-one', id, 'AGENCY_ADMIN'), await seated('aud-two', id, 'AGENCY_ADMIN')];
      const { code, approval } = await invited({ displayName: 'Auditor', roles: ['AUDITOR'] }, at(one));
      await at(two).decide(approval?.id ?? '');
      const auditor = somebody('aud');
      expect((await at(auditor).accept(code)).membership).toMatchObject({ roles: ['AUDITOR'] });
      const { members } = await auditor.run<{ members: { edges: unknown[] } }>(MEMBERS, { agencyOri: ori });
      expect(members.edges).toHaveLength(3);
      for (const refused of [
        await auditor.refusal('{ seizureRecords(first: 1) { edges { cursor } } }'),
        await auditor.refusal(APPROVALS),
        await auditor.refusal(INVITE, { input: { displayName: 'x', roles: ['AUDITOR'] } }),
      ])
        expect(refused).toMatchObject({ code: 'FORBIDDEN' });
    });

    it('is nobody’s to give themselves, by a grant or by an invitation of their own', async () => {
      const { id } = await agency('Own Hands');
      await seated('second-hand', id, 'AGENCY_ADMIN');
      const own = await seated('own-hand', id, 'AGENCY_ADMIN');
      const me = await idOf(own);
      const asked = await at(own).grant(roleOf(me, 'SUPERVISOR'));
      expect(asked).toMatchObject({ __typename: 'ApprovalRequested', approval: { needs: 'AGENCY_ADMIN' } });
      expect(codesOf(await at(own).decide(asked.approval?.id ?? ''))).toEqual(['id OWN_REQUEST']);
      const { code } = await invited({ displayName: 'Somebody Else', roles: ['SUPERVISOR'] }, at(own));
      expect(codesOf(await at(own).accept(code))).toEqual(WRONG_CODE);
      expect((await own.run<MyMemberships>(MY_MEMBERSHIPS)).me.memberships.map(({ roles }) => roles)).toEqual([
        ['AGENCY_ADMIN'],
      ]);
      // Past the API too.
      try {
        await stack.admin.query('begin; set local role concord_api');
        await stack.admin.query(`select set_config('app.person', $1, true), set_config('app.seat', $2, true)`, [
          me,
          id,
        ]);
        const alone = stack.admin.query(`select grant_membership($1, '{SUPERVISOR}', now(), null)`, [me]);
        await expect(alone).rejects.toThrow('not for this seat');
      } finally {
        await stack.admin.query('rollback');
      }
    });
  });

  describe('members', () => {
    it('are seen by the own agency’s admin, and an agency of another is as absent as one that is not there', async () => {
      const admin = stack.as('agency-admin');
      const { members } = await admin.run<{ members: { edges: { node: { person: { id: string } } }[] } }>(MEMBERS, {
        agencyOri: SAN_DIEGO,
      });
      expect(members.edges.map(({ node }) => node.person.id)).toContain(personId('local-analyst'));
      const refusals = await Promise.all(
        [AGENCIES['riverside'].ori, 'ZZ0000000', 'no ori'].map((agencyOri) => admin.refusal(MEMBERS, { agencyOri })),
      );
      expect(new Set(refusals.map((refusal) => JSON.stringify(refusal)))).toEqual(
        new Set([JSON.stringify({ code: 'NOT_FOUND', status: 200 })]),
      );
      expect(await stack.as('supervisor').refusal(MEMBERS, { agencyOri: SAN_DIEGO })).toMatchObject({
        code: 'FORBIDDEN',
      });
    });

    it('of an agency are its admins alone to a system admin, page by page', async () => {
      const { members } = await stack
        .as('system-admin')
        .run<{ members: { edges: { node: { roles: string[] } }[] } }>(MEMBERS, { agencyOri: SAN_DIEGO });
      expect(members.edges.length).toBeGreaterThan(0);
      expect(members.edges.every(({ node }) => node.roles.includes('AGENCY_ADMIN'))).toBe(true);
      const seen: string[] = [];
      for (let after: string | null = null; ;) {
        const page: {
          members: { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
        } = await stack.as('agency-admin').run(MEMBERS, { agencyOri: SAN_DIEGO, first: 2, after });
        seen.push(...page.members.edges.map(({ node }) => node.id));
        if (!page.members.pageInfo.hasNextPage) break;
        after = page.members.pageInfo.endCursor;
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.length).toBeGreaterThan(4);
    });

    it('keep an admin: the last one is ended by a system admin alone, and of two who end each other one stays', async () => {
      const { id } = await agency('Keeps an admin');
      const pair = [await seated('keep-one', id, 'AGENCY_ADMIN'), await seated('keep-two', id, 'AGENCY_ADMIN')];
      const memberships = await Promise.all(
        pair.map(async (client) => (await client.run<MyMemberships>(MY_MEMBERSHIPS)).me.memberships[0]?.id ?? ''),
      );
      const ended = await Promise.all(
        pair.map((client, n) =>
          at(client)
            .end(memberships[1 - n] ?? '')
            .then(codesOf, () => ['unseated']),
        ),
      );
      expect(ended.filter((codes) => codes.length === 0)).toHaveLength(1);
      const last = ended[0]?.length === 0 ? 0 : 1;
      const client = pair[last];
      if (client === undefined) throw new Error('one stays');
      expect(codesOf(await at(client).end(memberships[last] ?? ''))).toEqual(['id LAST_ADMIN']);
      expect(codesOf(await as('system-admin').end(memberships[last] ?? '', ''))).toEqual(['reason REQUIRED']);
      expect((await as('system-admin').end(memberships[last] ?? '')).__typename).toBe('MembershipEnded');
      expect(await client.refusal(ME)).toMatchObject({ status: 401 });
    });

    it('lose what is under way in the moment in which they are ended: nothing committed later is told', async () => {
      const analyst = await seated('streaming', agencyId('san-diego'), 'ANALYST');
      await analyst.rule('everything');
      const watching = (): number => stack.api.services.inboxWatch.size;
      const stream = analyst.live(null);
      await eventually('the stream stands', () => watching() === 1);
      const before = (await stack.as('local-submitter').report(plainReport())).recordId;
      await stream.next();
      const [membership] = (await analyst.run<MyMemberships>(MY_MEMBERSHIPS)).me.memberships;
      expect((await as('agency-admin').end(membership?.id ?? '', 'left the team')).__typename).toBe('MembershipEnded');
      await stack.as('local-submitter').report(plainReport());
      const ended = await stream.ended;
      await stack.drain();
      expect(stream.events.map((event) => event.alert.record?.id)).toEqual([before]);
      if (ended !== null) expect(ended).toMatchObject({ code: 4403 });
      expect(await analyst.refusal(ME)).toMatchObject({ status: 401 });
      await eventually('nothing of it is left', () => watching() === 0);
    });
  });

  describe('somebody who is disabled', () => {
    it('has no seat until the same agency, or a system admin, gives it back', async () => {
      const { id } = await agency('Disables');
      const admin = at(await seated('dis-admin', id, 'AGENCY_ADMIN'));
      const analyst = await seated('dis-analyst', id, 'ANALYST');
      const person = await idOf(analyst);
      expect((await admin.disable(person)).__typename).toBe('PersonDisabled');
      expect((await admin.disable(person)).__typename).toBe('PersonDisabled');
      expect(
        await stack.count(`from audit_entry where action = 'person.disable' and canonical like '%' || $1 || '%'`, [
          person,
        ]),
      ).toBe(1);
      expect(await analyst.refusal(ME)).toMatchObject({ status: 401 });
      expect(codesOf(await as('agency-admin').enable(person))).toEqual(['id NOT_FOUND']);
      expect((await admin.enable(person)).__typename).toBe('PersonEnabled');
      expect(await analyst.refusal(ME)).toBeNull();
      // What a system admin took, the agency does not give back.
      expect((await as('system-admin').disable(person)).__typename).toBe('PersonDisabled');
      expect(codesOf(await admin.enable(person))).toEqual(['id WAITS_FOR_ANOTHER']);
      expect((await as('system-admin').enable(person)).__typename).toBe('PersonEnabled');
    });

    it('is not of another agency, nor of two, nor oneself', async () => {
      const admin = as('agency-admin');
      const [stranger, nobody] = [personId('federal-analyst'), '00000000-0000-4000-8000-000000000000'];
      expect(await admin.disable(stranger)).toEqual(await admin.disable(nobody));
      const two = await seated('in-two', agencyId('riverside'), 'ANALYST');
      const person = await idOf(two);
      await seated('in-two', agencyId('san-diego'), 'ANALYST');
      expect(codesOf(await admin.disable(person))).toEqual(['id OTHER_SEATS']);
      expect(codesOf(await admin.disable(personId('agency-admin')))).toEqual(['id OWN_SEAT']);
    });
  });
});
