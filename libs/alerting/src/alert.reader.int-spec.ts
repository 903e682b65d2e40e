import { openPool, type Queryable } from '@concord/platform/database';
import { addAgency, addMembership, addPerson, createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { randomUUID } from 'node:crypto';
import { Client, type Pool } from 'pg';
import { findAlertPage, findInboxEntries, findInboxesAhead } from './alert.reader.js';

const ALERTS = 2_000;
/** Rows of alerts, their matches and rules, and of the inbox, for each that is answered. */
const ROWS_APIECE = 8;

describe('reading one’s alerts', () => {
  let database: TestDatabase;
  let admin: Client;
  let pool: Pool;
  let owner: { personId: string; agencyId: string };

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    pool = openPool({ url: database.appUrl, role: 'concord_api', max: 1, statementTimeoutMs: 10_000 });
    const agencyId = await addAgency(admin, { level: 'LOCAL' });
    const personId = await addPerson(admin);
    owner = { personId, agencyId };
    await addMembership(admin, { ...owner, roles: ['ANALYST'] });
    await fillInbox();
  }, 60_000);

  afterAll(async () => {
    await pool?.end();
    await admin?.end();
    await database?.drop();
  });

  /** Alerts on records that are not there: what is read of them is all that counts here. */
  const fillInbox = async (): Promise<void> => {
    const of = [owner.personId, owner.agencyId];
    const inboxId = randomUUID();
    await admin.query('begin; set local session_replication_role = replica');
    await admin.query(`insert into inbox (id, person_id, agency_id, last_position) values ($3, $1, $2, $4)`, [
      ...[...of, inboxId],
      ALERTS,
    ]);
    await admin.query(
      `with rule as (insert into alert_rule (owner_person_id, owner_agency_id, name, filter) values ($1, $2, 'a rule', '{}') returning id),
            raised as (insert into alert (owner_person_id, owner_agency_id, record_id, record_version, match, state, raised_at)
                       select $1, $2, gen_random_uuid(), 1, 'CERTAIN', 'DELIVERED', now() - n * interval '1 minute'
                       from generate_series(1, $4::int) n returning id),
            met as (insert into alert_match (alert_id, rule_id, version, match) select raised.id, rule.id, 1, 'CERTAIN' from raised, rule)
       insert into inbox_entry (inbox_id, position, alert_id, revision) select $3, row_number() over (), id, 1 from raised`,
      [...of, inboxId, ALERTS],
    );
    await admin.query('commit');
  };

  const readSoFar = async (db: Queryable): Promise<number> => {
    const { rows } = await db.query<{ read: number }>(
      `select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_xact_user_tables
       where relname in ('alert', 'alert_match', 'alert_rule', 'inbox', 'inbox_entry')`,
    );
    return rows[0]?.read ?? Number.NaN;
  };

  /** How many rows of these tables one look reads, by PostgreSQL's own count. */
  const rowsRead = async <T>(
    look: (db: Queryable) => Promise<readonly T[]>,
  ): Promise<{ found: number; rows: number }> => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const before = await readSoFar(client);
      const found = (await look(client)).length;
      const rows = (await readSoFar(client)) - before;
      await client.query('commit');
      return { found, rows };
    } finally {
      client.release();
    }
  };

  describe.each(['before the tables were analyzed', 'after'])('%s', (when) => {
    beforeAll(async () => {
      if (when === 'after') await admin.query('analyze alert, alert_match, alert_rule, inbox, inbox_entry');
    });

    it.each([
      ['the last that came', ALERTS - 1, 1],
      ['a page in the middle', ALERTS / 2, 50],
      ['a page from the beginning', 0, 50],
    ])('a stream reads no more than it tells: %s', async (_, after, count) => {
      const { found, rows } = await rowsRead((db) => findInboxEntries(db, owner, BigInt(after), 50));
      expect(found).toBe(count);
      expect(rows).toBeGreaterThanOrEqual(3 * count);
      expect(rows).toBeLessThan(ROWS_APIECE * (count + 1));
    });

    it('a page of alerts reads no more than it shows', async () => {
      const { found, rows } = await rowsRead((db) => findAlertPage(db, owner, null, 50, null));
      expect(found).toBe(50);
      expect(rows).toBeLessThan(ROWS_APIECE * 51);
    });
  });

  test('which inboxes have something after a position is one question for all of them', async () => {
    const { rows } = await admin.query<{ id: string }>('select id from inbox where person_id = $1', [owner.personId]);
    const id = rows[0]?.id ?? '';
    const last = BigInt(ALERTS);
    expect(await findInboxesAhead(pool, [{ id, position: last }])).toEqual([]);
    const many = Array.from({ length: 1_000 }, () => ({ id: randomUUID(), position: 0n }));
    expect(await findInboxesAhead(pool, [...many, { id, position: last - 1n }])).toEqual([id]);
    expect(await findInboxesAhead(pool, [])).toEqual([]);
  });
});
