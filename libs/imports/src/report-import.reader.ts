import type { AgencyActor } from '@concord/access';
import type { Queryable } from '@concord/platform/database';
import type { ImportOutcome, ReportImport } from './report-import.js';

type ImportRow = Readonly<Record<string, unknown>> & { readonly listed_at: string };

const COLUMNS = `i.id, i.agency_id, i.person_id, i.api_key_id, i.format, i.bytes, i.received_bytes, i.content_digest, i.lines, i.mapping,
  i.settings, i.raise_alerts, i.dry_run, i.state, i.reason, i.accepted, i.held, i.refused, i.duplicates, i.questions,
  i.created_at, i.confirmed_at, i.progressed_at, i.ended_at, i.content_removed_at, i.created_at::text as listed_at`;

/** Of a column's name the name here. */
const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

function asImport({ listed_at: _, ...row }: ImportRow): ReportImport {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [camel(name), value]),
  ) as unknown as ReportImport;
}

/** A key sees the imports that it started; people see those of their agency, which row-level security gives them. */
const SEEN = (place: string): string => `(${place}::uuid is null or i.api_key_id = ${place}::uuid)`;

const keyOf = (actor: AgencyActor): string | null => actor.key?.id ?? null;

/** Null: there is none that this seat may see. The transaction has entered it. */
export async function findImport(tx: Queryable, actor: AgencyActor, id: string): Promise<ReportImport | null> {
  const { rows } = await tx.query<ImportRow>({
    name: 'report_import',
    text: `select ${COLUMNS} from report_import i where i.id = $1 and ${SEEN('$2')}`,
    values: [id, keyOf(actor)],
  });
  return rows[0] === undefined ? null : asImport(rows[0]);
}

/** As {@link findImport}, locked until the transaction ends. */
export async function lockImport(tx: Queryable, actor: AgencyActor, id: string): Promise<ReportImport | null> {
  const { rows } = await tx.query<ImportRow>({
    name: 'report_import_lock',
    text: `select ${COLUMNS} from report_import i where i.id = $1 and ${SEEN('$2')} for update`,
    values: [id, keyOf(actor)],
  });
  return rows[0] === undefined ? null : asImport(rows[0]);
}

/** The import of the same request that has not ended. */
export async function findSameImport(
  tx: Queryable,
  actor: AgencyActor,
  requestDigest: string,
): Promise<ReportImport | null> {
  const { rows } = await tx.query<ImportRow>({
    name: 'report_import_same',
    text: `select ${COLUMNS} from report_import i
           where i.person_id = $2 and i.request_digest = $1 and i.ended_at is null and i.api_key_id is not distinct from $3`,
    values: [requestDigest, actor.personId, keyOf(actor)],
  });
  return rows[0] === undefined ? null : asImport(rows[0]);
}

/**
 * Imports of the seat that have not ended, and the bytes of files that are kept or may still come. Whoever asks at the same
 * moment waits until this transaction ends.
 */
export async function measureImports(tx: Queryable): Promise<{ readonly open: number; readonly bytes: number }> {
  await tx.query({
    name: 'report_imports_one_by_one',
    text: `select pg_advisory_xact_lock(hashtextextended('report-import ' || app_seat(), 0))`,
  });
  const { rows } = await tx.query<{ open: number; bytes: string }>({
    name: 'report_imports_kept',
    text: `select count(*) filter (where ended_at is null)::int as open,
                  coalesce(sum(case when ended_at is null then bytes else received_bytes end), 0)::text as bytes
           from report_import where agency_id = app_seat() and content_removed_at is null`,
  });
  return { open: rows[0]?.open ?? 0, bytes: Number(rows[0]?.bytes ?? 0) };
}

/** Newest first. */
export async function findImports(
  tx: Queryable,
  actor: AgencyActor,
  limit: number,
  after: { readonly createdAt: string; readonly id: string } | null,
): Promise<{ readonly found: ReportImport; readonly listedAt: string }[]> {
  const { rows } = await tx.query<ImportRow>({
    name: 'report_imports',
    text: `select ${COLUMNS} from report_import i
           where i.agency_id = app_seat() and ${SEEN('$2')} and ($3::timestamptz is null or (i.created_at, i.id) < ($3, $4))
           order by i.created_at desc, i.id desc limit $1`,
    values: [limit, keyOf(actor), after?.createdAt ?? null, after?.id ?? null],
  });
  return rows.map((row) => ({ found: asImport(row), listedAt: row.listed_at }));
}

/** One entry, its words still sealed. */
export interface StoredEntry {
  readonly ordinal: number;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly outcome: ImportOutcome;
  readonly reportId: string | null;
  readonly sealedIssues: Buffer | null;
}

export interface EntryPage {
  /** Null: all. */
  readonly outcomes: readonly ImportOutcome[] | null;
  readonly limit: number;
  readonly after: number | null;
}

/** In the order of the file. */
export async function findEntries(tx: Queryable, importId: string, page: EntryPage): Promise<StoredEntry[]> {
  const { rows } = await tx.query<StoredEntry>({
    name: 'report_import_entries',
    text: `select e.ordinal, e.first_line as "firstLine", e.last_line as "lastLine", e.outcome, e.report_id as "reportId",
                  e.sealed_issues as "sealedIssues"
           from report_import_entry e
           where e.import_id = $1 and ($2::text[] is null or e.outcome = any($2)) and e.ordinal > $3
           order by e.ordinal limit $4`,
    values: [importId, page.outcomes, page.after ?? -1, page.limit],
  });
  return rows;
}

/** Which entries are done: all before one, and of what follows, because several are stored at once, these. */
export interface DoneEntries {
  readonly before: number;
  readonly behind: ReadonlySet<number>;
}

/** How many of each outcome there are, exactly, and which are done. */
export async function findDone(
  tx: Queryable,
  importId: string,
): Promise<DoneEntries & { readonly outcomes: Readonly<Record<ImportOutcome, number>> }> {
  const { rows } = await tx.query<{
    outcomes: Partial<Record<ImportOutcome, number>>;
    before: number;
    behind: number[];
  }>({
    name: 'report_import_done',
    // Where nothing is missing before it, an entry stands at its own ordinal.
    text: `with done as materialized (
             select e.outcome, e.ordinal, row_number() over (order by e.ordinal) - 1 as place
             from report_import_entry e where e.import_id = $1)
           select coalesce((select jsonb_object_agg(c.outcome, c.n) from (select outcome, count(*) as n from done group by outcome) c), '{}') as outcomes,
             (select count(*)::int from done where ordinal = place) as before,
             array(select ordinal from done where ordinal > place) as behind`,
    values: [importId],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('the count is one row');
  const outcomes = { ACCEPTED: 0, HELD: 0, REFUSED: 0, DUPLICATE: 0, QUESTION: 0, ...row.outcomes };
  return { outcomes, before: row.before, behind: new Set(row.behind) };
}

/** The sealed piece that begins at a position; null: there is none. */
export async function findChunk(
  tx: Queryable,
  importId: string,
  position: number,
): Promise<{ readonly sealed: Buffer } | null> {
  const { rows } = await tx.query<{ sealed: Buffer }>({
    name: 'report_import_chunk',
    text: 'select sealed from report_import_chunk where import_id = $1 and position = $2',
    values: [importId, position],
  });
  return rows[0] ?? null;
}
