import { newId } from '@concord/platform/ids';
import { testQueueBackends } from '@concord/platform/testing';
import { Client } from 'pg';
import { agencyId, personId, type PersonaName } from '../../apps/embedded/src/personas.js';
import { AGENCIES } from '../../apps/embedded/src/agencies.data.js';
import { EXPLAIN, RECORD, RECORDS } from './documents.js';
import type { Issue } from './flow-client.builder.js';
import { sanDiegoReport, SECRETS } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';

const REASONS = 'reasons { path code message places { from to } }';
const SUBMIT = `mutation Submit($input: SubmitSeizureReportInput!) { submitSeizureReport(input: $input) { __typename
  ... on SeizureReportAccepted { duplicate report { id status version } record { id version } }
  ... on SeizureReportHeld { receipt report { id status version } ${REASONS} }
  ... on SeizureReportRejected { issues { path code message } } } }`;
const CORRECT_HELD = `mutation Correct($id: ID!, $version: Int!, $input: SubmitSeizureReportInput!, $reason: String!) {
  correctSeizureReport(id: $id, version: $version, input: $input, reason: $reason) { __typename
    ... on SeizureReportAccepted { duplicate report { id status version } } ... on SeizureReportHeld { report { id status version } ${REASONS} }
    ... on SeizureReportRejected { issues { path code message } } } }`;
const QUEUE = `query Held($first: Int, $after: String) { heldSeizureReports(first: $first, after: $after) {
  pageInfo { hasNextPage endCursor } edges { cursor node { id version agency { ori name } heldAt submittedBy { displayName } sharing
    releaseAfter holdUntilReleased mayRelease ${REASONS} texts { path text places { from to } }
    record { id precision occurred { from to } place { countyFips latitude longitude h3 } remarks
      contributor { name withheld handle } } } } } }`;
const RELEASE = `mutation Release($id: ID!, $version: Int!, $note: String) { releaseSeizureReport(id: $id, version: $version, note: $note) { __typename
  ... on SeizureReportAccepted { duplicate report { id status version } record { id version } } ... on SeizureReportRejected { issues { path code message } } } }`;
const RETURN = `mutation Return($id: ID!, $version: Int!, $note: String!) { returnSeizureReport(id: $id, version: $version, note: $note) { __typename
  ... on SeizureReportReturned { report { id status version } } ... on SeizureReportRejected { issues { path code message } } } }`;
const OWN = `query Own($id: ID!) { seizureReport(id: $id) { status version returnedNote holdReasons { path code places { from to } } } }`;
const SETTINGS = `mutation Settings($input: UpdateAgencySettingsInput!) { updateAgencySettings(input: $input) { __typename
  ... on AgencySettingsUpdated { settings { version holdFirstReportsOfNewMember holdSharingPartners } } ... on AgencySettingsRejected { issues { path code } } } }`;

interface Answer {
  readonly __typename: string;
  readonly duplicate?: boolean;
  readonly report?: { readonly id: string; readonly status: string; readonly version: number };
  readonly record?: { readonly id: string };
  readonly reasons?: readonly { path: string; code: string; places: { from: number; to: number }[] }[];
  readonly issues?: readonly Issue[];
}
interface Held {
  readonly id: string;
  readonly version: number;
  readonly agency: { readonly ori: string };
  readonly mayRelease: boolean;
  readonly texts: readonly { path: string; text: string; places: { from: number; to: number }[] }[];
  readonly record: { readonly id: string; readonly precision: string; readonly place: { latitude: number | null } };
}

const REMARKS = 'Two lots, blue. Ask for Chuy at 619-555-0142, he knows.';
const PHONE_AT = { from: REMARKS.indexOf('619'), to: REMARKS.indexOf(', he') };

class Review {
  constructor(readonly stack: FlowStack) {}

