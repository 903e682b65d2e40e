import { createLocalKeyHolder, deriveKey, findRootKeyDigest, PostgresAgencyKeyStore } from '@concord/blinding';
import type { BackupFault } from '@concord/platform/backup';
import type { Queryable } from '@concord/platform/database';
import { fitsRootKey } from '../key-files.js';

const PAGE = 500;

interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** The place that its seals are bound to, where that is not this column: a version keeps the seals of the report. */
  readonly boundTo?: { readonly table: string; readonly column: string };
  /** What names the row that each is bound to (libs/submission seals so), and the seal, in SQL. */
  readonly row: string;
  readonly seal?: string;
  readonly from?: string;
  /** Whose key it is sealed with; `agency_id` where it is not said. */
  readonly agency?: string;
}

const REASON_ROW = (report: string): string => `${report} || ':' || version`;

/** Where seals lie. */
const SEALED: readonly SealedColumn[] = [
  { table: 'seizure_report', column: 'sealed_narrative', row: 'id' },
  { table: 'seizure_report', column: 'sealed_reason', row: REASON_ROW('id') },
  { table: 'seizure_report', column: 'sealed_return_note', row: 'id' },
  { table: 'seizure_report_draft', column: 'sealed', row: 'id' },
  { table: 'report_basis', column: 'sealed', row: 'report_id' },
  { table: 'sealed_identifier', column: 'sealed', row: 'id' },
  { table: 'report_import_chunk', column: 'sealed', row: `import_id || ':' || position` },
  { table: 'report_import_entry', column: 'sealed_issues', row: `import_id || ':' || ordinal` },
  { table: 'webhook_secret', column: 'sealed', row: 'id' },
  { table: 'contact_request', column: 'sealed_message', row: 'id', agency: 'asker_agency_id' },
  { table: 'contact_request', column: 'sealed_answer', row: 'id', agency: 'asker_agency_id' },
  {
    table: 'seizure_report_version',
    column: 'sealed_narrative',
    boundTo: { table: 'seizure_report', column: 'sealed_narrative' },
    row: 'report_id',
  },
  {
    table: 'seizure_report_version',
    column: 'sealed_reason',
    boundTo: { table: 'seizure_report', column: 'sealed_reason' },
    row: REASON_ROW('report_id'),
  },
  {
    table: 'seizure_report_version',
    column: 'sealed_return_note',
    boundTo: { table: 'seizure_report', column: 'sealed_return_note' },
    row: 'report_id',
  },
  {
    table: 'seizure_report_version',
    column: 'basis',
    boundTo: { table: 'report_basis', column: 'sealed' },
    row: 'report_id',
    seal: `decode(basis->>'sealed', 'base64')`,
  },
  {
    table: 'seizure_report_version',
    column: 'identifiers',
    boundTo: { table: 'sealed_identifier', column: 'sealed' },
    row: `i->>'id'`,
    seal: `decode(i->>'sealed', 'base64')`,
    from: 'seizure_report_version cross join lateral jsonb_array_elements(identifiers) i',
  },
];

/** Opens everything that is sealed, looks at nothing of it, and counts. */
export async function checkSeals(
  db: Queryable,
  rootKey: Buffer,
): Promise<{ readonly opened: number; readonly columnsUnknown: number; readonly faults: readonly BackupFault[] }> {
  if (!fitsRootKey(rootKey, await findRootKeyDigest(db)))
    return {
      opened: 0,
      columnsUnknown: 0,
      faults: [{ code: 'KEY_WRONG', message: 'the root key is not that of this database' }],
    };
  const keyHolder = createLocalKeyHolder({
    kek: { id: 'root', key: deriveKey(rootKey, 'concord/kek') },
    agencyKeys: new PostgresAgencyKeyStore(db),
  });
  const faults: BackupFault[] = [];
  let opened = 0;
  for (const {
    table,
    column,
    boundTo = { table, column },
    row,
    seal = column,
    from = table,
    agency: key = 'agency_id',
  } of await standing(db)) {
    let shut = 0;
    await db.query(
      `declare seal_walk no scroll cursor for select (${row})::text as id, ${key}::text as agency, ${seal} as sealed from ${from} where ${seal} is not null`,
    );
    for (;;) {
      const { rows } = await db.query<{ id: string; agency: string; sealed: Buffer }>(`fetch ${PAGE} from seal_walk`);
      if (rows.length === 0) break;
      for (const { id, agency, sealed } of rows) {
        const context = { agencyId: agency, ...boundTo, rowId: id };
        const content = await keyHolder.open(sealed, context).catch(() => null);
        content?.fill(0);
        if (content === null) shut += 1;
        else opened += 1;
      }
    }
    await db.query('close seal_walk');
    if (shut > 0)
      faults.push({ code: 'UNSOUND', subject: `${table}.${column}`, message: `${shut} sealed parts do not open` });
  }
  return { opened, columnsUnknown: await countUnknown(db), faults };
}

/** A database of an older version lacks the younger tables. */
async function standing(db: Queryable): Promise<readonly SealedColumn[]> {
  const { rows } = await db.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
  );
  const names = new Set(rows.map(({ name }) => name));
  return SEALED.filter(({ table }) => names.has(table));
}

/** Sealed columns that the list above does not have: they go unchecked, but not without a word. */
async function countUnknown(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ place: string }>(
    `select table_name || '.' || column_name as place from information_schema.columns
     where table_schema = 'public' and column_name like '%sealed%' and data_type = 'bytea'`,
  );
  const known = new Set<string>(SEALED.map(({ table, column }) => `${table}.${column}`));
  return rows.filter(({ place }) => !known.has(place)).length;
}
