import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrationsDirectory } from '@concord/platform/project';
import {
  addAgency,
  addAgreement,
  addMembership,
  addPerson,
  createTestDatabase,
  type TestDatabase,
} from '@concord/platform/testing';
import { Client } from 'pg';
import {
  BackupError,
  BackupKey,
  checkSoundness,
  openBackup,
  restoreBackup,
  verifyBackup,
  writeBackup,
} from './index.js';

const PEOPLE = 40;
/** What a careless format would break: quotes, tabs, line ends, COPY's own end mark, nulls, other scripts. */
const AWKWARD = 'a\tb\nc\r\n\\.\n\\N "quoted" \u{1F6A4} ñ';
const FUTURE_XID = '9000000000000000000';

let folder: string;
let source: TestDatabase;
let admin: Client;
const made: TestDatabase[] = [];

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function target(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  made.push(database);
  return database;
}

const place = (): string => join(folder, randomBytes(6).toString('hex'));

async function backUp(key: BackupKey | null = null, url = source.superuserUrl): Promise<string> {
  const directory = place();
  await writeBackup({ url, directory, key, facts: async () => ({ what: 'a test' }) });
  return directory;
}

async function restore(from: string, url: string, key: BackupKey | null = null): Promise<void> {
  await restoreBackup({ url, backup: await openBackup(from, key), migrationsDirectory: migrationsDirectory() });
}

async function faultsOf(work: Promise<unknown>): Promise<readonly string[]> {
  const error = await work.then(
    () => null,
    (failure: unknown) => failure,
  );
  if (!(error instanceof BackupError)) throw new Error(`no BackupError: ${String(error)}`);
  return error.faults.map(({ code, subject }) => (subject === undefined ? code : `${code} ${subject}`));
}

/** Every row of every table as text, in an order of its own; transaction ids are the cluster's and not the data's. */
async function contentOf(url: string): Promise<Record<string, string[]>> {
  const client = await connect(url);
  try {
    await client.query("set timezone = 'UTC'");
    const tables = await client.query<{ name: string }>(
      "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1",
    );
    const content: Record<string, string[]> = {};
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ row: string }>(
        `select (to_jsonb(t) - 'changed_xid')::text as row from ${name} t order by 1`,
      );
      content[name] = rows.map(({ row }) => row);
    }
    return content;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concord-backup-'));
  source = await createTestDatabase();
  made.push(source);
  admin = await connect(source.superuserUrl);
  const agency = await addAgency(admin, { level: 'STATE', places: ['state:06'], name: AWKWARD });
  await addAgreement(admin, { parties: [agency] });
  for (let number = 0; number < PEOPLE; number += 1) {
    const personId = await addPerson(admin);
    await addMembership(admin, { personId, agencyId: agency, roles: ['ANALYST'] });
    await admin.query(
      'insert into alert_rule (owner_person_id, owner_agency_id, name, filter) values ($1, $2, $3, $4)',
      [personId, agency, AWKWARD, JSON.stringify({ text: AWKWARD, number: 0.1 + 0.2 })],
    );
  }
  await admin.query('alter table alert_rule disable trigger alert_rule_changes');
  await admin.query('update alert_rule set changed_xid = $1', [FUTURE_XID]);
  await admin.query('alter table alert_rule enable trigger alert_rule_changes');
  await admin.query("insert into access_key (key) select 'county:' || n from generate_series(10000, 10500) n");
  await admin.query(
    "insert into outbox (kind, subject_ids) select 'record.released', array[gen_random_uuid()] from generate_series(1, 300)",
  );
});

afterAll(async () => {
  await admin.end();
  await Promise.all(made.map((database) => database.drop()));
  await rm(folder, { recursive: true, force: true });
});

