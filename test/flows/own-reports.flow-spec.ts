import { personId } from '../../apps/embedded/src/personas.js';
import { DraftSweep } from '../../apps/worker/src/draft-sweep.js';
import { createLogger } from '@concord/platform/logging';
import { openPool } from '@concord/platform/database';
import type { PersonaName } from '../../apps/embedded/src/personas.js';
import { eventually, type Issue } from './flow-client.builder.js';
import { CORRECT } from './documents.js';
import { plainReport, sanDiegoReport, SECRETS } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

const DRAFT = 'draft { id version savedAt reportId input } missing { path code }';
const REJECTED = '... on SeizureReportRejected { issues { path code message } }';
const SUBMIT = `mutation Submit($input: SubmitSeizureReportInput!) { submitSeizureReport(input: $input) { __typename
  ... on SeizureReportAccepted { report { id } } ... on SeizureReportHeld { report { id } } ${REJECTED} } }`;
const SAVE = `mutation Save($input: SubmitSeizureReportInput!, $id: ID, $version: Int) {
  saveSeizureReportDraft(input: $input, id: $id, version: $version) { __typename ... on SeizureReportDraftSaved { ${DRAFT} } ${REJECTED} } }`;
const COPY = `mutation Copy($id: ID!) { copySeizureReport(id: $id) { __typename ... on SeizureReportDraftSaved { ${DRAFT} } ${REJECTED} } }`;
const SUBMIT_DRAFT = `mutation SubmitDraft($id: ID!, $version: Int!) { submitSeizureReportDraft(id: $id, version: $version) { __typename
  ... on SeizureReportAccepted { duplicate receipt report { id submitterReference status version } }
  ... on SeizureReportHeld { receipt report { id status } reasons { path code } } ${REJECTED} } }`;
const DISCARD = `mutation Discard($id: ID!) { discardSeizureReportDraft(id: $id) { __typename ... on SeizureReportDraftDiscarded { id } ${REJECTED} } }`;
const ONE = `query One($id: ID!) { seizureReportDraft(id: $id) { id version input reportId } }`;
const ALL = `query All($first: Int, $after: String) { seizureReportDrafts(first: $first, after: $after) {
  pageInfo { hasNextPage endCursor } edges { node { id } } } }`;
const SEARCH = `query Search($status: [SeizureReportStatus!], $occurred: PeriodFilter, $submitted: PeriodFilter, $text: String, $mine: Boolean, $first: Int, $after: String) {
  mySeizureReports(status: $status, occurred: $occurred, submitted: $submitted, text: $text, mine: $mine, first: $first, after: $after) {
    totalCount { value atLeast } pageInfo { hasNextPage endCursor } edges { node { submitterReference } } } }`;

const WAITING = '{ heldSeizureReports { waiting { reports atLeast since reasons { code reports } } } }';
const RETURN = `mutation Return($id: ID!, $note: String!) { returnSeizureReport(id: $id, version: 1, note: $note) { __typename } }`;
const VERSIONS = `query Versions($id: ID!) { seizureReport(id: $id) { versions { version change reason returnedNote
  holdReasons { code path } changes { path from to sealed } } } }`;

interface Waiting {
  readonly reports: number;
  readonly since: string | null;
  readonly reasons: readonly { readonly code: string; readonly reports: number }[];
}
interface Saved {
  readonly __typename: string;
  readonly draft?: { id: string; version: number; reportId: string | null; input: Record<string, unknown> };
  readonly missing?: Issue[];
  readonly issues?: Issue[];
}
interface Submitted {
  readonly __typename: string;
  readonly duplicate?: boolean;
  readonly receipt?: string;
  readonly report?: { readonly id: string; readonly status: string; readonly submitterReference: string };
  readonly issues?: Issue[];
}

