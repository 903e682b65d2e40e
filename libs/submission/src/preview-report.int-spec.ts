import { randomBytes, randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgencyActor } from '@concord/access';
import type { AgencyLevel, Role } from '@concord/codes';
import { RELEASE_POLICY_1, type ReleasePolicy } from '@concord/deidentification';
import {
  addAgency,
  addAgreement,
  addMembership,
  addPerson,
  addRegion,
  addTaskForce,
  addTaskForceAgency,
  addTaskForceMember,
} from '@concord/platform/testing';
import { findRecordsById, policyDigest, previewCard, type RecordCard } from '@concord/records';
import fc from 'fast-check';
import type { Client } from 'pg';
import { correctReport } from './correct-report.js';
import { EXAMPLE } from './example-report.fixture.js';
import { openLoadedDatabase, storedRows, type LoadedDatabase } from './load-reports.builder.js';
import { previewReport, type PreviewOutcome } from './preview-report.js';
import { recallReport } from './recall-report.js';
import { submitReport } from './submit-report.js';
import type { SubmittedReport } from './submitted-report.js';
import { submittedReports } from './submitted-report.arbitrary.js';

const SEED = randomInt(2 ** 31 - 10);
const MOST_ROUNDS = 5;
const NOW = new Date();
const HOURS_MS = 3_600_000;
/** On the 20th of last month at noon there: one week and one day, whatever day the test runs. */
const OCCURRED = `${new Date(NOW.getTime() - 40 * 24 * HOURS_MS).toISOString().slice(0, 7)}-20T12:00:00-08:00`;

type Previewed = Extract<PreviewOutcome, { kind: 'previewed' }>;

let references = 0;
/** A load like the example, under a reference of its own; nothing in it names anybody. */
const load = (change: SubmittedReport = {}): SubmittedReport => {
  references += 1;
  const { identifiers: _identifiers, basis: _basis, narrative: _narrative, ...plain } = EXAMPLE;
  return { ...plain, occurredAt: OCCURRED, sharing: 'PARTNERS', submitterReference: `P-${references}`, ...change };
};
const grams = (quantity: number): SubmittedReport => ({
  substances: [{ deaCode: '9801', form: 'POWDER', quantity, unit: 'GM', laboratoryStatus: 'PRESUMPTIVE' }],
});

