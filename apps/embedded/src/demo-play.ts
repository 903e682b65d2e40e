import type { AlertEvent, DemoClient } from './demo-client.js';
import type { PersonaName } from './personas.js';

/** What the demo shows, in the shape of `npm run demo -- --json`. */
export interface DemoResult {
  readonly submitToAlertMs: number;
  /** The same for the very first report after a cold start. */
  readonly firstAlertMs: number;
  readonly submitMs: number;
  readonly views: readonly DemoView[];
  readonly duplicate: boolean;
  readonly rejected: { readonly issues: readonly DemoIssue[] };
  readonly refused: { readonly code: string | null };
  readonly alert: { readonly match: string; readonly rule: string };
}

export interface DemoView {
  readonly persona: PersonaName;
  readonly visible: boolean;
  readonly precision: string | null;
  readonly record: DemoRecord | null;
}

export interface DemoRecord {
  readonly id: string;
  readonly precision: string;
  readonly tlp: string;
  readonly occurred: { readonly from: string; readonly to: string };
  readonly place: {
    readonly countyFips: string | null;
    readonly stateFips: string;
    readonly h3: string | null;
    readonly portOfEntry: string | null;
  };
  readonly substances: readonly {
    readonly name: string;
    readonly quantity: { readonly minGrams: number | null; readonly maxGrams: number | null } | null;
    readonly signature: string | null;
  }[];
  readonly people: readonly {
    readonly role: string;
    readonly minAge: number | null;
    readonly maxAge: number | null;
    readonly citizenship: string | null;
  }[];
  readonly contributor: { readonly name: string | null } | null;
}

