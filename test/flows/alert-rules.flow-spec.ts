import { randomUUID } from 'node:crypto';
import { personId, type PersonaName } from '../../apps/embedded/src/personas.js';
import type { Issue } from './flow-client.builder.js';
import { plainReport, sanDiegoReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

const RULE = 'id name enabled filter createdAt updatedAt';
const REJECTED = '... on AlertRuleRejected { issues { path code message } }';
const LIST = `query Rules($first: Int, $after: String) { alertRules(first: $first, after: $after) {
  pageInfo { hasNextPage endCursor } edges { cursor alertsRaised node { ${RULE} } } } }`;
const UPDATE = `mutation Update($id: ID!, $input: UpdateAlertRuleInput!) { updateAlertRule(id: $id, input: $input) { __typename
  ... on AlertRuleUpdated { rule { ${RULE} } } ${REJECTED} } }`;
const DELETE = `mutation Delete($id: ID!) { deleteAlertRule(id: $id) { __typename ... on AlertRuleDeleted { id } ${REJECTED} } }`;

const DRY_RUN = `query DryRun($filter: SeizureRecordFilter) { dryRunAlertRule(filter: $filter) {
  raised { value atLeast } certain possible expectedPerWeek samples { id precision } } }`;
const SEARCH = `query Search($filter: SeizureRecordFilter) { seizureRecords(filter: $filter, first: 200) {
  totalCount { value } edges { match node { id precision } } } }`;

interface DryRun {
  readonly raised: { readonly value: number; readonly atLeast: boolean };
  readonly certain: number;
  readonly possible: number;
  readonly expectedPerWeek: number;
  readonly samples: readonly { readonly id: string; readonly precision: string }[];
}
interface Found {
  readonly totalCount: { readonly value: number };
  readonly edges: readonly {
    readonly match: string;
    readonly node: { readonly id: string; readonly precision: string };
  }[];
}
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
      `insert into alert_rule (owner_person_id, owner_agency_id, name, filter) 
       select $1, m.agency_id, 'elsewhere', '{}' from membership m where m.person_id = $2 limit 1 returning id`,
      [personId(OWNER), personId(OTHER)],
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

  describe('a dry run', () => {
    const dryRun = async (filter: object | null, as: PersonaName = OWNER): Promise<DryRun> =>
      (await stack.as(as).run<{ dryRunAlertRule: DryRun }>(DRY_RUN, { filter })).dryRunAlertRule;
    const search = async (filter: object, as: PersonaName): Promise<Found> =>
      (await stack.as(as).run<{ seizureRecords: Found }>(SEARCH, { filter })).seizureRecords;

    /** Of one agency, some kept by it, and two that were released more than 30 days ago. */
    beforeAll(async () => {
      const ids: string[] = [];
      for (let n = 0; n < 14; n += 1) {
        const sharing = n % 3 === 0 ? { sharing: 'AGENCY' } : {};
        ids.push((await stack.as('local-submitter').report(sanDiegoReport(sharing))).recordId);
      }
      await stack.drain();
      const old = [ids.slice(1, 3)];
      for (const table of ['record_view', 'record_key', 'record_key_substance'])
        await stack.admin.query(
          `update ${table} set ${table === 'record_view' ? 'released_at = released_at' : 'sort_at = sort_at'} - interval '31 days' where record_id = any($1)`,
          old,
        );
    }, 60_000);

    const FILTERS: Readonly<Record<string, object>> = {
      nothing: {},
      'a place': MET,
      'what is not there': NOT_MET,
      'a county that some views lack': { place: { countyFips: ['06073'] } },
      'a substance': { substance: { deaCodes: ['9801'] } },
      'a weight that cuts bands': { quantity: { minGrams: 12_400 } },
      'not, of what is coarse': { not: { quantity: { minGrams: 12_400 } } },
      either: { or: [{ conveyance: ['BUS'] }, { place: { settings: ['PORT_OF_ENTRY'] } }] },
    };
    const cases = Object.keys(FILTERS).flatMap((what) =>
      ([OWNER, OTHER, 'local-analyst'] as const).map((as) => [what, as] as const),
    );

    test.each(cases)('on %s agrees with what %s finds', async (what, as) => {
      const filter = FILTERS[what] ?? {};
      const since = new Date(Date.now() - 30 * 24 * 3_600_000).toISOString();
      const found = await search({ and: [filter, { released: { from: since } }] }, as);
      const tried = await dryRun(filter, as);
      const certain = found.edges.filter(({ match }) => match === 'CERTAIN').length;
      expect(tried).toEqual({
        raised: { value: found.totalCount.value, atLeast: false },
        certain,
        possible: found.edges.length - certain,
        expectedPerWeek: Math.round(((found.edges.length * 7) / 30) * 10) / 10,
        samples: found.edges.slice(0, 10).map(({ node }) => node),
      });
    });

    test('sees old records, others’ records and coarse views as such: the cases above have them', async () => {
      const [whole, owners] = [await search({}, OTHER), await search({}, 'local-analyst')];
      expect((await dryRun(null, OTHER)).raised.value).toBe(whole.totalCount.value - 2);
      expect(owners.totalCount.value).toBeGreaterThan(whole.totalCount.value);
      expect((await dryRun({ quantity: { minGrams: 12_400 } }, OTHER)).possible).toBeGreaterThan(0);
      expect((await dryRun(null, OTHER)).samples).toHaveLength(10);
    });

    test('needs what a search needs, and is on the books as one', async () => {
      const nobody = stack.as(OWNER).with({ purpose: null });
      expect(await nobody.refusal(DRY_RUN)).toEqual(await nobody.refusal(SEARCH));
      expect((await nobody.refusal(DRY_RUN))?.code).toBe('PURPOSE_REQUIRED');
      expect(await stack.as('system-admin').refusal(DRY_RUN)).toMatchObject({ code: 'FORBIDDEN' });
      expect(await stack.as(OWNER).refusal(DRY_RUN, { filter: { place: { stateFips: ['XX'] } } })).toMatchObject({
        code: 'BAD_USER_INPUT',
      });
      const [sample] = (await dryRun(null)).samples;
      const books = `from audit_entry where action = 'record.list' and person_id = $1 and canonical like '%' || $2 || '%'`;
      const before = await stack.count(books, [personId(OWNER), sample?.id]);
      await dryRun(null);
      expect(await stack.count(books, [personId(OWNER), sample?.id])).toBe(before + 1);
    });

    test('stores no rule', async () => {
      await dryRun(MET);
      expect((await list()).edges).toEqual([]);
    });
  });
});
