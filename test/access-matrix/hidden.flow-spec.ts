import { newId } from '@concord/platform/ids';
import type { PersonaName } from '../../apps/embedded/src/personas.js';
import { CORRECT, LABORATORY, RECALL, SUBMIT } from '../flows/documents.js';
import { riversideReport, sanDiegoReport, TASK_FORCE_ID } from '../flows/reports.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { PURPOSE } from '../flows/flow-client.builder.js';
import { StatementsRun } from './statements.builder.js';
import {
  ADMIN_ACTS,
  ASKED_WITHIN,
  NO_CODE,
  sentByTheApi,
  writeAnotherAgency,
  type OfAnotherAgency,
} from './hidden-administration.builder.js';
import { WholeDocuments } from './whole-documents.js';

type Json = Record<string, unknown>;

/** What is hidden from whom, and why. */
interface Hidden {
  readonly why: string;
  readonly reportId: string;
  readonly recordId: string;
}

const RECORD = `query($id: ID!) { seizureRecord(id: $id) ${new WholeDocuments().everyFieldOf('SeizureRecord')} }`;
const REPORT = `query($id: ID!) { seizureReport(id: $id) ${new WholeDocuments().everyFieldOf('SeizureReport')} }`;
const ACKNOWLEDGE = `mutation($id: ID!) { acknowledgeAlert(id: $id) { __typename ... on AlertActionRejected { issues { path code message } } ... on AlertAcknowledged { alert { id state } } } }`;
const PAGE = `query($after: String, $filter: SeizureRecordFilter) { seizureRecords(first: 3, after: $after, filter: $filter) { totalCount { value atLeast } pageInfo { hasNextPage endCursor } edges { cursor match node { id precision } } } }`;
/** Of somebody's answer, what may be its own: when it was answered is in no body. */
const ASKER = 'neighbour-analyst';

/** Ways to name something by its id: a document and what it is sent with. */
const BY_ID: readonly (readonly [name: string, document: string, variables: (hidden: Hidden) => Json])[] = [
  ['seizureRecord', RECORD, ({ recordId }) => ({ id: recordId })],
  ['seizureRecord by the report’s id', RECORD, ({ reportId }) => ({ id: reportId })],
  ['seizureReport', REPORT, ({ reportId }) => ({ id: reportId })],
  ['seizureReport by the record’s id', REPORT, ({ recordId }) => ({ id: recordId })],
  [
    'correctSeizureReport',
    CORRECT,
    ({ reportId }) => ({
      id: reportId,
      version: 1,
      input: sanDiegoReport({ submitterReference: null }),
      reason: 'wrong',
    }),
  ],
  [
    'correctSeizureReport with faults',
    CORRECT,
    ({ reportId }) => ({ id: reportId, version: 7, input: { sharing: 'EVERYBODY' }, reason: '' }),
  ],
  ['recallSeizureReport', RECALL, ({ reportId }) => ({ id: reportId, version: 1, reason: 'wrong' })],
  ['recallSeizureReport at no version', RECALL, ({ reportId }) => ({ id: reportId, version: 99, reason: '' })],
  [
    'recordLaboratoryResult',
    LABORATORY,
    ({ reportId }) => ({ id: reportId, version: 1, results: [{ substance: 0, laboratoryStatus: 'CONFIRMED' }] }),
  ],
];

