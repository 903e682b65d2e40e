import type { Client } from 'pg';

export interface Column {
  /** `schema.table.column` */
  readonly name: string;
  /** Every value as text, bytea as hexadecimal. */
  readonly content: string;
}

/**
 * Every row of every table of ours and of the queue's, column by column as text; what PostgreSQL samples of them; and
 * the statements that sessions ran last.
 */
export async function* everyColumn(admin: Client): AsyncGenerator<Column> {
  const tables = await admin.query<{ schema: string; name: string }>(
    `select table_schema as schema, table_name as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1, 2`,
  );
  for (const { schema, name } of tables.rows) {
    const { rows } = await admin.query<{ column: string; content: string }>(
      `select e.key as column, coalesce(string_agg(e.value, E'\\n'), '') as content
       from ${quoted(schema)}.${quoted(name)} t, jsonb_each_text(to_jsonb(t)) as e group by 1`,
    );
    for (const { column, content } of rows) yield { name: `${schema}.${name}.${column}`, content };
  }
  const statements = await admin.query<{ content: string }>(
    `select coalesce(string_agg(query, E'\\n'), '') as content from pg_stat_activity where pid <> pg_backend_pid()`,
  );
  yield { name: 'pg_stat_activity.query', content: statements.rows[0]?.content ?? '' };
}

/** From now on every row that any queue or the outbox gets is kept, also when the job is gone a moment later. */
export async function watchQueues(admin: Client): Promise<void> {
  await admin.query(`create schema canary_watch;
    create table canary_watch.seen (source text, content text);
    create function canary_watch.keep() returns trigger language plpgsql security definer as $$
    begin insert into canary_watch.seen values (tg_table_schema || '.' || tg_table_name, new::text); return new; end $$;
    grant usage on schema canary_watch to public;`);
  const { rows } = await admin.query<{ schema: string; name: string }>(
    `select table_schema as schema, table_name as name from information_schema.tables
     where table_type = 'BASE TABLE' and (table_schema = 'bullmq' or (table_schema, table_name) = ('public', 'outbox'))`,
  );
  for (const { schema, name } of rows)
    await admin.query(
      `create trigger canary_watch after insert or update on ${quoted(schema)}.${quoted(name)}
       for each row execute function canary_watch.keep()`,
    );
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
