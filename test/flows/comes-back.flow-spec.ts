import { agencyId } from '../../apps/embedded/src/personas.js';
import type { PersonaName } from '../../apps/embedded/src/personas.js';
import { ReadTally } from '../../apps/worker/src/read-tally.js';
import { openPool } from '@concord/platform/database';
import { createLogger } from '@concord/platform/logging';
import { eventually } from './flow-client.builder.js';
import { FlowStack } from './stack.builder.js';
import { plainReport } from './reports.builder.js';

const SUBMIT = `mutation Submit($input: SubmitSeizureReportInput!) { submitSeizureReport(input: $input) {
  ... on SeizureReportAccepted { report { id } record { id }
    comesBack { kind scope place placeName records ownAgency wholeWindow recordIds message } } } }`;
const BATCH = `mutation Batch($inputs: [SubmitSeizureReportInput!]!) { submitSeizureReports(inputs: $inputs) {
  ... on SeizureReportsSubmitted { results { outcome { ... on SeizureReportAccepted { comesBack { kind } } } } } } }`;
const AGAIN = `query Again($id: ID!) { seizureReport(id: $id) {
  comesBack { kind scope place placeName records ownAgency wholeWindow recordIds message } } }`;
const LIST = '{ seizureRecords(first: 200) { edges { node { id } } } }';
const ONE = 'query One($id: ID!) { seizureRecord(id: $id) { id } }';
const DIGEST = `query Digest($date: String!) { agencyDigest(date: $date, timeZone: "UTC") { received corrected held released returned
  recalled recordsLeft left { precision audience records } reads { ori name purpose precision answers records }
  readsCountedSince readsCountedUntil contactRequests imminentDangerOpenings { ori openings } communityBatches } }`;
const CORRECT_ONE = `mutation Correct($id: ID!, $input: SubmitSeizureReportInput!) {
  correctSeizureReport(id: $id, version: 1, input: $input, reason: "typed wrong") { __typename } }`;
const LAB = `mutation Laboratory($id: ID!, $version: Int!) { recordLaboratoryResult(id: $id, version: $version,
  results: [{ substance: 0, laboratoryStatus: "CONFIRMED" }]) { __typename } }`;
const RELEASE_ONE = `mutation Release($id: ID!) { releaseSeizureReport(id: $id, version: 1, note: "looked at it") { __typename } }`;
const RETURN_ONE = `mutation Return($id: ID!) { returnSeizureReport(id: $id, version: 1, note: "take out the number") { __typename } }`;
const RECALL = `mutation Recall($id: ID!) { recallSeizureReport(id: $id, version: 1, reason: "wrong") { __typename } }`;

interface Observation {
  readonly kind: string;
  readonly scope: string;
  readonly records: number;
  readonly ownAgency: number;
  readonly recordIds: readonly string[];
  readonly message: string;
}
interface Accepted {
  readonly report: { readonly id: string };
  readonly record: { readonly id: string };
  readonly comesBack: readonly Observation[] | null;
}

/** A press mark that no other test has. */
const marked = (signature: string, change: Record<string, unknown> = {}) =>
  plainReport({
    substances: [
      { deaCode: '9801', form: 'PILL_TABLET', quantity: 300, unit: 'DU', laboratoryStatus: 'PRESUMPTIVE', signature },
    ],
    ...{ concealment: ['NONE'], conveyance: 'BUS' },
    ...change,
  });

