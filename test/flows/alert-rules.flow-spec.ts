import { randomUUID } from 'node:crypto';
import { agencyId, personId, type PersonaName } from '../../apps/embedded/src/personas.js';
import type { Issue } from './flow-client.builder.js';
import { plainReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

const RULE = 'id name enabled filter createdAt updatedAt';
const REJECTED = '... on AlertRuleRejected { issues { path code message } }';
const LIST = `query Rules($first: Int, $after: String) { alertRules(first: $first, after: $after) {
  pageInfo { hasNextPage endCursor } edges { cursor alertsRaised node { ${RULE} } } } }`;
const UPDATE = `mutation Update($id: ID!, $input: UpdateAlertRuleInput!) { updateAlertRule(id: $id, input: $input) { __typename
  ... on AlertRuleUpdated { rule { ${RULE} } } ${REJECTED} } }`;
const DELETE = `mutation Delete($id: ID!) { deleteAlertRule(id: $id) { __typename ... on AlertRuleDeleted { id } ${REJECTED} } }`;

interface Rule {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly filter: unknown;
  readonly createdAt: string;
  readonly updatedAt: string;
}
interface Page {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly edges: readonly { readonly cursor: string; readonly alertsRaised: number; readonly node: Rule }[];
}
interface Outcome {
  readonly __typename: string;
  readonly id?: string;
  readonly rule?: Rule;
  readonly issues?: readonly (Issue & { readonly message: string })[];
}

const OWNER = 'state-analyst';
const OTHER = 'federal-analyst';
/** What every plain report is about, and what none is. */
const MET = { place: { stateFips: ['06'] } };
const NOT_MET = { place: { stateFips: ['53'] } };

describe('alert rules of one’s own', () => {
  let stack: FlowStack;
  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
  });
  afterEach(async () => {
    for (const persona of [OWNER, OTHER] as const)
      for (const { node } of (await list({}, persona)).edges) await remove(node.id, persona);
  });
  afterAll(() => stack?.stop());

  const list = async (variables: Record<string, unknown> = {}, as: PersonaName = OWNER): Promise<Page> =>
    (await stack.as(as).run<{ alertRules: Page }>(LIST, variables)).alertRules;
  const update = async (id: string, input: Record<string, unknown>, as: PersonaName = OWNER): Promise<Outcome> =>
    (await stack.as(as).run<{ updateAlertRule: Outcome }>(UPDATE, { id, input })).updateAlertRule;
  const remove = async (id: string, as: PersonaName = OWNER): Promise<Outcome> =>
    (await stack.as(as).run<{ deleteAlertRule: Outcome }>(DELETE, { id })).deleteAlertRule;
  /** A record that is released and matched. */
  const released = async (): Promise<string> => {
    const { recordId } = await stack.as('local-submitter').report(plainReport());
    await stack.drain();
    return recordId;
  };
  const alertedTo = async (recordId: string, as: PersonaName = OWNER): Promise<string[] | null> => {
    const alert = (await stack.as(as).alerts()).find(({ record }) => record?.id === recordId);
    return alert?.rules.map(({ name }) => name).sort() ?? null;
  };
  const booked = (action: string, id: string): Promise<number> =>
    stack.count(`from audit_entry where action = $1 and canonical like '%' || $2 || '%'`, [action, id]);

  test('are listed newest first, page by page, with the filter as it was written and what they raised', async () => {
    const filter = {
      or: [{ not: { conveyance: ['BUS'] } }, { quantity: { minGrams: 0.5 } }],
      place: { stateFips: ['06'], countyFips: null },
      occurred: { from: '2020-01-01' },
    };
    const ids: string[] = [];
    for (const [name, of] of [
      ['first', filter],
      ['second', null],
      ['third', NOT_MET],
    ] as const)
      ids.push(await stack.as(OWNER).rule(name, of));
    await stack.as(OTHER).rule('of another', null);
    await released();
    await released();

    const whole = await list();
    expect(whole.edges.map(({ node, alertsRaised }) => [node.name, node.id, alertsRaised])).toEqual([
      ['third', ids[2], 0],
      ['second', ids[1], 2],
      ['first', ids[0], 2],
    ]);
    const { node } = whole.edges[2] ?? { node: null };
    expect(node).toMatchObject({ enabled: true, filter: { ...filter, place: { stateFips: ['06'] } } });
    expect(node?.updatedAt).toBe(node?.createdAt);
    // What came back can be sent again.
    expect(await update(ids[0] ?? '', { filter: node?.filter })).toMatchObject({ rule: { filter: node?.filter } });

    const names: string[] = [];
    for (let after: string | null = null; ;) {
      const page: Page = await list({ first: 1, after });
      names.push(...page.edges.map((edge) => edge.node.name));
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    expect(names).toEqual(['third', 'second', 'first']);
    expect(await stack.as(OWNER).refusal(LIST, { first: 0 })).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await stack.as(OWNER).refusal(LIST, { after: 'bm9uZQ' })).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await stack.as('local-submitter').refusal(LIST)).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('alerts older than 30 days are not counted, nor those that were withheld', async () => {
    await stack.as(OWNER).rule('counted');
    for (let n = 0; n < 3; n += 1) await released();
    const [old, withheld] = await stack.as(OWNER).alerts();
    await stack.admin.query(`update alert set raised_at = now() - interval '31 days' where id = $1`, [old?.id]);
    await stack.admin.query(`update alert set state = 'WITHHELD' where id = $1`, [withheld?.id]);
    expect((await list()).edges.map(({ alertsRaised }) => alertsRaised)).toEqual([1]);
  });

  test('a change counts for what is released after it, field by field', async () => {
    const id = await stack.as(OWNER).rule('narrow', NOT_MET);
    expect(await alertedTo(await released())).toBeNull();
    const changed = await update(id, { filter: MET });
    expect(changed).toMatchObject({ rule: { id, name: 'narrow', enabled: true, filter: MET } });
    expect(Date.parse(changed.rule?.updatedAt ?? '')).toBeGreaterThan(Date.parse(changed.rule?.createdAt ?? ''));
    expect(await alertedTo(await released())).toEqual(['narrow']);
    expect(await update(id, { name: '  wide ' })).toMatchObject({ rule: { name: 'wide', filter: MET, enabled: true } });
    expect(await alertedTo(await released())).toEqual(['wide']);
    expect(await booked('alert.rule.update', id)).toBe(2);
  });

  test('disabled it raises nothing, and enabled again it does', async () => {
    const id = await stack.as(OWNER).rule('on and off', MET);
    await stack.as(OTHER).rule('stays on', MET);
    expect(await alertedTo(await released())).toEqual(['on and off']);
    expect(await update(id, { enabled: false })).toMatchObject({ rule: { enabled: false } });
    const between = await released();
    expect([await alertedTo(between), await alertedTo(between, OTHER)]).toEqual([null, ['stays on']]);
    expect((await list()).edges.map(({ node }) => node.enabled)).toEqual([false]);
    await update(id, { enabled: true });
    expect(await alertedTo(await released())).toEqual(['on and off']);
    expect(await alertedTo(between)).toBeNull();
  });

  test('deleted it raises nothing and is in no list; what it raised stays and names it', async () => {
    const id = await stack.as(OWNER).rule('gone', MET);
    const before = await released();
    expect(await remove(id)).toEqual({ __typename: 'AlertRuleDeleted', id });
    expect(await alertedTo(await released())).toBeNull();
    expect(await alertedTo(before)).toEqual(['gone']);
    expect((await list()).edges).toEqual([]);
    expect(await remove(id)).toMatchObject({ issues: [{ path: 'id', code: 'NOT_FOUND' }] });
    // Nobody brings it back by a change.
    expect(await update(id, { enabled: true })).toMatchObject({ issues: [{ path: 'id', code: 'NOT_FOUND' }] });
    expect(await booked('alert.rule.delete', id)).toBe(1);
  });

  test('another’s rule is as absent as one that never was, also of the same person elsewhere', async () => {
    const id = await stack.as(OTHER).rule('not yours', MET);
    const { rows } = await stack.admin.query<{ id: string }>(
      `insert into alert_rule (owner_person_id, owner_agency_id, name, filter) values ($1, $2, 'elsewhere', '{}') returning id`,
      [personId(OWNER), agencyId(OTHER)],
    );
    const elsewhere = rows[0]?.id ?? '';
    for (const absent of [randomUUID(), 'no id'])
      for (const given of [id, elsewhere]) {
        expect(await update(given, { name: 'mine' })).toEqual(await update(absent, { name: 'mine' }));
        expect(await remove(given)).toEqual(await remove(absent));
      }
    expect(await remove(id)).toMatchObject({ issues: [{ path: 'id', code: 'NOT_FOUND' }] });
    expect((await list()).edges).toEqual([]);
    expect((await list({}, OTHER)).edges.map(({ node }) => node.name)).toEqual(['not yours']);
    expect(await alertedTo(await released(), OTHER)).toEqual(['not yours']);
    expect(await booked('alert.rule.update', id)).toBe(0);
  });

  test('every fault of a change is said at once, and nothing is changed', async () => {
    const id = await stack.as(OWNER).rule('sound', MET);
    const refused = await update(id, {
      name: ' ',
      enabled: false,
      filter: { place: { stateFips: ['XX'] }, or: [{ conveyance: ['SPACESHIP'] }] },
    });
    expect(refused.__typename).toBe('AlertRuleRejected');
    expect(refused.issues?.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['name', 'filter.place.stateFips.0', 'filter.or.0.conveyance.0']),
    );
    expect(await update(id, {})).toMatchObject({ issues: [{ path: 'input', code: 'REQUIRED' }] });
    expect((await list()).edges[0]?.node).toMatchObject({ name: 'sound', enabled: true, filter: MET });
  });
});