describe('own reports and drafts', () => {
  let stack: FlowStack;
  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
  });
  afterAll(() => stack?.stop());

  const save = async (variables: Record<string, unknown>, as: PersonaName = 'local-submitter'): Promise<Saved> =>
    (await stack.as(as).run<{ saveSeizureReportDraft: Saved }>(SAVE, variables)).saveSeizureReportDraft;
  const send = async (id: string, version: number, as: PersonaName = 'local-submitter'): Promise<Submitted> =>
    (await stack.as(as).run<{ submitSeizureReportDraft: Submitted }>(SUBMIT_DRAFT, { id, version }))
      .submitSeizureReportDraft;
  const begun = async (input: object): Promise<{ id: string; version: number }> => {
    const { draft } = await save({ input });
    if (draft === undefined) throw new Error('there is a draft');
    return draft;
  };
  const submit = async (input: Record<string, unknown>, as: PersonaName = 'local-submitter'): Promise<string> => {
    const { submitSeizureReport } = await stack.as(as).run<{ submitSeizureReport: Submitted }>(SUBMIT, { input });
    if (submitSeizureReport.report === undefined) throw new Error(JSON.stringify(submitSeizureReport));
    return submitSeizureReport.report.id;
  };
  const search = async (variables: Record<string, unknown>, as: PersonaName = 'local-submitter') => {
    const { mySeizureReports } = await stack.as(as).run<{
      mySeizureReports: {
        totalCount: { value: number; atLeast: boolean };
        pageInfo: { hasNextPage: boolean; endCursor: string | null };
        edges: { node: { submitterReference: string } }[];
      };
    }>(SEARCH, variables);
    return {
      ...mySeizureReports,
      found: mySeizureReports.edges.map(({ node }) => node.submitterReference),
    };
  };

  test('a draft keeps what is there, says what is missing, and shows both to nobody else', async () => {
    const input = { narrative: SECRETS.narrative, identifiers: [{ kind: 'PHONE', value: SECRETS.phone }] };
    const saved = await save({ input });
    expect(saved.missing?.map(({ path, code }) => `${path} ${code}`)).toEqual(
      expect.arrayContaining(['submitterReference REQUIRED', 'occurredAt REQUIRED', 'place.countyFips REQUIRED']),
    );
    expect(saved.draft).toMatchObject({ version: 1, reportId: null, input });
    const id = saved.draft?.id ?? '';
    const { rows } = await stack.admin.query<{ sealed: Buffer }>(
      'select sealed from seizure_report_draft where id = $1',
      [id],
    );
    expect(rows[0]?.sealed.includes(SECRETS.phone)).toBe(false);
    for (const other of ['local-analyst', 'supervisor', 'state-analyst'] as const) {
      expect((await stack.as(other).refusal(ONE, { id }))?.code).toBe('NOT_FOUND');
      expect(await save({ input: {}, id, version: 1 }, other)).toMatchObject({ issues: [{ code: 'NOT_FOUND' }] });
      expect(await send(id, 1, other)).toMatchObject({ issues: [{ code: 'NOT_FOUND' }] });
    }
    expect((await stack.as('agency-admin').refusal(ONE, { id }))?.code).toBe('FORBIDDEN');
    expect(await stack.count('from seizure_report where submitted_by = $1', [personId('local-submitter')])).toBe(0);

    const next = await save({ input: plainReport(), id, version: 1 });
    expect(next).toMatchObject({ draft: { version: 2 }, missing: [] });
    // A client that lost the answer, and one that had not read the last save.
    expect(await save({ input: next.draft?.input ?? {}, id, version: 1 })).toMatchObject({ draft: { version: 2 } });
    expect(await save({ input: {}, id, version: 1 })).toMatchObject({
      issues: [{ path: 'version', code: 'CONFLICT' }],
    });
    expect(await save({ input: {}, id })).toMatchObject({ issues: [{ path: 'version', code: 'REQUIRED' }] });
  });

  test('is submitted once, whoever sends it twice at the same moment; then its text is gone', async () => {
    const input = plainReport();
    const { id } = await begun(input);
    const [one, two] = await Promise.all([send(id, 1), send(id, 1)]);
    expect([one.duplicate, two.duplicate].sort()).toEqual([false, true]);
    expect(one.report).toEqual(two.report);
    expect(one.receipt).toBe(two.receipt);
    expect(one.report).toMatchObject({ status: 'RELEASED', submitterReference: input['submitterReference'] });
    expect(await send(id, 1)).toMatchObject({ duplicate: true, receipt: one.receipt, report: one.report });
    const { seizureReportDraft } = await stack.as('local-submitter').run<{ seizureReportDraft: object }>(ONE, { id });
    expect(seizureReportDraft).toEqual({ id, version: 1, input: null, reportId: one.report?.id });
    expect(await stack.count('from seizure_report_draft where id = $1 and sealed is not null', [id])).toBe(0);
    expect(await save({ input: {}, id, version: 1 })).toMatchObject({ issues: [{ code: 'CONFLICT' }] });
    const { seizureReportDrafts } = await stack
      .as('local-submitter')
      .run<{ seizureReportDrafts: { edges: { node: { id: string } }[] } }>(ALL);
    expect(seizureReportDrafts.edges.map(({ node }) => node.id)).not.toContain(id);
  });

  test('refused or reused, it stays; held, it is held; what was sent by another way is the same report', async () => {
    const faulty = await begun(plainReport({ occurredAt: null }));
    expect(await send(faulty.id, 1)).toMatchObject({ issues: [{ path: 'occurredAt', code: 'REQUIRED' }] });
    expect(await send(faulty.id, 2)).toMatchObject({ issues: [{ code: 'CONFLICT' }] });
    const taken = plainReport();
    const standing = await submit(taken);
    const other = await begun({ ...taken, conveyance: 'BUS' });
    expect(await send(other.id, 1)).toMatchObject({ issues: [{ code: 'REFERENCE_REUSED' }] });
    const kept = await stack.count('from seizure_report_draft where id = any($1) and sealed is not null', [
      [faulty.id, other.id],
    ]);
    expect(kept).toBe(2);
    const same = await begun(taken);
    expect(await send(same.id, 1)).toMatchObject({ duplicate: true, report: { id: standing } });
    expect(await stack.count('from seizure_report_draft where id = $1 and report_id = $2', [same.id, standing])).toBe(
      1,
    );
    const held = await begun(plainReport({ remarks: 'Ask at 619-555-0142.' }));
    const answer = await send(held.id, 1);
    expect(answer).toMatchObject({ __typename: 'SeizureReportHeld', report: { status: 'HELD' } });
    expect(await send(held.id, 1)).toMatchObject({
      __typename: 'SeizureReportHeld',
      report: { id: answer.report?.id },
    });
  });

  test('a save that comes in between stops the submission, which stores nothing', async () => {
    const input = plainReport();
    const { id } = await begun(input);
    // The draft moves on after it was read and before the report is stored: a save that waits in another transaction.
    await stack.admin.query('begin');
    await stack.admin.query('update seizure_report_draft set version = 2 where id = $1', [id]);
    const sending = send(id, 1);
    await eventually(
      'the submission waits for the draft',
      async () => (await stack.count('from pg_locks where not granted')) > 0,
    );
    await stack.admin.query('commit');
    expect(await sending).toMatchObject({ issues: [{ path: 'version', code: 'CONFLICT' }] });
    expect(await stack.count('from seizure_report where submitter_reference = $1', [input['submitterReference']])).toBe(
      0,
    );
  });

  test('a copy has what the next one has in common, and nothing that was true of that one alone', async () => {
    const first = sanDiegoReport({ remarks: 'Two lots.', packaging: 'bricks', withhold: ['METHOD'] });
    const reportId = await submit(first);
    const copied = (await stack.as('local-analyst').run<{ copySeizureReport: Saved }>(COPY, { id: reportId }))
      .copySeizureReport;
    expect(copied.draft?.input).toEqual({
      ...{ sharing: 'PARTNERS', tlp: 'AMBER', withhold: ['METHOD'], timePrecision: 'WEEK' },
      occurredAtPrecision: 'MINUTE',
      place: { countyFips: '06073', setting: 'PORT_OF_ENTRY', portOfEntry: 'SAN YSIDRO' },
      substances: [{ deaCode: '9801', form: 'POWDER', unit: 'KG' }],
      ...{ concealment: ['VEHICLE_COMPARTMENT'], conveyance: 'PASSENGER_VEHICLE', packaging: 'bricks' },
      ...{ people: [{ role: 'COURIER' }], taskForceIds: [] },
    });
    expect(copied.missing?.map(({ path }) => path).sort()).toEqual([
      'occurredAt',
      'submitterReference',
      'substances.0.quantity',
    ]);
    const absent = await stack.as('state-analyst').run<{ copySeizureReport: Saved }>(COPY, { id: reportId });
    expect(absent.copySeizureReport).toMatchObject({ issues: [{ code: 'NOT_FOUND' }] });
  });

  test('a person keeps 200, also of two that are begun at the same moment', async () => {
    await stack.admin.query(
      `insert into seizure_report_draft (id, agency_id, person_id, sealed)
       select gen_random_uuid(), d.agency_id, d.person_id, ''
       from (select agency_id, person_id from seizure_report_draft where person_id = $1 limit 1) d,
         generate_series(1, 199 - (select count(*)::int from seizure_report_draft where person_id = $1 and report_id is null))`,
      [personId('local-submitter')],
    );
    const both = await Promise.all([save({ input: {} }), save({ input: {} })]);
    expect(both.map(({ __typename }) => __typename).sort()).toEqual([
      'SeizureReportDraftSaved',
      'SeizureReportRejected',
    ]);
    expect(both.flatMap(({ issues }) => issues ?? [])).toMatchObject([{ code: 'TOO_MANY_DRAFTS' }]);
    const id = both.find(({ draft }) => draft !== undefined)?.draft?.id ?? '';
    const discard = () => stack.as('local-submitter').run<{ discardSeizureReportDraft: Saved }>(DISCARD, { id });
    expect((await discard()).discardSeizureReportDraft).toMatchObject({ id });
    expect((await discard()).discardSeizureReportDraft).toMatchObject({ issues: [{ code: 'NOT_FOUND' }] });
  });

  test('what nobody has touched for 90 days is deleted, by the worker, and on the books', async () => {
    await stack.admin.query(
      `update seizure_report_draft set saved_at = now() - interval '90 days 1 minute' where sealed = ''`,
    );
    const stale = await stack.count(`from seizure_report_draft where sealed = ''`);
    const pool = openPool({ url: stack.database.appUrl, role: 'concord_worker', max: 1, statementTimeoutMs: 10_000 });
    const sweep = new DraftSweep({ pool, clock: pool.clock, log: createLogger({ name: 'test', level: 'silent' }) });
    expect(await sweep.sweep()).toBe(stale);
    expect(await sweep.sweep()).toBe(0);
    await pool.end();
    expect(await stack.count(`from audit_entry where action = 'report-draft.expire'`)).toBe(stale);
    expect(await stack.count(`from seizure_report_draft where report_id is null`)).toBeGreaterThan(0);
  });

  test('reports are found by words, period, status and submitter, page by page', async () => {
    const about = (n: number, change: object): Record<string, unknown> =>
      plainReport({ submitterReference: `LAPA-26-${String(n).padStart(5, '0')}`, ...change });
    await submit(about(1, { occurredAt: '2026-03-01T23:30:00-08:00', packaging: 'Zinnober tape' }));
    await submit(about(2, { occurredAt: '2026-03-02T00:00:00-08:00' }));
    await submit(about(3, { occurredAt: '2026-03-02T12:00:00-08:00' }), 'local-analyst');
    await submit(about(4, { remarks: '100% _pure_ Ñandú' }), 'local-analyst');
    const lapa = { text: 'LAPA-26' };
    const all = await search(lapa);
    expect(all.found).toEqual(['LAPA-26-00004', 'LAPA-26-00003', 'LAPA-26-00002', 'LAPA-26-00001']);
    expect(all.totalCount).toEqual({ value: 4, atLeast: false });
    // A page at a time, by the cursor of old.
    const first = await search({ ...lapa, first: 3 });
    const rest = await search({ ...lapa, first: 3, after: first.pageInfo.endCursor });
    expect([...first.found, ...rest.found]).toEqual(all.found);
    expect([first.pageInfo.hasNextPage, rest.pageInfo.hasNextPage]).toEqual([true, false]);

    expect((await search({ text: 'zinno' })).found).toEqual(['LAPA-26-00001']);
    expect((await search({ text: 'ñandú lapa' })).found).toEqual(['LAPA-26-00004']);
    // Signs mean nothing: no pattern is made of them.
    for (const text of ['%', '_', "'", '\\', '& | ! ( ) :*']) expect((await search({ text })).found).toEqual([]);
    expect((await search({ text: '_pure_' })).found).toEqual(['LAPA-26-00004']);
    expect((await search({ text: "x' or 1=1 --" })).found).toEqual([]);
    // What is sealed is not searched, and no other agency's reports are.
    await submit(sanDiegoReport());
    expect((await search({ text: 'Quagmire' })).found).toEqual([]);
    expect((await search(lapa, 'state-analyst')).found).toEqual([]);
    // The word that stands for an agency is nobody's to say: it finds the own ones or none.
    expect((await search({ ...lapa, mine: true }, 'local-analyst')).found).toEqual(['LAPA-26-00004', 'LAPA-26-00003']);
    // A date begins by the clock of the place: from inclusive, to exclusive.
    expect((await search({ ...lapa, occurred: { from: '2026-03-02', to: '2026-03-03' } })).found).toEqual([
      'LAPA-26-00003',
      'LAPA-26-00002',
    ]);
    expect((await search({ ...lapa, occurred: { to: '2026-03-02T08:00:00Z' } })).found).toEqual(['LAPA-26-00001']);
    expect((await search({ ...lapa, submitted: { to: '2026-03-02' } })).found).toEqual([]);
    expect((await search({ ...lapa, status: ['RELEASED'], submitted: { from: '2026-03-02' } })).totalCount.value).toBe(
      4,
    );
    expect((await search({ ...lapa, status: ['HELD', 'DRAFT'] })).found).toEqual([]);
    const refusal = await stack
      .as('local-submitter')
      .refusal(SEARCH, { text: 'x'.repeat(101), occurred: { from: 'yesterday' } });
    expect(refusal?.code).toBe('BAD_USER_INPUT');
  });

  test('the history says what each version changed, what held it and who decided; the queue says how much waits', async () => {
    const input = plainReport({ remarks: 'Ask at 619-555-0142.' });
    const id = await submit(input);
    const queue = async () =>
      (await stack.as('supervisor').run<{ heldSeizureReports: { waiting: Waiting } }>(WAITING)).heldSeizureReports
        .waiting;
    const waiting = await queue();
    expect(waiting).toMatchObject({ atLeast: false, reasons: [{ code: 'TEXT_HOLDS_PHONE' }] });
    expect(waiting.reasons[0]?.reports).toBe(waiting.reports);
    expect(Date.parse(waiting.since ?? '')).toBeLessThanOrEqual(Date.now());
    await stack.as('supervisor').run(RETURN, { id, note: 'Take it out.' });
    expect((await queue()).reports).toBe(waiting.reports - 1);
    const corrected = { ...input, remarks: 'Two lots.', narrative: SECRETS.narrative };
    await stack.as('local-submitter').run(CORRECT, { id, version: 2, input: corrected, reason: 'As asked.' });
    const { seizureReport } = await stack
      .as('local-analyst')
      .run<{ seizureReport: { versions: { version: number }[] } }>(VERSIONS, { id });
    const held = [{ code: 'TEXT_HOLDS_PHONE', path: 'remarks' }];
    expect(seizureReport.versions).toEqual([
      {
        ...{ version: 3, change: 'CORRECTED', holdReasons: null, returnedNote: null, reason: 'As asked.' },
        changes: [
          { path: 'remarks', from: input['remarks'], to: 'Two lots.', sealed: false },
          { path: 'narrative', from: null, to: null, sealed: true },
        ],
      },
      {
        ...{ version: 2, change: 'RETURNED', holdReasons: held, returnedNote: 'Take it out.', reason: null },
        changes: [],
      },
      { version: 1, change: 'SUBMITTED', holdReasons: held, returnedNote: null, reason: null, changes: [] },
    ]);
  });

  test('whichever way words are looked for, the same is found, page by page', async () => {
    await stack.admin.query('begin');
    await stack.admin.query('alter table seizure_report disable trigger user');
    // The newest hold the word of every seventh and not that of the oldest.
    await stack.admin.query(
      `insert into seizure_report (id, agency_id, submitter_reference, status, content_digest, sharing, tlp, occurred_from, occurred_to,
         offset_minutes, content, submitted_by, submitted_at)
       select gen_random_uuid(), r.agency_id, 'MASS-' || n, r.status, r.content_digest, r.sharing, r.tlp, r.occurred_from, r.occurred_to,
         r.offset_minutes, r.content || jsonb_build_object('remarks', concat_ws(' ', 'quux', case when n % 7 = 0 then 'seventh' end, case when n <= 60 then 'oldest' end)),
         r.submitted_by, timestamptz '2020-01-01' + n * interval '1 minute'
       from (select * from seizure_report where submitter_reference = 'LAPA-26-00001') r, generate_series(1, 300) n`,
    );
    await stack.admin.query(
      `select set_config('app.person', r.submitted_by::text, true), set_config('app.agency', r.agency_id::text, true)
       from seizure_report r where r.submitter_reference = 'LAPA-26-00001'`,
    );
    const until = [{ of: 'submitted', side: 'to', near: '2020-01-01T03:20:30Z' }];
    for (const [search, expected] of [
      [{ text: 'quux' }, 300],
      [{ text: 'seventh quux' }, 42],
      [{ text: 'oldest' }, 60],
      [{ text: 'quux', bounds: until }, 200],
      [{ bounds: until }, 200],
      [{ text: 'oldest', statuses: ['RELEASED'], bounds: until, mine: true }, 60],
      [{ text: 'oldest', statuses: ['HELD'] }, 0],
    ] as const) {
      const pages = [];
      // Few for the index, few for the conditions, many among the newest, many and not among the newest.
      for (const way of [{}, { few: 250 }, { few: 10 }, { few: 10, newest: 50 }, { few: 10, newest: 7 }]) {
        const { rows } = await stack.admin.query<{ id: string; submitted_at: Date }>(
          'select id, submitted_at from own_report_page($1, 1000)',
          [JSON.stringify({ ...search, ...way })],
        );
        expect(rows).toHaveLength(expected);
        expect(rows.map((row) => +row.submitted_at)).toEqual(
          rows.map((row) => +row.submitted_at).sort((one, two) => two - one),
        );
        const part = await stack.admin.query<{ id: string }>('select id from own_report_page($1, 5)', [
          JSON.stringify({ ...search, ...way }),
        ]);
        expect(part.rows).toEqual(rows.slice(0, 5).map(({ id }) => ({ id })));
        pages.push(rows.map(({ id }) => id));
      }
      expect(new Set(pages.map((ids) => ids.join())).size).toBe(1);
    }
    await stack.admin.query('rollback');
  });
});