export interface DemoIssue {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export const DEMO_PERSONAS = [
  'local-submitter',
  'local-analyst',
  'taskforce-analyst',
  'state-analyst',
  'federal-analyst',
  'neighbour-analyst',
  'far-local-analyst',
] as const satisfies readonly PersonaName[];

/** Those whose views are shown side by side: the owner first. */
const READERS = DEMO_PERSONAS.slice(1);

const SUBMIT = `mutation ($input: SubmitSeizureReportInput!) { submitSeizureReport(input: $input) { __typename
  ... on SeizureReportAccepted { duplicate receipt report { id status version } record { id precision } warnings { path code message } }
  ... on SeizureReportRejected { issues { path code message } } } }`;
const CREATE_RULE = `mutation ($input: CreateAlertRuleInput!) { createAlertRule(input: $input) { __typename ... on AlertRuleCreated { rule { id name } } ... on AlertRuleRejected { issues { path code message } } } }`;
const ALERT_RAISED = `subscription ($after: String) { alertRaised(after: $after) { cursor alert { id match rules { name } record { id precision } } } }`;
const RECORD = `query ($id: ID!) { seizureRecord(id: $id) { id precision tlp occurred { from to } place { countyFips stateFips h3 portOfEntry }
  substances { name signature quantity { minGrams maxGrams } } people { role minAge maxAge citizenship } contributor { name } } }`;
const REPORT = 'query ($id: ID!) { seizureReport(id: $id) { id narrative } }';
const KEYRING = '{ me { keyring { key } } }';

type Submitted = {
  submitSeizureReport: {
    __typename: string;
    duplicate?: boolean;
    report?: { id: string };
    record?: { id: string };
    issues?: DemoIssue[];
  };
};

/** The main job, once, with real clients against a running stack. */
export async function playDemo(
  clients: ReadonlyMap<PersonaName, DemoClient>,
  now: Date,
  listening: () => Promise<void>,
): Promise<DemoResult> {
  const as = (persona: PersonaName): DemoClient => {
    const client = clients.get(persona);
    if (client === undefined) throw new Error(`no client for ${persona}`);
    return client;
  };
  const taskForceId = await taskForceOf(as('local-analyst'));
  const stream = await watch(as('state-analyst'));
  const report = demoReport(now, taskForceId);

  await listening();

  // The first report after a cold start finds everything unread and uncompiled: it is timed and told apart.
  const first = await submitAndWait(as('local-submitter'), stream, {
    ...report,
    submitterReference: 'DEMO-2026-000122',
  });
  const { accepted, event, submitMs, alertMs } = await submitAndWait(as('local-submitter'), stream, report);
  const { report: stored, record } = accepted.submitSeizureReport;
  if (stored === undefined || record === undefined)
    throw new Error(`The demo's report was not accepted: ${JSON.stringify(accepted.submitSeizureReport.issues)}`);

  const views = await Promise.all(READERS.map((persona) => viewOf(persona, as(persona), record.id)));
  const again = await as('local-submitter').run<Submitted>(SUBMIT, { input: report });
  const invalid = await as('local-submitter').run<Submitted>(SUBMIT, { input: invalidReport(now) });
  const code = await as('neighbour-analyst').refusalOf(REPORT, { id: stored.id });
  return {
    submitToAlertMs: round(alertMs),
    firstAlertMs: round(first.alertMs),
    submitMs: round(submitMs),
    views,
    duplicate: again.submitSeizureReport.duplicate === true && again.submitSeizureReport.report?.id === stored.id,
    rejected: { issues: invalid.submitSeizureReport.issues ?? [] },
    refused: { code },
    alert: { match: event.alert.match, rule: event.alert.rules[0]?.name ?? '' },
  };
}

/** Sends a report and waits for its alert on the open stream; times are from sending. */
async function submitAndWait(
  clerk: DemoClient,
  stream: { next: () => Promise<AlertEvent> },
  input: Record<string, unknown>,
): Promise<{ accepted: Submitted; event: AlertEvent; submitMs: number; alertMs: number }> {
  const arrival = stream.next().then((event) => ({ event, at: performance.now() }));
  const started = performance.now();
  const accepted = await clerk.run<Submitted>(SUBMIT, { input });
  const submitMs = performance.now() - started;
  if (accepted.submitSeizureReport.record === undefined)
    throw new Error(`The demo's report was not accepted: ${JSON.stringify(accepted.submitSeizureReport.issues)}`);
  const { event, at } = await arrival;
  return { accepted, event, submitMs, alertMs: at - started };
}

async function taskForceOf(client: DemoClient): Promise<string> {
  const { me } = await client.run<{ me: { keyring: { key: string }[] } }>(KEYRING);
  const key = me.keyring.find((entry) => entry.key.startsWith('taskforce:'));
  if (key === undefined) throw new Error('the local analyst is in no task force');
  return key.key.slice('taskforce:'.length);
}

/** A state analyst saves a filter and opens the live stream. */
async function watch(client: DemoClient): Promise<{ next: () => Promise<AlertEvent> }> {
  const filter = {
    and: [
      { substance: { deaCodes: ['9801'] } },
      { place: { countyFips: ['06073'] } },
      { quantity: { minGrams: 1000 } },
    ],
  };
  await client.run(CREATE_RULE, { input: { name: 'Fentanyl over a kilo, San Diego', filter } });
  return client.subscribe(ALERT_RAISED);
}

async function viewOf(persona: PersonaName, client: DemoClient, id: string): Promise<DemoView> {
  if ((await client.refusalOf(RECORD, { id })) !== null)
    return { persona, visible: false, precision: null, record: null };
  const { seizureRecord } = await client.run<{ seizureRecord: DemoRecord }>(RECORD, { id });
  return { persona, visible: true, precision: seizureRecord.precision, record: seizureRecord };
}

function demoReport(now: Date, taskForceId: string): Record<string, unknown> {
  return {
    submitterReference: 'DEMO-2026-000123',
    occurredAt: new Date(now.getTime() - 2 * 3_600_000).toISOString().replace('Z', '+00:00'),
    sharing: 'PARTNERS',
    tlp: 'AMBER',
    place: {
      latitude: 32.556,
      longitude: -117.047,
      countyFips: '06073',
      setting: 'PORT_OF_ENTRY',
      portOfEntry: 'SAN YSIDRO',
    },
    substances: [
      {
        deaCode: '9801',
        form: 'POWDER',
        quantity: 12.5,
        unit: 'KG',
        estimated: false,
        laboratoryStatus: 'PRESUMPTIVE',
        purityPercent: 4.1,
        signature: 'stamp: scorpion',
        adulterants: ['xylazine'],
      },
    ],
    concealment: ['VEHICLE_COMPARTMENT'],
    conveyance: 'PASSENGER_VEHICLE',
    route: { originCountry: 'MX', destinationCountyFips: '53033' },
    people: [{ role: 'COURIER', age: 34, citizenship: 'US_CITIZEN', affiliation: 'INDIVIDUAL' }],
    identifiers: [{ kind: 'PHONE', value: '+1 619 555 0100', sensitivity: 'OPEN' }],
    basis: { activity: 'TRAFFICKING', reasonableSuspicion: 'Arrested with the load.', decidedBy: 'unit 4' },
    source: { reliability: 'B', credibility: 2 },
    narrative: 'Seen by nobody but the agency.',
    taskForceIds: [taskForceId],
  };
}

function invalidReport(now: Date): Record<string, unknown> {
  return {
    submitterReference: 'DEMO-2026-000124',
    occurredAt: new Date(now.getTime() + 86_400_000).toISOString(),
    sharing: 'EVERYBODY',
    place: { latitude: 32.5, countyFips: '99999' },
    substances: [{ deaCode: '0000', form: 'PILL_TABLET', quantity: 3.5, unit: 'DU' }],
    identifiers: [{ kind: 'PHONE', value: '+1 619 555 0100' }],
  };
}

const round = (ms: number): number => Math.round(ms * 10) / 10;
