import { addAgency, addPerson, createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { Client } from 'pg';
import { checkInvariants } from './invariants.check.js';

const NOT_SEEN_WHEN_SAID = '1 views are seen at another time than their report says';
const NO_REASONS = '1 reports wait for a supervisor and do not say why, or say why and do not wait';

describe('what concord verify asks of when a record is seen', () => {
  let database: TestDatabase;
  let admin: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    const [agency, person] = [await addAgency(admin, { level: 'LOCAL' }), await addPerson(admin)];
    await admin.query(
      `insert into seizure_report (id, agency_id, submitter_reference, status, content_digest, sharing, tlp, occurred_from, occurred_to,
         offset_minutes, content, submitted_by)
       values ($1, $1, 'V-1', 'RELEASED', 'v1:x', 'AGENCY', 'AMBER', now(), now(), 0, '{}', $2)`,
      [agency, person],
    );
    await admin.query(
      `insert into seizure_record (id, report_id, agency_id, released_at) values ($1, $1, $1, '2026-01-01')`,
      [agency],
    );
    await admin.query(
      `insert into record_view (record_id, precision, rank, version, released_at, audience, tlp, occurred_from, occurred_to,
         offset_minutes, state_fips, people, contributor_withheld, transformations)
       values ($1, 'OWNER', 0, 1, '2026-01-01', '{}', 'AMBER', now(), now(), 0, '06', '[]', false, '[]')`,
      [agency],
    );
    // A report changes into its next version only: what is wrong here came past that.
    await admin.query('alter table seizure_report disable trigger user');
  });
  afterAll(async () => {
    await admin?.end();
    await database?.drop();
  });
  beforeEach(() => admin.query('begin'));
  afterEach(() => admin.query('rollback'));

  const found = async (): Promise<string[]> => (await checkInvariants(admin)).faults.map(({ message }) => message);
  const unreleased = ['record_view', 'seizure_record'].map((table) => `update ${table} set released_at = unreleased()`);

  it('finds nothing wrong with what is released, kept back by hand, or held', async () => {
    expect(await found()).toEqual([]);
    for (const change of unreleased) await admin.query(change);
    await admin.query(`update seizure_report set status = 'EMBARGOED', hold_until_released = true`);
    expect(await found()).toEqual([]);
    await admin.query(`update seizure_report set status = 'HELD', hold_reasons = '[]'`);
    expect(await found()).toEqual([]);
  });

  it.each([
    ['released, and nobody sees it', unreleased, [NOT_SEEN_WHEN_SAID]],
    ['seen before its record', [`update record_view set released_at = '2025-12-31'`], [NOT_SEEN_WHEN_SAID]],
    [
      'kept back by hand, and seen',
      [`update seizure_report set status = 'EMBARGOED', hold_until_released = true`],
      [NOT_SEEN_WHEN_SAID],
    ],
    [
      'an end by the clock beside one by hand',
      [
        ...unreleased,
        `update seizure_report set status = 'EMBARGOED', hold_until_released = true, release_after = '2026-01-01'`,
      ],
      [NOT_SEEN_WHEN_SAID],
    ],
    ['reasons of what waits for nobody', [`update seizure_report set hold_reasons = '[]'`], [NO_REASONS]],
    ['held for no reason', [...unreleased, `update seizure_report set status = 'HELD'`], [NO_REASONS]],
  ])('names %s', async (_what, changes, faults) => {
    for (const change of changes) await admin.query(change);
    expect(await found()).toEqual(faults);
  });
});