describe('hidden means hidden', () => {
  let stack: FlowStack;
  let statements: StatementsRun;
  const hidden: Hidden[] = [];
  let alertOfAnother: string;

  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 100, windowSeconds: 60 } });
    await stack.as('state-analyst').rule('everything');
    const far = new Date(Date.now() + 86_400_000).toISOString();
    for (const [why, submitter, input] of [
      ['its agency keeps it', 'local-submitter', sanDiegoReport({ sharing: 'AGENCY' })],
      [
        'it is shared with a task force',
        'local-submitter',
        sanDiegoReport({ sharing: 'TASK_FORCES', taskForceIds: [TASK_FORCE_ID] }),
      ],
      ['it is shared with the state', 'local-submitter', sanDiegoReport({ sharing: 'STATE' })],
      ['it is under embargo', 'local-submitter', sanDiegoReport({ releaseAfter: far })],
      ['it is of another place', 'taskforce-analyst', riversideReport({ sharing: 'PARTNERS' })],
    ] as const)
      hidden.push({ why, ...(await stack.as(submitter).report(input)) });
    const recalled = await stack.as('local-submitter').report(sanDiegoReport());
    await stack.as('local-submitter').run(RECALL, { id: recalled.reportId, version: 1, reason: 'wrong' });
    hidden.push({ why: 'it was recalled', ...recalled });
    // Something that the asker does see, before and after.
    for (let n = 0; n < 4; n += 1) await stack.as('local-submitter').report(sanDiegoReport());
    await stack.drain();
    alertOfAnother = (await stack.as('state-analyst').alerts())[0]?.id ?? '';
    statements = await StatementsRun.listen(stack);
    // What is prepared or remembered once is.
    for (const [, document, variables] of BY_ID) await post(document, variables(absent()));
  }, 60_000);
  afterAll(async () => {
    statements?.stop();
    await stack?.stop();
  });

  const absent = (): Hidden => ({ why: 'nobody made it', reportId: newId(), recordId: newId() });

  /** The body as it came, with its status, and what was run for it. */
  const post = (query: string, variables: Json, asker: PersonaName = ASKER) =>
    statements.during(async () => {
      const response = await fetch(stack.api.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${stack.as(asker).token}`,
          'concord-purpose': PURPOSE,
        },
        body: JSON.stringify({ query, variables }),
      });
      return { status: response.status, headers: [...response.headers.keys()].sort(), body: await response.text() };
    });

  test('the asker sees none of what is hidden, and something', async () => {
    expect(hidden).toHaveLength(6);
    expect(alertOfAnother).not.toBe('');
    const { answer } = await post(PAGE, {});
    expect(JSON.parse(answer.body)).toMatchObject({ data: { seizureRecords: { totalCount: { value: 4 } } } });
    for (const { recordId } of hidden) expect(answer.body).not.toContain(recordId);
  });

  test.each(BY_ID)(
    '%s: absent and hidden are the same to the byte, by the same statements',
    async (_, document, variables) => {
      const nothing = await post(document, variables(absent()));
      // Statements inside functions too: a trace that is empty compares nothing.
      expect(nothing.statements.length).toBeGreaterThan(2);
      for (const it of hidden) {
        const found = await post(document, variables(it));
        expect({ why: it.why, ...found.answer }).toEqual({ why: it.why, ...nothing.answer });
        expect({ why: it.why, statements: found.statements }).toEqual({ why: it.why, statements: nothing.statements });
      }
    },
  );

  test('an alert of somebody else is as absent as one that nobody has', async () => {
    const nothing = await post(ACKNOWLEDGE, { id: newId() });
    const found = await post(ACKNOWLEDGE, { id: alertOfAnother });
    expect(found.answer).toEqual(nothing.answer);
    expect(found.statements).toEqual(nothing.statements);
    expect(nothing.answer.body).toContain('NOT_FOUND');
  });

  test('a cursor of what is hidden is a place like any other', async () => {
    const { rows } = await stack.admin.query<{ id: string; at: Date }>(
      'select distinct record_id as id, released_at as at from record_view',
    );
    const cursor = (at: Date, id: string): string =>
      Buffer.from(JSON.stringify(['record', at.toISOString(), id])).toString('base64url');
    for (const { recordId } of hidden) {
      const row = rows.find(({ id }) => id === recordId);
      if (row === undefined) continue;
      const found = await post(PAGE, { after: cursor(row.at, recordId) });
      // One millisecond later nothing was released: the page after it is the same.
      const nothing = await post(PAGE, {
        after: cursor(new Date(row.at.getTime() + 1), '00000000-0000-4000-8000-000000000000'),
      });
      expect(found.answer).toEqual(nothing.answer);
      expect(found.statements).toEqual(nothing.statements);
    }
  });

  test('a filter by which only what is hidden would be met answers as one that nothing meets', async () => {
    const released = (at: Date) => ({
      released: { from: at.toISOString(), to: new Date(at.getTime() + 1).toISOString() },
    });
    const { rows } = await stack.admin.query<{ at: Date }>(
      'select released_at as at from record_view where record_id = $1 limit 1',
      [hidden[0]?.recordId],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('it was stored');
    const found = await post(PAGE, { filter: released(row.at) });
    const nothing = await post(PAGE, { filter: released(new Date('2021-01-01T00:00:00Z')) });
    expect(found.answer).toEqual(nothing.answer);
    expect(found.statements).toEqual(nothing.statements);
  });

  test('a reference that another agency has used, and a task force of others, tell nothing', async () => {
    const taken = sanDiegoReport({ sharing: 'AGENCY' });
    await stack.as('taskforce-analyst').report({ ...taken, place: riversideReport()['place'] });
    const submitted = async (input: Json) => {
      const { answer, statements: run } = await post(SUBMIT, { input });
      const id = /[0-9a-f]{8}-[0-9a-f-]{27}/g;
      const parsed = JSON.parse(answer.body) as { data: { submitSeizureReport: { receipt?: string } } };
      const { receipt } = parsed.data.submitSeizureReport;
      const body = answer.body
        .replaceAll(receipt ?? ' ', 'receipt')
        .replace(id, 'id')
        .replaceAll(String(input['submitterReference']), 'reference');
      return { status: answer.status, body, run };
    };
    // An agency's first report makes its keys.
    await submitted(sanDiegoReport({ sharing: 'AGENCY' }));
    const sameName = await submitted(taken);
    const newName = await submitted(sanDiegoReport({ sharing: 'AGENCY' }));
    expect(sameName).toEqual(newName);
    expect(sameName.body).toContain('"duplicate":false');
    // The neighbour takes part in no task force: one that exists is as unknown as one that does not.
    const existing = await submitted(sanDiegoReport({ taskForceIds: [TASK_FORCE_ID] }));
    const invented = await submitted(sanDiegoReport({ taskForceIds: [newId()] }));
    expect(existing).toEqual(invented);
    expect(existing.body).toContain('UNKNOWN_TASK_FORCE');
  });

  test('whoever is nobody gets one answer, whoever they claim to be', async () => {
    const ask = async (headers: Record<string, string>, body: unknown) => {
      const response = await fetch(stack.api.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: await response.text() };
    };
    const answers = await Promise.all([
      ask({}, { query: RECORD, variables: { id: hidden[0]?.recordId } }),
      ask({}, { query: '{ nothing }' }),
      ask({ authorization: 'Bearer nonsense' }, { query: '{ me { id } }' }),
      ask({ authorization: 'Bearer cck_nonsense' }, { query: RECORD, variables: { id: hidden[0]?.recordId } }),
    ]);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  describe('administration', () => {
    let others: OfAnotherAgency;
    beforeAll(async () => {
      others = await writeAnotherAgency(stack.admin, hidden[4]?.recordId ?? '');
      for (const [, document, variables] of ADMIN_ACTS) await post(document, variables(nobodys()), 'agency-admin');
    }, 60_000);

    const nobodys = (): OfAnotherAgency => ({
      ...{ keyId: newId(), membershipId: newId(), approvalId: newId(), agreementId: newId(), dangerId: newId() },
      ...{ personId: newId(), recordId: newId(), ori: 'ZZ0000000' },
    });

    test.each(ADMIN_ACTS)(
      '%s: of another agency and of nobody are the same to the byte, by the same statements',
      async (name, document, variables) => {
        const nothing = await post(document, variables(nobodys()), 'agency-admin');
        expect(nothing.answer.body).toContain('NOT_FOUND');
        expect(nothing.statements.length).toBeGreaterThan(1);
        const found = await post(document, variables(others), 'agency-admin');
        expect(found.answer).toEqual(nothing.answer);
        const compared = (it: string): boolean => !ASKED_WITHIN.includes(name) || sentByTheApi(it);
        expect(found.statements.filter(compared)).toEqual(nothing.statements.filter(compared));
      },
    );

    test('a code that was used, one that is over and one that nobody was given', async () => {
      const accept =
        'mutation($code: String!) { acceptInvitation(code: $code) { __typename ... on AdminRejected { issues { path code message } } } }';
      const [used, over] = others.codes ?? [];
      const nothing = await post(accept, { code: NO_CODE }, 'agency-admin');
      for (const code of [used, over]) {
        const found = await post(accept, { code }, 'agency-admin');
        expect(found.answer).toEqual(nothing.answer);
        expect(found.statements).toEqual(nothing.statements);
      }
    });

    test('lists of administration hold nothing of another agency', async () => {
      const { answer } = await post(
        '{ apiKeys { edges { node { id } } } approvals { edges { node { id } } } agreements { edges { node { id } } } members { edges { node { id person { id } } } } imminentDangerOpenings { edges { node { id recordId } } } }',
        {},
        'agency-admin',
      );
      expect(answer.body).toContain('"members"');
      expect(answer.body).not.toContain('"errors"');
      const { keyId, membershipId, approvalId, agreementId, dangerId, personId, recordId } = others;
      for (const id of [keyId, membershipId, approvalId, agreementId, dangerId, personId, recordId])
        expect(answer.body).not.toContain(id);
    });
  });
});
