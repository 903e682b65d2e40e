import { personId, type PersonaName } from '../../apps/embedded/src/personas.js';
import { CREATE_API_KEY, PREVIEW, RECORD, REPORT } from './documents.js';
import { FlowClient, type Issue } from './flow-client.builder.js';
import { plainReport, sanDiegoReport, SECRETS, TASK_FORCE_ID } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

interface View {
  readonly audience: string;
  readonly audienceKeys: readonly string[];
  readonly precision: string;
  readonly band: string | null;
  readonly condition: string | null;
  readonly uniqueness: {
    readonly alike: number;
    readonly of: number;
    readonly within: string;
    readonly message: string;
    readonly countedOver: string;
  } | null;
  readonly record: Record<string, unknown>;
}
interface Preview {
  readonly __typename: 'SeizureReportPreview' | 'SeizureReportRejected';
  readonly views?: readonly View[];
  readonly wouldBeHeld?: readonly Issue[];
  readonly issues?: readonly Issue[];
}

describe('previewSeizureReport', () => {
  let stack: FlowStack;

  beforeAll(async () => {
    stack = await FlowStack.start();
  }, 60_000);
  afterAll(() => stack?.stop());

  const preview = async (client: FlowClient, input: Record<string, unknown>): Promise<Preview> =>
    (await client.run<{ previewSeizureReport: Preview }>(PREVIEW, { input })).previewSeizureReport;
  const views = async (client: FlowClient, input: Record<string, unknown>): Promise<readonly View[]> => {
    const shown = await preview(client, input);
    if (shown.views === undefined) throw new Error(JSON.stringify(shown));
    return shown.views;
  };
  const of = (all: readonly View[], precision: string): View => {
    const found = all.find((view) => view.precision === precision);
    if (found === undefined) throw new Error(`no view at ${precision}`);
    return found;
  };

  test('a clerk sees what each audience would get, to the field, and nothing is stored', async () => {
    const clerk = stack.as('local-submitter').with({ purpose: null });
    const input = sanDiegoReport({
      ...{ occurredAt: '2026-11-18T10:00:00-08:00', taskForceIds: [TASK_FORCE_ID] },
      ...{ packaging: 'in plastic', remarks: 'Under the seat.' },
    });
    const tables = 'from seizure_report, seizure_record, record_view, outbox';
    const before = await stack.count(tables);
    const shown = await preview(clerk, input);
    expect(await stack.count(tables)).toBe(before);
    expect(shown).toMatchObject({ __typename: 'SeizureReportPreview', wouldBeHeld: [] });
    expect(JSON.stringify(shown)).not.toContain(SECRETS.narrative);
    expect(shown.views?.map(({ precision, audience }) => [precision, audience])).toEqual([
      ['OWNER', expect.stringContaining('San Diego')],
      ['TASK_FORCE', 'Members of task force Border Counties Fentanyl'],
      [
        'PARTNER',
        expect.stringMatching(
          /^State agencies of California; Federal agencies; Local and tribal agencies of San Diego/,
        ),
      ],
      ['COMMUNITY', expect.stringContaining('Health, treatment and other partners')],
    ]);
    const partner = of(shown.views ?? [], 'PARTNER');
    expect(partner.audienceKeys).toEqual(expect.arrayContaining(['state:06', 'nation:us', 'county:06073']));
    expect(partner.uniqueness).toEqual({
      ...{ alike: 1, of: 1, countedOver: 'OWN_AGENCY', within: 'county 06073 (San Diego, CA) and ISO week 2026-W47' },
      message:
        '1 of 1 in county 06073 (San Diego, CA) and ISO week 2026-W47: a news release would identify it. Counted are your agency’s records alone; there may be others.',
    });
    expect(of(shown.views ?? [], 'TASK_FORCE').uniqueness?.within).toMatch(
      /, cell 86\w+, port SAN YSIDRO and day 2026-11-18$/,
    );
    expect(of(shown.views ?? [], 'OWNER').uniqueness).toBeNull();
    expect(of(shown.views ?? [], 'COMMUNITY')).toMatchObject({
      ...{
        band: 'LARGE',
        uniqueness: null,
        condition: expect.stringContaining('five records of at least two agencies'),
      },
      record: { place: { stateFips: '06', countyFips: null }, substances: [{ deaCode: '9801', quantity: null }] },
    });

    // The same input is submitted: who reads it gets what was shown.
    const { recordId, reportId } = await stack.as('local-submitter').report(input);
    for (const [persona, precision] of [
      ['local-analyst', 'OWNER'],
      ['taskforce-analyst', 'TASK_FORCE'],
      ['state-analyst', 'PARTNER'],
      ['federal-analyst', 'PARTNER'],
    ] as const) {
      const { seizureRecord } = await stack.as(persona).run<{ seizureRecord: object }>(RECORD, { id: recordId });
      expect(seizureRecord).toMatchObject(of(shown.views ?? [], precision).record);
    }
    expect(await stack.as('local-submitter').run(REPORT, { id: reportId })).toMatchObject({ seizureReport: {} });
    // It is on the books as a read of numbers, once, in the clerk's name.
    const { rows } = await stack.admin.query<{ n: number }>(
      `select count(*)::int as n from audit_entry where action = 'report.preview' and person_id = $1`,
      [personId('local-submitter')],
    );
    expect(rows[0]?.n).toBe(1);
  });

  test('what is refused, and what is held, is the same as of a submission', async () => {
    const clerk = stack.as('local-submitter');
    const taken = plainReport();
    await clerk.report(taken);
    const phone = plainReport({ remarks: 'Call 619 555 0142 before you go.' });
    const inputs = [
      { submitterReference: 'PREVIEW-FAULTY', sharing: 'EVERYBODY', place: { countyFips: '99999' }, substances: [] },
      { ...taken, conveyance: 'BUS' },
      taken,
      phone,
      plainReport({ occurredAt: '2026-11-18' }),
    ];
    const found: string[] = [];
    for (const input of inputs) {
      const shown = await preview(clerk, input);
      const stored = (await clerk.submit(input)) as { __typename: string; issues?: Issue[]; reasons?: Issue[] };
      expect(shown.issues).toEqual(stored.issues);
      if (stored.issues === undefined) expect(shown.wouldBeHeld).toEqual(stored.reasons ?? []);
      found.push(stored.__typename);
      // And once it is there, held or not.
      if (stored.issues === undefined) expect((await preview(clerk, input)).wouldBeHeld).toEqual(stored.reasons ?? []);
    }
    expect(new Set(found).size).toBe(3);
  });

  test('counts what the asker can list, and an API key that only submits is told no number', async () => {
    const place = { place: { countyFips: '06073', setting: 'RESIDENCE' }, occurredAt: '2026-10-21T10:00:00-07:00' };
    const input = plainReport(place);
    await stack.as('local-submitter').report(plainReport(place));
    await stack.as('local-submitter').report(plainReport({ ...place, conveyance: 'BUS' }));
    const alike = async (as: PersonaName, change: Record<string, unknown> = {}) => {
      const { uniqueness } = of(await views(stack.as(as), { ...input, taskForceIds: [], ...change }), 'PARTNER');
      return [uniqueness?.alike, uniqueness?.countedOver];
    };
    expect(await alike('local-analyst')).toEqual([3, 'LISTED_RECORDS']);
    expect(await alike('neighbour-analyst', { sharing: 'NATION' })).toEqual(await alike('neighbour-analyst'));
    // Of another state: can list none of them.
    expect(await alike('other-state-analyst')).toEqual([1, 'LISTED_RECORDS']);
    expect(await alike('state-analyst', { sharing: 'STATE' })).toEqual([3, 'LISTED_RECORDS']);
    expect(await stack.as('auditor').refusal(PREVIEW, { input })).toMatchObject({ code: 'FORBIDDEN' });

    const { createApiKey } = await stack.as('agency-admin').run<{ createApiKey: { secret: string } }>(CREATE_API_KEY, {
      input: {
        ...{ name: 'previews', capabilities: ['SUBMIT'], widestSharing: 'NATION' },
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      },
    });
    const machine = new FlowClient(() => stack.api.url, createApiKey.secret);
    const shown = await views(machine, { ...input, sharing: 'NATION' });
    expect(shown.map(({ precision, uniqueness }) => [precision, uniqueness])).toEqual([
      ['OWNER', null],
      ['PARTNER', null],
    ]);
    // What the key may not share is refused as when it submits.
    expect(await preview(machine, input)).toMatchObject({ __typename: 'SeizureReportRejected' });
  });
});
