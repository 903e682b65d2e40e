import { openQueueBackend } from '@concord/platform/queue';
import { testQueueBackends } from '@concord/platform/testing';
import { Client } from 'pg';
import { agencyId, personId, type PersonaName } from '../../apps/embedded/src/personas.js';
import {
  ACKNOWLEDGE,
  AGENCY_SETTINGS,
  ALERTS,
  ME,
  NATION_OVERVIEW,
  RECORD,
  RECORDS,
  REPORT,
  STATE_OVERVIEW,
  UPDATE_SETTINGS,
} from './documents.js';
import { eventually, type AlertNode } from './flow-client.builder.js';
import { faultyReport, plainReport, sanDiegoReport, TASK_FORCE_ID } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';
import { matchOnly } from './worker-steps.builder.js';

/** Substances keep the tests apart: a rule of one does not fire in another. */
const of = (deaCode: string, change: Record<string, unknown> = {}): Record<string, unknown> => ({
  substances: [{ deaCode, form: 'POWDER', quantity: 12.5, unit: 'KG', laboratoryStatus: 'CONFIRMED' }],
  ...change,
});
const onlyOf = (deaCode: string, minGrams?: number): Record<string, unknown> => ({
  and: [{ substance: { deaCodes: [deaCode] } }, ...(minGrams === undefined ? [] : [{ quantity: { minGrams } }])],
});
const FENTANYL = '9801';
const COCAINE = '9041';
const HEROIN = '9200';
const METHAMPHETAMINE = '1105';
const MARIJUANA = '7360';
const MORPHINE = '9300';
const CODEINE = '9050';
const OXYCODONE = '9143';

