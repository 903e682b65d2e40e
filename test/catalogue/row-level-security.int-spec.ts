import { createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { Client } from 'pg';

/** Who and what exists is known to the service: its API shows only what policies allow. Everything else is protected. */
const DIRECTORY = [
  'agency',
  'agency_place',
  'region',
  'region_county',
  'person',
  'membership',
  'agreement',
  'agreement_party',
  'task_force',
  'task_force_activity',
  'task_force_agency',
  'task_force_member',
  'access_key',
  '_prisma_migrations',
];
const ROLES = [
  ...['concord_api', 'concord_worker', 'concord_lists', 'concord_audit_append', 'concord_operator'],
  ...['concord_loader', 'concord_directory', 'concord_departures', 'concord_agreements', 'concord_keys'],
  ...['concord_community', 'concord_releases', 'concord_publisher', 'concord_review', 'concord_books'],
];
const TABLE_PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'];
/** Ours, not those that PostgreSQL and the queue keep. */
const OURS = `n.nspname = 'public'`;

describe('the catalogue of a migrated database', () => {
  let database: TestDatabase;
  let admin: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
  });

  afterAll(async () => {
    await admin?.end();
    await database?.drop();
  });

  /** First column of every row. */
  async function list(sql: string, values: unknown[] = []): Promise<string[]> {
    const { rows } = await admin.query<string[]>({ text: sql, values, rowMode: 'array' });
    return rows.map(([first]) => String(first));
  }

  it('has row security enabled and forced on every table but those of the directory', async () => {
    const open = await list(
      `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where ${OURS} and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity) order by 1`,
    );
    expect(open).toEqual([...DIRECTORY].sort());
  });

  it('has a policy on every protected table, for named roles only', async () => {
    const without = await list(
      `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where ${OURS} and c.relrowsecurity and not exists (select from pg_policy p where p.polrelid = c.oid)`,
    );
    const forEverybody = await list(`select polname from pg_policy where 0 = any(polroles)`);
    expect({ without, forEverybody }).toEqual({ without: [], forEverybody: [] });
  });

  it('has roles that cannot log in, bypass, create or own', async () => {
    const mighty = await list(
      `select rolname from pg_roles where rolname = any($1)
         and (rolcanlogin or rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)`,
      [ROLES],
    );
    const owners = await list(
      `select c.relname from pg_class c join pg_roles r on r.oid = c.relowner
       where r.rolname = any($1) or r.rolname = 'concord_app'`,
      [ROLES],
    );
    expect(await list('select rolname from pg_roles where rolname = any($1) order by 1', [ROLES])).toEqual(
      [...ROLES].sort(),
    );
    expect({ mighty, owners }).toEqual({ mighty: [], owners: [] });
  });

  it('lets the roles create nothing in our schema, and nobody else either', async () => {
    const creators = await list(
      `select r from unnest($1::text[]) r where has_schema_privilege(r, 'public', 'CREATE')`,
      [[...ROLES, 'concord_app']],
    );
    const everybody = await list(
      `select a.privilege_type from pg_namespace n, aclexplode(n.nspacl) a
       where n.nspname in ('public', 'bullmq') and a.grantee = 0 and a.privilege_type <> 'USAGE'`,
    );
    expect({ creators, everybody }).toEqual({ creators: [], everybody: [] });
  });

  it('gives the login of the application nothing by itself', async () => {
    const privileges = await list(
      `select c.relname || ' ' || p from pg_class c join pg_namespace n on n.oid = c.relnamespace, unnest($1::text[]) p
       where ${OURS} and c.relkind in ('r', 'p', 'v') and has_table_privilege('concord_app', c.oid, p)`,
      [TABLE_PRIVILEGES],
    );
    expect(privileges).toEqual([]);
  });

  it('has views that run as whoever asks', async () => {
    const views = await list(
      `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${OURS} and c.relkind in ('v', 'm')`,
    );
    const asOwner = await list(
      `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where ${OURS} and (c.relkind = 'm' or c.relkind = 'v' and not coalesce(c.reloptions, '{}') @> array['security_invoker=true'])`,
    );
    expect(views.length).toBeGreaterThan(0);
    expect(asOwner).toEqual([]);
  });

  it('grants nothing on its tables to everybody', async () => {
    const grants = await list(
      `select c.relname || ' ' || a.privilege_type from pg_class c join pg_namespace n on n.oid = c.relnamespace,
         aclexplode(c.relacl) a where n.nspname in ('public', 'bullmq') and a.grantee = 0
       union all
       select c.relname || '.' || t.attname || ' ' || a.privilege_type
       from pg_attribute t join pg_class c on c.oid = t.attrelid join pg_namespace n on n.oid = c.relnamespace,
         aclexplode(t.attacl) a where n.nspname in ('public', 'bullmq') and a.grantee = 0`,
    );
    expect(grants).toEqual([]);
  });

  it('keeps the worker away from reports and everything sealed', async () => {
    const privileges = await list(
      `select t || ' ' || p from unnest($1::text[]) t, unnest($2::text[]) p
       where has_table_privilege('concord_worker', t, p)
          or p in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') and has_any_column_privilege('concord_worker', t, p)`,
      [['seizure_report', 'report_basis', 'sealed_identifier', 'agency_data_key'], TABLE_PRIVILEGES],
    );
    expect(privileges).toEqual([]);
  });

  it('lets the books be appended to and nothing else; whoever counts reads sees those alone', async () => {
    const privileges = await list(
      `select r || ' ' || p from unnest($1::text[]) r, unnest($2::text[]) p
       where has_table_privilege(r, 'audit_entry', p)
          or p in ('SELECT', 'UPDATE') and has_any_column_privilege(r, 'audit_entry', p) order by 1`,
      [ROLES, TABLE_PRIVILEGES],
    );
    expect(privileges).toEqual([
      'concord_api INSERT',
      'concord_audit_append INSERT',
      'concord_books SELECT',
      'concord_loader INSERT',
      'concord_operator INSERT',
      'concord_publisher INSERT',
      'concord_worker INSERT',
    ]);
  });

  it('lets the API ask for revocations and nothing more, and the operator make them', async () => {
    const privileges = await list(
      `select r || ' ' || p from unnest($1::text[]) r, unnest($2::text[]) p
       where has_table_privilege(r, 'revoked_token', p)
          or p in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') and has_any_column_privilege(r, 'revoked_token', p) order by 1`,
      [ROLES, TABLE_PRIVILEGES],
    );
    const readable = await list(
      `select attname from pg_attribute where attrelid = 'revoked_token'::regclass and attnum > 0
         and has_column_privilege('concord_api', attrelid, attnum, 'SELECT') order by 1`,
    );
    expect(privileges).toEqual([
      'concord_api SELECT',
      'concord_operator DELETE',
      'concord_operator INSERT',
      'concord_operator SELECT',
    ]);
    expect(readable).toEqual(['issuer', 'token_id']);
  });

  it('lets the API write no membership, bind nobody and read no code of an invitation', async () => {
    const writes = await list(
      `select t || ' ' || p from unnest(array['membership', 'person', 'invitation', 'approval']) t, unnest($1::text[]) p
       where has_table_privilege('concord_api', t, p) order by 1`,
      [TABLE_PRIVILEGES],
    );
    const columns = await list(
      `select c.relname || '.' || a.attname || ' ' || p from pg_attribute a join pg_class c on c.oid = a.attrelid,
         unnest(array['INSERT', 'UPDATE']) p
       where c.relname in ('membership', 'person', 'invitation', 'approval') and a.attnum > 0 and not a.attisdropped
         and (p = 'UPDATE' or c.relname = 'person') and has_column_privilege('concord_api', c.oid, a.attnum, p) order by 1`,
    );
    const hash = await list(
      `select r from unnest($1::text[]) r where has_column_privilege(r, 'invitation', 'code_hash', 'SELECT')`,
      [ROLES],
    );
    expect(writes).toEqual(['approval SELECT', 'membership SELECT', 'person SELECT']);
    expect(columns).toEqual([
      ...['approval.decided_at UPDATE', 'approval.decided_by UPDATE', 'approval.note UPDATE', 'approval.state UPDATE'],
      ...['person.display_name INSERT', 'person.id INSERT'],
    ]);
    expect(hash).toEqual(['concord_directory']);
  });

  it('lets the API write no agreement, policy text or danger by itself, and nobody change one that is past', async () => {
    const tables = [
      'agreement',
      'agreement_invitation',
      'agreement_party',
      'imminent_danger',
      'imminent_danger_review',
    ];
    const written = await list(
      `select r || ' ' || t || ' ' || p from unnest($1::text[]) r, unnest($2::text[]) t, unnest($3::text[]) p
       where has_table_privilege(r, t, p) or p in ('INSERT', 'UPDATE') and has_any_column_privilege(r, t, p) order by 1`,
      [
        ROLES,
        [...tables, 'policy_text', 'policy_acceptance'],
        TABLE_PRIVILEGES.filter((privilege) => privilege !== 'SELECT'),
      ],
    );
    const inserts = [...tables, 'policy_acceptance', 'policy_text'].map(
      (table) => `concord_agreements ${table} INSERT`,
    );
    expect(written).toEqual(
      [...inserts, 'concord_agreements agreement UPDATE', 'concord_agreements agreement_party UPDATE'].sort(),
    );
  });

  it('keeps the digests of API keys from everybody but the function that judges them', async () => {
    const readers = await list(
      `select r from unnest($1::text[]) r where has_column_privilege(r, 'api_key', 'digest', 'SELECT')`,
      [[...ROLES, 'concord_app']],
    );
    const changed = await list(
      `select attname from pg_attribute where attrelid = 'api_key'::regclass and attnum > 0
         and has_column_privilege('concord_api', attrelid, attnum, 'UPDATE') order by 1`,
    );
    expect(readers).toEqual(['concord_keys']);
    expect(changed).toEqual(['revoked_at', 'revoked_by', 'slot']);
  });

  it('gives an operator a person to disable, a key to end, dead letters to put back, and no record', async () => {
    const columnsOf = (table: string): Promise<unknown[]> =>
      list(
        `select a.attname || ' ' || p from pg_attribute a, unnest(array['SELECT', 'INSERT', 'UPDATE']) p
         where a.attrelid = $1::regclass and a.attnum > 0 and has_column_privilege('concord_operator', a.attrelid, a.attnum, p)
         order by 1`,
        [table],
      );
    const tables = await list(
      `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where ${OURS} and c.relkind in ('r', 'p', 'v') and (has_table_privilege('concord_operator', c.oid, 'SELECT')
         or has_any_column_privilege('concord_operator', c.oid, 'SELECT')) order by 1`,
    );
    expect(await columnsOf('person')).toEqual(['id SELECT', 'issuer SELECT', 'status SELECT', 'status UPDATE']);
    expect(await columnsOf('api_key')).toEqual(['id SELECT', 'revoked_at SELECT', 'revoked_at UPDATE', 'slot UPDATE']);
    expect(tables).toEqual(['agency', 'api_key', 'outbox', 'person', 'person_activity', 'revoked_token']);
  });

  it('lets nobody write agencies and regions but their functions', async () => {
    const writers = await list(
      `select r || ' ' || t from unnest($1::text[]) r, unnest($2::text[]) t, unnest(array['INSERT', 'UPDATE', 'DELETE']) p
       where has_table_privilege(r, t, p) or p <> 'DELETE' and has_any_column_privilege(r, t, p) group by r, t order by 1`,
      [
        [...ROLES, 'concord_app'],
        ['agency', 'agency_place', 'region', 'region_county'],
      ],
    );
    expect(writers).toEqual(['agency', 'agency_place', 'region', 'region_county'].map((t) => `concord_directory ${t}`));
  });

  it('gives the loader rows to add and nothing to change, no view or alert to read, and the API no way in', async () => {
    const privileges = async (privilege: string): Promise<string[]> =>
      list(
        `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where ${OURS} and c.relkind in ('r', 'p', 'v') and has_table_privilege('concord_loader', c.oid, $1) order by 1`,
        [privilege],
      );
    expect(await privileges('INSERT')).toEqual([
      ...['access_key', 'agency_data_key', 'audit_entry', 'community_candidate', 'outbox', 'record_view'],
      ...[
        'record_view_concealment',
        'record_view_substance',
        'report_basis',
        'root_key_check',
        'sealed_identifier',
        'seizure_record',
      ],
      'seizure_report',
    ]);
    expect(await privileges('SELECT')).toEqual([
      ...['access_key', 'agency', 'agency_data_key', 'agency_place', 'agency_settings', 'agreement', 'agreement_party'],
      ...['membership', 'person', 'policy_acceptance', 'policy_text', 'region_county', 'root_key_check'],
      ...['seizure_record', 'seizure_report', 'seizure_report_version', 'task_force', 'task_force_agency'],
      'task_force_member',
    ]);
    for (const privilege of ['UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'])
      expect(await privileges(privilege)).toEqual([]);
    const entered = await list(`select r from unnest($1::text[]) r where pg_has_role(r, 'concord_loader', 'MEMBER')`, [
      ['concord_app', 'concord_api', 'concord_worker', 'concord'],
    ]);
    expect(entered).toEqual(['concord']);
  });

  it.each([[`update audit_entry set outcome = 'REFUSED'`], ['delete from audit_entry'], ['truncate audit_entry']])(
    'refuses even the owner: %s',
    async (sql) => {
      const client = new Client({ connectionString: database.ownerUrl });
      await client.connect();
      try {
        await expect(client.query(sql)).rejects.toMatchObject({ code: '42501' });
      } finally {
        await client.end();
      }
    },
  );
});
