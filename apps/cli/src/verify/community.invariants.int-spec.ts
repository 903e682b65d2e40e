import { addAgency, createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { Client } from 'pg';
import { checkInvariants } from './invariants.check.js';

describe('what concord verify asks of the batches for community partners', () => {
  let database: TestDatabase;
  let admin: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    const agencies = [await addAgency(admin, { level: 'LOCAL' }), await addAgency(admin, { level: 'STATE' })];
    await admin.query(
      `insert into community_batch (number, due_at, made_at, edition, records)
       values (1, '2025-12-29T06:00Z', '2025-12-29T06:01Z', 2025, 9), (2, '2026-01-05T06:00Z', '2026-01-05T06:01Z', 2026, 5)`,
    );
    await admin.query(
      `insert into community_admission (record_id, state_fips, month, substance, band, synthetic, agency_id, batch)
       select gen_random_uuid(), '06', '2026-01-01', '9801', 'LARGE', true, ($1::uuid[])[1 + n % 2], 2 from generate_series(1, 5) n`,
      [agencies],
    );
    await admin.query(
      `insert into community_record (id, batch, state_fips, month, substance, band, synthetic)
       select gen_random_uuid(), batch, state_fips, month, substance, band, synthetic from community_admission`,
    );
  });
  afterAll(async () => {
    await admin?.end();
    await database?.drop();
  });
  beforeEach(() => admin.query('begin'));
  afterEach(() => admin.query('rollback'));

  const found = async (): Promise<string[]> => (await checkInvariants(admin)).faults.map(({ message }) => message);
  const one = `(select record_id from community_admission limit 1)`;

  it('finds nothing wrong with five records of two agencies', async () => {
    expect(await found()).toEqual([]);
  });

  it.each([
    [
      'a record less',
      [
        `delete from community_admission where record_id = ${one}`,
        'delete from community_record where id = (select id from community_record limit 1)',
      ],
      [
        '1 batches added fewer than five records, or those of one agency, to a class',
        '1 batches let out another number of records than they say',
      ],
    ],
    [
      'one agency alone',
      ['update community_admission set agency_id = (select id from agency limit 1)'],
      ['1 batches added fewer than five records, or those of one agency, to a class'],
    ],
    [
      'a row in another class than its record',
      [`update community_record set band = 'SMALL_OR_UNKNOWN' where id = (select id from community_record limit 1)`],
      ['3 classes have other rows than records were let into them'],
    ],
    [
      'an edition that is over',
      ['update community_record set batch = 1', 'update community_admission set batch = 1'],
      ['1 batches let out another number of records than they say', '5 rows are left of an edition that is over'],
    ],
    [
      'a batch before its time',
      [`update community_batch set made_at = due_at - interval '1 minute' where number = 2`],
      ['1 batches were made before they were due, or out of order'],
    ],
    [
      'nobody’s record',
      ['update community_admission set agency_id = gen_random_uuid()'],
      ['5 records were let in by no batch, or for no agency'],
    ],
  ])('names %s', async (_what, changes, faults) => {
    for (const change of changes) await admin.query(change);
    expect(await found()).toEqual(faults);
  });
});