for (const backend of testQueueBackends()) {
  (backend.available ? describe : describe.skip)(`the corridor, queues on ${backend.name}`, () => {
    let stack: FlowStack;
    beforeAll(async () => {
      stack = await FlowStack.start(backend);
    });
    afterAll(() => stack.stop());

    const alertsOf = async (persona: PersonaName, recordId: string): Promise<number> =>
      stack.count('from alert where owner_person_id = $1 and record_id = $2', [personId(persona), recordId]);

    test('one report walks to the alert of an open stream, in the precision of its reader', async () => {
      const state = stack.as('state-analyst');
      await state.rule('over a kilo', onlyOf(FENTANYL, 1_000));
      await state.rule('San Diego', { and: [onlyOf(FENTANYL), { place: { countyFips: ['06073'] } }] });
      await state.rule('Los Angeles', { and: [onlyOf(FENTANYL), { place: { countyFips: ['06037'] } }] });
      await state.rule('cocaine of another place', { and: [onlyOf(COCAINE), { place: { stateFips: ['36'] } }] });
      await stack.as('federal-analyst').rule('over twenty kilos', onlyOf(FENTANYL, 20_000));
      await stack.as('local-analyst').rule('over twenty kilos, by its owner', onlyOf(FENTANYL, 20_000));
      await stack.as('taskforce-analyst').rule('over twelve kilos', onlyOf(FENTANYL, 12_000));
      const live = await stack.live('state-analyst');
      const federal = await stack.live('federal-analyst');
      const taskForce = await stack.live('taskforce-analyst');

      const { recordId } = await stack.as('local-submitter').report(sanDiegoReport({ taskForceIds: [TASK_FORCE_ID] }));

      const { alert } = await live.next();
      expect(alert).toMatchObject({
        match: 'CERTAIN',
        state: 'DELIVERED',
        revision: 1,
        record: { id: recordId, precision: 'PARTNER', place: { countyFips: '06073', stateFips: '06' } },
      });
      expect(alert.rules.map((rule) => rule.name)).toEqual(['over a kilo', 'San Diego']);
      // Its band is 10 to 100 kg: twenty kilos cut it, and nothing of the true 12.5 is told.
      expect((await federal.next()).alert).toMatchObject({
        match: 'POSSIBLE',
        record: { id: recordId, precision: 'PARTNER' },
      });
      expect((await taskForce.next()).alert).toMatchObject({
        match: 'CERTAIN',
        record: { id: recordId, precision: 'TASK_FORCE' },
      });
      await stack.drain();
      // The owner sees that it was 12.5.
      expect(await alertsOf('local-analyst', recordId)).toBe(0);
      expect(live.events).toHaveLength(1);
    });

    test('a submission leaves all of T1, T2 and T3 behind, and each of them once', async () => {
      await stack.as('state-analyst').rule('heroin', onlyOf(HEROIN));
      const { reportId, recordId } = await stack.as('local-submitter').report(sanDiegoReport(of(HEROIN)));
      await stack.drain();
      const rows = (): Promise<number[]> =>
        Promise.all([
          stack.count('from seizure_report where id = $1 and sealed_narrative is not null', [reportId]),
          stack.count('from seizure_record where id = $1', [recordId]),
          stack.count('from record_view where record_id = $1', [recordId]),
          stack.count('from sealed_identifier where report_id = $1', [reportId]),
          stack.count(`from outbox where kind = 'record.released' and subject_ids = array[$1::uuid]`, [recordId]),
          stack.count(`from audit_entry where action = 'report.submit' and canonical like '%' || $1 || '%'`, [
            reportId,
          ]),
          stack.count('from alert where record_id = $1', [recordId]),
          stack.count('from alert_match m join alert a on a.id = m.alert_id where a.record_id = $1', [recordId]),
          stack.count('from delivery d join alert a on a.id = d.alert_id where a.record_id = $1', [recordId]),
          stack.count(
            'from delivery_attempt t join delivery d on d.id = t.delivery_id join alert a on a.id = d.alert_id where a.record_id = $1',
            [recordId],
          ),
          stack.count('from inbox_entry e join alert a on a.id = e.alert_id where a.record_id = $1', [recordId]),
        ]);
      expect(await rows()).toEqual([1, 1, 3, 1, 1, 1, 1, 1, 1, 1, 1]);

      // At least once: every job comes a second time, and nothing happens a second time.
      await stack.admin.query('update outbox set done_at = null, relayed_at = null');
      await stack.admin.query('notify concord_outbox');
      await stack.drain();
      expect(await rows()).toEqual([1, 1, 3, 1, 1, 1, 1, 1, 1, 1, 1]);
    });

    test('the same reference again is a duplicate, at once or later; with other content it is refused', async () => {
      const report = plainReport();
      const answers = await Promise.all(Array.from({ length: 8 }, () => stack.as('local-submitter').submit(report)));
      expect(new Set(answers.map((answer) => answer.report?.id)).size).toBe(1);
      expect(answers.map((answer) => answer.duplicate).sort()).toEqual([false, ...Array<boolean>(7).fill(true)]);
      expect((await stack.as('local-analyst').submit(report)).duplicate).toBe(true);
      const changed = await stack.as('local-submitter').submit({ ...report, conveyance: 'VESSEL' });
      expect(changed.issues).toMatchObject([{ path: 'submitterReference', code: 'REFERENCE_REUSED' }]);
      // References are an agency's own: another agency's is another report.
      expect((await stack.as('neighbour-analyst').submit(report)).duplicate).toBe(false);
      expect(
        await stack.count('from seizure_report where submitter_reference = $1', [report['submitterReference']]),
      ).toBe(2);
    });

    test('a report with faults is told all of them and stores nothing', async () => {
      const tables = ['seizure_report', 'seizure_record', 'record_view', 'outbox', 'sealed_identifier'];
      const counts = (): Promise<number[]> => Promise.all(tables.map((table) => stack.count(`from ${table}`)));
      await stack.drain();
      const before = await counts();
      const { __typename, issues } = await stack.as('local-submitter').submit(faultyReport());
      expect(__typename).toBe('SeizureReportRejected');
      expect(issues?.map(({ path, code }) => `${path} ${code}`).sort()).toEqual([
        'basis BASIS_REQUIRED',
        'occurredAt TIME_IN_FUTURE',
        'place.countyFips UNKNOWN_COUNTY',
        'place.longitude COORDINATES_INCOMPLETE',
        'sharing UNKNOWN_CODE',
        'substances.0.deaCode UNKNOWN_DEA_CODE',
        'substances.0.quantity NOT_A_WHOLE_NUMBER',
      ]);
      expect(await counts()).toEqual(before);
    });

    test('a report is its agency’s alone; what is another’s looks like what is not there', async () => {
      const { reportId } = await stack.as('local-submitter').report(sanDiegoReport({ taskForceIds: [TASK_FORCE_ID] }));
      for (const persona of ['neighbour-analyst', 'state-analyst', 'federal-analyst', 'taskforce-analyst'] as const) {
        expect(await stack.as(persona).refusal(REPORT, { id: reportId })).toEqual(
          await stack.as(persona).refusal(REPORT, { id: personId(persona) }),
        );
        expect(await stack.as(persona).refusal(REPORT, { id: reportId })).toMatchObject({ code: 'NOT_FOUND' });
      }
      const { seizureReport } = await stack
        .as('supervisor')
        .run<{ seizureReport: { narrative: string } }>(REPORT, { id: reportId });
      expect(seizureReport.narrative).toContain('Zephyrine');
    });

    test('whoever has no purpose, no good token, no agency or another level is refused by its code', async () => {
      const state = stack.as('state-analyst');
      expect(await state.with({ purpose: null }).refusal(RECORDS)).toMatchObject({ code: 'PURPOSE_REQUIRED' });
      expect(await state.with({ purpose: null }).refusal(ALERTS)).toMatchObject({ code: 'PURPOSE_REQUIRED' });
      expect(await state.with({ token: `${state.token.slice(0, -6)}AAAAAA` }).refusal(ME)).toEqual({
        code: 'UNAUTHENTICATED',
        status: 401,
      });
      expect(await state.with({ token: 'x' }).refusal(ME)).toEqual({ code: 'UNAUTHENTICATED', status: 401 });
      expect(await state.with({ token: 'x' }).live(null).ended).toMatchObject({ code: 4403 });
      expect(await stack.as('system-admin').refusal(RECORDS)).toMatchObject({ code: 'FORBIDDEN' });
      expect(await stack.as('system-admin').refusal(ME)).toBeNull();
      const [noPurpose] = (await state.with({ purpose: null }).live(null).ended) as { extensions: { code: string } }[];
      expect(noPurpose?.extensions.code).toBe('PURPOSE_REQUIRED');
    });

    test('what one level does is refused to the others', async () => {
      const answers = async (document: string): Promise<unknown[]> =>
        Promise.all(
          (['local-analyst', 'state-analyst', 'federal-analyst', 'tribal-analyst'] as const).map(
            async (persona) => (await stack.as(persona).refusal(document))?.code ?? 'answered',
          ),
        );
      expect(await answers(STATE_OVERVIEW)).toEqual(['FORBIDDEN', 'answered', 'FORBIDDEN', 'FORBIDDEN']);
      expect(await answers(NATION_OVERVIEW)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'answered', 'FORBIDDEN']);
      expect(await answers(AGENCY_SETTINGS)).toEqual(['answered', 'answered', 'answered', 'answered']);
    });

    test('settings that changed meanwhile are not overwritten', async () => {
      const supervisor = stack.as('supervisor');
      type Answer = {
        updateAgencySettings: { settings?: { version: number; h3Resolution: number }; issues?: unknown };
      };
      const { agencySettings } = await supervisor.run<{ agencySettings: { version: number } }>(AGENCY_SETTINGS);
      const update = async (h3Resolution: number): Promise<Answer['updateAgencySettings']> =>
        (await supervisor.run<Answer>(UPDATE_SETTINGS, { input: { h3Resolution, version: agencySettings.version } }))
          .updateAgencySettings;
      const answers = await Promise.all([update(7), update(7)]);
      expect(answers.map((answer) => answer.issues ?? answer.settings)).toEqual(
        expect.arrayContaining([
          { h3Resolution: 7, version: agencySettings.version + 1 },
          [{ path: 'version', code: 'CONFLICT' }],
        ]),
      );
      expect((await update(6)).issues).toEqual([{ path: 'version', code: 'CONFLICT' }]);
      expect(
        await stack.as('local-analyst').refusal(UPDATE_SETTINGS, { input: { h3Resolution: 6, version: 2 } }),
      ).toMatchObject({ code: 'FORBIDDEN' });
      const { updateAgencySettings } = await supervisor.run<Answer>(UPDATE_SETTINGS, {
        input: { h3Resolution: 6, version: agencySettings.version + 1 },
      });
      expect(updateAgencySettings.settings?.h3Resolution).toBe(6);
    });

    test('an inbox has pages and states, and an alert is acknowledged by its owner only', async () => {
      const watch = stack.as('watch-officer');
      await watch.rule('cocaine', onlyOf(COCAINE));
      const submitted: string[] = [];
      for (let n = 0; n < 7; n += 1)
        submitted.push((await stack.as('local-submitter').report(plainReport(of(COCAINE)))).recordId);
      await stack.drain();
      const recordsOf = (nodes: readonly AlertNode[]): (string | undefined)[] => nodes.map((node) => node.record?.id);
      const all = await watch.alerts();
      expect(new Set(recordsOf(all))).toEqual(new Set(submitted));
      expect(all.map((node) => node.id)).toEqual((await watch.alerts(null, 2)).map((node) => node.id));
      expect(await watch.alerts(['DELIVERED'], 3)).toHaveLength(7);

      const id = all[3]?.id;
      const acknowledge = (persona: PersonaName): Promise<unknown> =>
        stack.as(persona).run(ACKNOWLEDGE, { id, note: 'seen' });
      const done = { acknowledgeAlert: { __typename: 'AlertAcknowledged', alert: { id, state: 'ACKNOWLEDGED' } } };
      expect(await acknowledge('federal-analyst')).toEqual({
        acknowledgeAlert: { __typename: 'AlertActionRejected', issues: [{ path: 'id', code: 'NOT_FOUND' }] },
      });
      expect(await acknowledge('watch-officer')).toEqual(done);
      expect(await acknowledge('watch-officer')).toEqual(done);
      expect((await watch.alerts(['ACKNOWLEDGED'])).map((node) => node.id)).toEqual([id]);
      expect(await watch.alerts(['DELIVERED'], 2)).toHaveLength(6);
      expect(await watch.alerts(['RAISED'])).toEqual([]);
    });

    test('AGENCY, and TASK_FORCES with none named, alert nobody else', async () => {
      const personas = [
        'local-analyst',
        'supervisor',
        'neighbour-analyst',
        'tribal-analyst',
        'state-analyst',
        'federal-analyst',
        'taskforce-analyst',
        'watch-officer',
      ] as const;
      for (const persona of personas) await stack.as(persona).rule('methamphetamine', onlyOf(METHAMPHETAMINE));
      const own = await stack
        .as('local-submitter')
        .report(plainReport(of(METHAMPHETAMINE, { sharing: 'AGENCY', taskForceIds: [TASK_FORCE_ID] })));
      const none = await stack
        .as('local-submitter')
        .report(plainReport(of(METHAMPHETAMINE, { sharing: 'TASK_FORCES' })));
      await stack.drain();
      for (const { recordId } of [own, none]) {
        const { rows } = await stack.admin.query<{ person: string }>(
          'select owner_person_id as person from alert where record_id = $1',
          [recordId],
        );
        expect(rows.map((row) => row.person).sort()).toEqual(
          [personId('local-analyst'), personId('supervisor')].sort(),
        );
      }
    });

    test.each([
      ['before the delivery begins', 'other-state-analyst', '53033'],
      ['while the delivery waits for the inbox', 'far-local-analyst', '36061'],
    ] as const)('whoever is removed %s gets nothing, and the stream ends', async (when, persona, countyFips) => {
      await stack.as(persona).rule('marijuana', onlyOf(MARIJUANA));
      const report = (): Record<string, unknown> => plainReport(of(MARIJUANA, { place: { countyFips } }));
      const first = await stack.as('local-submitter').report(report());
      const live = await stack.live(persona, null);
      await stack.drain();
      expect(await alertsOf(persona, first.recordId)).toBe(1);
      const { rows } = await stack.admin.query<{ id: string }>('select id from inbox where person_id = $1', [
        personId(persona),
      ]);
      const inboxId = rows[0]?.id ?? '';
      const remove = (): Promise<void> =>
        asOwner(stack, `update membership set valid_until = now() where person_id = $1`, [personId(persona)]);

      let recordId: string;
      if (when === 'before the delivery begins') {
        await stack.stopWorker();
        ({ recordId } = await stack.as('local-submitter').report(report()));
        await matchOnly(stack);
        expect(await alertsOf(persona, recordId)).toBe(1);
        await remove();
        await stack.startWorker();
      } else {
        await stack.admin.query('begin');
        await stack.admin.query('select from inbox where id = $1 for update', [inboxId]);
        ({ recordId } = await stack.as('local-submitter').report(report()));
        const waits = `from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        await eventually('the delivery waits', async () => (await stack.count(waits)) > 0);
        expect(await alertsOf(persona, recordId)).toBe(1);
        await remove();
        await stack.admin.query('commit');
      }
      await stack.drain();

      expect(
        await stack.count('from inbox_entry e join alert a on a.id = e.alert_id where a.record_id = $1', [recordId]),
      ).toBe(0);
      expect(
        await stack.count(
          `from delivery d join alert a on a.id = d.alert_id where a.record_id = $1 and d.state = 'WITHHELD'`,
          [recordId],
        ),
      ).toBe(1);
      // A wake-up makes it look and end; the watch over open sockets closes it if that comes first.
      const { config } = stack.queue;
      const wakeUps = await openQueueBackend(config).openWakeUps(() => undefined);
      await wakeUps.publish([inboxId]);
      const ended = await live.ended;
      await wakeUps.close();
      if (ended !== null)
        expect(ended).toMatchObject({ code: 4403, reason: 'UNAUTHENTICATED: The session is over; sign in again.' });
      expect(live.events.map((event) => event.alert.record?.id)).not.toContain(recordId);
      expect(await stack.as(persona).refusal(ALERTS)).toEqual({ code: 'UNAUTHENTICATED', status: 401 });
    });

    test('a report under embargo is its agency’s until its time, then everybody’s who may', async () => {
      const personas = ['state-analyst', 'local-analyst'] as const;
      for (const persona of personas) await stack.as(persona).rule('morphine', onlyOf(MORPHINE));
      const live = await stack.live('state-analyst');
      const until = Date.now() + 2_000;
      const report = plainReport(of(MORPHINE, { releaseAfter: new Date(until).toISOString() }));
      const answer = await stack.as('local-submitter').submit(report);
      expect(answer.report?.status).toBe('EMBARGOED');
      const { id } = answer.record ?? { id: '' };
      await stack.drain();
      const [state, owner, list] = await Promise.all([
        stack.as('state-analyst').refusal(RECORD, { id }),
        stack.as('supervisor').refusal(RECORD, { id }),
        stack.as('state-analyst').run<{ seizureRecords: { edges: unknown[] } }>(RECORDS, { filter: onlyOf(MORPHINE) }),
      ]);
      const alerted = (await Promise.all(personas.map((persona) => alertsOf(persona, id)))).reduce((sum, n) => sum + n);
      expect(Date.now()).toBeLessThan(until);
      expect([state?.code, owner, list.seizureRecords.edges, alerted]).toEqual(['NOT_FOUND', null, [], 0]);

      expect((await live.next()).alert.record?.id).toBe(id);
      expect(Date.now()).toBeGreaterThanOrEqual(until);
      const { seizureReport } = await stack
        .as('local-analyst')
        .run<{ seizureReport: { status: string } }>(REPORT, { id: answer.report?.id });
      expect(seizureReport.status).toBe('RELEASED');
      // Sent again after its time, word for word, it is what was stored.
      expect(await stack.as('local-submitter').submit(report)).toMatchObject({
        duplicate: true,
        report: { id: answer.report?.id, status: 'RELEASED' },
      });
    });

    test('an alert whose key is gone stays and shows its record no more', async () => {
      const persona = 'tribal-analyst';
      await stack.as(persona).rule('codeine', onlyOf(CODEINE));
      await stack.as('neighbour-analyst').rule('oxycodone', onlyOf(OXYCODONE));
      const { recordId } = await stack.as('local-submitter').report(plainReport(of(CODEINE)));
      await stack.drain();
      const seen = async (): Promise<AlertNode | undefined> =>
        (await stack.as(persona).alerts()).find((alert) => alert.rules.some((rule) => rule.name === 'codeine'));
      expect((await seen())?.record).toEqual({ id: recordId, precision: 'PARTNER' });
      await asOwner(stack, 'delete from agreement_party where agency_id = $1', [agencyId('tribal')]);
      expect(await seen()).toMatchObject({ state: 'DELIVERED', record: null });
      expect(await stack.as(persona).refusal(RECORD, { id: recordId })).toMatchObject({ code: 'NOT_FOUND' });

      // And no new ones come.
      const later = await stack.as('local-submitter').report(plainReport(of(CODEINE)));
      await stack.drain();
      expect(await alertsOf(persona, later.recordId)).toBe(0);
    });
  });
}

/** As the login that owns the directory. */
async function asOwner(stack: FlowStack, sql: string, values: readonly unknown[]): Promise<void> {
  const owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  await owner.query(sql, [...values]);
  await owner.end();
}
