import { agencyId } from '../../apps/embedded/src/personas.js';
import { COMMUNITY, END_AGREEMENT, ME, RECALL, RECORDS } from './documents.js';
import type { Issue } from './flow-client.builder.js';
import { plainReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

interface Row {
  readonly id: string;
  readonly stateFips: string;
  readonly month: string;
  readonly substance: { readonly deaCode: string | null; readonly name: string | null; readonly category: string };
  readonly band: string;
  readonly synthetic: boolean;
}
interface Listed {
  readonly communityRecords: {
    readonly edges: readonly { readonly cursor: string; readonly node: Row }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly totalCount: { readonly value: number; readonly atLeast: boolean };
    readonly edition: number | null;
    readonly asOf: string | null;
  };
}

const WEEK_MS = 7 * 86_400_000;
const FENTANYL = { deaCode: '9801', form: 'POWDER', quantity: 12.5, unit: 'KG' };
const XYLAZINE = { name: 'tranq of Zephyrine', category: 'ADULTERANT', form: 'POWDER', quantity: 20, unit: 'GM' };
/** The first of February that comes: half a year of batches without another year's beginning. */
const START = [0, 1]
  .map((years) => Date.UTC(new Date().getUTCFullYear() + years, 1, 1))
  .find((it) => it > Date.now() + WEEK_MS) as number;
const occurredAt = '2026-03-31T23:30:00-07:00';

describe('what community partners see', () => {
  let stack: FlowStack;
  let weeks = 0;
  beforeAll(async () => {
    stack = await FlowStack.start();
  });
  afterAll(() => stack?.stop());

  /** The batch of this week, of the next, and so on: nothing waits for a Monday. */
  async function batch(): Promise<number> {
    const at = new Date(START + (weeks += 1) * WEEK_MS);
    const { rows } = await stack.admin.query<{ records: number }>('select records from make_community_batch_at($1)', [
      at,
    ]);
    return rows[0]?.records ?? -1;
  }
  const partner = () => stack.as('community-partner').with({ purpose: 'ANALYSIS; ref=CLINIC-1' });
  const list = async (variables: Record<string, unknown> = {}) =>
    (await partner().run<Listed>(COMMUNITY, variables)).communityRecords;
  const submit = (persona: 'local-submitter' | 'neighbour-analyst', change: Record<string, unknown> = {}) =>
    stack.as(persona).report(plainReport({ occurredAt, substances: [FENTANYL], ...change }));
  const codes = (issues: readonly Issue[]): string[] => issues.map(({ path, code }) => `${path} ${code}`);

  it('is nothing of four records, nor of five of one agency, and five of two after the week’s batch', async () => {
    const first = await submit('local-submitter');
    for (let n = 0; n < 3; n++) await submit('local-submitter');
    expect(await list()).toMatchObject({ edges: [], edition: null, asOf: null, totalCount: { value: 0 } });
    expect(await batch()).toBe(0);
    await submit('local-submitter');
    expect(await batch()).toBe(0);
    await submit('neighbour-analyst');
    expect((await list()).edges).toEqual([]);
    expect(await batch()).toBe(6);

    const { edges, totalCount, edition } = await list();
    expect(totalCount).toEqual({ value: 6, atLeast: false });
    expect(edition).toBeGreaterThanOrEqual(2026);
    const row = { stateFips: '06', month: '2026-03', band: 'LARGE', synthetic: false };
    for (const { node } of edges)
      expect(node).toEqual({
        ...{ id: node.id, substance: { deaCode: '9801', name: 'Fentanyl', category: 'FENTANYL' } },
        ...row,
      });
    // No id of it opens anything else.
    expect(edges.map(({ node }) => node.id)).not.toContain(first.recordId);
    const booked = await stack.admin.query<{ canonical: string }>(
      `select canonical from audit_entry where action = 'community.list' order by at desc limit 1`,
    );
    const { purpose, subjects } = JSON.parse(booked.rows[0]?.canonical ?? '{}') as {
      purpose: object;
      subjects: object[];
    };
    expect(purpose).toEqual({ code: 'ANALYSIS', reference: 'CLINIC-1' });
    expect(subjects).toHaveLength(6);
    expect(subjects[0]).toMatchObject({ kind: 'community-record', precision: 'COMMUNITY' });
  });

  it('grows by company only: what comes after waits for its own five, and a held or embargoed record is nobody', async () => {
    const [{ cursor } = { cursor: '' }] = (await list()).edges.slice(-1);
    for (let n = 0; n < 2; n++) for (const who of ['local-submitter', 'neighbour-analyst'] as const) await submit(who);
    await submit('local-submitter', { releaseAfter: new Date(START + 20 * WEEK_MS).toISOString() });
    await submit('local-submitter', { tlp: 'AMBER_STRICT' });
    await submit('local-submitter', { sharing: 'NATION' });
    expect(await batch()).toBe(0);
    expect(await list({ after: cursor })).toMatchObject({ edges: [], totalCount: { value: 6 } });
    await submit('neighbour-analyst', { substances: [FENTANYL, XYLAZINE, { ...FENTANYL, quantity: 3 }] });
    expect(await batch()).toBe(5);
    const { edges, pageInfo } = await list({ after: cursor, first: 3 });
    const rest = await list({ after: pageInfo.endCursor, first: 3 });
    expect([edges.length, pageInfo.hasNextPage, rest.edges.length]).toEqual([3, true, 2]);
  });

  it('names a substance without a code by its class, and is found by state, month and substance', async () => {
    for (let n = 0; n < 4; n++) await submit('local-submitter', { substances: [XYLAZINE] });
    expect(await batch()).toBe(5);
    const count = async (filter: object): Promise<number> => (await list({ filter })).totalCount.value;
    const [{ node } = { node: null }] = (await list({ filter: { categories: ['ADULTERANT'] } })).edges;
    expect(node).toMatchObject({
      substance: { deaCode: null, name: null, category: 'ADULTERANT' },
      band: 'SMALL_OR_UNKNOWN',
    });
    expect(JSON.stringify(await list())).not.toContain('Zephyrine');
    expect(await count({ deaCodes: ['9801'] })).toBe(11);
    expect(await count({ categories: ['FENTANYL', 'ADULTERANT'] })).toBe(16);
    expect(await count({ deaCodes: ['9801'], categories: ['ADULTERANT'] })).toBe(0);
    expect(await count({ stateFips: ['06'], months: { from: '2026-03', until: '2026-03' } })).toBe(16);
    expect(await count({ stateFips: ['53'] })).toBe(0);
    expect(await count({ months: { from: '2026-04' } })).toBe(0);

    const faults = { stateFips: ['99'], deaCodes: [], months: { from: '2026-3', until: '2026-13' } };
    const refused = await partner()
      .run(COMMUNITY, { filter: faults })
      .catch((error: { response: { errors: { extensions: { issues: Issue[] } }[] } }) => error.response.errors[0]);
    expect(codes((refused as { extensions: { issues: Issue[] } }).extensions.issues).sort()).toEqual([
      'filter.deaCodes EMPTY_LIST',
      'filter.months.from INVALID_FORMAT',
      'filter.months.until INVALID_FORMAT',
      'filter.stateFips.0 UNKNOWN_CODE',
    ]);
  });

  it('keeps the row of a recalled record, and tells a partner nothing of who or which', async () => {
    const before = await list();
    const { rows } = await stack.admin.query<{ id: string }>(
      `select id from seizure_report where agency_id = $1 and status = 'RELEASED' order by submitted_at limit 1`,
      [agencyId('san-diego')],
    );
    await stack.as('local-submitter').run(RECALL, { id: rows[0]?.id, version: 1, reason: 'A test recalls it.' });
    await batch();
    expect((await list()).edges).toEqual(before.edges);
  });

  it('begins anew with the year: what was recalled is gone, ids are others, and an old cursor says so', async () => {
    const before = await list();
    const cursor = before.pageInfo.endCursor;
    weeks += 60;
    // One was recalled; the embargo of another has ended.
    expect(await batch()).toBe(before.totalCount.value - 1 + 1);
    const after = await list();
    expect(after.edition).toBeGreaterThan(before.edition ?? 0);
    const old = new Set(before.edges.map(({ node }) => node.id));
    expect(after.edges.filter(({ node }) => old.has(node.id))).toEqual([]);
    expect(await partner().refusal(COMMUNITY, { after: cursor })).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('is for partners alone, for a purpose, and ends the instant their agreement does', async () => {
    for (const persona of ['state-analyst', 'federal-analyst', 'local-analyst', 'system-admin', 'auditor'] as const)
      expect(await stack.as(persona).refusal(COMMUNITY)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await partner().with({ purpose: null }).refusal(COMMUNITY)).toMatchObject({ code: 'PURPOSE_REQUIRED' });
    expect(await partner().refusal(RECORDS)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await partner().run(ME)).toMatchObject({
      me: { keyring: [{}, { key: 'community:us', precision: 'COMMUNITY' }] },
    });

    const { rows } = await stack.admin.query<{ id: string }>('select id from agreement');
    await stack.as('system-admin').run(END_AGREEMENT, { id: rows[0]?.id, reason: 'Over.' });
    expect(await list()).toMatchObject({ edges: [], edition: null, asOf: null, totalCount: { value: 0 } });
  });
});
