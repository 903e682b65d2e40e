import { amendReport } from '@concord/records';
import { findReportContext, makeReportParts, validateReport, validationContext } from '@concord/submission';
import { agencyId, personaActor, personId, type PersonaName } from '../../apps/embedded/src/personas.js';
import { AGENCIES } from '../../apps/embedded/src/agencies.data.js';
import {
  CORRECT,
  EXPLAIN,
  LABORATORY,
  NATION_OVERVIEW,
  OPEN_IN_DANGER,
  RECORD,
  RECORD_ACCESS,
  RECORDS,
  REPORT_DEFAULTS,
  REQUEST_CONTACT,
  STATE_OVERVIEW,
  UPDATE_DEFAULTS,
} from './documents.js';
import type { Issue } from './flow-client.builder.js';
import { plainReport, sanDiegoReport, TASK_FORCE_ID } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

const OTHERS = [
  ...(['neighbour-analyst', 'tribal-analyst', 'state-analyst', 'federal-analyst', 'taskforce-analyst'] as const),
  ...(['watch-officer', 'far-local-analyst', 'other-state-analyst', 'other-local-submitter'] as const),
];
const DANGER = 'Officers are at the door and it may be a trap.';

interface Seen {
  readonly id: string;
  readonly version: number;
  readonly precision: string;
  readonly occurred: { readonly from: string; readonly to: string };
  readonly concealment: string[] | null;
  readonly conveyance: string | null;
  readonly packaging: string | null;
  readonly substances: readonly { readonly signature: string | null; readonly adulterants: string[] | null }[];
  readonly contributor: { readonly name: string | null; readonly withheld: boolean; readonly handle: string | null };
}

interface Changed {
  readonly duplicate?: boolean;
  readonly report?: { readonly status: string; readonly version: number };
  readonly issues?: readonly Issue[];
}

/** Whatever names the police of San Diego, or anybody there. */
const OWNER = new RegExp(
  [
    ...[agencyId('san-diego'), AGENCIES['san-diego'].ori, AGENCIES['san-diego'].name, '619 555 0101'],
    ...(['local-submitter', 'local-analyst', 'supervisor'] as const).map(personId),
  ]
    .map((text) => String(text).replace(/[^\w ]/g, '.'))
    .join('|'),
);

