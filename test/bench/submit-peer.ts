import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where Debian has it; or whatever the path finds. */
export async function findPgbench(): Promise<string | null> {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? (await readdir(root)).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(root, version, 'bin/pgbench')).find((path) => existsSync(path)) ?? null;
}

/** T1 as it is, called with a report that the API had made: the function and nothing before it. */
export const CALL_SCRIPT = `select r.outcome from bench_form f cross join lateral submit_seizure_report(f.form) r
where f.n = (select nextval('bench_form_next'));\n`;

type Row = Readonly<Record<string, unknown>>;
interface Form {
  readonly personId: string;
  readonly agencyId: string;
  readonly report: Row;
  readonly basis: Row | null;
  readonly identifiers: readonly Row[];
  readonly views: readonly Row[];
  readonly substances: readonly Row[];
  readonly concealment: readonly Row[];
  readonly audit: Row;
}

/** The same rows by plain INSERT statements in one transaction, a round trip each, as a service without T1 writes them. */
export function insertScript(form: Form, keyIds: ReadonlyMap<string, number>): string {
  const { report, basis, identifiers, views, substances, concealment, audit } = form;
  const bytes = (base64: unknown) => (typeof base64 === 'string' ? `decode(${literal(base64)}, 'base64')` : 'null');
  const owned = { report_id: raw(':report'), agency_id: form.agencyId };
  const record = { record_id: raw(':record') };
  const statements = [
    'select gen_random_uuid() as report, gen_random_uuid() as record \\gset',
    'begin;',
    `select enter_actor(${literal(form.personId)}, ${literal(form.agencyId)});`,
    insert('seizure_report', [
      {
        ...report,
        id: raw(':report'),
        agency_id: form.agencyId,
        submitter_reference: raw(':report'),
        sealed_narrative: raw(bytes(report['sealed_narrative'])),
        status: 'RELEASED',
        submitted_by: form.personId,
        synthetic: false,
      },
    ]),
    insert(
      'report_basis',
      basis === null
        ? []
        : [{ ...owned, ...basis, sealed: raw(bytes(basis['sealed'])), review_by: raw("(now() + interval '5 years')") }],
    ),
    insert(
      'sealed_identifier',
      identifiers.map((one) => ({ ...owned, ...one, id: raw('gen_random_uuid()'), sealed: raw(bytes(one['sealed'])) })),
    ),
    insert('seizure_record', [{ ...owned, id: raw(':record'), released_at: raw('now()'), synthetic: false }]),
    insert(
      'record_view',
      views.map((view) => ({
        ...view,
        ...record,
        audience: raw(`'{${(view['audience'] as string[]).map((key) => keyIds.get(key)).join()}}'::int4[]`),
        version: 1,
        released_at: raw('now()'),
        contributor_id: form.agencyId,
        synthetic: false,
      })),
    ),
    insert(
      'record_view_substance',
      substances.map((one) => ({ ...one, ...record })),
    ),
    insert(
      'record_view_concealment',
      concealment.map((one) => ({ ...one, ...record })),
    ),
    insert('audit_entry', [{ ...audit, id: raw('gen_random_uuid()') }]),
    insert('outbox', [
      {
        kind: 'record.released',
        subject_ids: raw('array[:record::uuid]'),
        available_at: raw('now()'),
        raises_alerts: true,
      },
    ]),
    'end;',
  ];
  return `${statements.filter((statement) => statement !== '').join('\n')}\n`;
}

class Raw {
  constructor(readonly sql: string) {}
}
const raw = (sql: string): Raw => new Raw(sql);

/** pgbench takes every colon before a letter or a digit for a variable of its own. */
const literal = (text: string): string =>
  `U&'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll(':', '\\003a')}'`;

function insert(table: string, rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const value = (given: unknown): string => {
    if (given instanceof Raw) return given.sql === ':report' || given.sql === ':record' ? `${given.sql}` : given.sql;
    if (given === null || given === undefined) return 'null';
    if (typeof given === 'number' || typeof given === 'boolean') return String(given);
    return literal(typeof given === 'string' ? given : JSON.stringify(given));
  };
  const lines = rows.map((row) => `(${columns.map((column) => value(row[column])).join(', ')})`);
  return rows.length === 0 ? '' : `insert into ${table} (${columns.join(', ')}) values ${lines.join(', ')};`;
}

/** One run of pgbench, prepared, by the API's role. Latencies are of its log, in milliseconds. */
export async function runPgbench(
  pgbench: string,
  url: string,
  script: string,
  options: { readonly clients: number; readonly seconds: number; readonly directory: string },
): Promise<{ readonly done: number; readonly lastedMs: number; readonly latenciesMs: number[] }> {
  const { clients, seconds, directory } = options;
  const file = join(directory, 'bench.sql');
  await writeFile(file, script);
  const prefix = join(directory, `log-${Date.now()}`);
  const args = ['-n', '-f', file, '-c', String(clients), '-j', '1', '-M', 'prepared', '-T', String(seconds)];
  const began = performance.now();
  const child = spawn(pgbench, [...args, '-l', `--log-prefix=${prefix}`, url], {
    env: { PATH: '/usr/bin:/bin', PGOPTIONS: '-c role=concord_api' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`pgbench ended with ${String(code)}: ${said.slice(0, 2_000)}`);
  return { ...(await readLog(prefix)), lastedMs: performance.now() - began };
}

async function readLog(prefix: string): Promise<{ done: number; latenciesMs: number[] }> {
  const directory = join(prefix, '..');
  const files = (await readdir(directory)).filter((name) => join(directory, name).startsWith(`${prefix}.`));
  const texts = await Promise.all(files.map((name) => readFile(join(directory, name), 'utf8')));
  const latenciesMs = texts.flatMap((text) =>
    text.split('\n').flatMap((line) => (line === '' ? [] : [Number(line.split(' ')[2]) / 1_000])),
  );
  return { done: latenciesMs.length, latenciesMs };
}
