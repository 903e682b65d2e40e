import { randomUUID } from 'node:crypto';
import type { PersonaName } from '../../apps/embedded/src/personas.js';
import { CORRECT, RECALL } from './documents.js';
import type { Issue } from './flow-client.builder.js';
import { plainReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

const REJECTED = '... on AlertActionRejected { issues { path code } }';
const WATCH = `mutation($recordId: ID!) { act: watchRecord(recordId: $recordId) { __typename ... on AlertUpdated { alert { id state } } ${REJECTED} } }`;
const UNWATCH = `mutation($recordId: ID!) { act: unwatchRecord(recordId: $recordId) { __typename ... on RecordUnwatched { recordId } ${REJECTED} } }`;
const ALERTS =
  '{ alerts(first: 100) { edges { node { id state change revision watched rules { name } record { id } } } } }';

interface Acted {
  readonly __typename: string;
  readonly alert?: { readonly id: string; readonly state: string };
  readonly issues?: readonly Issue[];
}
interface Alert {
  readonly id: string;
  readonly state: string;
  readonly change: string;
  readonly revision: number;
  readonly watched: boolean;
  readonly rules: readonly { readonly name: string }[];
  readonly record: { readonly id: string } | null;
}

const WATCHER = 'state-analyst';

describe('a record that is watched', () => {
  let stack: FlowStack;
  let reportId: string;
  let recordId: string;
  let input: Record<string, unknown>;

  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
  });
  beforeEach(async () => {
    input = plainReport();
    ({ reportId, recordId } = await stack.as('local-submitter').report(input));
    await stack.drain();
  });
  afterAll(() => stack?.stop());

  const act = async (document: string, id = recordId, as: PersonaName = WATCHER): Promise<Acted> =>
    (await stack.as(as).run<{ act: Acted }>(document, { recordId: id })).act;
  const alertOf = async (id: string | undefined): Promise<Alert | null> => {
    const { alerts } = await stack.as(WATCHER).run<{ alerts: { edges: { node: Alert }[] } }>(ALERTS);
    return alerts.edges.map(({ node }) => node).find((alert) => alert.id === id) ?? null;
  };
  const correct = async (): Promise<void> => {
    const changed = { ...input, conveyance: 'BUS' };
    await stack.as('local-submitter').run(CORRECT, { id: reportId, version: 1, input: changed, reason: 'A bus.' });
    await stack.drain();
  };
  const entries = (id: string | undefined): Promise<number> =>
    stack.count('from inbox_entry where alert_id = $1', [id]);

  test('tells nothing at first, and then each correction and the recall, without a rule', async () => {
    const { alert } = await act(WATCH);
    expect(await alertOf(alert?.id)).toMatchObject({
      state: 'ACKNOWLEDGED',
      watched: true,
      rules: [],
      record: { id: recordId },
    });
    expect(await entries(alert?.id)).toBe(0);
    expect((await act(WATCH)).alert).toEqual(alert);
    await correct();
    expect(await alertOf(alert?.id)).toMatchObject({ state: 'DELIVERED', change: 'CORRECTED', revision: 2 });
    expect(await entries(alert?.id)).toBe(1);
    await stack.as('local-submitter').run(RECALL, { id: reportId, version: 2, reason: 'Never happened.' });
    await stack.drain();
    expect(await alertOf(alert?.id)).toMatchObject({ change: 'RECALLED', revision: 3, record: null });
    expect(await entries(alert?.id)).toBe(2);
  });

  test('tells nothing any more once it is not watched', async () => {
    const { alert } = await act(WATCH);
    expect((await act(UNWATCH)).__typename).toBe('RecordUnwatched');
    expect(await alertOf(alert?.id)).toBeNull();
    await correct();
    expect(await entries(alert?.id)).toBe(0);
    expect((await act(UNWATCH)).issues).toMatchObject([{ path: 'recordId', code: 'NOT_FOUND' }]);
  });

  test('keeps the alert that a rule raised', async () => {
    const rule = await stack.as(WATCHER).rule('all of it', null);
    input = plainReport();
    ({ reportId, recordId } = await stack.as('local-submitter').report(input));
    await stack.drain();
    const { alert } = await act(WATCH);
    expect(await alertOf(alert?.id)).toMatchObject({ watched: true, rules: [{ name: 'all of it' }] });
    await act(UNWATCH);
    expect(await alertOf(alert?.id)).toMatchObject({ watched: false, rules: [{ name: 'all of it' }] });
    await stack.admin.query('update alert_rule set enabled = false where id = $1', [rule]);
  });

  test('is one that the watcher sees: another one is as absent as none', async () => {
    const hidden = await stack.as('local-submitter').report(plainReport({ sharing: 'AGENCY' }));
    await stack.drain();
    const other = await act(WATCH, hidden.recordId);
    expect(other.issues).toMatchObject([{ path: 'recordId', code: 'NOT_FOUND' }]);
    expect(await act(WATCH, randomUUID())).toEqual(other);
    expect(await act(WATCH, 'x')).toEqual(other);
    expect(await stack.count('from alert where record_id = $1', [hidden.recordId])).toBe(0);
  });

  test('tells a watcher whose key is gone that it is not shared any more, and no content', async () => {
    const { alert } = await act(WATCH);
    const changed = { ...input, sharing: 'AGENCY' };
    await stack.as('local-submitter').run(CORRECT, { id: reportId, version: 1, input: changed, reason: 'Ours.' });
    await stack.drain();
    expect(await alertOf(alert?.id)).toMatchObject({ change: 'RECALLED', record: null });
  });
});