describe("the owner's controls", () => {
  let stack: FlowStack;
  beforeAll(async () => {
    stack = await FlowStack.start();
  });
  afterAll(() => stack.stop());

  const record = async (as: PersonaName, id: string): Promise<Seen> =>
    (await stack.as(as).run<{ seizureRecord: Seen }>(RECORD, { id })).seizureRecord;
  const refusal = async (as: PersonaName, id: string): Promise<unknown> =>
    (await stack.as(as).refusal(RECORD, { id }))?.code ?? 'answered';
  const correct = async (id: string, version: number, input: Record<string, unknown>): Promise<Changed> =>
    (
      await stack
        .as('local-submitter')
        .run<{ correctSeizureReport: Changed }>(CORRECT, { id, version, input, reason: 'Typed wrong.' })
    ).correctSeizureReport;

  describe('an embargo until somebody releases the report by hand', () => {
    test('is lifted by no door: search, counts, alerts, the live stream, explanations, danger, contact', async () => {
      for (const persona of ['state-analyst', 'taskforce-analyst', 'watch-officer'] as const)
        await stack.as(persona).rule('everything');
      await stack.drain();
      const live = await stack.live('state-analyst');
      const counts = async (): Promise<unknown[]> => [
        ...(await Promise.all(
          OTHERS.map((as) => stack.as(as).run(RECORDS, { first: 1, filter: { substance: { deaCodes: ['9801'] } } })),
        )),
        await stack.as('state-analyst').run(STATE_OVERVIEW),
        await stack.as('federal-analyst').run(NATION_OVERVIEW),
      ];
      const before = await counts();
      const input = sanDiegoReport({ holdUntilReleased: true, taskForceIds: [TASK_FORCE_ID] });
      const submitted = await stack.as('local-submitter').submit(input);
      expect(submitted.report).toMatchObject({ status: 'EMBARGOED' });
      const [reportId = '', recordId = ''] = [submitted.report?.id, submitted.record?.id];
      const corrected = { ...input, conveyance: 'BUS' };
      expect(await correct(reportId, 1, corrected)).toMatchObject({ report: { status: 'EMBARGOED', version: 2 } });
      const results = [{ substance: 0, laboratoryStatus: 'CONFIRMED' }];
      await stack.as('local-submitter').run(LABORATORY, { id: reportId, version: 2, results });
      await stack.drain();

      expect(await counts()).toEqual(before);
      for (const as of OTHERS) {
        expect([as, await refusal(as, recordId)]).toEqual([as, 'NOT_FOUND']);
        const asked = await stack.as(as).run(REQUEST_CONTACT, { recordId, message: 'Who are you?' });
        expect([as, asked]).toMatchObject([as, { requestContact: { issues: [{ code: 'NOT_FOUND' }] } }]);
        const because = await stack.as('agency-admin').run(EXPLAIN, { recordId, personId: personId(as) });
        expect([as, because]).toMatchObject([as, { explainAccess: { allowed: false, precision: null } }]);
      }
      expect(await stack.count('from alert where record_id = $1', [recordId])).toBe(0);
      expect(await record('local-analyst', recordId)).toMatchObject({ precision: 'OWNER', conveyance: 'BUS' });

      // What comes after it on the stream is the next record: it was not there before.
      const open = await stack.as('local-submitter').report(plainReport());
      expect((await live.next()).alert.record).toMatchObject({ id: open.recordId });
      // Until a correction releases it: then once to everybody.
      expect(await correct(reportId, 3, { ...corrected, holdUntilReleased: false })).toMatchObject({
        report: { status: 'RELEASED', version: 4 },
      });
      expect((await live.next()).alert).toMatchObject({ change: 'RAISED', revision: 1, record: { id: recordId } });
      expect((await record('taskforce-analyst', recordId)).precision).toBe('TASK_FORCE');
      await stack.drain();
      expect(await stack.count('from alert where record_id = $1', [recordId])).toBe(3);
    });

    test('is lifted by no imminent danger', async () => {
      const place = { latitude: 38.58, longitude: -121.49, countyFips: '06067', setting: 'HIGHWAY' };
      const input = sanDiegoReport({ place, holdUntilReleased: true });
      const { recordId } = await stack.as('other-local-submitter').report(input);
      await stack.as('supervisor').run(OPEN_IN_DANGER, { recordId, reason: DANGER });
      expect(await refusal('supervisor', recordId)).toBe('NOT_FOUND');
    });

    test('a correction that is held takes a released record out of sight, and those who had it are told', async () => {
      const input = plainReport();
      const { reportId, recordId } = await stack.as('local-submitter').report(input);
      await stack.drain();
      const live = await stack.live('state-analyst');
      // What finds a telephone number in it is libs/submission's business; here it is said.
      const { services } = stack.api;
      const owner = personaActor('local-analyst');
      const context = await findReportContext(services.db, owner.agency.id, '06073');
      const valid = validateReport(input, validationContext(context, owner, services.clock));
      if (!valid.ok) throw new Error(JSON.stringify(valid.issues));
      const hold = [{ path: 'remarks', code: 'HOLDS_PHONE', message: 'A telephone number.', from: 0, to: 12 }];
      const how = {
        contentDigest: 'v1:held',
        synthetic: false,
        raisesAlerts: true,
        hold,
        entrance: 'report.submit',
      } as const;
      const parts = await makeReportParts(services, owner, valid.report, context, how);
      await amendReport(services.db, valid.report, {
        ...parts,
        ...{ reportId, version: 1, change: 'CORRECTED', sealedReason: null },
      });
      expect((await live.next()).alert).toMatchObject({ change: 'RECALLED', record: null });
      expect(await refusal('state-analyst', recordId)).toBe('NOT_FOUND');
      await live.close();
    });
  });

  describe('a contributor who is withheld', () => {
    const withheld = (change: Record<string, unknown> = {}): Record<string, unknown> =>
      plainReport({ withhold: ['CONTRIBUTOR'], taskForceIds: [TASK_FORCE_ID], ...change });

    test('has a name for each record, the same for everybody and through every version, and no other', async () => {
      await stack.drain();
      const live = await stack.live('state-analyst');
      const input = withheld();
      const one = await stack.as('local-submitter').report(input);
      const two = await stack.as('local-submitter').report(withheld());
      const [first, second] = [
        await record('state-analyst', one.recordId),
        await record('state-analyst', two.recordId),
      ];
      for (const { contributor } of [first, second])
        expect(contributor).toMatchObject({ name: null, level: null, withheld: true, handle: expect.any(String) });
      expect(first.contributor.handle).not.toBe(second.contributor.handle);
      expect([one.recordId, one.reportId]).not.toContain(first.contributor.handle);
      expect((await record('federal-analyst', one.recordId)).contributor).toEqual(first.contributor);
      await correct(one.reportId, 1, { ...input, conveyance: 'BUS' });
      expect(await record('state-analyst', one.recordId)).toMatchObject({ version: 2, contributor: first.contributor });
      // Task forces and the owner are told the name, and so need no other.
      for (const as of ['taskforce-analyst', 'local-analyst'] as const)
        expect((await record(as, one.recordId)).contributor).toMatchObject({ withheld: false, handle: null });

      const told = [
        ...[first, second, await stack.as('state-analyst').run(RECORD_ACCESS, { id: one.recordId })],
        ...[await stack.as('state-analyst').run(RECORDS, { first: 50 }), await stack.as('state-analyst').alerts()],
        ...[(await live.next()).alert, (await live.next()).alert],
      ];
      expect(JSON.stringify(told)).not.toMatch(OWNER);
      await live.close();
    });

    test('can be withheld later, by a correction', async () => {
      const input = withheld({ withhold: [] });
      const { reportId, recordId } = await stack.as('local-submitter').report(input);
      expect((await record('state-analyst', recordId)).contributor).toMatchObject({ withheld: false, handle: null });
      await correct(reportId, 1, { ...input, withhold: ['CONTRIBUTOR'] });
      const { contributor } = await record('state-analyst', recordId);
      expect(contributor).toMatchObject({ name: null, withheld: true, handle: expect.any(String) });
    });
  });

  test('method and signature go from partners when they are withheld, also later; task forces are told', async () => {
    const input = sanDiegoReport({ packaging: 'shrink wrap', taskForceIds: [TASK_FORCE_ID], timePrecision: 'DAY' });
    const { reportId, recordId } = await stack.as('local-submitter').report(input);
    const told = (seen: Seen): unknown[] => [
      ...[seen.packaging, seen.concealment, seen.conveyance],
      ...[seen.substances[0]?.signature, seen.substances[0]?.adulterants],
    ];
    const hours = ({ occurred: { from, to } }: Seen): number => (Date.parse(to) - Date.parse(from)) / 3_600_000;
    const whole = ['shrink wrap', ['VEHICLE_COMPARTMENT'], 'PASSENGER_VEHICLE', 'stamp: scorpion', ['xylazine']];
    const [before, force] = [await record('state-analyst', recordId), await record('taskforce-analyst', recordId)];
    expect([told(before), told(force)]).toEqual([whole, whole]);
    expect(hours(before)).toBeLessThanOrEqual(25);
    await correct(reportId, 1, { ...input, withhold: ['METHOD', 'SIGNATURE'], timePrecision: 'WEEK' });
    const after = await record('state-analyst', recordId);
    expect(told(after)).toEqual([null, null, null, null, null]);
    expect(hours(after)).toBeGreaterThanOrEqual(7 * 24 - 1);
    expect(told(await record('taskforce-analyst', recordId))).toEqual(whole);
  });

  describe('standing defaults', () => {
    interface Settings {
      readonly version: number;
      readonly defaults: Record<string, unknown>;
    }
    const settings = async (as: PersonaName = 'supervisor'): Promise<Settings> =>
      (await stack.as(as).run<{ agencySettings: Settings }>(REPORT_DEFAULTS)).agencySettings;
    const setDefaults = async (defaults: Record<string, unknown>): Promise<unknown> => {
      const { version } = await settings();
      const input = { version, defaults };
      return (await stack.as('supervisor').run<{ updateAgencySettings: unknown }>(UPDATE_DEFAULTS, { input }))
        .updateAgencySettings;
    };
    afterAll(() => setDefaults({}));
    /** Leaves everything to the defaults. */
    const sparse = (change: Record<string, unknown> = {}): Record<string, unknown> =>
      plainReport({ sharing: null, tlp: null, ...change });

    test('are of every level, and changed whole or not at all', async () => {
      expect((await settings('federal-analyst')).defaults).toMatchObject({ sharing: null, withhold: [] });
      expect(await setDefaults({ sharing: 'ALL', embargoHours: 0 })).toMatchObject({
        issues: [
          { path: 'defaults.sharing', code: 'UNKNOWN_CODE' },
          { path: 'defaults.embargoHours', code: 'OUT_OF_RANGE' },
        ],
      });
      expect(await setDefaults({ sharing: 'PARTNERS', withhold: ['CONTRIBUTOR'] })).toMatchObject({
        settings: { h3Resolution: 6, defaults: { sharing: 'PARTNERS', withhold: ['CONTRIBUTOR'], tlp: null } },
      });
    });

    test('fill in what a report leaves out, and a report that says something wins', async () => {
      await setDefaults({ sharing: 'PARTNERS', tlp: 'GREEN', withhold: ['CONTRIBUTOR'], timePrecision: 'DAY' });
      const filled = await stack.as('local-submitter').report(sparse());
      expect(await record('state-analyst', filled.recordId)).toMatchObject({
        tlp: 'GREEN',
        contributor: { withheld: true },
      });
      const told = await stack.as('local-submitter').report(sparse({ tlp: 'AMBER', withhold: [] }));
      expect(await record('state-analyst', told.recordId)).toMatchObject({
        tlp: 'AMBER',
        contributor: { withheld: false },
      });
      await setDefaults({});
      expect((await stack.as('local-submitter').submit(sparse())).issues).toMatchObject([
        { path: 'sharing', code: 'REQUIRED' },
      ]);
    });

    test('a report sent again after they changed is still the same report, and a correction keeps what they filled in', async () => {
      await setDefaults({ sharing: 'PARTNERS', tlp: 'GREEN', withhold: ['METHOD'], embargoHours: 24 });
      const input = sparse();
      const first = await stack.as('local-submitter').submit(input);
      expect(first).toMatchObject({ duplicate: false, report: { status: 'EMBARGOED' } });
      // The embargo began with the submission.
      expect(await stack.as('local-submitter').submit(input)).toMatchObject({ duplicate: true });
      await setDefaults({ sharing: 'STATE', tlp: 'AMBER', holdUntilReleased: true });
      expect(await stack.as('local-submitter').submit(input)).toMatchObject({
        duplicate: true,
        report: { id: first.report?.id, status: 'EMBARGOED' },
      });
      for (const change of [{ conveyance: 'BUS' }, { tlp: 'AMBER' }, { withhold: [] }, { holdUntilReleased: true }])
        expect((await stack.as('local-submitter').submit({ ...input, ...change })).issues).toMatchObject([
          { code: 'REFERENCE_REUSED' },
        ]);
      // Spelled out it is no other content.
      expect(await stack.as('local-submitter').submit({ ...input, tlp: 'GREEN' })).toMatchObject({ duplicate: true });

      const corrected = { ...input, conveyance: 'BUS' };
      const id = first.report?.id ?? '';
      expect(await correct(id, 1, corrected)).toMatchObject({
        duplicate: false,
        report: { status: 'EMBARGOED', version: 2 },
      });
      expect(await correct(id, 1, corrected)).toMatchObject({ duplicate: true, report: { version: 2 } });
      const { rows } = await stack.admin.query(
        `select sharing, tlp, content->'withhold' as withhold, release_after is not null as embargo, hold_until_released as hand
         from seizure_report where id = $1`,
        [id],
      );
      expect(rows).toEqual([{ sharing: 'PARTNERS', tlp: 'GREEN', withhold: ['METHOD'], embargo: true, hand: false }]);
      expect(await stack.as('local-submitter').submit(input)).toMatchObject({ duplicate: true });
    });

    test('wider than the agreement they refuse a report as if it had said so', async () => {
      const { rows } = await stack.admin.query<{ id: string; widest: string }>(
        `select g.id, g.widest_sharing as widest from agreement g join agreement_party p on p.agreement_id = g.id where p.agency_id = $1`,
        [agencyId('san-diego')],
      );
      await stack.admin.query(`update agreement set widest_sharing = 'STATE' where id = any($1)`, [
        rows.map(({ id }) => id),
      ]);
      await setDefaults({ sharing: 'PARTNERS' });
      const said = await stack.as('local-submitter').submit(plainReport());
      const left = await stack.as('local-submitter').submit(sparse());
      for (const { id, widest } of rows)
        await stack.admin.query('update agreement set widest_sharing = $2 where id = $1', [id, widest]);
      expect(left.issues).toMatchObject([{ path: 'sharing', code: 'SHARING_EXCEEDS_AGREEMENT' }]);
      expect(left.issues).toEqual(said.issues);
    });
  });
});
