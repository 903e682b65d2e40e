import { testQueueBackends } from '@concord/platform/testing';
import { Client } from 'pg';
import { personId, type PersonaName } from '../../apps/embedded/src/personas.js';
import { CORRECT, HISTORY, LABORATORY, RECALL, RECORD, RECORDS } from './documents.js';
import { eventually, type Issue } from './flow-client.builder.js';
import { plainReport, sanDiegoReport, SECRETS, TASK_FORCE_ID } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';
import { matchOnly } from './worker-steps.builder.js';

interface Changed {
  readonly __typename: string;
  readonly duplicate?: boolean;
  readonly report?: { readonly id: string; readonly status: string; readonly version: number };
  readonly record?: { readonly id: string; readonly version: number };
  readonly issues?: readonly (Issue & { readonly message: string })[];
}

const substance = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  substances: [
    { deaCode: '9801', form: 'POWDER', quantity: 12.5, unit: 'KG', laboratoryStatus: 'PRESUMPTIVE', ...change },
  ],
});
const fentanyl = (minGrams: number): Record<string, unknown> => ({
  and: [{ substance: { deaCodes: ['9801'] } }, { quantity: { minGrams } }],
});

for (const backend of testQueueBackends()) {
  (backend.available ? describe : describe.skip)(`changes of a report, queues on ${backend.name}`, () => {
    let stack: FlowStack;
    beforeAll(async () => {
      stack = await FlowStack.start(backend);
    });
    afterAll(() => stack.stop());

    const correct = async (
      id: string,
      version: number,
      input: Record<string, unknown>,
      as: PersonaName = 'local-submitter',
    ): Promise<Changed> => {
      const answer = await stack
        .as(as)
        .run<{ correctSeizureReport: Changed }>(CORRECT, { id, version, input, reason: 'Typed wrong.' });
      return answer.correctSeizureReport;
    };
    const recall = async (id: string, version: number, as: PersonaName = 'supervisor'): Promise<Changed> => {
      const answer = await stack
        .as(as)
        .run<{ recallSeizureReport: Changed }>(RECALL, { id, version, reason: 'Not ours.' });
      return answer.recallSeizureReport;
    };
    const laboratory = async (id: string, version: number, results: unknown[]): Promise<Changed> => {
      const answer = await stack
        .as('local-submitter')
        .run<{ recordLaboratoryResult: Changed }>(LABORATORY, { id, version, results });
      return answer.recordLaboratoryResult;
    };
    const seen = async (as: PersonaName, id: string): Promise<Record<string, unknown> | null> =>
      (await stack.as(as).run<{ seizureRecord: Record<string, unknown> | null }>(RECORD, { id })).seizureRecord;
    const refusedRecord = async (as: PersonaName, id: string): Promise<unknown> =>
      (await stack.as(as).refusal(RECORD, { id }))?.code ?? null;
    const alertOf = async (as: PersonaName, recordId: string): Promise<Record<string, unknown> | null> => {
      const { rows } = await stack.admin.query<Record<string, unknown>>(
        'select state, change, revision, record_version, match from alert where owner_person_id = $1 and record_id = $2',
        [personId(as), recordId],
      );
      return rows[0] ?? null;
    };

    test('a correction replaces the views and tells those who were told, once', async () => {
      await stack.as('state-analyst').rule('over a kilo', fentanyl(1_000));
      await stack.as('federal-analyst').rule('over a hundred kilos', fentanyl(100_000));
      await stack.drain();
      const live = await stack.live('state-analyst');
      const input = sanDiegoReport(substance());
      const { reportId, recordId } = await stack.as('local-submitter').report(input);
      expect((await live.next()).alert).toMatchObject({ revision: 1, change: 'RAISED', record: { id: recordId } });
      expect(await alertOf('federal-analyst', recordId)).toBeNull();

      // Of the same agency, and not whoever submitted; what names somebody is replaced with the rest.
      const corrected = { ...input, ...substance({ quantity: 250 }), identifiers: [], basis: null, narrative: null };
      expect(await correct(reportId, 1, corrected, 'local-analyst')).toMatchObject({
        __typename: 'SeizureReportAccepted',
        duplicate: false,
        report: { status: 'RELEASED', version: 2 },
        record: { id: recordId, version: 2 },
      });
      const { alert } = await live.next();
      expect(alert).toMatchObject({
        revision: 2,
        change: 'CORRECTED',
        state: 'DELIVERED',
        match: 'CERTAIN',
        record: { id: recordId, version: 2 },
      });
      await stack.drain();
      // The band has moved into the reach of a rule that had not fired: that is a first alert and no update.
      expect(await alertOf('federal-analyst', recordId)).toMatchObject({ change: 'RAISED', revision: 1 });
      expect(await stack.count('from sealed_identifier where report_id = $1', [reportId])).toBe(0);

      // Sent again, because the answer was lost: the same answer, and nothing new anywhere.
      expect(await correct(reportId, 1, corrected)).toMatchObject({ duplicate: true, report: { version: 2 } });
      await stack.drain();
      expect(await alertOf('state-analyst', recordId)).toMatchObject({ revision: 2 });
      expect(live.events).toHaveLength(2);
      // And so does the submission, whose content is history by now.
      expect(await stack.as('local-submitter').submit(input)).toMatchObject({ duplicate: true });
      expect((await stack.as('local-submitter').submit({ ...input, conveyance: 'BUS' })).issues).toMatchObject([
        { code: 'REFERENCE_REUSED' },
      ]);
    });

    test('who sees coarsely is not told of what is finer', async () => {
      await stack.as('watch-officer').rule('everything');
      await stack.as('taskforce-analyst').rule('everything');
      const input = plainReport({ ...substance({ quantity: 12.5 }), taskForceIds: [TASK_FORCE_ID] });
      const { reportId, recordId } = await stack.as('local-submitter').report(input);
      await stack.drain();
      const before = await seen('state-analyst', recordId);

      // Within the partners' band; a task force sees the gram.
      expect(await correct(reportId, 1, { ...input, ...substance({ quantity: 12.6 }) })).toMatchObject({
        report: { version: 2 },
      });
      await stack.drain();
      expect(await seen('state-analyst', recordId)).toEqual(before);
      expect(before).toMatchObject({ precision: 'PARTNER', version: 1 });
      expect(await seen('taskforce-analyst', recordId)).toMatchObject({ precision: 'TASK_FORCE', version: 2 });
      // Nor, when the view does change, how often it did not.
      expect(await correct(reportId, 2, { ...input, ...substance({ quantity: 12.7 }) })).toMatchObject({
        report: { version: 3 },
      });
      expect(await correct(reportId, 3, { ...input, ...substance({ quantity: 700 }) })).toMatchObject({
        report: { version: 4 },
      });
      expect(await seen('state-analyst', recordId)).toMatchObject({ precision: 'PARTNER', version: 2 });
      await stack.drain();
      expect(await alertOf('watch-officer', recordId)).toMatchObject({ revision: 2, change: 'CORRECTED' });
      expect(await alertOf('taskforce-analyst', recordId)).toMatchObject({ change: 'CORRECTED' });
    });

    test('an older version is refused and told where the report is; nothing is stored', async () => {
      const input = plainReport(substance());
      const { reportId } = await stack.as('local-submitter').report(input);
      const answers = await Promise.all(
        [20, 30, 40, 50].map((quantity) => correct(reportId, 1, { ...input, ...substance({ quantity }) })),
      );
      expect(answers.map((answer) => answer.__typename).sort()).toEqual([
        'SeizureReportAccepted',
        ...Array<string>(3).fill('SeizureReportRejected'),
      ]);
      for (const { issues } of answers.filter((answer) => answer.issues)) {
        expect(issues).toMatchObject([{ path: 'version', code: 'CONFLICT' }]);
        expect(issues?.[0]?.message).toContain('version 2');
      }
      expect(await correct(reportId, 7, input)).toMatchObject({ issues: [{ code: 'CONFLICT' }] });
      expect(await stack.count('from seizure_report_version where report_id = $1', [reportId])).toBe(1);
    });

    test('a laboratory result updates the alert that was raised and raises none beside it', async () => {
      await stack.drain();
      const live = await stack.live('state-analyst');
      const input = sanDiegoReport(substance({ quantity: 2, signature: `cell ${SECRETS.phone}` }));
      const { reportId, recordId } = await stack.as('local-submitter').report(input);
      await live.next();
      expect(
        await laboratory(reportId, 1, [{ substance: 0, laboratoryStatus: 'CONFIRMED', purityPercent: 3.8 }]),
      ).toMatchObject({ __typename: 'SeizureReportAccepted', report: { version: 2 }, record: { version: 2 } });
      expect((await live.next()).alert).toMatchObject({
        revision: 2,
        change: 'LABORATORY_RESULT',
        record: { id: recordId, substances: [{ deaCode: '9801', laboratoryStatus: 'CONFIRMED' }] },
      });
      expect(await stack.count('from alert where record_id = $1', [recordId])).toBe(
        await stack.count('from (select distinct owner_person_id from alert where record_id = $1) o', [recordId]),
      );
      // The views were made from the whole report again: an identifier typed into the signature stays out of them.
      const shared = await seen('state-analyst', recordId);
      expect(JSON.stringify(shared)).not.toContain('555 0177');
      expect(shared).toMatchObject({ substances: [{ signature: null }] });
      // What it does not name is as it was, down to what is sealed.
      const history = await stack
        .as('local-analyst')
        .run<{ seizureReport: Record<string, unknown> }>(HISTORY, { id: reportId });
      expect(history.seizureReport).toMatchObject({
        narrative: SECRETS.narrative,
        versions: [
          { version: 2, change: 'LABORATORY_RESULT', reason: null, substances: [{ quantity: 2, purityPercent: 3.8 }] },
          { version: 1, change: 'SUBMITTED', substances: [{ laboratoryStatus: 'PRESUMPTIVE', purityPercent: null }] },
        ],
      });
      expect(
        await laboratory(reportId, 2, [
          { substance: 3, laboratoryStatus: 'CONFIRMED' },
          { substance: 0, laboratoryStatus: 'NONE', deaCode: '0000', purityPercent: 130 },
          { laboratoryStatus: 'REFUTED' },
        ]),
      ).toMatchObject({
        issues: [
          { path: 'results.0.substance', code: 'OUT_OF_RANGE' },
          { path: 'results.1.laboratoryStatus', code: 'UNKNOWN_CODE' },
          { path: 'results.1.deaCode', code: 'UNKNOWN_DEA_CODE' },
          { path: 'results.1.purityPercent', code: 'OUT_OF_RANGE' },
          { path: 'results.2.substance', code: 'REQUIRED' },
        ],
      });
    });

    test('a recall takes the record out of sight and leaves a tombstone with those who had it', async () => {
      await stack.drain();
      const live = await stack.live('state-analyst');
      const input = sanDiegoReport(substance());
      const { reportId, recordId } = await stack.as('local-submitter').report(input);
      const { cursor } = await live.next();
      await stack.drain();
      expect(await recall(reportId, 1)).toMatchObject({
        __typename: 'SeizureReportRecalled',
        report: { status: 'RECALLED', version: 2 },
      });
      // At once, before any worker has looked: by id, on a page, for its owner too.
      for (const persona of ['state-analyst', 'federal-analyst', 'local-analyst'] as const)
        expect(await refusedRecord(persona, recordId)).toBe('NOT_FOUND');
      const page = await stack.as('federal-analyst').run<{ seizureRecords: unknown }>(RECORDS, { first: 200 });
      expect(JSON.stringify(page)).not.toContain(recordId);

      const tombstone = await live.next();
      expect(tombstone.alert).toMatchObject({ revision: 2, change: 'RECALLED', record: null });
      const again = await stack.live('state-analyst', cursor);
      expect((await again.next()).alert).toMatchObject({ id: tombstone.alert.id, change: 'RECALLED', record: null });
      const inbox = await stack.as('state-analyst').alerts();
      expect(inbox.find((alert) => alert.id === tombstone.alert.id)).toMatchObject({
        change: 'RECALLED',
        record: null,
      });

      // Its agency has the report and its history; nothing more can be done to it.
      expect((await stack.as('local-submitter').submit(input)).issues).toMatchObject([{ code: 'REPORT_RECALLED' }]);
      expect(await recall(reportId, 1)).toMatchObject({ report: { version: 2 } });
      expect(await correct(reportId, 2, plainReport())).toMatchObject({ issues: [{ code: 'REPORT_RECALLED' }] });
      const history = await stack
        .as('local-analyst')
        .run<{ seizureReport: Record<string, unknown> }>(HISTORY, { id: reportId });
      expect(history.seizureReport).toMatchObject({
        status: 'RECALLED',
        versions: [
          { version: 2, change: 'RECALLED', reason: 'Not ours.', changedBy: { id: personId('supervisor') } },
          { version: 1, change: 'SUBMITTED', status: 'RELEASED' },
        ],
      });
      await stack.drain();
      expect(await alertOf('state-analyst', recordId)).toMatchObject({ revision: 2 });
    });

    test('recalls that race with their own delivery leave nobody with an alert that is not called back', async () => {
      await stack.as('state-analyst').rule('everything');
      const reports = await Promise.all(
        Array.from({ length: 30 }, async (_, index) => {
          const made = await stack.as('local-submitter').report(plainReport(substance()));
          // Some at once, some when the worker is in the middle of it.
          await new Promise((resolve) => setTimeout(resolve, (index % 6) * 8));
          expect(await recall(made.reportId, 1)).toMatchObject({ report: { status: 'RECALLED' } });
          return made.recordId;
        }),
      );
      await stack.drain();
      const { rows } = await stack.admin.query<{ state: string; change: string; n: number }>(
        `select a.state, a.change, count(*)::int as n from alert a where a.record_id = any($1) group by 1, 2`,
        [reports],
      );
      for (const { state, change } of rows) expect(state === 'WITHHELD' || change === 'RECALLED').toBe(true);
      expect(
        await stack.count(
          `from inbox_entry e join alert a on a.id = e.alert_id and a.record_id = any($1)
           where not exists (select from inbox_entry t where t.inbox_id = e.inbox_id and t.alert_id = a.id
                              and t.revision = a.revision and a.change = 'RECALLED')`,
          [reports],
        ),
      ).toBe(0);
    });

    test('a recall waits for a delivery that is under way, and calls it back', async () => {
      await stack.stopWorker();
      const worker = new Client({ connectionString: stack.database.superuserUrl });
      await worker.connect();
      try {
        const { reportId, recordId } = await stack.as('local-submitter').report(plainReport(substance()));
        await matchOnly(stack);
        await worker.query('begin');
        const { rows } = await worker.query<{ id: string }>('select id from alert where record_id = $1', [recordId]);
        const ids = rows.map(({ id }) => id);
        await worker.query('select lock_inboxes($1)', [ids]);
        await worker.query('select deliver_alerts($1)', [ids]);
        expect(await recall(reportId, 1)).toMatchObject({ report: { status: 'RECALLED' } });
        let over = false;
        const revised = matchOnly(stack).finally(() => (over = true));
        await eventually('the recall waits for the inbox', async () => {
          return over || (await stack.count('from pg_locks where not granted')) > 0;
        });
        await worker.query('commit');
        await revised;
        expect(await alertOf('state-analyst', recordId)).toMatchObject({ change: 'RECALLED', revision: 2 });
      } finally {
        await worker.end();
        await stack.startWorker();
      }
    });

    test('sharing made narrower is a recall for those who lose sight of it, and no news for the others', async () => {
      await stack.as('neighbour-analyst').rule('everything');
      await stack.as('federal-analyst').rule('everything');
      const input = plainReport({ ...substance(), sharing: 'PARTNERS' });
      const { reportId, recordId } = await stack.as('local-submitter').report(input);
      await stack.drain();
      const revised = await alertOf('federal-analyst', recordId);
      expect(await correct(reportId, 1, { ...input, sharing: 'NATION' })).toMatchObject({ report: { version: 2 } });
      await stack.drain();
      expect(await alertOf('neighbour-analyst', recordId)).toMatchObject({ revision: 2, change: 'RECALLED' });
      expect(await alertOf('federal-analyst', recordId)).toEqual(revised);
      expect(await refusedRecord('neighbour-analyst', recordId)).toBe('NOT_FOUND');
      // Shared again: whoever was told that it is gone is told that it is back.
      expect(await correct(reportId, 2, input)).toMatchObject({ report: { version: 3 } });
      await stack.drain();
      expect(await alertOf('neighbour-analyst', recordId)).toMatchObject({ revision: 3, change: 'CORRECTED' });
    });

    test('what was withheld when it was raised is told when a correction opens it', async () => {
      const { reportId, recordId } = await stack
        .as('local-submitter')
        .report(plainReport({ ...substance(), sharing: 'PARTNERS' }));
      await stack.drain();
      // As if the key had been gone between alert and delivery.
      await stack.admin.query(
        `with gone as (update alert set state = 'WITHHELD' where record_id = $1 and owner_person_id = $2 returning id),
              entry as (delete from inbox_entry where alert_id in (select id from gone))
         update delivery set state = 'WITHHELD' where alert_id in (select id from gone)`,
        [recordId, personId('neighbour-analyst')],
      );
      const [corrected] = [plainReport(substance({ quantity: 700 }))];
      delete corrected['submitterReference'];
      expect(await correct(reportId, 1, corrected)).toMatchObject({ report: { version: 2 } });
      await stack.drain();
      expect(await alertOf('neighbour-analyst', recordId)).toMatchObject({ state: 'DELIVERED', change: 'RAISED' });
    });

    test('an embargo can be moved while it holds, and not put on what has been seen', async () => {
      const soon = new Date(Date.now() + 3_600_000).toISOString();
      const input = plainReport({ ...substance(), releaseAfter: soon });
      const { reportId, recordId } = await stack.as('local-submitter').report(input);
      expect(await refusedRecord('federal-analyst', recordId)).toBe('NOT_FOUND');
      const later = new Date(Date.now() + 7_200_000).toISOString();
      expect(await correct(reportId, 1, { ...input, releaseAfter: later })).toMatchObject({
        report: { status: 'EMBARGOED', version: 2 },
      });
      expect(await refusedRecord('federal-analyst', recordId)).toBe('NOT_FOUND');
      expect(await correct(reportId, 2, { ...input, releaseAfter: null })).toMatchObject({
        report: { status: 'RELEASED', version: 3 },
      });
      expect(await seen('federal-analyst', recordId)).toMatchObject({ id: recordId });
      await stack.drain();
      expect(await alertOf('federal-analyst', recordId)).toMatchObject({ revision: 1, change: 'RAISED' });
      expect(await correct(reportId, 3, { ...input, releaseAfter: later })).toMatchObject({
        issues: [{ path: 'releaseAfter', code: 'EMBARGO_AFTER_RELEASE' }],
      });
    });

    test('nobody else’s report can be changed, and whether it exists is not told', async () => {
      const input = plainReport(substance());
      const { reportId } = await stack.as('local-submitter').report(input);
      const absent = '00000000-0000-4000-8000-000000000000';
      for (const id of [reportId, absent, 'no id']) {
        expect((await correct(id, 1, input, 'other-local-submitter')).issues).toEqual([
          { path: 'id', code: 'NOT_FOUND', message: 'No report of your agency has this id.' },
        ]);
        expect((await recall(id, 1, 'neighbour-analyst')).issues).toMatchObject([{ path: 'id', code: 'NOT_FOUND' }]);
      }
      expect((await stack.as('auditor').refusal(RECALL, { id: reportId, version: 1, reason: 'x' }))?.code).toBe(
        'FORBIDDEN',
      );
      const wrong = await correct(reportId, 1, { ...input, submitterReference: 'OTHER', sharing: 'ALL' });
      expect(wrong.issues).toMatchObject([{ path: 'sharing', code: 'UNKNOWN_CODE' }]);
      expect((await correct(reportId, 1, { ...input, submitterReference: 'OTHER' })).issues).toMatchObject([
        { path: 'submitterReference', code: 'REFERENCE_CHANGED' },
      ]);
      const unreasoned = await stack
        .as('local-submitter')
        .run<{ correctSeizureReport: Changed }>(CORRECT, { id: reportId, version: 1, input: {}, reason: '  ' });
      expect(unreasoned.correctSeizureReport.issues?.map((issue) => issue.path)).toEqual(
        expect.arrayContaining(['reason', 'occurredAt', 'place.countyFips', 'substances', 'sharing']),
      );
      expect(await stack.count('from seizure_report_version where report_id = $1', [reportId])).toBe(0);
    });
  });
}
