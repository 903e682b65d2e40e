import { randomUUID } from 'node:crypto';
import { personId, type PersonaName } from '../../apps/embedded/src/personas.js';
import { CORRECT, RECALL } from './documents.js';
import { eventually, type Issue } from './flow-client.builder.js';
import { plainReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

const REJECTED = '... on AlertActionRejected { issues { path code message } }';
const DONE = `__typename ... on AlertUpdated { alert { id state } } ${REJECTED}`;
const ACTS = {
  acknowledgeAlert: `mutation($id: ID!, $note: String, $revision: Int) { act: acknowledgeAlert(id: $id, note: $note, revision: $revision) { __typename ... on AlertAcknowledged { alert { id state } } ${REJECTED} } }`,
  markAlertSeen: `mutation($id: ID!, $revision: Int) { act: markAlertSeen(id: $id, revision: $revision) { ${DONE} } }`,
  workOnAlert: `mutation($id: ID!, $note: String, $revision: Int) { act: workOnAlert(id: $id, note: $note, revision: $revision) { ${DONE} } }`,
  closeAlert: `mutation($id: ID!, $outcome: AlertOutcome!, $note: String, $revision: Int) { act: closeAlert(id: $id, outcome: $outcome, note: $note, revision: $revision) { ${DONE} } }`,
  assignAlert: `mutation($id: ID!, $personId: ID!, $note: String) { act: assignAlert(id: $id, personId: $personId, note: $note) { ${DONE} } }`,
} as const;
const LIST = `query($state: [AlertState!]) { alerts(state: $state, first: 100) { edges { node { id revision state outcome note assignedBy
  rules { name } record { id } history { step personId otherPersonId outcome note } } } } }`;
const ESCALATE = `mutation($ruleId: ID!, $escalation: AlertEscalationInput) { setAlertEscalation(ruleId: $ruleId, escalation: $escalation) { __typename
  ... on AlertEscalationSet { escalation { afterMinutes targets { personId role } } } ... on AlertRuleRejected { issues { path code message } } } }`;

interface Step {
  readonly step: string;
  readonly personId: string | null;
  readonly otherPersonId: string | null;
  readonly outcome: string | null;
  readonly note: string | null;
}
interface Alert {
  readonly id: string;
  readonly revision: number;
  readonly state: string;
  readonly outcome: string | null;
  readonly note: string | null;
  readonly assignedBy: string | null;
  readonly rules: readonly { readonly name: string }[];
  readonly record: { readonly id: string } | null;
  readonly history: readonly Step[];
}
interface Acted {
  readonly alert?: { readonly id: string; readonly state: string };
  readonly issues?: readonly Issue[];
}

const OWNER = 'state-analyst';

describe('an alert’s life', () => {
  let stack: FlowStack;
  /** A second analyst of the owner's agency. */
  let colleague: { readonly personId: string; readonly agencyId: string };
  let reportId: string;
  let recordId: string;
  let input: Record<string, unknown>;
  let alert: Alert;

  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
    await stack.as(OWNER).rule('all of it', null);
    const { rows } = await stack.admin.query<{ agency_id: string }>(
      'select agency_id from membership where person_id = $1',
      [personId(OWNER)],
    );
    colleague = { personId: await aColleague(rows[0]?.agency_id ?? ''), agencyId: rows[0]?.agency_id ?? '' };
  });
  beforeEach(() => another());
  afterAll(() => stack?.stop());

  const another = async (): Promise<void> => {
    input = plainReport();
    ({ reportId, recordId } = await stack.as('local-submitter').report(input));
    await stack.drain();
    alert = await mine();
  };
  const aColleague = async (agencyId: string, roles: readonly string[] = ['ANALYST']): Promise<string> => {
    const id = randomUUID();
    await stack.admin.query(`insert into person (id, display_name) values ($1, 'A colleague')`, [id]);
    await stack.admin.query('insert into membership (person_id, agency_id, roles) values ($1, $2, $3)', [
      ...[id, agencyId],
      roles,
    ]);
    return id;
  };
  const list = async (state: string[] | null = null, as: PersonaName = OWNER): Promise<Alert[]> => {
    const { alerts } = await stack.as(as).run<{ alerts: { edges: { node: Alert }[] } }>(LIST, { state });
    return alerts.edges.map(({ node }) => node);
  };
  const mine = async (): Promise<Alert> =>
    eventually('its alert', async () => (await list()).find(({ record }) => record?.id === recordId) ?? null);
  const now = async (): Promise<Alert> => (await list()).find(({ id }) => id === alert.id) ?? alert;
  const act = async (
    name: keyof typeof ACTS,
    variables: Record<string, unknown> = {},
    as: PersonaName = OWNER,
  ): Promise<Acted> => (await stack.as(as).run<{ act: Acted }>(ACTS[name], { id: alert.id, ...variables })).act;
  const correct = async (): Promise<void> => {
    const changed = { ...input, conveyance: 'BUS' };
    await stack.as('local-submitter').run(CORRECT, { id: reportId, version: 1, input: changed, reason: 'A bus.' });
    await stack.drain();
  };
  const steps = ({ history }: Alert): string[] => history.map(({ step }) => step);
  /** What a person of the owner's agency has in the inbox on the record, by the database. */
  const handedTo = async (
    person: string,
  ): Promise<{ state: string; assigned_by: string | null; entries: number } | null> => {
    const { rows } = await stack.admin.query<{ state: string; assigned_by: string | null; entries: number }>(
      `select a.state, a.assigned_by, (select count(*)::int from inbox_entry e where e.alert_id = a.id) as entries
       from alert a where a.owner_person_id = $1 and a.record_id = $2`,
      [person, recordId],
    );
    return rows[0] ?? null;
  };
  const delivered = (person: string) =>
    eventually('the colleague’s alert', async () => {
      const found = await handedTo(person);
      return found !== null && found.entries > 0 ? found : null;
    });

  test('goes from delivered to closed, and its history says who did what and when', async () => {
    expect([alert.state, alert.history]).toEqual(['DELIVERED', []]);
    expect((await act('markAlertSeen')).alert?.state).toBe('SEEN');
    expect((await act('acknowledgeAlert', { note: 'Mine.' })).alert?.state).toBe('ACKNOWLEDGED');
    expect((await act('markAlertSeen')).alert?.state).toBe('ACKNOWLEDGED');
    expect((await act('workOnAlert', { note: 'Called them.' })).alert?.state).toBe('IN_WORK');
    expect((await act('acknowledgeAlert')).alert?.state).toBe('IN_WORK');
    expect((await act('closeAlert', { outcome: 'USEFUL' })).alert?.state).toBe('CLOSED');
    expect((await act('closeAlert', { outcome: 'DUPLICATE' })).alert?.state).toBe('CLOSED');
    const closed = await now();
    expect([closed.state, closed.outcome, closed.note]).toEqual(['CLOSED', 'DUPLICATE', 'Called them.']);
    const by = personId(OWNER);
    expect(closed.history.map((step) => [step.step, step.personId, step.outcome, step.note])).toEqual([
      ['SEEN', by, null, null],
      ['ACKNOWLEDGED', by, null, 'Mine.'],
      ['IN_WORK', by, null, 'Called them.'],
      ['CLOSED', by, 'USEFUL', null],
      ['CLOSED', by, 'DUPLICATE', null],
    ]);
    expect((await list(['CLOSED'])).map(({ id }) => id)).toContain(alert.id);
    expect((await list(['ACKNOWLEDGED', 'DELIVERED'])).map(({ id }) => id)).not.toContain(alert.id);
    expect((await act('workOnAlert')).alert?.state).toBe('IN_WORK');
    expect((await now()).outcome).toBeNull();
  });

  test.each([
    ['acknowledgeAlert', 'DELIVERED'],
    ['closeAlert', 'DELIVERED'],
    ['markAlertSeen', 'DELIVERED'],
    ['workOnAlert', 'IN_WORK'],
  ] as const)('a correction after %s leaves it %s, and says so in the history', async (name, state) => {
    await act(name, name === 'closeAlert' ? { outcome: 'NOT_USEFUL' } : {});
    await correct();
    const revised = await now();
    expect([revised.state, revised.revision, revised.outcome]).toEqual([state, 2, null]);
    expect(steps(revised).at(-1)).toBe('REVISED');
    expect(revised.history.at(-1)?.personId).toBeNull();
  });

  test('a recall opens a closed one again', async () => {
    await act('closeAlert', { outcome: 'USEFUL' });
    await stack.as('local-submitter').run(RECALL, { id: reportId, version: 1, reason: 'Never happened.' });
    await stack.drain();
    expect(await now()).toMatchObject({ state: 'DELIVERED', outcome: null, record: null });
  });

  test('what was decided on a revision that is not the latest does not happen', async () => {
    await correct();
    const stale = await act('closeAlert', { outcome: 'USEFUL', revision: 1 });
    expect(stale.issues?.map(({ path, code }) => [path, code])).toEqual([['revision', 'CONFLICT']]);
    expect((await now()).state).toBe('DELIVERED');
    expect((await act('closeAlert', { outcome: 'USEFUL', revision: 2 })).alert?.state).toBe('CLOSED');
  });

  test('what the version before acknowledges keeps what this one knows of it', async () => {
    await act('closeAlert', { outcome: 'USEFUL' });
    await stack.admin.query(
      `update alert set state = 'ACKNOWLEDGED', note = 'by the version before', updated_at = now() where id = $1`,
      [alert.id],
    );
    expect(await now()).toMatchObject({ state: 'CLOSED', outcome: 'USEFUL', note: 'by the version before' });
  });

  test.each(Object.keys(ACTS) as (keyof typeof ACTS)[])('%s knows nobody else’s alert', async (name) => {
    const variables = { outcome: 'USEFUL', personId: personId(OWNER) };
    const other = await act(name, variables, 'federal-analyst');
    const nothing = await act(name, { ...variables, id: randomUUID() }, 'federal-analyst');
    expect(other).toEqual(nothing);
    expect(other.issues?.[0]).toMatchObject({ path: 'id', code: 'NOT_FOUND' });
    expect(await now()).toEqual(alert);
  });

  test.each(['workOnAlert', 'closeAlert', 'assignAlert', 'acknowledgeAlert'] as const)(
    '%s refuses a note that is none',
    async (name) => {
      const variables = { outcome: 'USEFUL', personId: colleague.personId };
      const long = await act(name, { ...variables, note: 'x'.repeat(2_001) });
      const control = await act(name, { ...variables, note: 'a\u0000b' });
      expect([long, control].map(({ issues }) => issues?.[0]?.code)).toEqual(['TOO_LONG', 'FORBIDDEN_CHARACTER']);
      expect(await now()).toEqual(alert);
    },
  );

  describe('assigned', () => {
    test('reaches the colleague as an alert of their own, and is acknowledged by it', async () => {
      const done = await act('assignAlert', { personId: colleague.personId, note: 'Yours, please.' });
      expect(done).toMatchObject({ alert: { state: 'ACKNOWLEDGED' } });
      expect(await delivered(colleague.personId)).toEqual({
        state: 'DELIVERED',
        assigned_by: personId(OWNER),
        entries: 1,
      });
      const assigned = (await now()).history.at(-1);
      expect(assigned).toMatchObject({
        step: 'ASSIGNED',
        personId: personId(OWNER),
        otherPersonId: colleague.personId,
        note: 'Yours, please.',
      });
      await act('assignAlert', { personId: colleague.personId });
      await eventually('told again', async () => ((await handedTo(colleague.personId))?.entries === 2 ? true : null));
    });

    test('goes to nobody of another agency, to nobody who is not alerted, and not to oneself', async () => {
      const submitter = await aColleague(colleague.agencyId, ['SUBMITTER']);
      for (const person of [personId('federal-analyst'), submitter, personId(OWNER), randomUUID(), 'x']) {
        const { issues } = await act('assignAlert', { personId: person });
        expect(issues?.map(({ path, code }) => [path, code])).toEqual([['personId', 'NOT_FOUND']]);
      }
      expect(await now()).toEqual(alert);
    });

    test('reaches nobody whose seat ended between the two, and its owner learns it', async () => {
      const leaving = await aColleague(colleague.agencyId);
      await stack.admin.query(`update membership set valid_until = now() where person_id = $1`, [leaving]);
      // As it stands where the seat ended after the owner's transaction had looked.
      await stack.admin.query(`insert into alert_handover (alert_id, to_person_id, why) values ($1, $2, 'ASSIGNED')`, [
        ...[alert.id, leaving],
      ]);
      const told = await eventually('the end of it', async () => (await now()).history.at(-1) ?? null);
      expect(told).toMatchObject({ step: 'NOT_HANDED_OVER', personId: null, otherPersonId: leaving });
      expect(await handedTo(leaving)).toBeNull();
    });
  });

  describe('escalated', () => {
    const escalate = async (escalation: unknown, ruleId?: string) =>
      (
        await stack.as(OWNER).run<{
          setAlertEscalation: { __typename: string; escalation?: unknown; issues?: readonly Issue[] };
        }>(ESCALATE, { ruleId: ruleId ?? (await theRule()), escalation })
      ).setAlertEscalation;
    const theRule = async (): Promise<string> => {
      const { rows } = await stack.admin.query<{ id: string }>(
        'select id from alert_rule where owner_person_id = $1 and deleted_at is null limit 1',
        [personId(OWNER)],
      );
      return rows[0]?.id ?? '';
    };
    const timePasses = (id: string) =>
      stack.admin.query(
        `update alert set escalate_at = now() - interval '1 second' where id = $1 and escalate_at is not null`,
        [id],
      );

    test('goes to the next person and then to everybody of a role, until somebody acknowledges', async () => {
      const officer = await aColleague(colleague.agencyId, ['WATCH_OFFICER']);
      const set = await escalate({
        afterMinutes: 5,
        targets: [{ personId: colleague.personId }, { role: 'WATCH_OFFICER' }],
      });
      expect(set.escalation).toEqual({
        afterMinutes: 5,
        targets: [
          { personId: colleague.personId, role: null },
          { personId: null, role: 'WATCH_OFFICER' },
        ],
      });
      await another();
      expect(await handedTo(colleague.personId)).toBeNull();
      await timePasses(alert.id);
      await delivered(colleague.personId);
      expect(await handedTo(officer)).toBeNull();
      await timePasses(alert.id);
      await delivered(officer);
      expect(steps(await now()).filter((step) => step === 'ESCALATED').length).toBeGreaterThanOrEqual(2);
      expect((await now()).state).toBe('DELIVERED');
    });

    test('stops at whoever acknowledges, the owner or a colleague', async () => {
      const officer = await aColleague(colleague.agencyId, ['WATCH_OFFICER']);
      await escalate({ afterMinutes: 5, targets: [{ personId: colleague.personId }, { personId: officer }] });
      await another();
      await act('acknowledgeAlert');
      const { rows } = await stack.admin.query<{ escalate_at: Date | null }>(
        'select escalate_at from alert where id = $1',
        [alert.id],
      );
      expect(rows[0]?.escalate_at).toBeNull();
      await another();
      await timePasses(alert.id);
      await delivered(colleague.personId);
      await stack.admin.query(`update alert set state = 'ACKNOWLEDGED' where owner_person_id = $1 and record_id = $2`, [
        colleague.personId,
        recordId,
      ]);
      await timePasses(alert.id);
      await eventually('the end of it', async () => {
        const found = await stack.admin.query<{ done: boolean }>(
          'select escalate_at is null as done from alert where id = $1',
          [alert.id],
        );
        return found.rows[0]?.done === true ? true : null;
      });
      expect(await handedTo(officer)).toBeNull();
    });

    test('names every fault, and knows nobody else’s rule', async () => {
      const wrong = await escalate({ afterMinutes: 0, targets: [{}, { personId: randomUUID(), role: 'ANALYST' }] });
      expect(wrong.issues?.map(({ path, code }) => [path, code])).toEqual([
        ['escalation.afterMinutes', 'OUT_OF_RANGE'],
        ['escalation.targets.0', 'ONE_OF'],
        ['escalation.targets.1', 'ONE_OF'],
      ]);
      const strangers = await escalate({
        afterMinutes: 5,
        targets: [{ role: 'ANALYST' }, { personId: personId('federal-analyst') }],
      });
      expect(strangers.issues?.map(({ path, code }) => [path, code])).toEqual([
        ['escalation.targets.1.personId', 'NOT_FOUND'],
      ]);
      const absent = await escalate({ afterMinutes: 5, targets: [{ role: 'ANALYST' }] }, randomUUID());
      expect(absent.issues?.[0]).toMatchObject({ path: 'ruleId', code: 'NOT_FOUND' });
      expect((await escalate(null)).escalation).toBeNull();
    });
  });
});
