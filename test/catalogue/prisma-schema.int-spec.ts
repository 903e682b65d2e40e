import { readdirSync, readFileSync } from 'node:fs';
import { createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { Client } from 'pg';

const SCHEMA = new URL('../../prisma/schema/', import.meta.url);
/** The ledger of migrations is Prisma's own. */
const WITHOUT_MODEL = ['_prisma_migrations'];

/** One column as text, such as `text`, `uuid null` or `integer[]`. */
type Columns = Record<string, string>;
interface Table {
  readonly columns: Columns;
  readonly primaryKey: readonly string[];
}

describe('the models of prisma/schema', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.superuserUrl });
    await client.connect();
  });

  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });

  it('are the tables of a migrated database: names, columns, types, nullability, primary keys', async () => {
    const stored = await storedTables(client);
    const modelled = modelledTables(readSchema());
    expect(Object.keys(modelled).length).toBeGreaterThan(20);
    expect(modelled).toEqual(stored);
  });

  it('have no enum: comparisons of enums are not leakproof', () => {
    expect(readSchema()).not.toMatch(/^enum /m);
  });
});

describe('modelledTables', () => {
  it('reads what a model says', () => {
    const text = `
      model Other {
        id Int @id
        @@map("other")
      }
      model Thing {
        id      String   @id @db.Uuid
        other   Other?   @relation(fields: [otherId], references: [id])
        otherId Int?     @map("other_id")
        at      DateTime @default(now()) @db.Timestamptz(3) // a remark
        names   String[]
        xid     Unsupported("xid8") @default(dbgenerated("pg_current_xact_id()"))
        @@map("thing")
      }`;
    expect(modelledTables(text)).toEqual({
      other: { columns: { id: 'integer' }, primaryKey: ['id'] },
      thing: {
        columns: {
          id: 'uuid',
          other_id: 'integer null',
          at: 'timestamp(3) with time zone',
          names: 'text[]',
          xid: 'xid8',
        },
        primaryKey: ['id'],
      },
    });
  });
});

function readSchema(): string {
  return readdirSync(SCHEMA)
    .filter((name) => name.endsWith('.prisma'))
    .map((name) => readFileSync(new URL(name, SCHEMA), 'utf8'))
    .join('\n');
}

const SCALARS: Record<string, string> = {
  String: 'text',
  Int: 'integer',
  BigInt: 'bigint',
  Float: 'double precision',
  Boolean: 'boolean',
  DateTime: 'timestamp(3) without time zone',
  Json: 'jsonb',
  Bytes: 'bytea',
};
const NATIVE: Record<string, string> = { Uuid: 'uuid', SmallInt: 'smallint', Date: 'date', Inet: 'inet' };

/** Only what our files use of Prisma's language. */
function modelledTables(text: string): Record<string, Table> {
  const plain = text.replace(/\/\/.*$/gm, '');
  const models = [...plain.matchAll(/^\s*model (\w+) \{([^]*?)^\s*\}/gm)];
  const names = new Set(models.map(([, name = '']) => name));
  return Object.fromEntries(
    models.map(([, name = '', body = '']) => [/@@map\("([^"]+)"\)/.exec(body)?.[1] ?? name, tableOf(body, names)]),
  );
}

const FIELD = /^(\w+)\s+(\w+(?:\("[^"]+"\))?)(\?)?(\[\])?(.*)$/;

function tableOf(body: string, models: ReadonlySet<string>): Table {
  const columns: Columns = {};
  const columnOf = new Map<string, string>();
  const key = [...(/@@id\(\[([^\]]+)\]\)/.exec(body)?.[1] ?? '').matchAll(/\w+/g)].map(([field]) => field);
  for (const line of body.split('\n')) {
    const [, field = '', type = '', optional, list = '', attributes = ''] = FIELD.exec(line.trim()) ?? [];
    // A relation is no column.
    if (field === '' || models.has(type)) continue;
    const column = /@map\("([^"]+)"\)/.exec(attributes)?.[1] ?? field;
    columnOf.set(field, column);
    // A list cannot be optional in Prisma, whatever the column is.
    columns[column] = `${postgresType(type, attributes)}${list}${optional ? ' null' : ''}`;
    if (/(^|\s)@id\b/.test(attributes)) key.push(field);
  }
  return { columns, primaryKey: key.map((field) => columnOf.get(field) ?? field) };
}

function postgresType(type: string, attributes: string): string {
  const unsupported = /^Unsupported\("([^"]+)"\)$/.exec(type)?.[1];
  if (unsupported) return unsupported;
  const [, native = '', precision = ''] = /@db\.(\w+)(?:\((\d+)\))?/.exec(attributes) ?? [];
  // Six digits are PostgreSQL's own precision, and not written there.
  if (native === 'Timestamptz') return `timestamp${precision === '6' ? '' : `(${precision})`} with time zone`;
  return (native === '' ? SCALARS[type] : NATIVE[native]) ?? `unknown: ${type} ${attributes}`;
}

async function storedTables(client: Client): Promise<Record<string, Table>> {
  const { rows } = await client.query<{ name: string; columns: Columns; primary_key: string[] }>(
    `select c.relname as name,
       (select json_object_agg(a.attname, format_type(a.atttypid, a.atttypmod)
            || case when a.attnotnull or t.typcategory = 'A' then '' else ' null' end order by a.attnum)
          from pg_attribute a join pg_type t on t.oid = a.atttypid
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
       coalesce((select json_agg(a.attname order by array_position(i.indkey::int2[], a.attnum))
          from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
          where i.indrelid = c.oid and i.indisprimary), '[]') as primary_key
     from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> all($1)`,
    [WITHOUT_MODEL],
  );
  return Object.fromEntries(rows.map(({ name, columns, primary_key: primaryKey }) => [name, { columns, primaryKey }]));
}