describe('a backup', () => {
  it('is restored by the owner, who is no superuser, to the same rows', async () => {
    const into = await target();
    await restore(await backUp(), into.ownerUrl);
    const before = await contentOf(source.superuserUrl);
    expect(await contentOf(into.superuserUrl)).toEqual(before);
    expect(before['alert_rule']).toHaveLength(PEOPLE);
    const client = await connect(into.superuserUrl);
    expect(await checkSoundness(client)).toEqual([]);
    await client.end();
  });

  it('is restored into a database that was never migrated', async () => {
    const name = `concord_test_${randomBytes(8).toString('hex')}`;
    await admin.query(`create database ${name} owner concord`);
    const url = (from: string): string => Object.assign(new URL(from), { pathname: `/${name}` }).href;
    try {
      await restore(await backUp(), url(source.ownerUrl));
      expect(await contentOf(url(source.superuserUrl))).toEqual(await contentOf(source.superuserUrl));
    } finally {
      await admin.query(`drop database ${name} with (force)`);
    }
  });

  it('leaves triggers, foreign keys and forced policies as a migration makes them', async () => {
    const into = await target();
    const migrated = await target();
    await restore(await backUp(), into.ownerUrl);
    const catalogueOf = async (url: string): Promise<unknown> => {
      const client = await connect(url);
      const { rows } = await client.query(
        `select c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relowner::regrole::text as owner,
           (select json_agg(json_build_array(t.tgname, t.tgenabled) order by t.tgname) from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal) as triggers,
           (select json_agg(json_build_array(k.conname, pg_get_constraintdef(k.oid), k.convalidated) order by k.conname) from pg_constraint k where k.conrelid = c.oid) as constraints
         from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1`,
      );
      await client.end();
      return rows;
    };
    expect(await catalogueOf(into.superuserUrl)).toEqual(await catalogueOf(migrated.superuserUrl));
  });

  it('forgets transaction ids of the old cluster and goes on after the numbers that were given out', async () => {
    const into = await target();
    await restore(await backUp(), into.ownerUrl);
    const client = await connect(into.superuserUrl);
    const { rows } = await client.query<{ late: number; next: string; highest: string }>(
      `select (select count(*)::int from alert_rule where changed_xid >= pg_snapshot_xmax(pg_current_snapshot())) as late,
         nextval(pg_get_serial_sequence('outbox', 'id'))::text as next, (select max(id)::text from outbox) as highest`,
    );
    expect(rows[0]?.late).toBe(0);
    expect(Number(rows[0]?.next)).toBeGreaterThan(Number(rows[0]?.highest) + 1_000);
    // The first key that is new here: its id is taken by nobody.
    await client.query("insert into access_key (key) values ('county:99999')");
    await client.end();
  });

  it('of a database that has tables of others too is restored without those', async () => {
    const withOthers = await target();
    await restore(await backUp(), withOthers.ownerUrl);
    const client = await connect(withOthers.superuserUrl);
    await client.query(
      'create table not_ours (id int primary key, of uuid references person); insert into not_ours values (1)',
    );
    await client.end();
    const into = await target();
    const backup = await openBackup(await backUp(null, withOthers.superuserUrl), null);
    const done = await restoreBackup({ url: into.ownerUrl, backup, migrationsDirectory: migrationsDirectory() });
    expect(done.skipped).toEqual(['public.not_ours']);
    expect(await contentOf(into.superuserUrl)).toEqual(await contentOf(source.superuserUrl));
  });

  it('holds one moment, whatever is written meanwhile', async () => {
    const directory = place();
    const other = await connect(source.superuserUrl);
    let tables = 0;
    const count = async (): Promise<number> => (await other.query('select from outbox')).rowCount ?? 0;
    const before = await count();
    const writing: Promise<unknown>[] = [];
    const manifest = await writeBackup({
      url: source.superuserUrl,
      directory,
      key: null,
      onTable: () => {
        tables += 1;
        writing.push(
          other.query("insert into outbox (kind, subject_ids) values ('record.released', array[gen_random_uuid()])"),
        );
      },
    });
    await Promise.all(writing);
    expect(await count()).toBe(before + tables);
    expect(manifest.tables.find(({ name }) => name === 'outbox')?.content.rows).toBe(before);
    await other.end();
  });

  it('is for its owner alone, and leaves the queue out', async () => {
    const directory = await backUp();
    for (const name of await readdir(directory)) {
      expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
      expect(name).not.toContain('bullmq');
    }
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it('is never written over something', async () => {
    const directory = await backUp();
    const again = writeBackup({ url: source.superuserUrl, directory, key: null });
    expect(await faultsOf(again)).toEqual([`TARGET_EXISTS ${directory}`]);
  });

  it('that fails half-way leaves nothing under its name, and nothing beside it', async () => {
    const parent = place();
    const failing = writeBackup({
      url: source.superuserUrl,
      directory: join(parent, 'backup'),
      key: null,
      onTable: ({ name }) => {
        if (name === 'alert_rule')
          void admin.query(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'concord_backup' and datname = current_database()",
          );
      },
    });
    await expect(failing).rejects.toThrow();
    expect(await readdir(parent)).toEqual([]);
  });

  it('is refused to logins that policies would show a part', async () => {
    for (const url of [source.ownerUrl, source.appUrl])
      expect(await faultsOf(backUp(null, url))).toEqual(['RIGHTS_MISSING']);
  });

  it('is made by a login with BYPASSRLS and pg_read_all_data', async () => {
    const role = `backup_${randomBytes(4).toString('hex')}`;
    await admin.query(`create role ${role} login bypassrls password 'secret'; grant pg_read_all_data to ${role}`);
    try {
      const url = Object.assign(new URL(source.superuserUrl), { username: role, password: 'secret' }).href;
      const into = await target();
      await restore(await backUp(null, url), into.ownerUrl);
      expect(await contentOf(into.superuserUrl)).toEqual(await contentOf(source.superuserUrl));
    } finally {
      await admin.query(`drop role ${role}`);
    }
  });
});

describe('an encrypted backup', () => {
  const key = new BackupKey(randomBytes(32));

  it('opens with its key, and with no other', async () => {
    const directory = await backUp(key);
    const into = await target();
    expect(await verifyBackup(await openBackup(directory, key))).toEqual([]);
    await restore(directory, into.ownerUrl, key);
    expect(await contentOf(into.superuserUrl)).toEqual(await contentOf(source.superuserUrl));
    expect(await faultsOf(openBackup(directory, null))).toEqual(['KEY_NEEDED manifest.json']);
    expect(await faultsOf(openBackup(directory, new BackupKey(randomBytes(32))))).toEqual(['KEY_WRONG manifest.json']);
  });

  it('shows nothing of a row', async () => {
    const clear = await backUp();
    const directory = await backUp(key);
    // So long that encrypted bytes do not have it by chance: three of them had, once in some hundred runs.
    const gzip = Buffer.from([0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0]);
    const holds = async (from: string): Promise<boolean[]> =>
      Promise.all(
        (await readdir(from))
          .filter((name) => name.includes('.copy.gz'))
          .map(async (name) => (await readFile(join(from, name))).includes(gzip)),
      );
    expect(await holds(clear)).not.toContain(false);
    expect(await holds(directory)).not.toContain(true);
  });
});

/** What happens to backups on their way through the years; `subject` is what has to be named. */
describe.each([
  { kind: 'in clear', key: null },
  { kind: 'encrypted', key: new BackupKey(randomBytes(32)) },
])('a backup $kind that was damaged', ({ key }) => {
  const suffix = key === null ? '' : '.enc';
  const RULES = `public.alert_rule.copy.gz${suffix}`;
  const KEYS = `public.access_key.copy.gz${suffix}`;
  let whole: string;
  beforeAll(async () => {
    whole = await backUp(key);
  });

  const damages: { what: string; harm: (directory: string) => Promise<unknown>; faults: string[] }[] = [
    {
      what: 'by one bit of a table',
      harm: (directory) => flipIn(join(directory, RULES)),
      faults: [`FILE_CHANGED ${RULES}`],
    },
    {
      what: 'by a table that was cut',
      harm: async (directory) => truncate(join(directory, RULES), (await stat(join(directory, RULES))).size - 20),
      faults: [`FILE_CHANGED ${RULES}`],
    },
    {
      what: 'by a table that is gone',
      harm: (directory) => rm(join(directory, RULES)),
      faults: [`FILE_MISSING ${RULES}`],
    },
    {
      what: 'by a table that is too many',
      harm: (directory) => writeFile(join(directory, 'public.more.copy.gz'), ''),
      faults: ['FILE_UNEXPECTED public.more.copy.gz'],
    },
    {
      what: 'by two tables that changed places',
      harm: async (directory) => {
        await rename(join(directory, RULES), join(directory, 'away'));
        await rename(join(directory, KEYS), join(directory, RULES));
        await rename(join(directory, 'away'), join(directory, KEYS));
      },
      faults: [`FILE_CHANGED ${KEYS}`, `FILE_CHANGED ${RULES}`],
    },
  ];

  it.each(damages)('$what says so and names it, and is not restored', async ({ harm, faults }) => {
    const directory = place();
    await cp(whole, directory, { recursive: true });
    await harm(directory);
    const found = await verifyBackup(await openBackup(directory, key));
    expect(found.map(({ code, subject }) => `${code} ${subject ?? ''}`)).toEqual(faults);
    const into = await target();
    expect(await faultsOf(restore(directory, into.ownerUrl, key))).toEqual(faults);
  });

  it.each([
    ['a number of rows', (text: string) => text.replace(`"rows": ${PEOPLE}`, `"rows": ${PEOPLE + 1}`)],
    [
      'a checksum',
      (text: string) => text.replace(/"sha256": "(.)/, (_, digit) => `"sha256": "${digit === '0' ? '1' : '0'}`),
    ],
    ['its time', (text: string) => text.replace('"takenAt": "2', '"takenAt": "1')],
    ['its end', (text: string) => text.slice(0, -10)],
    ['a name', (text: string) => text.replace('"alert_rule"', '"alert_role"')],
  ])('in %s of its manifest is not opened', async (_what, harm) => {
    const directory = place();
    await cp(whole, directory, { recursive: true });
    const path = join(directory, 'manifest.json');
    const text = await readFile(path, 'utf8');
    expect(harm(text) === text).toBe(false);
    await writeFile(path, harm(text));
    expect((await faultsOf(openBackup(directory, key)))[0]).toMatch(/^(MANIFEST_CHANGED|KEY_WRONG) manifest.json$/);
  });
});

describe('a directory that is no backup', () => {
  it('is told apart: empty, or one that was not finished', async () => {
    const directory = place();
    await mkdir(directory);
    expect(await faultsOf(openBackup(directory, null))).toEqual([`NOT_A_BACKUP ${directory}`]);
    await cp(await backUp(), directory, { recursive: true });
    await rm(join(directory, 'manifest.json'));
    expect(await faultsOf(openBackup(directory, null))).toEqual([`NOT_A_BACKUP ${directory}`]);
  });
});

describe('restoring is refused, and nothing changes,', () => {
  it('into a database that is in use', async () => {
    const into = await target();
    const client = await connect(into.superuserUrl);
    await addAgency(client, { level: 'STATE', places: ['state:06'] });
    // A table that policies hide even from the owner.
    await client.query("insert into outbox (kind, subject_ids) values ('record.released', array[gen_random_uuid()])");
    const before = await contentOf(into.superuserUrl);
    expect(await faultsOf(restore(await backUp(), into.ownerUrl))).toEqual([
      'NOT_EMPTY public.agency',
      'NOT_EMPTY public.agency_place',
      'NOT_EMPTY public.outbox',
    ]);
    expect(await contentOf(into.superuserUrl)).toEqual(before);
    expect(await checkSoundness(client)).toEqual([]);
    await client.end();
  });

  it('of a newer version’s backup', async () => {
    const older = place();
    await cp(migrationsDirectory(), older, { recursive: true });
    const names = (await readdir(older, { withFileTypes: true }))
      .filter((it) => it.isDirectory())
      .map(({ name }) => name);
    const newest = names.sort().at(-1) ?? '';
    const into = await target();
    const backup = await openBackup(await backUp(), null);
    const changed = join(older, newest, 'migration.sql');
    await writeFile(changed, `${await readFile(changed, 'utf8')}\n-- edited`);
    const attempt = (): Promise<unknown> => restoreBackup({ url: into.ownerUrl, backup, migrationsDirectory: older });
    expect(await faultsOf(attempt())).toEqual([`MIGRATION_CHANGED ${newest}`]);
    await rm(join(older, newest), { recursive: true });
    expect(await faultsOf(attempt())).toEqual([`NEWER_THAN_CODE ${newest}`]);
  });

  it('where what was loaded is found wanting', async () => {
    const into = await target();
    const empty = await contentOf(into.superuserUrl);
    const failing = restoreBackup({
      url: into.ownerUrl,
      backup: await openBackup(await backUp(), null),
      migrationsDirectory: migrationsDirectory(),
      check: async () => [{ code: 'UNSOUND', subject: 'alert', message: 'a test says so' }],
    });
    expect(await faultsOf(failing)).toEqual(['UNSOUND alert']);
    expect(await contentOf(into.superuserUrl)).toEqual(empty);
    await restore(await backUp(), into.ownerUrl);
  });

  it('and a connection that breaks half-way leaves a database that takes it the next time', async () => {
    const into = await target();
    const client = await connect(into.superuserUrl);
    const directory = await backUp();
    const failing = restoreBackup({
      url: into.ownerUrl,
      backup: await openBackup(directory, null),
      migrationsDirectory: migrationsDirectory(),
      onTable: ({ name }) => {
        if (name === 'outbox')
          void client.query(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'concord_restore' and datname = current_database()",
          );
      },
    });
    await expect(failing).rejects.toThrow();
    await restore(directory, into.ownerUrl);
    expect(await contentOf(into.superuserUrl)).toEqual(await contentOf(source.superuserUrl));
    await client.end();
  });
});

describe('soundness', () => {
  it('finds a trigger that does not fire, policies that are not forced, a sequence that is behind, a row that leads nowhere', async () => {
    const into = await target();
    await restore(await backUp(), into.ownerUrl);
    const client = await connect(into.superuserUrl);
    await client.query('alter table outbox disable trigger outbox_wakes');
    await client.query('alter table alert no force row level security');
    await client.query("select setval(pg_get_serial_sequence('access_key', 'id'), 1)");
    await client.query('set session_replication_role = replica');
    await client.query('delete from person where id = (select person_id from membership limit 1)');
    const found = (await checkSoundness(client)).map(({ subject }) => subject);
    expect(found).toEqual(
      expect.arrayContaining([
        'outbox.outbox_wakes',
        'alert',
        'public.access_key_id_seq',
        'public.membership.membership_person_id_fkey',
      ]),
    );
    await client.end();
  });

  it('holds no column that is bound to its cluster but for transaction ids, which a restore renews', async () => {
    const { rows } = await admin.query(
      `select c.relname, a.attname, a.atttypid::regtype::text as type from pg_attribute a join pg_class c on c.oid = a.attrelid
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
         and (a.atttypid::regtype::text in ('oid', 'xid', 'cid', 'tid', 'pg_lsn', 'pg_snapshot', 'txid_snapshot') or a.atttypid::regtype::text like 'reg%')`,
    );
    expect(rows).toEqual([]);
  });
});

async function flipIn(path: string): Promise<void> {
  const bytes = await readFile(path);
  const at = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  await writeFile(path, bytes);
}
