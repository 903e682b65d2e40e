import {
  createConcordClient,
  RefusedError,
  SubmissionOutcomesDocument,
  SubmitSeizureReportDocument,
  SubmitSeizureReportsDocument,
  type ConcordClient,
  type SubmitSeizureReportInput,
  type SubmitSeizureReportsMutation,
} from '@concord/client';
import { agencyId, type PersonaName } from '../../apps/embedded/src/personas.js';
import { CREATE_API_KEY } from './documents.js';
import { eventually } from './flow-client.builder.js';
import { sanDiegoReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

type Input = SubmitSeizureReportInput;
type Batch = Extract<SubmitSeizureReportsMutation['submitSeizureReports'], { __typename: 'SeizureReportsSubmitted' }>;

const report = (change: Partial<Input> = {}): Input => sanDiegoReport({ identifiers: [], basis: null, ...change });
const reports = (length: number, change: Partial<Input> = {}): Input[] => Array.from({ length }, () => report(change));
const HELD: Partial<Input> = { remarks: 'Ask for Chuy at 619-555-0142.' };
const REFUSED: Partial<Input> = { place: null };

describe('machine submission', () => {
  let stack: FlowStack;
  let machine: ConcordClient;
  let made = 0;

  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
    machine = await clientOf();
  }, 60_000);
  afterAll(() => stack?.stop());

  const client = (token: string): ConcordClient =>
    createConcordClient({
      url: stack.origin,
      token,
      purpose: 'INVESTIGATION; ref=TEST',
      retries: { firstPauseMs: 20 },
    });
  const persona = async (name: PersonaName): Promise<ConcordClient> => client(await stack.mint(name));
  /** A machine with a seat of its own. */
  const clientOf = async (capabilities: readonly string[] = ['SUBMIT']): Promise<ConcordClient> => {
    made += 1;
    const input = { name: `machine ${made}`, capabilities, widestSharing: 'PARTNERS', expiresAt: inAYear() };
    const { createApiKey } = await stack
      .as('agency-admin')
      .run<{ createApiKey: { secret?: string } }>(CREATE_API_KEY, { input });
    return client(createApiKey.secret ?? '');
  };
  const submit = async (inputs: Input[], by = machine): Promise<Batch> => {
    const { submitSeizureReports: answer } = await by.request(SubmitSeizureReportsDocument, { inputs });
    if (answer.__typename !== 'SeizureReportsSubmitted') throw new Error(JSON.stringify(answer));
    return answer;
  };
  /** What became of each, in a word. */
  const words = ({ results }: Batch): string[] =>
    results.map(({ outcome }) => {
      if (outcome.__typename === 'SeizureReportRejected') return outcome.issues.map(({ code }) => code).join(' ');
      if (outcome.__typename === 'SeizureReportHeld') return 'held';
      return outcome.duplicate ? 'duplicate' : 'accepted';
    });
  const stored = (inputs: readonly Input[]): Promise<number> =>
    stack.count('from seizure_report where agency_id = $1 and submitter_reference = any($2)', [
      agencyId('san-diego'),
      inputs.map(({ submitterReference }) => submitterReference),
    ]);

  it('takes 500 at once, answers each in its place, and sent again they are duplicates', async () => {
    const inputs = reports(500);
    const first = await submit(inputs);
    expect(first).toMatchObject({ accepted: 500, held: 0, rejected: 0 });
    expect(first.results.map(({ index }) => index)).toEqual(inputs.map((_, index) => index));
    expect(first.results.map(({ submitterReference }) => submitterReference)).toEqual(
      inputs.map(({ submitterReference }) => submitterReference),
    );
    const again = await submit(inputs.slice(0, 100).reverse());
    expect(new Set(words(again))).toEqual(new Set(['duplicate']));
    expect(await stored(inputs)).toBe(500);
    expect(await stack.count(`from audit_entry where action = 'report.submit'`)).toBe(500);
  });

  it('answers each as it would have been answered alone: one that is refused or held stops no other', async () => {
    const twice = report();
    const inputs = [
      ...[report(), report(REFUSED), twice, report(HELD), { ...twice }],
      ...[{ ...twice, tlp: 'GREEN' }, report({ submitterReference: null }), report()],
    ];
    const batch = await submit(inputs);
    expect(words(batch)).toEqual([
      'accepted',
      'REQUIRED',
      'accepted',
      'held',
      'duplicate',
      'REFERENCE_REUSED',
      'REQUIRED',
      'accepted',
    ]);
    expect(batch).toMatchObject({ accepted: 4, held: 1, rejected: 3 });
    for (const [index, change] of [
      [1, REFUSED],
      [3, HELD],
    ] as const) {
      const { submitSeizureReport: alone } = await machine.request(SubmitSeizureReportDocument, {
        input: report(change),
      });
      const { outcome } = batch.results[index] ?? {};
      expect(withoutIds(outcome)).toEqual(withoutIds(alone));
    }
    expect(await stored(inputs)).toBe(4);
  });

  it('never says of what it stored that it was not', async () => {
    // What is committed is held, and who may release it cannot be found.
    await stack.admin.query('alter function reviewers_for(uuid, uuid[]) rename to reviewers_gone');
    const inputs = [report(), report(HELD)];
    const batch = await submit(inputs).finally(() =>
      stack.admin.query('alter function reviewers_gone(uuid, uuid[]) rename to reviewers_for'),
    );
    expect(words(batch)).toEqual(['accepted', 'held']);
    expect(JSON.stringify(batch.results[1]?.outcome)).toContain('PHONE');
    expect(await stored(inputs)).toBe(2);
    expect(words(await submit(inputs))).toEqual(['duplicate', 'held']);
    expect(await stored(inputs)).toBe(2);
  });

  it('looks at the first reports of a newcomer in a batch as it would one by one', async () => {
    await stack.admin.query(
      `insert into agency_settings (agency_id, hold_first_reports) values ($1, 3)
       on conflict (agency_id) do update set hold_first_reports = 3`,
      [agencyId('san-diego')],
    );
    const batch = await submit(reports(6), await clientOf());
    await stack.admin.query(`update agency_settings set hold_first_reports = 0 where agency_id = $1`, [
      agencyId('san-diego'),
    ]);
    expect(words(batch)).toEqual(['held', 'held', 'held', 'accepted', 'accepted', 'accepted']);
  });

  it('stores each once, however many send the same at once', async () => {
    const inputs = reports(30);
    const others = await Promise.all([clientOf(), clientOf(), clientOf()]);
    const batches = await Promise.all(
      others.map((one, turn) => submit(turn % 2 === 0 ? inputs : [...inputs].reverse(), one)),
    );
    const all = batches.flatMap(words);
    expect(all.filter((word) => word === 'accepted')).toHaveLength(30);
    expect(all.filter((word) => word === 'duplicate')).toHaveLength(60);
    expect(await stored(inputs)).toBe(30);
  });

  it('says of one that cannot be stored that it was not, and stores the others', async () => {
    const inputs = reports(40);
    const bad = inputs[30]?.submitterReference ?? '';
    await whenStored(bad, `raise exception 'broken' using errcode = 'XX000';`);
    const batch = await submit(inputs);
    await whenStored(bad, '');
    expect(words(batch)).toEqual(inputs.map((_, index) => (index === 30 ? 'INTERNAL' : 'accepted')));
    expect(await stored(inputs)).toBe(39);
    expect(words(await submit(inputs)).filter((word) => word === 'accepted')).toHaveLength(1);
  });

  it('loses nothing when the database is cut in the middle: the client sends it again', async () => {
    const inputs = reports(80);
    await stack.admin.query('create sequence cut');
    await stack.admin.query('grant usage on sequence cut to public');
    const cut = `if nextval('cut') = 1 then perform pg_terminate_backend(pg_backend_pid()); end if;`;
    await whenStored(inputs[60]?.submitterReference ?? '', cut);
    const batch = await submit(inputs);
    expect(words(batch).slice(0, 50)).toEqual(Array(50).fill('duplicate'));
    expect(words(batch).slice(50)).toEqual(Array(30).fill('accepted'));
    expect(await stored(inputs)).toBe(80);
  });

  it('tells what became of references: of one’s own seat, or of the agency to whoever may read it', async () => {
    const inputs = [report(), report(HELD)];
    await submit(inputs);
    const references = [...inputs.map(({ submitterReference }) => submitterReference ?? ''), 'never sent'];
    const ask = async (by: ConcordClient) =>
      (await by.request(SubmissionOutcomesDocument, { references })).submissionOutcomes.map(
        ({ submission }) => submission && [submission.status, submission.reasons.map(({ code }) => code).join()],
      );
    const whole = [['RELEASED', ''], ['HELD', expect.stringMatching(/PHONE/)], null];
    expect(await ask(machine)).toEqual(whole);
    expect(await ask(await clientOf(['SUBMIT', 'READ_OWN']))).toEqual(whole);
    expect(await ask(await persona('local-submitter'))).toEqual(whole);
    expect(await ask(await clientOf())).toEqual([null, null, null]);
    expect(await ask(await persona('other-local-submitter'))).toEqual([null, null, null]);
    expect(await stack.count(`from audit_entry where action = 'report.outcomes'`)).toBe(5);
  });

  it('keeps to its limits: a number, a size, and nothing but batches where batches are sent', async () => {
    const { submitSeizureReports: none } = await machine.request(SubmitSeizureReportsDocument, { inputs: [] });
    expect(none).toMatchObject({ __typename: 'SeizureReportRejected', issues: [{ path: 'inputs', code: 'REQUIRED' }] });
    const many =
      'mutation Many($inputs: [SubmitSeizureReportInput!]!) { submitSeizureReports(inputs: $inputs) { __typename ... on SeizureReportRejected { issues { code } } } }';
    expect(await machine.request(many, { inputs: Array(501).fill({}) })).toMatchObject({
      submitSeizureReports: { issues: [{ code: 'TOO_MANY_ITEMS' }] },
    });
    const refused = async (asked: Promise<unknown>): Promise<RefusedError> =>
      asked.then(
        () => Promise.reject(new Error('it was answered')),
        (error: unknown) => (error instanceof RefusedError ? error : Promise.reject(error as Error)),
      );
    const tooMany = machine.request(SubmissionOutcomesDocument, { references: Array<string>(501).fill('a') });
    expect(await refused(tooMany)).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ code: 'TOO_MANY_ITEMS' }] });
    const large = report({ narrative: 'x'.repeat(300_000) });
    expect(await refused(machine.request(SubmitSeizureReportDocument, { input: large }))).toMatchObject({
      status: 413,
    });
    expect(words(await submit([large]))).toEqual(['TOO_LONG']);
    const body = JSON.stringify({ query: '{ me { id } }' });
    const sent = machine.upload('graphql/batch', body, { contentType: 'application/json' });
    expect(await refused(sent)).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    const stranger = createConcordClient({ url: stack.origin, token: 'nobody' });
    expect(await refused(submit([report()], stranger))).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  });

  it('streams alerts over a service that stops and starts, each once and in order', async () => {
    await stack.as('local-analyst').rule('everything here');
    const analyst = await persona('local-analyst');
    const stop = new AbortController();
    const got: string[] = [];
    const stream = (async () => {
      for await (const { cursor, alert } of analyst.alertRaised(null, { signal: stop.signal }))
        got.push(`${cursor} ${alert.record?.id ?? ''}`);
    })().catch((error: unknown) => error);
    await eventually('the stream stands', () => stack.api.services.inboxWatch.size === 1);
    const sent = [...(await submit(reports(5))).results];
    await eventually('the first are here', () => got.length === 5);
    await stack.stopApi();
    await stack.startApi();
    sent.push(...(await submit(reports(5))).results);
    await eventually('all are here', () => got.length >= 10);
    await stack.drain();
    const records = sent.map(({ outcome }) =>
      outcome.__typename === 'SeizureReportAccepted' ? outcome.record.id : '',
    );
    expect(got.map((one) => one.split(' ')[1]).sort()).toEqual(records.sort());
    stop.abort(new Error('enough'));
    expect(await stream).toMatchObject({ message: 'enough' });
  });

  /** Runs something in the database when a report is stored under this reference. */
  async function whenStored(reference: string, act: string): Promise<void> {
    await stack.admin.query('drop trigger if exists meddle on seizure_report');
    if (act === '') return;
    await stack.admin.query(`create or replace function meddle() returns trigger language plpgsql security definer as
      $$ begin if new.submitter_reference = '${reference}' then ${act} end if; return new; end $$`);
    await stack.admin.query(
      `create trigger meddle before insert on seizure_report for each row execute function meddle()`,
    );
  }
});

const inAYear = (): string => new Date(Date.now() + 300 * 86_400_000).toISOString();

function withoutIds(outcome: unknown): unknown {
  return JSON.parse(
    JSON.stringify(outcome, (key, value: unknown) =>
      ['id', 'receipt', 'submitterReference', 'message'].includes(key) ? undefined : value,
    ),
  );
}
