import { inTransaction, openPool } from '@concord/platform/database';
import { newId } from '@concord/platform/ids';
import type { AgencyActor } from '@concord/access';
import type { PoolClient } from 'pg';
import { openTwoAgencies, type TwoAgencies } from './two-agencies.builder.js';

/** Readable by every connection of the service: settings, signatures and policy texts are the directory's, and wrapped keys open nothing alone. */
const READ_WITHOUT_ACTOR = [
  ...['agency_data_key', 'agency_settings', 'agreement_invitation', 'policy_acceptance', 'policy_text'],
];

describe('row-level security between agencies', () => {
  let world: TwoAgencies;

  beforeAll(async () => {
    world = await openTwoAgencies();
  });

  afterAll(async () => {
    await world?.close();
  });

  const as = <T>(actor: AgencyActor, work: (tx: PoolClient) => Promise<T>): Promise<T> =>
    inTransaction(world.api, async (tx) => {
      await tx.query('select enter_actor($1, $2)', [actor.personId, actor.agency.id]);
      return work(tx);
    });

  const count = async (tx: Pick<PoolClient, 'query'>, from: string, values: unknown[] = []): Promise<number> => {
    const { rows } = await tx.query<{ n: number }>(`select count(*)::int as n from ${from}`, values);
    return rows[0]?.n ?? -1;
  };

  /** What is looked at from both sides. */
  const look = async (tx: PoolClient) => ({
    reports: await count(tx, 'seizure_report'),
    bases: await count(tx, 'report_basis'),
    identifiers: await count(tx, 'sealed_identifier'),
    records: await count(tx, 'seizure_record'),
    versions: await count(tx, 'seizure_report_version'),
    ownerViews: await count(tx, `record_view where precision = 'OWNER'`),
    ownerSubstances: await count(tx, 'record_view_substance where rank = 0'),
    ownerConcealment: await count(tx, 'record_view_concealment where rank = 0'),
    ownerKeys: await count(tx, 'record_key where rank = 0'),
    ownerSubstanceKeys: await count(tx, 'record_key_substance where rank = 0'),
    partnerViews: await count(tx, `record_view where precision = 'PARTNER'`),
    partnerKeys: await count(tx, 'record_key where rank = 2'),
  });

  it('shows the owner everything and a stranger what was shared', async () => {
    expect(await as(world.owner, look)).toEqual({
      ...{ reports: 1, bases: 1, identifiers: 1, records: 1, versions: 1 },
      ...{ ownerViews: 1, ownerSubstances: 1, ownerConcealment: 1, ownerKeys: 1, ownerSubstanceKeys: 1 },
      // Its own county's key opens the partner's view to the owner as well.
      ...{ partnerViews: 1, partnerKeys: 1 },
    });
    expect(await as(world.stranger, look)).toEqual({
      ...{ reports: 0, bases: 0, identifiers: 0, records: 0, versions: 0 },
      ...{ ownerViews: 0, ownerSubstances: 0, ownerConcealment: 0, ownerKeys: 0, ownerSubstanceKeys: 0 },
      ...{ partnerViews: 1, partnerKeys: 1 },
    });
  });

  it('shows a stranger no list of a key that is not its own', async () => {
    const keys = await as(world.stranger, async (tx) => {
      const { rows } = await tx.query<{ key: string }>(
        'select distinct k.key from record_key l join access_key k on k.id = l.key_id',
      );
      return rows.map(({ key }) => key);
    });
    expect(keys).toEqual(['county:06073']);
  });

  it.each<[string, (world: TwoAgencies) => [string, unknown[]]]>([
    [
      'a report',
      ({ owner, stranger }) => [
        `insert into seizure_report (id, agency_id, submitter_reference, status, content_digest, sharing, tlp,
           occurred_from, occurred_to, offset_minutes, content, submitted_by)
         values ($1, $2, 'forged', 'RELEASED', 'v1:0', 'AGENCY', 'AMBER', now(), now(), 0, '{}', $3)`,
        [newId(), owner.agency.id, stranger.personId],
      ],
    ],
    [
      'a basis',
      ({ owner, reportId }) => [
        `insert into report_basis (report_id, agency_id, activity, sealed, review_by) values ($1, $2, 'OTHER', '', now())`,
        [reportId, owner.agency.id],
      ],
    ],
    [
      'an identifier',
      ({ owner, reportId }) => [
        `insert into sealed_identifier (id, report_id, agency_id, kind, sensitivity, sealed) values ($1, $2, $3, 'PHONE', 'OPEN', '')`,
        [newId(), reportId, owner.agency.id],
      ],
    ],
    [
      'a record',
      ({ owner, reportId }) => [
        `insert into seizure_record (id, report_id, agency_id, released_at) values ($1, $2, $3, now())`,
        [newId(), reportId, owner.agency.id],
      ],
    ],
    [
      'a view',
      ({ recordId }) => [
        `insert into record_view (record_id, precision, rank, version, released_at, audience, tlp, occurred_from, occurred_to,
           offset_minutes, state_fips) values ($1, 'COMMUNITY', 3, 1, now(), '{1}', 'CLEAR', now(), now(), 0, '06')`,
        [recordId],
      ],
    ],
    [
      'a substance of a view',
      ({ recordId }) => [
        `insert into record_view_substance (record_id, rank, ordinal, name, category) values ($1, 2, 9, 'x', 'OTHER')`,
        [recordId],
      ],
    ],
    [
      'a version of a report',
      ({ owner, stranger, reportId }) => [
        `insert into seizure_report_version (report_id, agency_id, version, change, changed_by, changed_at, status,
           content_digest, sharing, tlp, occurred_from, occurred_to, offset_minutes, content)
         values ($1, $2, 9, 'CORRECTED', $3, now(), 'RELEASED', 'v1:0', 'AGENCY', 'AMBER', now(), now(), 0, '{}')`,
        [reportId, owner.agency.id, stranger.personId],
      ],
    ],
    ['a recall of views', ({ recordId }) => ['select withdraw_record_views($1)', [recordId]]],
    ['a version of views', ({ recordId }) => [`select keep_unchanged_views($1, '{}')`, [recordId]]],
    [
      'a list entry',
      ({ recordId }) => [
        'insert into record_key (key_id, sort_at, record_id, rank) values (1, now(), $1, 0)',
        [recordId],
      ],
    ],
    [
      'settings',
      ({ owner }) => ['insert into agency_settings (agency_id, h3_resolution) values ($1, 7)', [owner.agency.id]],
    ],
    [
      'a rule',
      ({ owner }) => [
        `insert into alert_rule (owner_person_id, owner_agency_id, name, filter) values ($1, $2, 'forged', '{}')`,
        [owner.personId, owner.agency.id],
      ],
    ],
  ])("refuses %s in another agency's name", async (_, forge) => {
    const [sql, values] = forge(world);
    await expect(as(world.stranger, (tx) => tx.query(sql, values))).rejects.toMatchObject({ code: '42501' });
  });

  it.each<[string, string, (world: TwoAgencies) => [string, unknown[]]]>([
    [
      'an identifier of its own onto a report of another agency',
      '23503',
      ({ stranger, reportId }) => [
        `insert into sealed_identifier (id, report_id, agency_id, kind, sensitivity, sealed) values ($1, $2, $3, 'PHONE', 'OPEN', '')`,
        [newId(), reportId, stranger.agency.id],
      ],
    ],
    [
      "a report in the name of another agency's person",
      '42501',
      ({ owner, stranger }) => [
        `insert into seizure_report (id, agency_id, submitter_reference, status, content_digest, sharing, tlp,
           occurred_from, occurred_to, offset_minutes, content, submitted_by)
         values ($1, $2, 'forged', 'RELEASED', 'v1:0', 'AGENCY', 'AMBER', now(), now(), 0, '{}', $3)`,
        [newId(), stranger.agency.id, owner.personId],
      ],
    ],
  ])('refuses to hang %s', async (_, code, forge) => {
    const [sql, values] = forge(world);
    await expect(as(world.stranger, (tx) => tx.query(sql, values))).rejects.toMatchObject({ code });
  });

  it('overwrites no version of a report and deletes nothing, whoever asks', async () => {
    for (const sql of [
      `update seizure_report set status = 'PURGED'`,
      `update seizure_report set sharing = 'AGENCY', version = version + 1`,
      `update seizure_report_version set sharing = 'AGENCY'`,
      'delete from seizure_report_version',
      'delete from seizure_report',
      'delete from record_view',
    ]) {
      await expect(as(world.owner, (tx) => tx.query(sql))).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('shows nothing to a connection without an actor, before the first one and after', async () => {
    const tables = await protectedTables();
    expect(tables.length).toBeGreaterThan(10);
    const pool = openPool({
      ...{ url: world.database.appUrl, role: 'concord_api', max: 1, statementTimeoutMs: 10_000 },
    });
    const connection = await pool.connect();
    const visible = async (): Promise<string[]> => {
      const seen: string[] = [];
      for (const table of tables) if ((await count(connection, table)) > 0) seen.push(table);
      return seen;
    };
    const keyring = async (): Promise<unknown> =>
      (await connection.query<{ it: string | null }>(`select current_setting('app.keyring', true) as it`)).rows[0]?.it;
    try {
      expect(await keyring()).toBeNull();
      expect(await visible()).toEqual([]);

      await connection.query('begin');
      await connection.query('select enter_actor($1, $2)', [world.owner.personId, world.owner.agency.id]);
      expect(await count(connection, 'seizure_report')).toBe(1);
      await connection.query('commit');

      // The trap: on the same connection the settings are now '' and no longer absent.
      expect(await keyring()).toBe('');
      expect(await visible()).toEqual([]);
    } finally {
      connection.release(true);
      await pool.end();
    }
  });

  it('shows nothing to a person who has no place in the agency', async () => {
    const nobody = { ...world.stranger, agency: world.owner.agency };
    const seen = await as(nobody, look);
    expect(Object.values(seen).every((n) => n === 0)).toBe(true);
  });

  it('lets the worker read released views, and no report', async () => {
    expect(await count(world.worker, 'record_view')).toBe(3);
    await expect(count(world.worker, 'seizure_report')).rejects.toMatchObject({ code: '42501' });
    await expect(count(world.worker, 'sealed_identifier')).rejects.toMatchObject({ code: '42501' });
  });

  async function protectedTables(): Promise<string[]> {
    const { rows } = await world.admin.query<{ relname: string }>(
      `select c.relname from pg_class c
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity
         and has_table_privilege('concord_api', c.oid, 'SELECT') and c.relname <> all($1) order by 1`,
      [READ_WITHOUT_ACTOR],
    );
    return rows.map(({ relname }) => relname);
  }
});