  async submit(change: Record<string, unknown> = {}, as: PersonaName = 'local-submitter'): Promise<Answer> {
    const input = sanDiegoReport({ remarks: REMARKS, ...change });
    return (await this.stack.as(as).run<{ submitSeizureReport: Answer }>(SUBMIT, { input })).submitSeizureReport;
  }
  /** Held, and its id. */
  async held(change: Record<string, unknown> = {}, as: PersonaName = 'local-submitter'): Promise<string> {
    const answer = await this.submit(change, as);
    expect(answer).toMatchObject({ __typename: 'SeizureReportHeld', report: { status: 'HELD', version: 1 } });
    return answer.report?.id ?? '';
  }
  async release(as: PersonaName, id: string, version = 1, agency: string | null = null): Promise<Answer> {
    const client = agency === null ? this.stack.as(as) : this.stack.as(as).with({ agency });
    return (await client.run<{ releaseSeizureReport: Answer }>(RELEASE, { id, version, note: 'Looked at it.' }))
      .releaseSeizureReport;
  }
  async back(as: PersonaName, id: string, version = 1): Promise<Answer> {
    const note = 'Take the number out.';
    return (await this.stack.as(as).run<{ returnSeizureReport: Answer }>(RETURN, { id, version, note }))
      .returnSeizureReport;
  }
  async correct(
    id: string,
    version: number,
    change: Record<string, unknown>,
    as: PersonaName = 'local-submitter',
  ): Promise<Answer> {
    const { submitterReference: _, ...input } = sanDiegoReport(change);
    const variables = { id, version, input, reason: 'Names somebody.' };
    return (await this.stack.as(as).run<{ correctSeizureReport: Answer }>(CORRECT_HELD, variables))
      .correctSeizureReport;
  }
  async queue(as: PersonaName, agency: string | null = null): Promise<Held[]> {
    const client = agency === null ? this.stack.as(as) : this.stack.as(as).with({ agency });
    const { heldSeizureReports } = await client.run<{ heldSeizureReports: { edges: { node: Held }[] } }>(QUEUE);
    return heldSeizureReports.edges.map(({ node }) => node);
  }
  async recordOf(reportId: string): Promise<string> {
    const { rows } = await this.stack.admin.query<{ id: string }>(
      'select id from seizure_record where report_id = $1',
      [reportId],
    );
    return rows[0]?.id ?? '';
  }
  async counted(as: PersonaName): Promise<number> {
    const { seizureRecords } = await this.stack
      .as(as)
      .run<{ seizureRecords: { totalCount: { value: number } } }>(RECORDS, { first: 200 });
    return seizureRecords.totalCount.value;
  }
}

const codes = (answer: Answer): string[] => (answer.issues ?? []).map(({ code }) => code);

for (const backend of testQueueBackends()) {
  (backend.available ? describe : describe.skip)(`held for review, queues on ${backend.name}`, () => {
    let stack: FlowStack;
    let review: Review;
    beforeAll(async () => {
      stack = await FlowStack.start(backend);
      review = new Review(stack);
    });
    afterAll(() => stack.stop());

    test('nobody else knows of it before the release; its alert comes once, after it', async () => {
      await stack.as('state-analyst').rule('everything');
      await stack.drain();
      const before = await review.counted('state-analyst');
      const live = await stack.live('state-analyst');
      const answer = await review.submit();
      expect(answer).toMatchObject({
        __typename: 'SeizureReportHeld',
        report: { status: 'HELD', version: 1 },
        reasons: expect.arrayContaining([
          expect.objectContaining({ path: 'remarks', code: 'TEXT_HOLDS_PHONE', places: [PHONE_AT] }),
        ]) as unknown,
      });
      const id = answer.report?.id ?? '';
      const recordId = await review.recordOf(id);
      await stack.drain();
      expect(await review.counted('state-analyst')).toBe(before);
      expect((await stack.as('state-analyst').refusal(RECORD, { id: recordId }))?.code).toBe('NOT_FOUND');
      const explained = await stack
        .as('agency-admin')
        .run<{ explainAccess: { allowed: boolean } }>(EXPLAIN, { recordId, personId: personId('state-analyst') });
      expect(explained.explainAccess.allowed).toBe(false);
      expect(await stack.count('from alert where record_id = $1', [recordId])).toBe(0);
      expect(await stack.count('from outbox where $1 = any(subject_ids)', [recordId])).toBe(0);
      expect(live.events).toHaveLength(0);

      expect(await review.release('supervisor', id)).toMatchObject({
        __typename: 'SeizureReportAccepted',
        duplicate: false,
        report: { status: 'RELEASED', version: 2 },
        record: { id: recordId },
      });
      expect((await live.next()).alert).toMatchObject({ revision: 1, change: 'RAISED', record: { id: recordId } });
      // Sent again, because the answer was lost.
      expect(await review.release('supervisor', id)).toMatchObject({ duplicate: true, report: { version: 2 } });
      await stack.drain();
      expect(live.events).toHaveLength(1);
      expect(await review.counted('state-analyst')).toBe(before + 1);
    });
  });
}

