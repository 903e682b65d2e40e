import { readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/** What a load writes, parents first. The lists are not among them: the triggers fill them, in the peer as in ours. */
const ROWS = {
  seizure_report: 'id in (select report_id from round)',
  report_basis: 'report_id in (select report_id from round)',
  sealed_identifier: 'report_id in (select report_id from round)',
  seizure_record: 'id in (select id from round)',
  record_view: 'record_id in (select id from round)',
  record_view_substance: 'record_id in (select id from round)',
  record_view_concealment: 'record_id in (select id from round)',
} as const;

export interface TakenRows {
  readonly table: string;
  readonly text: Buffer;
}

const DIRECTORY = ['agency', 'agency_place', 'person', 'membership', 'agreement', 'agreement_party', 'access_key'];

/** The agencies, people and keys that the rows point at. */
export async function copyGround(from: Client, to: Client): Promise<void> {
  for (const table of DIRECTORY) {
    const { rows } = await from.query<{ rows: unknown }>(`select coalesce(jsonb_agg(t), '[]') as rows from ${table} t`);
    await to.query(
      `insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1) on conflict do nothing`,
      [JSON.stringify(rows[0]?.rows)],
    );
  }
}

/** The rows of the records after a sequence number, as COPY wrote them. */
export async function takeRows(from: Client, afterSequence: string): Promise<TakenRows[]> {
  await from.query('drop table if exists round');
  await from.query(
    `create temporary table round as select q.id, q.report_id from seizure_record q where q.sequence > ${afterSequence}`,
  );
  await from.query('analyze round');
  const taken: TakenRows[] = [];
  for (const [table, condition] of Object.entries(ROWS))
    taken.push({ table, text: await copied(from, `select * from ${table} where ${condition}`) });
  taken.push({
    table: 'audit_entry',
    text: await copied(
      from,
      `select a.* from audit_entry a where (a.canonical::jsonb->'subjects'->0->>'id')::uuid in (select report_id from round)`,
    ),
  });
  return taken;
}

async function copied(from: Client, query: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of from.query(copyTo(`copy (${query}) to stdout`))) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The peer: the same rows into the same tables, by COPY alone, in one transaction of a superuser. */
export async function copyRows(to: Client, rows: readonly TakenRows[]): Promise<void> {
  await to.query('begin');
  for (const { table, text } of rows)
    if (text.byteLength > 0) await pipeline([text], to.query(copyFrom(`copy ${table} from stdin`)));
  await to.query('commit');
}

/** Processor time of server processes so far, in milliseconds; Linux counts in hundredths of a second. */
export function serverCpuMs(pids: readonly number[]): number {
  let ticks = 0;
  for (const pid of pids) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * 10;
}