describe('previewReport', () => {
  let loaded: LoadedDatabase;
  let admin: Client;
  let taskForceId: string;
  const seats = {} as Record<'own' | 'clerk' | 'member' | 'neighbour' | 'state' | 'federal', AgencyActor>;

  beforeAll(async () => {
    loaded = await openLoadedDatabase('concord_api', { clock: { now: () => NOW }, digestKey: randomBytes(32) });
    ({ admin } = loaded);
    const ids: string[] = [];
    const agency = async (level: AgencyLevel, places: readonly string[]): Promise<string> => {
      const id = await addAgency(admin, { level, places });
      ids.push(id);
      return id;
    };
    const seat = async (agencyId: string, level: AgencyLevel, role: Role): Promise<AgencyActor> => {
      const personId = await addPerson(admin);
      await addMembership(admin, { personId, agencyId, roles: [role] });
      return {
        ...{ personId, displayName: role, agency: { id: agencyId, ori: null, name: 'agency', level } },
        roles: new Set([role]),
        purpose: { code: 'INVESTIGATION', reference: 'T-1' },
      };
    };
    await addRegion(admin, { id: 'southwest', counties: ['06073', '06065'] });
    const own = await agency('LOCAL', ['county:06073']);
    const neighbour = await agency('LOCAL', ['county:06073']);
    seats.own = await seat(own, 'LOCAL', 'ANALYST');
    seats.clerk = { ...(await seat(own, 'LOCAL', 'SUBMITTER')), purpose: null };
    seats.neighbour = await seat(neighbour, 'LOCAL', 'ANALYST');
    seats.member = await seat(neighbour, 'LOCAL', 'ANALYST');
    seats.state = await seat(await agency('STATE', ['state:06']), 'STATE', 'ANALYST');
    seats.federal = await seat(await agency('FEDERAL', ['nation:us']), 'FEDERAL', 'ANALYST');
    await addAgreement(admin, { parties: ids });
    taskForceId = await addTaskForce(admin, { leadAgencyId: own });
    for (const agencyId of [own, neighbour]) await addTaskForceAgency(admin, { taskForceId, agencyId });
    const { personId } = seats.member;
    await addTaskForceMember(admin, { taskForceId, agencyId: neighbour, personId });
  });

  afterAll(() => loaded?.close());

  const preview = (seat: keyof typeof seats, input: SubmittedReport) =>
    previewReport(loaded.services, seats[seat], input);
  const previewed = async (seat: keyof typeof seats, input: SubmittedReport): Promise<Previewed> => {
    const outcome = await preview(seat, input);
    if (outcome.kind !== 'previewed') throw new Error(JSON.stringify(outcome));
    return outcome;
  };
  const submitted = async (seat: keyof typeof seats, input: SubmittedReport) => {
    const outcome = await submitReport(loaded.services, seats[seat], input);
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
    return outcome.stored;
  };
  /** Of the view for partners: alike and of, without the one that is previewed. */
  const company = async (seat: keyof typeof seats, input: SubmittedReport, precision = 'PARTNER') => {
    const found = (await previewed(seat, input)).views.find(({ view }) => view.precision === precision)?.company;
    return found && [found.alike, found.of];
  };
  const read = async (seat: keyof typeof seats, id: string): Promise<RecordCard | null> => {
    const { personId, agency } = seats[seat];
    const [card] = await findRecordsById(
      loaded.services.db,
      { personId, agencyId: agency.id, purpose: 'INVESTIGATION' },
      [id],
    );
    return card ?? null;
  };
  const sequences = async (): Promise<unknown> =>
    (await admin.query(`select schemaname, sequencename, last_value from pg_sequences order by 1, 2`)).rows;

  it('takes what a submission takes, refuses what it refuses for the same faults, shows what is read then and stores nothing', async () => {
    const reports = submittedReports({ now: NOW, taskForceIds: [taskForceId] });
    const sent = fc.record({ report: reports, reuse: fc.boolean() });
    let readBack = 0;
    let refused = 0;
    let before: SubmittedReport | null = null;
    const sameAsSubmitted = fc.asyncProperty(sent, async ({ report, reuse }) => {
      // A reference that is taken: by the same content or by other.
      const again = reuse ? before : null;
      const input = {
        ...load(),
        ...report,
        submitterReference: again?.submitterReference ?? load().submitterReference,
      };
      const rows = [await storedRows(loaded), await sequences()];
      const shown = await preview('own', input);
      expect([await storedRows(loaded), await sequences()]).toEqual(rows);
      const stored = await submitReport(loaded.services, seats.own, input);
      if (stored.kind === 'rejected' || shown.kind === 'rejected') {
        expect(shown).toEqual(stored);
        refused += 1;
        return;
      }
      before = input;
      if (stored.kind === 'accepted') expect(shown.warnings).toEqual(stored.warnings);
      expect(shown.hold).toEqual(stored.kind === 'held' ? stored.reasons : []);
      for (const seat of ['own', 'member', 'state', 'federal', 'neighbour'] as const) {
        const card = await read(seat, stored.stored.recordId);
        const view = shown.views.find((it) => it.view.precision === card?.precision)?.view;
        if (card === null) continue;
        if (view === undefined) throw new Error('a view is read that was not shown');
        const { id: _id, version: _version, releasedAt: _at, contributor, ...facts } = card;
        const { name, level, phone } = contributor;
        const named = { name: name ?? 'withheld', level: level ?? 'LOCAL', phone };
        // A record gets its handle when it is stored.
        expect(previewCard(view, named)).toEqual({ ...facts, contributor: { ...contributor, handle: null } });
        readBack += 1;
      }
    });
    // Forty in which hardly any is read prove little: then it is forty more.
    const isEnough = (): boolean => readBack > 10 && refused > 0;
    for (let round = 0; round === 0 || (!isEnough() && round < MOST_ROUNDS); round++)
      await fc.assert(sameAsSubmitted, { seed: SEED + round, numRuns: 40 });
    expect({ read: readBack > 10, refused: refused > 0 }).toEqual({ read: true, refused: true });
  }, 60_000);

  it('shows a view for each precision that somebody would open', async () => {
    const precisions = async (change: SubmittedReport) =>
      (await previewed('own', load(change))).views.map(({ view, audience }) => [
        view.precision,
        audience.map(({ key }) => key.split(':')[0]).join(),
      ]);
    expect(await precisions({ sharing: 'AGENCY' })).toEqual([['OWNER', 'agency']]);
    expect(await precisions({ sharing: 'TASK_FORCES', taskForceIds: [taskForceId] })).toEqual([
      ['OWNER', 'agency'],
      ['TASK_FORCE', 'taskforce'],
    ]);
    expect(await precisions({ sharing: 'NATION' })).toEqual([
      ['OWNER', 'agency'],
      ['PARTNER', 'state,nation'],
    ]);
  });

  it('counts what the agency has released in the same place and time, and what of it is the same', async () => {
    const place = { place: { countyFips: '06025', setting: 'RESIDENCE' } };
    const input = load({ ...place, ...grams(1_500) });
    expect(await company('clerk', input)).toEqual([0, 0]);
    // The same decade, another one, another substance beside it, another week, another county.
    await submitted('own', load({ ...place, ...grams(9_000) }));
    await submitted('own', load({ ...place, ...grams(90) }));
    const [powder] = grams(2_000).substances ?? [];
    await submitted(
      'own',
      load({ ...place, substances: [powder ?? {}, { deaCode: '9041', quantityReason: 'TRACE' }] }),
    );
    await submitted('own', load({ ...place, ...grams(2_000), occurredAt: OCCURRED.replace('-20T', '-03T') }));
    await submitted('own', load({ ...grams(2_000) }));
    // Nobody else sees these: they are no company to what partners see.
    await submitted('own', load({ ...place, ...grams(2_000), sharing: 'AGENCY' }));
    await submitted(
      'own',
      load({ ...place, ...grams(2_000), releaseAfter: new Date(NOW.getTime() + 90_000 * 1_000).toISOString() }),
    );
    await submitted('own', load({ ...place, ...grams(2_000), holdUntilReleased: true }));
    expect(await company('clerk', input)).toEqual([2, 3]);
    // A state's readers see what is shared with partners; local ones do not see what only states do.
    await submitted('own', load({ ...place, ...grams(2_000), sharing: 'STATE' }));
    expect(await company('clerk', input)).toEqual([2, 3]);
    expect(await company('clerk', { ...input, sharing: 'STATE' })).toEqual([3, 4]);
    // Once stored it is no company to itself; once recalled, to nobody.
    const { reportId } = await submitted('own', input);
    expect(await company('clerk', input)).toEqual([2, 3]);
    expect(await company('clerk', { ...input, submitterReference: 'another' })).toEqual([3, 4]);
    await recallReport(loaded.services, seats.own, { id: reportId, version: 1, reason: 'Typed wrong.' });
    expect(await company('clerk', { ...input, submitterReference: 'another' })).toEqual([2, 3]);
    expect(await preview('clerk', input)).toMatchObject({ issues: [{ code: 'REPORT_RECALLED' }] });
  });

  it('has one week for two offsets, and other ways to say a day', async () => {
    const place = { place: { countyFips: '06027', setting: 'RESIDENCE' } };
    await submitted('own', load({ ...place, ...grams(500) }));
    const other = load({ ...place, ...grams(500), occurredAt: OCCURRED.replace('-08:00', '-07:00') });
    expect(await company('own', other)).toEqual([1, 1]);
    expect(await company('own', { ...other, timePrecision: 'DAY' })).toEqual([0, 0]);
  });

  it('tells apart by port, cell and gram what a task force sees', async () => {
    const shared = { sharing: 'TASK_FORCES', taskForceIds: [taskForceId], tlp: 'RED' } as const;
    const input = load({ ...shared, ...grams(777) });
    await submitted('own', load({ ...shared, ...grams(777) }));
    await submitted('own', load({ ...shared, ...grams(778) }));
    await submitted('own', load({ ...shared, ...grams(777), place: { ...EXAMPLE.place, portOfEntry: 'OTAY MESA' } }));
    expect(await company('own', input, 'TASK_FORCE')).toEqual([1, 2]);
  });

  it('counts others’ records by what the asker carries, for the purpose named', async () => {
    const place = { place: { countyFips: '06073', setting: 'RESIDENCE' } };
    const week = { occurredAt: OCCURRED.replace('-20T', '-11T') };
    const input = load({ ...place, ...week, ...grams(40) });
    const { recordId } = await submitted('neighbour', load({ ...place, ...week, ...grams(40) }));
    expect(await company('own', input)).toEqual([1, 1]);
    expect(await company('clerk', input)).toEqual([0, 0]);
    expect((await previewed('clerk', input)).countedOver).toBe('OWN_AGENCY');
    const { purpose: _purpose, ...unnamed } = seats.own;
    const without = await previewReport(loaded.services, { ...unnamed, purpose: null }, input);
    expect(without).toMatchObject({ countedOver: 'OWN_AGENCY', views: [{}, { company: { alike: 0, of: 0 } }] });
    // A machine that only submits is told no number; what it may ask is still the person's.
    const key = { id: 'k', capabilities: new Set(['SUBMIT'] as const), widestSharing: 'PARTNERS' } as const;
    const machine = await previewReport(loaded.services, { ...seats.own, key }, input);
    expect(machine).toMatchObject({ countedOver: null, views: [{ company: null }, { company: null }] });
    // Federal readers see it too, and do not know whether local ones do: what is shared with all has no such company.
    expect(await read('federal', recordId)).not.toBeNull();
    expect(await company('federal', { ...input, sharing: 'NATION' })).toEqual([1, 1]);
    expect(await company('federal', { ...input, sharing: 'PARTNERS' })).toEqual([0, 0]);
  });

  it('answers the same whatever others store that the asker cannot list', async () => {
    const place = { place: { ...EXAMPLE.place } };
    const week = { occurredAt: OCCURRED.replace('-20T', '-25T') };
    const hidden: [keyof typeof seats, SubmittedReport][] = [
      ['neighbour', { sharing: 'AGENCY' }],
      ['neighbour', { sharing: 'STATE' }],
      ['neighbour', { sharing: 'NATION' }],
      ['neighbour', { sharing: 'TASK_FORCES', taskForceIds: [taskForceId], tlp: 'RED' }],
      ['neighbour', { sharing: 'PARTNERS', holdUntilReleased: true }],
      ['neighbour', { sharing: 'PARTNERS', releaseAfter: new Date(NOW.getTime() + 90_000 * 1_000).toISOString() }],
    ];
    // The search: every week, band, sharing, precision and place around the one that is looked for.
    const probes = [40, 400, 4_000].flatMap((some) =>
      (['STATE', 'NATION', 'PARTNERS'] as const).flatMap((sharing) =>
        (['DAY', 'WEEK'] as const).map((timePrecision) =>
          load({ ...place, ...week, ...grams(some), sharing, timePrecision, taskForceIds: [taskForceId] }),
        ),
      ),
    );
    const answers = async () => {
      const found = [];
      for (const probe of probes) found.push(await preview('own', probe), await preview('clerk', probe));
      return found;
    };
    const before = await answers();
    const stored = [];
    for (const [seat, change] of hidden)
      stored.push((await submitted(seat, load({ ...place, ...week, ...grams(400), ...change }))).recordId);
    for (const id of stored) expect(await read('own', id)).toBeNull();
    expect(await answers()).toEqual(before);
    // What can be listed is counted, so that the sameness above says something.
    await submitted('neighbour', load({ ...place, ...week, ...grams(400) }));
    expect(await answers()).not.toEqual(before);
  });

  it('does not tell how widely others share what the asker can list', async () => {
    const week = { occurredAt: OCCURRED.replace('-20T', '-15T') };
    const input = load({ ...week, ...grams(3) });
    const narrowed = load({ ...week, ...grams(3), sharing: 'STATE' });
    const { reportId } = await submitted('neighbour', narrowed);
    const asked = async () => [
      await company('state', { ...input, sharing: 'STATE' }),
      await company('state', { ...input, sharing: 'NATION' }),
      await company('state', { ...input, sharing: 'PARTNERS' }),
    ];
    const narrow = await asked();
    expect(narrow[0]).toEqual([1, 1]);
    const wider = { ...narrowed, sharing: 'PARTNERS' };
    const outcome = await correctReport(loaded.services, seats.neighbour, {
      ...{ id: reportId, version: 1, input: wider, reason: 'For everybody.' },
    });
    expect(outcome).toMatchObject({ kind: 'accepted' });
    expect(await asked()).toEqual(narrow);
  });

  // The last: a published policy stays.
  it('gives no number for a view that shows no county', async () => {
    const policy = structuredClone({ ...RELEASE_POLICY_1, version: 2 }) as { tiers: { PARTNER: { place: object } } };
    policy.tiers.PARTNER.place = { level: 'STATE' };
    await admin.query(`insert into release_policy (version, document, digest, note) values (2, $1, $2, 'states')`, [
      ...[JSON.stringify(policy), policyDigest(policy as unknown as ReleasePolicy)],
    ]);
    expect(await company('own', load())).toBeNull();
  });
});