describe('held for review', () => {
  let stack: FlowStack;
  let review: Review;
  beforeAll(async () => {
    stack = await FlowStack.start();
    review = new Review(stack);
    await stack.admin.query(`update membership set roles = array['ANALYST', 'SUPERVISOR'] where person_id = $1`, [
      personId('neighbour-analyst'),
    ]);
  });
  afterAll(() => stack.stop());

  test('the queue shows what the decision needs, oldest first, to supervisors of the agency alone', async () => {
    const packed = { remarks: null, packaging: 'Plate 7ABC123', withhold: ['CONTRIBUTOR'] };
    const [first, second] = [await review.held(), await review.held(packed)];
    const held = await review.queue('supervisor');
    expect(held.map(({ id }) => id)).toEqual([first, second]);
    expect(held[0]).toMatchObject({ mayRelease: true, texts: [{ path: 'remarks', text: REMARKS }] });
    expect(held[0]?.texts[0]?.places).toContainEqual(PHONE_AT);
    expect(held[0]?.record).toMatchObject({ precision: 'PARTNER', place: { latitude: null } });
    const nameless = { name: null, withheld: true, handle: expect.any(String) as unknown };
    expect(held[1]?.record).toMatchObject({ contributor: nameless });
    for (const secret of Object.values(SECRETS)) expect(JSON.stringify(held)).not.toContain(secret);
    expect(await review.queue('neighbour-analyst')).toEqual([]);
    for (const as of [
      'local-submitter',
      'local-analyst',
      'agency-admin',
      'state-analyst',
      'auditor',
      'system-admin',
    ] as const)
      expect((await stack.as(as).refusal(QUEUE))?.code).toBe('FORBIDDEN');
    // A refusal says what would be right.
    await expect(stack.as('local-submitter').run(QUEUE)).rejects.toThrow('It is for SUPERVISOR.');
    // To whom it is not, it is as if nobody had made it: to the letter.
    for (const decide of [review.release.bind(review), review.back.bind(review)]) {
      const refused = await decide('neighbour-analyst', first);
      expect(codes(refused)).toEqual(['NOT_FOUND']);
      expect(refused).toEqual(await decide('neighbour-analyst', newId()));
    }
    // An embargo that is still to come stays.
    const releaseAfter = new Date(Date.now() + 3_600_000).toISOString();
    const embargoed = await review.held({ releaseAfter });
    expect(await review.release('supervisor', embargoed)).toMatchObject({ report: { status: 'EMBARGOED' } });
    expect((await stack.as('state-analyst').refusal(RECORD, { id: await review.recordOf(embargoed) }))?.code).toBe(
      'NOT_FOUND',
    );
    await review.release('supervisor', first);
    await review.release('supervisor', second);
    expect(await review.queue('supervisor')).toEqual([]);
  });

  test('returned with a note, corrected, released without a supervisor; the note is its agency’s', async () => {
    const id = await review.held();
    expect(await review.back('supervisor', id)).toMatchObject({ report: { status: 'DRAFT', version: 2 } });
    expect(await review.back('supervisor', id)).toMatchObject({ report: { status: 'DRAFT', version: 2 } });
    const read = await stack.as('local-submitter').run<{ seizureReport: object }>(OWN, { id });
    expect(read.seizureReport).toMatchObject({ status: 'DRAFT', version: 2, returnedNote: 'Take the number out.' });
    expect((await stack.as('neighbour-analyst').refusal(OWN, { id }))?.code).toBe('NOT_FOUND');
    expect(codes(await review.release('supervisor', id, 2))).toEqual(['NOT_HELD']);
    expect(await review.correct(id, 2, { remarks: 'Two lots, blue.' })).toMatchObject({
      __typename: 'SeizureReportAccepted',
      report: { status: 'RELEASED', version: 3 },
    });
  });

  test('a correction that names somebody takes a released record out of sight until it is released', async () => {
    await stack.as('state-analyst').rule('everything');
    await stack.drain();
    const live = await stack.live('state-analyst');
    const { report } = await review.submit({ remarks: 'Two lots, blue.' });
    const id = report?.id ?? '';
    const recordId = await review.recordOf(id);
    expect((await live.next()).alert).toMatchObject({ change: 'RAISED', record: { id: recordId } });
    expect(await review.correct(id, 1, { remarks: REMARKS })).toMatchObject({ __typename: 'SeizureReportHeld' });
    expect((await live.next()).alert).toMatchObject({ change: 'RECALLED', record: null });
    expect((await stack.as('state-analyst').refusal(RECORD, { id: recordId }))?.code).toBe('NOT_FOUND');
    expect(await review.release('supervisor', id, 2)).toMatchObject({ report: { status: 'RELEASED', version: 3 } });
    expect((await live.next()).alert).toMatchObject({ change: 'CORRECTED', record: { id: recordId } });
    await stack.drain();
    expect(live.events).toHaveLength(3);
  });

  test('of two supervisors at the same moment one decides', async () => {
    const second: PersonaName = 'local-analyst';
    await rolesOf(second, ['ANALYST', 'SUPERVISOR']);
    const id = await review.held();
    const answers = await Promise.all([review.release('supervisor', id), review.release(second, id)]);
    expect(answers.flatMap(codes)).toEqual(['CONFLICT']);
    expect(answers.filter(({ __typename }) => __typename === 'SeizureReportAccepted')).toHaveLength(1);
    expect(
      await stack.count(`from audit_entry where action = 'report.release' and outcome = 'DONE' and canonical like $1`, [
        `%${id}%`,
      ]),
    ).toBe(1);
    await rolesOf(second, ['ANALYST']);
  });

  test('nobody releases their own: not by a second seat, not by SQL; in an agency of one the parent does', async () => {
    const california = agencyId('california');
    await rolesOf('state-analyst', ['ANALYST', 'SUPERVISOR']);
    await stack.admin.query('update agency set parent_id = $1 where id = $2', [california, agencyId('san-diego')]);
    const theirs = await review.held();
    const own = await review.held({ sharing: 'NATION' }, 'supervisor');
    expect(codes(await review.release('supervisor', own))).toEqual(['OWN_REPORT']);
    expect(codes(await review.back('supervisor', own))).toEqual(['OWN_REPORT']);
    await seat('supervisor', california, ['SUPERVISOR']);
    expect(codes(await review.release('supervisor', own, 1, AGENCIES.california.ori))).toEqual(['OWN_REPORT']);
    await stack.admin.query('delete from membership where agency_id = $1 and person_id = $2', [
      california,
      personId('supervisor'),
    ]);
    await expect(bySql('supervisor', 'san-diego', own)).rejects.toThrow(/did not write it/);
    await expect(bySql('local-submitter', 'san-diego', theirs)).rejects.toThrow(/did not write it/);
    // What somebody else of the agency can decide is not the parent's to see.
    const seen = await review.queue('state-analyst');
    expect(seen.map(({ id }) => id)).toEqual([own]);
    expect(seen[0]).toMatchObject({ agency: { ori: AGENCIES['san-diego'].ori }, mayRelease: true });
    for (const secret of Object.values(SECRETS)) expect(JSON.stringify(seen)).not.toContain(secret);
    expect(JSON.stringify(seen)).not.toContain('32.556');
    expect(codes(await review.release('state-analyst', theirs))).toEqual(['NOT_FOUND']);
    expect((await stack.as('state-analyst').refusal(OWN, { id: own }))?.code).toBe('NOT_FOUND');
    expect(await review.back('state-analyst', own)).toMatchObject({ report: { status: 'DRAFT' } });
    const read = await stack.as('supervisor').run<{ seizureReport: object }>(OWN, { id: own });
    expect(read.seizureReport).toMatchObject({ returnedNote: 'Take the number out.' });
    // Without a parent that could, the submitter is told.
    await stack.admin.query('update agency set parent_id = null where id = $1', [agencyId('san-diego')]);
    const alone = await review.submit({}, 'supervisor');
    expect(alone.reasons?.map(({ code }) => code)).toContain('NO_REVIEWER');
    await review.release('supervisor', theirs);
    await rolesOf('state-analyst', ['ANALYST']);
  });

  test('words stay their writer’s, whoever sends them along with something else', async () => {
    const own = await review.held({}, 'supervisor');
    const again = await review.correct(own, 1, { remarks: REMARKS, packaging: 'In tape.' });
    expect(again).toMatchObject({ __typename: 'SeizureReportHeld', report: { version: 2 } });
    // There is nobody else, and whoever sent it is told so.
    expect(again.reasons?.map(({ code }) => code)).toContain('NO_REVIEWER');
    expect((await review.queue('supervisor')).find(({ id }) => id === own)).toMatchObject({ mayRelease: false });
    expect(codes(await review.release('supervisor', own, 2))).toEqual(['OWN_REPORT']);
    await expect(bySql('supervisor', 'san-diego', own)).rejects.toThrow(/did not write it/);
    // Once somebody else has put it in their own words, the supervisor decides on those.
    await review.correct(own, 2, { remarks: 'Somebody knows: 619-555-0142.' });
    expect(await review.release('supervisor', own, 3)).toMatchObject({ report: { status: 'RELEASED' } });
  });

  test('of what nobody else would get, a parent is shown the coarsest view', async () => {
    await rolesOf('state-analyst', ['ANALYST', 'SUPERVISOR']);
    await stack.admin.query('update agency set parent_id = $1 where id = $2', [
      agencyId('california'),
      agencyId('san-diego'),
    ]);
    const own = await review.held({ sharing: 'AGENCY' }, 'supervisor');
    const seen = (await review.queue('state-analyst')).find(({ id }) => id === own);
    expect(seen?.record).toMatchObject({ precision: 'PARTNER', place: { h3: null } });
    // An agency that has left has no reviewer, and what it kept back stays where it is.
    await stack.admin.query(`update agency set status = 'LEFT', left_at = now() where id = $1`, [
      agencyId('san-diego'),
    ]);
    expect(await review.queue('state-analyst')).toEqual([]);
    expect(codes(await review.release('state-analyst', own))).toEqual(['NOT_FOUND']);
    await stack.admin.query(`update agency set status = 'ACTIVE', left_at = null where id = $1`, [
      agencyId('san-diego'),
    ]);
    await review.back('state-analyst', own);
    await stack.admin.query('update agency set parent_id = null where id = $1', [agencyId('san-diego')]);
    await rolesOf('state-analyst', ['ANALYST']);
  });

  test('what a release finds has to hold now: an agreement that has become narrower refuses it', async () => {
    const id = await review.held();
    await stack.admin.query(`update agreement set widest_sharing = 'STATE'`);
    expect(codes(await review.release('supervisor', id))).toEqual(['SHARING_EXCEEDS_AGREEMENT']);
    await stack.admin.query(`update agreement set widest_sharing = 'PARTNERS'`);
    expect(await review.release('supervisor', id)).toMatchObject({ report: { status: 'RELEASED' } });
  });

  test('an embargo until released by hand ends by a supervisor, the submitter too', async () => {
    const { report, __typename } = await review.submit({ remarks: null, holdUntilReleased: true }, 'supervisor');
    expect({ __typename, status: report?.status }).toEqual({
      __typename: 'SeizureReportAccepted',
      status: 'EMBARGOED',
    });
    const id = report?.id ?? '';
    expect((await stack.as('local-submitter').refusal(RELEASE, { id, version: 1 }))?.code).toBe('FORBIDDEN');
    expect(codes(await review.release('neighbour-analyst', id))).toEqual(['NOT_FOUND']);
    expect(await review.release('supervisor', id)).toMatchObject({ report: { status: 'RELEASED', version: 2 } });
    expect(await stack.as('federal-analyst').run(RECORD, { id: await review.recordOf(id) })).toMatchObject({
      seizureRecord: { precision: 'PARTNER' },
    });
  });

  test('the rules of an agency hold what they say, once it sets them', async () => {
    const clean = { remarks: null, sharing: 'NATION' };
    const set = (input: object) => stack.as('supervisor').run(SETTINGS, { input: { h3Resolution: 6, ...input } });
    expect(await review.submit(clean, 'local-analyst')).toMatchObject({ __typename: 'SeizureReportAccepted' });
    expect(await set({ version: 0, holdFirstReportsOfNewMember: 2, holdSharingPartners: true })).toMatchObject({
      updateAgencySettings: { settings: { holdFirstReportsOfNewMember: 2, holdSharingPartners: true } },
    });
    const first = await review.submit(clean, 'local-analyst');
    expect(first).toMatchObject({ reasons: [{ path: '', code: 'NEW_MEMBER' }] });
    expect(await review.submit(clean, 'local-analyst')).toMatchObject({ __typename: 'SeizureReportAccepted' });
    // Those that came in behind it do not let it out.
    for (const as of ['local-analyst', 'local-submitter'] as const)
      expect(
        await review.correct(first.report?.id ?? '', as === 'local-analyst' ? 1 : 2, { ...clean, packaging: as }, as),
      ).toMatchObject({ reasons: [{ path: '', code: 'NEW_MEMBER' }] });
    expect(await review.submit({ ...clean, sharing: 'PARTNERS' }, 'local-analyst')).toMatchObject({
      reasons: [{ path: 'sharing', code: 'SHARING_PARTNERS' }],
    });
    // What is left out stays.
    expect(await set({ version: 1, holdFirstReportsOfNewMember: 0 })).toMatchObject({
      updateAgencySettings: { settings: { holdFirstReportsOfNewMember: 0, holdSharingPartners: true } },
    });
  });

  const rolesOf = (persona: PersonaName, roles: readonly string[]) =>
    stack.admin.query('update membership set roles = $2 where person_id = $1', [personId(persona), roles]);
  const seat = (persona: PersonaName, agency: string, roles: readonly string[]) =>
    stack.admin.query(
      `insert into membership (person_id, agency_id, roles, valid_from) values ($1, $2, $3, now() - interval '1 minute')`,
      [personId(persona), agency, roles],
    );

  /** As the API's own role would, if somebody forgot to ask. */
  async function bySql(persona: PersonaName, agency: 'san-diego', id: string): Promise<void> {
    const client = new Client({ connectionString: stack.database.appUrl });
    await client.connect();
    try {
      await client.query('set role concord_api');
      await client.query('begin');
      await client.query('select enter_actor($1, $2)', [personId(persona), agencyId(agency)]);
      await client.query('select keep_report_version($1)', [id]);
      await client.query(
        `update seizure_report set status = 'RELEASED', version = version + 1, change = 'RELEASED', changed_by = app_person(),
           changed_at = now(), hold_reasons = null where id = $1`,
        [id],
      );
    } finally {
      await client.end();
    }
  }
});
