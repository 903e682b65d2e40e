import { addAgency, addPerson, createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { IMPORT_INVARIANTS } from './import.invariants.js';
import { checkInvariants } from './invariants.check.js';

describe('what concord verify asks of imports and drafts', () => {
  let database: TestDatabase;
  let admin: Client;
  const [one, other, draft] = [randomUUID(), randomUUID(), randomUUID()];
  const reports = [randomUUID(), randomUUID(), randomUUID()];

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    const agency = await addAgency(admin, { level: 'LOCAL' });
    const elsewhere = await addAgency(admin, { level: 'LOCAL' });
    const person = await addPerson(admin);
    // Of reports only the rows that imports and drafts name: what else a report has is for other invariants.
    await admin.query('begin; set local session_replication_role = replica');
    await admin.query(
      `insert into seizure_report (id, agency_id, submitter_reference, status, content_digest, sharing, tlp, occurred_from,
         occurred_to, offset_minutes, content, synthetic, submitted_by, submitted_at)
       select id, case when n = 3 then $3::uuid else $2::uuid end, 'R-' || n, 'RELEASED', 'x', 'NATION', 'AMBER', now(), now(), 0,
         '{}', true, $4, now() from unnest($1::uuid[]) with ordinality r(id, n)`,
      [reports, agency, elsewhere, person],
    );
    await admin.query(
      `insert into report_import (id, agency_id, person_id, format, bytes, settings, mapping, state, ended_at, content_removed_at,
         accepted, held, refused)
       select id, $2, $3, 'CSV', 100, '{}', '{}', 'DONE', now(), now(), 1, case n when 1 then 1 else 0 end, case n when 1 then 1 else 0 end
       from unnest($1::uuid[]) with ordinality i(id, n)`,
      [[one, other], agency, person],
    );
    await admin.query(
      `insert into report_import_entry (import_id, ordinal, agency_id, first_line, last_line, outcome, report_id)
       values ($1, 0, $3, 2, 2, 'ACCEPTED', $4), ($1, 1, $3, 3, 3, 'HELD', $5), ($1, 2, $3, 4, 4, 'REFUSED', null),
              ($2, 0, $3, 2, 2, 'ACCEPTED', null)`,
      [one, other, agency, reports[0], reports[1]],
    );
    // A dry run says of nothing that it is there.
    await admin.query('update report_import set dry_run = true where id = $1', [other]);
    await admin.query(
      'insert into seizure_report_draft (id, agency_id, person_id, report_id) values ($1, $2, $3, $4)',
      [draft, agency, person, reports[0]],
    );
    await admin.query('commit');
  });
  afterAll(async () => {
    await admin?.end();
    await database?.drop();
  });
  beforeEach(() => admin.query('begin; set local session_replication_role = replica'));
  afterEach(() => admin.query('rollback'));

  const found = async (): Promise<string[]> =>
    (await checkInvariants(admin)).faults
      .map(({ message }) => message)
      .filter((said) => IMPORT_INVARIANTS.some(({ message }) => said.endsWith(message)));

  it('finds nothing wrong with a file of three rows, a dry run and a draft that was submitted', async () => {
    expect(await found()).toEqual([]);
  });

  const [noReport, twice, counts, pieces, drafts] = IMPORT_INVARIANTS.map(({ message }) => message);
  it.each([
    ['an entry without its report', `update report_import_entry set report_id = null where ordinal = 1`, [noReport]],
    [
      'an entry with another agency’s report',
      `update report_import_entry set report_id = '${reports[2] ?? ''}' where ordinal = 1`,
      [noReport],
    ],
    [
      'a report of two entries',
      `update report_import_entry set report_id = '${reports[0] ?? ''}' where ordinal = 1`,
      [twice],
    ],
    ['an entry that is lost', `delete from report_import_entry where import_id = '${one}' and ordinal = 0`, [counts]],
    ['an entry that is counted as another', `update report_import set refused = 2 where id = '${one}'`, [counts]],
    [
      'content that was to be gone',
      `insert into report_import_chunk (import_id, position, agency_id, sealed) select id, 0, agency_id, 'x' from report_import where id = '${one}'`,
      [pieces],
    ],
    [
      'a draft that became another agency’s report',
      `update seizure_report_draft set report_id = '${reports[2] ?? ''}'`,
      [drafts],
    ],
  ])('finds %s', async (_, sql, messages) => {
    await admin.query(sql);
    expect(await found()).toEqual(messages.map((message) => `1 ${message ?? ''}`));
  });
});
