import { newId } from '@concord/platform/ids';
import { agencyId, personId } from '../../apps/embedded/src/personas.js';
import {
  ALERTS,
  CORRECT,
  DANGERS,
  EXPLAIN,
  OPEN_IN_DANGER,
  RECORD,
  RECORD_ACCESS,
  RECORDS,
  REVIEW_DANGER,
} from './documents.js';
import type { Issue } from './flow-client.builder.js';
import { plainReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

const REASON = 'Officers are about to enter a building; the load may be laced with carfentanil.';

interface Opened {
  readonly __typename: string;
  readonly id?: string;
  readonly recordId?: string;
  readonly openedAt?: string;
  readonly until?: string;
  readonly issues?: readonly Issue[];
}
interface Notice {
  readonly id: string;
  readonly side: string;
  readonly recordId: string;
  readonly reason: string | null;
  readonly review: { readonly note: string } | null;
}

describe('imminent danger', () => {
  let stack: FlowStack;
  beforeAll(async () => {
    stack = await FlowStack.start();
    // A supervisor far away, who is also an admin there: to see that nobody reviews what they opened.
    await stack.admin.query(
      `insert into membership (person_id, agency_id, roles) values ($1, $2, '{SUPERVISOR,AGENCY_ADMIN}')`,
      [personId('far-local-analyst'), agencyId('new-york')],
    );
  });
  afterAll(() => stack?.stop());

  const far = () => stack.as('far-local-analyst');
  const open = async (recordId: string, more: object = {}): Promise<Opened> =>
    (await far().run<{ openInImminentDanger: Opened }>(OPEN_IN_DANGER, { recordId, reason: REASON, ...more }))
      .openInImminentDanger;
  const expire = () =>
    stack.admin.query(
      `update imminent_danger set opened_at = opened_at - interval '61 minutes', valid_until = valid_until - interval '61 minutes'`,
    );
  const notices = async (
    persona: 'supervisor' | 'agency-admin' | 'auditor' | 'far-local-analyst',
    unreviewed = false,
  ): Promise<{ waiting: number; list: Notice[] }> => {
    const { me, imminentDangerOpenings } = await stack.as(persona).run<{
      me: { imminentDangersToReview: number };
      imminentDangerOpenings: { edges: { node: Notice }[] };
    }>(DANGERS, { unreviewed });
    return { waiting: me.imminentDangersToReview, list: imminentDangerOpenings.edges.map(({ node }) => node) };
  };
  const review = async (persona: 'agency-admin' | 'far-local-analyst', id: string) =>
    (
      await stack
        .as(persona)
        .run<{ reviewImminentDanger: { issues?: Issue[] } }>(REVIEW_DANGER, { id, note: 'Justified.' })
    ).reviewImminentDanger;

  it('opens one record to a supervisor, at PARTNER and by its id alone, and closes by itself', async () => {
    const { recordId } = await stack.as('local-submitter').report(plainReport({ sharing: 'AGENCY', tlp: 'RED' }));
    const embargoed = await stack
      .as('local-submitter')
      .report(plainReport({ releaseAfter: new Date(Date.now() + 3_600_000).toISOString() }));
    const unknown = newId();
    expect(await far().refusal(RECORD, { id: recordId })).toMatchObject({ code: 'NOT_FOUND' });

    const opened = await open(recordId, { minutes: 30 });
    const other = await open(unknown);
    // Nobody learns from the answer whether there is such a record.
    expect(Object.keys(other).sort()).toEqual(Object.keys(opened).sort());
    expect(Date.parse(opened.until ?? '') - Date.parse(opened.openedAt ?? '')).toBe(30 * 60_000);
    expect(Date.parse(other.until ?? '') - Date.parse(other.openedAt ?? '')).toBe(60 * 60_000);
    expect((await open(recordId)).id).toBe(opened.id);

    const { seizureRecord } = await far().run<{ seizureRecord: { precision: string; openedBy: object[] } }>(
      RECORD_ACCESS,
      { id: recordId },
    );
    expect(seizureRecord).toMatchObject({
      ...{ precision: 'PARTNER', audience: null },
      openedBy: [{ key: `danger:${recordId}`, because: 'opened in imminent danger', precision: 'PARTNER' }],
    });
    const explained = await stack
      .as('agency-admin')
      .run(EXPLAIN, { recordId, personId: personId('far-local-analyst') });
    expect(explained).toMatchObject({
      explainAccess: { allowed: true, precision: 'PARTNER', because: [{ key: `danger:${recordId}` }] },
    });
    // By its id alone; to this person alone; and no embargo is lifted.
    expect(await far().run(RECORDS, { first: 10 })).toMatchObject({
      seizureRecords: { edges: [], totalCount: { value: 0 } },
    });
    expect(await far().refusal(RECORD, { id: unknown })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await stack.as('neighbour-analyst').refusal(RECORD, { id: recordId })).toMatchObject({ code: 'NOT_FOUND' });
    await open(embargoed.recordId);
    expect(await far().refusal(RECORD, { id: embargoed.recordId })).toMatchObject({ code: 'NOT_FOUND' });

    await expire();
    expect(await far().refusal(RECORD, { id: recordId })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await stack.count(`from audit_entry where action = 'danger.open' and outcome = 'DONE'`)).toBe(3);
  });

  it('is loud: both agencies have it to review, auditors see it, nobody reviews their own', async () => {
    const { waiting, list } = await notices('agency-admin', true);
    // Three ids were named; two of them are records of this agency.
    expect(waiting).toBe(2);
    expect(list.map(({ side, reason }) => ({ side, reason }))).toEqual(
      Array(2).fill({ side: 'OPENED_TO_OURS', reason: REASON }),
    );
    expect((await notices('supervisor')).list).toHaveLength(2);
    const watched = await notices('auditor');
    expect(watched.list.map(({ side, reason }) => ({ side, reason }))).toEqual(
      Array(3).fill({ side: 'WATCHED', reason: null }),
    );
    expect(watched.waiting).toBe(0);
    // To those who opened it, one that is there and one that is not look alike.
    const ours = await notices('far-local-analyst', true);
    expect(ours.list.map(({ side }) => side)).toEqual(Array(3).fill('OPENED_BY_US'));
    expect(await stack.as('local-analyst').refusal(DANGERS)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await stack.as('local-analyst').run('{ me { imminentDangersToReview } }')).toMatchObject({
      me: { imminentDangersToReview: 0 },
    });

    const [first] = list;
    const id = first?.id ?? '';
    expect((await review('far-local-analyst', id)).issues?.map(({ code }) => code)).toEqual(['OWN_ACT']);
    expect((await review('agency-admin', newId())).issues?.map(({ code }) => code)).toEqual(['NOT_FOUND']);
    const notOurs = ours.list.find(({ recordId }) => !list.some((it) => it.recordId === recordId));
    expect((await review('agency-admin', notOurs?.id ?? '')).issues?.map(({ code }) => code)).toEqual(['NOT_FOUND']);
    const both = await Promise.all([review('agency-admin', id), review('agency-admin', id)]);
    expect(both.map(({ issues }) => issues)).toEqual([undefined, undefined]);
    expect(await stack.count(`from audit_entry where action = 'danger.review' and outcome = 'DONE'`)).toBe(1);
    expect((await notices('agency-admin', true)).list.map((it) => it.id)).not.toContain(id);
    // One agency's review is not the other's.
    expect((await notices('far-local-analyst', true)).list.map((it) => it.id)).toContain(id);
  });

  it('is refused without a reason, a purpose or the role, and more than five times an hour', async () => {
    const codes = async (more: object): Promise<string[]> =>
      ((await open(newId(), more)).issues ?? []).map(({ path, code }) => `${path} ${code}`);
    expect(await codes({ reason: 'Call 619 555 0177', minutes: 61 })).toEqual([
      'reason TELLS_SOMEBODY',
      'reason TOO_SHORT',
      'minutes OUT_OF_RANGE',
    ]);
    const asked = { recordId: newId(), reason: REASON };
    expect(await far().with({ purpose: null }).refusal(OPEN_IN_DANGER, asked)).toMatchObject({
      code: 'PURPOSE_REQUIRED',
    });
    for (const persona of ['local-analyst', 'agency-admin', 'watch-officer', 'auditor', 'system-admin'] as const)
      expect(await stack.as(persona).refusal(OPEN_IN_DANGER, asked)).toMatchObject({ code: 'FORBIDDEN' });
    // All at the same moment.
    const tries = await Promise.all(Array.from({ length: 8 }, () => open(newId())));
    expect(tries.filter(({ __typename }) => __typename === 'ImminentDangerOpened')).toHaveLength(5);
    expect(new Set(tries.flatMap(({ issues }) => issues?.map(({ code }) => code) ?? []))).toEqual(
      new Set(['TOO_MANY']),
    );
  });

  it('ends in mid-subscription', async () => {
    const supervisor = stack.as('supervisor');
    await supervisor.rule('everything');
    const live = await stack.live('supervisor');
    await stack.as('neighbour-analyst').report(plainReport());
    // Apart, for two that are raised in one go come in either order.
    await stack.drain();
    const input = plainReport();
    const { reportId, recordId } = await stack.as('neighbour-analyst').report(input);
    await stack.drain();
    const { cursor } = await live.next();
    await live.next();
    // The neighbour takes it back to itself: the key is gone, and danger opens it again.
    const narrowed = { ...input, sharing: 'AGENCY' };
    await stack
      .as('neighbour-analyst')
      .run(CORRECT, { id: reportId, version: 1, input: narrowed, reason: 'Ours alone.' });
    await stack.drain();
    const told = await live.next();
    expect(told.alert).toMatchObject({ change: 'RECALLED', record: null });
    await supervisor.run(OPEN_IN_DANGER, { recordId, reason: REASON });
    const again = await stack.live('supervisor', cursor);
    expect((await again.next()).alert.record).toMatchObject({ id: recordId, precision: 'PARTNER' });
    const inbox = async () =>
      (await supervisor.run<{ alerts: { edges: { node: { record: { id: string } | null } }[] } }>(ALERTS, { first: 1 }))
        .alerts.edges[0]?.node.record?.id ?? null;

    await expire();
    const secret = { ...narrowed, substances: [{ deaCode: '9737', form: 'POWDER', quantity: 1, unit: 'KG' }] };
    await stack.as('neighbour-analyst').run(CORRECT, { id: reportId, version: 2, input: secret, reason: 'A mistake.' });
    const own = await stack.as('local-submitter').report(plainReport({ sharing: 'AGENCY' }));
    await stack.drain();
    // The tombstone of before, read now, and then our own: nothing between them.
    expect((await again.next()).alert).toMatchObject({ change: 'RECALLED' });
    expect((await again.next()).alert.record?.id).toBe(own.recordId);
    expect((await live.next()).alert.record?.id).toBe(own.recordId);
    expect(live.events).toHaveLength(4);
    expect(await supervisor.refusal(RECORD, { id: recordId })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await inbox()).toBe(own.recordId);
    await live.close();
    await again.close();
  });
});
