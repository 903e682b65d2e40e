import type { Queryable } from '@concord/platform/database';
import type { BackupFault } from './backup.error.js';
import { nameOf, quoted, quoteName, readSequences } from './catalogue.reader.js';

/**
 * What holds for any database of ours, whatever is in it, asked of the catalogue: constraints hold and were checked,
 * triggers fire, row-level security is forced, sequences are ahead, and every foreign key leads somewhere.
 *
 * @param db sees every row: a superuser or a login with BYPASSRLS, or the owner while nothing is forced.
 * @param options `rowSecurityForced: false` inside a restore, which forces it at its end.
 */
export async function checkSoundness(
  db: Queryable,
  options: { readonly rowSecurityForced: boolean } = { rowSecurityForced: true },
): Promise<BackupFault[]> {
  return [...(await notInForce(db, options.rowSecurityForced)), ...(await orphans(db)), ...(await sequencesBehind(db))];
}

const unsound = (subject: string, message: string): BackupFault => ({ code: 'UNSOUND', subject, message });

async function notInForce(db: Queryable, rowSecurityForced: boolean): Promise<BackupFault[]> {
  const ours = `n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'bullmq')`;
  const { rows } = await db.query<{ subject: string; what: string }>(
    `select c.relname || '.' || t.tgname as subject, 'the trigger does not fire' as what
       from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
       where t.tgenabled = 'D' and ${ours}
     union all
     select c.relname || '.' || k.conname, 'the constraint was not checked'
       from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
       where not k.convalidated and ${ours}
     union all
     select c.relname || '.' || i.relname, 'the index is not valid'
       from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid join pg_namespace n on n.oid = c.relnamespace
       where not x.indisvalid and ${ours}
     union all
     select c.relname, 'row-level security is not forced'
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where $1 and c.relkind = 'r' and c.relrowsecurity and not c.relforcerowsecurity and ${ours}
     order by 1`,
    [rowSecurityForced],
  );
  return rows.map(({ subject, what }) => unsound(subject, what));
}

interface ForeignKeyRow {
  constraint: string;
  schema: string;
  name: string;
  columns: string[];
  to_schema: string;
  to_name: string;
  to_columns: string[];
}

/** Read row by row and not believed of the constraint: one that was never checked, or a damaged index, shows here. */
async function orphans(db: Queryable): Promise<BackupFault[]> {
  const { rows } = await db.query<ForeignKeyRow & { [column: string]: unknown }>(
    `select k.conname as constraint, n.nspname as schema, c.relname as name, fn.nspname as to_schema, f.relname as to_name,
       (select json_agg(a.attname order by u.n) from unnest(k.conkey) with ordinality u(att, n)
          join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.att) as columns,
       (select json_agg(a.attname order by u.n) from unnest(k.confkey) with ordinality u(att, n)
          join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.att) as to_columns
     from pg_constraint k
     join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
     join pg_class f on f.oid = k.confrelid join pg_namespace fn on fn.oid = f.relnamespace
     where k.contype = 'f' and k.conparentid = 0 and n.nspname !~ '^pg_' and n.nspname <> 'bullmq' order by 1`,
  );
  const faults: BackupFault[] = [];
  for (const key of rows) {
    const same = key.columns
      .map((column, index) => `t.${quoteName(key.to_columns[index] ?? '')} = o.${quoteName(column)}`)
      .join(' and ');
    const given = key.columns.map((column) => `o.${quoteName(column)} is not null`).join(' and ');
    const target = quoted({ schema: key.to_schema, name: key.to_name });
    const { rows: counted } = await db.query<{ n: string }>(
      `select count(*)::text as n from ${quoted(key)} o where ${given} and not exists (select from ${target} t where ${same})`,
    );
    const n = counted[0]?.n ?? '0';
    if (n !== '0') faults.push(unsound(`${nameOf(key)}.${key.constraint}`, `${n} rows lead nowhere`));
  }
  return faults;
}

async function sequencesBehind(db: Queryable): Promise<BackupFault[]> {
  const faults: BackupFault[] = [];
  for (const sequence of await readSequences(db)) {
    if (sequence.column === null) continue;
    const { rows } = await db.query<{ behind: boolean }>(
      `select coalesce(max(${quoteName(sequence.column.column)}) > $1::bigint, false) as behind from ${quoted(sequence.column)}`,
      [sequence.lastValue],
    );
    if (rows[0]?.behind) faults.push(unsound(nameOf(sequence), 'the sequence is behind its column'));
  }
  return faults;
}