describe('something comes back', () => {
  let stack: FlowStack;
  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
  });
  afterAll(() => stack?.stop());

  const submit = async (as: PersonaName, input: Record<string, unknown>): Promise<Accepted> =>
    (await stack.as(as).run<{ submitSeizureReport: Accepted }>(SUBMIT, { input })).submitSeizureReport;
  const submitHeld = async (input: Record<string, unknown>): Promise<{ readonly id: string }> =>
    (
      await stack
        .as('local-analyst')
        .run<{ submitSeizureReport: { report: { id: string } } }>(
          'mutation Held($input: SubmitSeizureReportInput!) { submitSeizureReport(input: $input) { ... on SeizureReportHeld { report { id } } } }',
          { input },
        )
    ).submitSeizureReport.report;
  const again = async (as: PersonaName, id: string) =>
    (await stack.as(as).run<{ seizureReport: { comesBack: Observation[] } }>(AGAIN, { id })).seizureReport.comesBack;

  test('counts what the submitter may list, and no byte of the answer knows of anything else', async () => {
    const first = await submit('local-analyst', marked('Blue Hare'));
    expect(first.comesBack?.filter(({ kind }) => kind === 'SIGNATURE')).toEqual([]);
    const neighbours = await submit('neighbour-analyst', marked(' BLUE hare'));
    // The neighbour lists the first; a third of the agency itself, and one of another mark.
    expect(neighbours.comesBack?.find(({ kind }) => kind === 'SIGNATURE')).toMatchObject({
      ...{ scope: 'COUNTY', place: '06073', records: 1, ownAgency: 0, wholeWindow: true },
      ...{
        recordIds: [first.record.id],
        message: expect.stringMatching(/^1 other with this press mark or signature in San Diego/),
      },
    });
    await submit('local-analyst', marked('green hare'));
    const before = JSON.stringify(await again('local-analyst', first.report.id));
    expect(before).toContain(neighbours.record.id);

    // What the first agency may not list: the neighbour's own, what is embargoed, and what is far away.
    await submit('neighbour-analyst', marked('blue hare', { sharing: 'AGENCY' }));
    await submit('neighbour-analyst', marked('blue hare', { sharing: 'STATE' }));
    await submit(
      'neighbour-analyst',
      marked('blue hare', { releaseAfter: new Date(Date.now() + 86_400_000).toISOString() }),
    );
    expect(JSON.stringify(await again('local-analyst', first.report.id))).toBe(before);

    // A clerk without a purpose is told of the agency's own alone.
    const own = (
      await stack
        .as('local-analyst')
        .with({ purpose: null })
        .run<{ seizureReport: { comesBack: Observation[] } }>(AGAIN, { id: first.report.id })
    ).seizureReport.comesBack;
    expect(own.filter(({ kind }) => kind === 'SIGNATURE')).toEqual([]);
    expect(own.every(({ records, ownAgency }) => records === ownAgency)).toBe(true);

    // What is listed moves the number, and what is recalled goes with it.
    const more = await submit('neighbour-analyst', marked('blue hare'));
    const signature = async () =>
      (await again('local-analyst', first.report.id)).find(({ kind }) => kind === 'SIGNATURE')?.records;
    expect(await signature()).toBe(2);
    await stack.as('neighbour-analyst').run(RECALL, { id: more.report.id });
    expect(await signature()).toBe(1);
    // Every look is on the books, with what was shown.
    const { rows } = await stack.admin.query<{ subjects: { id: string }[] }>(
      `select canonical::jsonb->'subjects' as subjects from audit_entry where action = 'report.comes-back' order by at desc limit 1`,
    );
    expect(rows[0]?.subjects.map(({ id }) => id)).toContain(neighbours.record.id);
  });

  test('of a large batch it is told for the first twenty reports', async () => {
    const inputs = Array.from({ length: 22 }, () => marked('red hare'));
    type Results = { submitSeizureReports: { results: { outcome: { comesBack: object[] | null } }[] } };
    const { submitSeizureReports } = await stack.as('local-analyst').run<Results>(BATCH, { inputs });
    const told = submitSeizureReports.results.map(({ outcome }) => outcome.comesBack !== null);
    expect(told).toEqual([...Array<boolean>(20).fill(true), false, false]);
  });

  test('a supervisor is told what left the agency and which agencies read it, to the number', async () => {
    const pool = openPool({ url: stack.database.appUrl, role: 'concord_worker', max: 2, statementTimeoutMs: 10_000 });
    const tally = new ReadTally({ pool, log: createLogger({ name: 'test', level: 'silent' }) });
    const today = new Date().toISOString().slice(0, 10);
    type Digest = Record<string, number> & {
      reads: { ori: string; answers: number; records: number; precision: string }[];
      left: { precision: string; audience: string; records: number }[];
    };
    const digest = async (): Promise<Digest> =>
      (await stack.as('supervisor').run<{ agencyDigest: Digest }>(DIGEST, { date: today })).agencyDigest;
    try {
      await tally.tally();
      const before = await digest();
      const { report, record } = await submit('local-analyst', marked('grey hare'));
      await submit('local-analyst', marked('grey hare', { sharing: 'AGENCY' }));
      await submit('local-analyst', marked('grey hare', { remarks: 'Call 619 555 0142 before you go.' }));
      await stack.as('state-analyst').run(ONE, { id: record.id });
      await stack.as('state-analyst').run(ONE, { id: record.id });
      // What an alert shows is no read that is counted: who watches is nobody's to know.
      await stack.as('state-analyst').rule('everything', {});
      const watched = await submit('local-analyst', marked('watched hare'));
      await eventually('the watcher is told', async () =>
        (await stack.as('state-analyst').alerts()).some((alert) => alert.record?.id === watched.record.id),
      );
      await stack.as('local-analyst').run(RECALL, { id: watched.report.id });
      // One's own reading is nobody else's, and a refusal is no reading.
      await stack.as('local-analyst').run(ONE, { id: record.id });
      await stack.as('far-local-analyst').refusal(ONE, { id: record.id });
      const listed = await stack
        .as('federal-analyst')
        .run<{ seizureRecords: { edges: { node: { id: string } }[] } }>(LIST);
      const { rows } = await stack.admin.query<{ n: number }>(
        'select count(*)::int as n from seizure_record where agency_id = $1 and id = any($2)',
        [agencyId('san-diego'), listed.seizureRecords.edges.map(({ node }) => node.id)],
      );
      // However many count at once: each read counts once.
      const counted = await Promise.all([tally.tally(), tally.tally(), tally.tally()]);
      expect(counted.reduce((sum, n) => sum + n, 0)).toBe(4);
      expect(await stack.count('from read_to_tally')).toBe(0);
      const after = await digest();
      const gained = (of: string): number => (after[of] ?? 0) - (before[of] ?? 0);
      expect([gained('received'), gained('held'), gained('recordsLeft'), gained('recalled')]).toEqual([4, 1, 1, 1]);
      const by = (all: Digest, level: string) => all.left.find(({ audience }) => audience === level)?.records ?? 0;
      expect(by(after, 'NATION') - by(before, 'NATION')).toBe(1);
      const read = (all: Digest, start: string) => all.reads.find(({ ori }) => ori.startsWith(start));
      const readers = after.reads.map((it) => {
        const was = before.reads.find(({ ori }) => ori === it.ori);
        return [it.answers - (was?.answers ?? 0), it.records - (was?.records ?? 0)];
      });
      expect(readers).toContainEqual([2, 2]);
      expect(readers).toContainEqual([1, rows[0]?.n]);
      expect(after.reads.every(({ precision }) => precision === 'PARTNER')).toBe(true);
      expect(read(after, 'NY')).toBeUndefined();

      await stack.as('supervisor').run(RECALL, { id: report.id });
      const recalled = await digest();
      expect([recalled['recalled'], recalled['recordsLeft']]).toEqual([
        (before['recalled'] ?? 0) + 2,
        before['recordsLeft'],
      ]);
      // For whoever answers for the agency, about the agency.
      for (const other of ['local-submitter', 'local-analyst', 'auditor', 'system-admin'] as const)
        expect((await stack.as(other).refusal(DIGEST, { date: today }))?.code).toBe('FORBIDDEN');
      expect((await stack.as('supervisor').refusal(DIGEST, { date: '2026-02-30' }))?.code).toBe('BAD_USER_INPUT');
    } finally {
      await pool.end();
    }
  });

  test('each thing that becomes of a report is counted in its own figure, once', async () => {
    const FIGURES = ['received', 'corrected', 'held', 'released', 'returned', 'recalled', 'recordsLeft'] as const;
    type Figures = Readonly<Record<(typeof FIGURES)[number], number>>;
    const date = new Date().toISOString().slice(0, 10);
    const digest = async (): Promise<Figures> =>
      (await stack.as('supervisor').run<{ agencyDigest: Figures }>(DIGEST, { date })).agencyDigest;
    const step = async (work: () => Promise<unknown>): Promise<Partial<Figures>> => {
      const before = await digest();
      await work();
      const after = await digest();
      const gained = FIGURES.map((of) => [of, after[of] - before[of]] as const).filter(([, by]) => by !== 0);
      return Object.fromEntries(gained);
    };
    const done = async (as: PersonaName, document: string, variables: Record<string, unknown>) => {
      const answer = await stack.as(as).run<Record<string, { __typename: string }>>(document, variables);
      expect(Object.values(answer)[0]?.__typename).not.toMatch(/Rejected/);
    };
    let id = '';
    const input = marked('brown hare');
    const heldOnes: string[] = [];
    expect(
      await step(async () => {
        id = (await submit('local-analyst', input)).report.id;
      }),
    ).toEqual({ received: 1, recordsLeft: 1 });
    expect(
      await step(() =>
        done('local-analyst', CORRECT_ONE, { id, input: { ...input, conveyance: 'PASSENGER_VEHICLE' } }),
      ),
    ).toEqual({ corrected: 1 });
    expect(await step(() => done('local-analyst', LAB, { id, version: 2 }))).toEqual({ corrected: 1 });
    const withNumber = (): Record<string, unknown> => marked('brown hare', { remarks: 'Call 619 555 0142 first.' });
    expect(
      await step(async () => {
        for (let n = 0; n < 2; n += 1) heldOnes.push((await submitHeld(withNumber())).id);
      }),
    ).toEqual({ received: 2, held: 2 });
    expect(await step(() => done('supervisor', RELEASE_ONE, { id: heldOnes[0] }))).toEqual({
      released: 1,
      recordsLeft: 1,
    });
    expect(await step(() => done('supervisor', RETURN_ONE, { id: heldOnes[1] }))).toEqual({ returned: 1 });
    expect(await step(() => stack.as('local-analyst').run(RECALL.replace('version: 1', 'version: 3'), { id }))).toEqual(
      { recalled: 1, recordsLeft: -1 },
    );
  });

  test('worlds that differ in what the submitter may not list come back alike to the byte', async () => {
    const told = async (as: PersonaName, id: string): Promise<string> => JSON.stringify(await again(as, id));
    const { report } = await submit('local-analyst', marked('white hare'));
    const month = new Date().toISOString().slice(0, 7);
    const MATCHES =
      'query Matches($month: String!) { agencyMonth(month: $month) { matches { records lookedAt matched byKind { kind records } } } }';
    const matches = async (): Promise<string> => JSON.stringify(await stack.as('supervisor').run(MATCHES, { month }));
    const [before, matchesBefore] = [await told('local-analyst', report.id), await matches()];
    const hidden: readonly (readonly [PersonaName, Record<string, unknown>])[] = [
      ['neighbour-analyst', { sharing: 'AGENCY' }],
      ['neighbour-analyst', { sharing: 'STATE' }],
      ['neighbour-analyst', { releaseAfter: new Date(Date.now() + 86_400_000).toISOString() }],
      ['neighbour-analyst', { holdUntilReleased: true }],
      ['neighbour-analyst', { remarks: 'Call 619 555 0142 first.' }],
      // Listed without it: a press mark that is withheld is nobody's to compare.
      ['neighbour-analyst', { withhold: ['SIGNATURE', 'METHOD'], packaging: null }],
    ];
    for (const [as, change] of hidden.slice(0, -1)) {
      await submit(as, marked('white hare', change));
      expect([change, await told('local-analyst', report.id)]).toEqual([change, before]);
    }
    expect(await matches()).toBe(matchesBefore);
    const [as, withheld] = hidden.at(-1) ?? (['neighbour-analyst', {}] as const);
    await submit(as, marked('white hare', withheld));
    expect(JSON.parse(await told('local-analyst', report.id))).not.toContainEqual(
      expect.objectContaining({ kind: 'SIGNATURE' }),
    );
    expect(await matches()).toBe(matchesBefore);
    // The same eyes do see what is listed.
    await submit('neighbour-analyst', marked('white hare'));
    expect(await told('local-analyst', report.id)).toContain('"SIGNATURE"');
    expect(await matches()).not.toBe(matchesBefore);
  });

  test('a month is its days and its matches, and a page of them for whoever may read it', async () => {
    const month = new Date().toISOString().slice(0, 7);
    const MONTH = `query Month($month: String!) { agencyMonth(month: $month, timeZone: "UTC") { received recordsLeft firstDay lastDay
      reads { answers } days { day received recordsLeft answers } matches { records lookedAt matched byKind { kind records } } } }`;
    interface Month {
      readonly received: number;
      readonly recordsLeft: number;
      readonly reads: readonly { readonly answers: number }[];
      readonly days: readonly {
        readonly day: string;
        readonly received: number;
        readonly recordsLeft: number;
        readonly answers: number;
      }[];
      readonly matches: {
        readonly records: number;
        readonly lookedAt: number;
        readonly matched: number;
        readonly byKind: readonly { readonly kind: string; readonly records: number }[];
      } | null;
    }
    const ask = async (purpose?: null): Promise<Month> =>
      (
        await (purpose === null ? stack.as('supervisor').with({ purpose: null }) : stack.as('supervisor')).run<{
          agencyMonth: Month;
        }>(MONTH, { month })
      ).agencyMonth;
    const before = await ask();
    await submit('local-analyst', marked('violet hare'));
    await submit('local-analyst', marked('no such hare'));
    await submit('neighbour-analyst', marked('violet hare', { conveyance: 'PASSENGER_VEHICLE' }));
    const after = await ask();
    const sum = (of: 'received' | 'recordsLeft' | 'answers', all: Month): number =>
      all.days.reduce((total, day) => total + day[of], 0);
    for (const it of [before, after]) {
      expect(sum('received', it)).toBe(it.received);
      expect(sum('recordsLeft', it)).toBe(it.recordsLeft);
      expect(sum('answers', it)).toBe(it.reads.reduce((total, { answers }) => total + answers, 0));
    }
    expect(after.received - before.received).toBe(2);
    const today = new Date().toISOString().slice(0, 10);
    const on = (all: Month) => all.days.find(({ day }) => day === today)?.received ?? 0;
    expect(on(after) - on(before)).toBe(2);
    expect(after.days).toHaveLength(
      new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate(),
    );
    // Of the two only the first has something in common with another agency's record.
    const signatures = (all: Month) => all.matches?.byKind.find(({ kind }) => kind === 'SIGNATURE')?.records ?? 0;
    expect(signatures(after) - signatures(before)).toBe(1);
    expect(after.matches?.lookedAt).toBe(Math.min(100, after.matches?.records ?? 0));
    const twice = await stack
      .as('supervisor')
      .run<Record<'one' | 'other', Month>>(
        `query Twice($month: String!) { one: agencyMonth(month: $month) { matches { matched } } other: agencyMonth(month: $month) { matches { matched } } }`,
        { month },
      );
    expect([twice.one.matches, twice.other.matches].filter((it) => it === null)).toHaveLength(1);
    // Without a purpose nobody else's records are listed.
    expect((await ask(null)).matches).toBeNull();

    const get = (persona: PersonaName, path: string) =>
      fetch(`${stack.origin}${path}`, {
        headers: { authorization: `Bearer ${stack.as(persona).token}`, 'concord-purpose': 'ANALYSIS; ref=month' },
      });
    const answer = await get('supervisor', `/agency/month?month=${month}&timeZone=UTC`);
    const page = await answer.text();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).toContain(`<th scope="row">Reports received</th><td>${after.received}</td>`);
    expect(page).toContain(`<strong>${after.matches?.matched ?? NaN}</strong>`);
    for (const { day, received, recordsLeft, answers } of after.days)
      expect(page).toContain(
        `<th scope="row">${day}</th><td>${received}</td><td>${recordsLeft}</td><td>${answers}</td>`,
      );
    expect(page).not.toContain('<script');
    // Whoever may not read it is told that it is not there.
    for (const other of ['local-submitter', 'local-analyst', 'auditor', 'system-admin'] as const) {
      const refused = await get(other, `/agency/month?month=${month}`);
      expect([other, refused.status]).toEqual([other, 404]);
      expect(JSON.stringify(await refused.json())).toContain('NOT_FOUND');
    }
    expect((await get('supervisor', '/agency/month?month=2026-13&timeZone=Mars')).status).toBe(400);
    expect((await fetch(`${stack.origin}/agency/month?month=${month}`)).status).toBe(401);
  });
});
