import { QUEUE_SCHEMA } from '@concord/platform/queue';
import type { Queryable } from '@concord/platform/database';

/** Prisma's ledger of migrations; both sides of a restore treat it apart. */
export const LEDGER = '_prisma_migrations';

export interface TableName {
  readonly schema: string;
  readonly name: string;
}

export interface CatalogueTable extends TableName {
  /** Without generated columns: those are computed again. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rowSecurityForced: boolean;
  /** On disk, without indexes: about how much of a copy it will be. */
  readonly diskBytes: number;
}

export interface CatalogueSequence extends TableName {
  readonly lastValue: string;
  readonly maxValue: string;
  /** The column that takes its values, if it belongs to one. */
  readonly column: (TableName & { readonly column: string }) | null;
}

export interface CatalogueForeignKey extends TableName {
  readonly constraint: string;
  readonly definition: string;
}

export interface CatalogueTrigger extends TableName {
  readonly trigger: string;
  /** `O` origin and local, `R` replica, `A` always; those that are disabled (`D`) are not listed. */
  readonly enabled: 'O' | 'R' | 'A';
}

/**
 * Our schemas: all but PostgreSQL's own, and the queue's. The queue owns no truth (docs/adr/0004): what it holds is also
 * in the outbox, and the reconciler puts back what is not done.
 */
const OURS = `n.nspname !~ '^pg_' and n.nspname not in ('information_schema', '${QUEUE_SCHEMA}')
  and not exists (select from pg_depend x where x.objid = c.oid and x.classid = 'pg_class'::regclass and x.deptype = 'e')`;

export async function readTables(db: Queryable): Promise<CatalogueTable[]> {
  const { rows } = await db.query<{
    schema: string;
    name: string;
    columns: { name: string; type: string }[];
    forced: boolean;
    disk_bytes: string;
  }>(
    `select n.nspname as schema, c.relname as name, c.relforcerowsecurity as forced, pg_table_size(c.oid)::text as disk_bytes,
       coalesce((select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum)
          from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''), '[]') as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and c.relpersistence = 'p' and ${OURS} order by 1, 2`,
  );
  return rows.map(({ schema, name, columns, forced, disk_bytes }) => ({
    ...{ schema, name, columns, rowSecurityForced: forced, diskBytes: Number(disk_bytes) },
  }));
}

/** A sequence is outside of transactions: what is read here is never behind what the snapshot holds. */
export async function readSequences(db: Queryable): Promise<CatalogueSequence[]> {
  const { rows } = await db.query<{
    schema: string;
    name: string;
    max_value: string;
    table_schema: string | null;
    table_name: string;
    column_name: string;
  }>(
    `select n.nspname as schema, c.relname as name, s.seqmax::text as max_value,
       tn.nspname as table_schema, t.relname as table_name, a.attname as column_name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_sequence s on s.seqrelid = c.oid
     left join pg_depend d on d.objid = c.oid and d.classid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
     left join pg_class t on t.oid = d.refobjid left join pg_namespace tn on tn.oid = t.relnamespace
     left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
     where c.relkind = 'S' and ${OURS} order by 1, 2`,
  );
  const sequences: CatalogueSequence[] = [];
  for (const row of rows) {
    const value = await db.query<{ last_value: string }>(`select last_value::text from ${quoted(row)}`);
    sequences.push({
      schema: row.schema,
      name: row.name,
      lastValue: value.rows[0]?.last_value ?? '0',
      maxValue: row.max_value,
      column:
        row.table_schema === null ? null : { schema: row.table_schema, name: row.table_name, column: row.column_name },
    });
  }
  return sequences;
}

export async function readForeignKeys(db: Queryable): Promise<CatalogueForeignKey[]> {
  const { rows } = await db.query<{ schema: string; name: string; constraint: string; definition: string }>(
    `select n.nspname as schema, c.relname as name, k.conname as constraint, pg_get_constraintdef(k.oid) as definition
     from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
     where k.contype = 'f' and k.conparentid = 0 and ${OURS} order by 1, 2, 3`,
  );
  return rows;
}

export async function readTriggers(db: Queryable): Promise<CatalogueTrigger[]> {
  const { rows } = await db.query<{ schema: string; name: string; trigger: string; enabled: 'O' | 'R' | 'A' }>(
    `select n.nspname as schema, c.relname as name, t.tgname as trigger, t.tgenabled as enabled
     from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
     where not t.tgisinternal and t.tgenabled <> 'D' and c.relkind = 'r' and ${OURS} order by 1, 2, 3`,
  );
  return rows;
}

/** An identifier as SQL wants it, whatever is in it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoted({ schema, name }: TableName): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}

export function nameOf({ schema, name }: TableName): string {
  return `${schema}.${name}`;
}
