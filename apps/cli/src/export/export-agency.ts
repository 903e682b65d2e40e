import { findAgency, type Agency } from '@concord/agencies';
import { appendAudit, auditEntry, type AuditEntry } from '@concord/audit';
import { createLocalKeyHolder, deriveKey, findRootKeyDigest, PostgresAgencyKeyStore } from '@concord/blinding';
import { inTransaction, openPool } from '@concord/platform/database';
import { Client } from 'pg';
import { fitsRootKey } from '../key-files.js';
import { countVersions, EXPORTED, readVersions } from './agency-reports.reader.js';
import { ExportFiles, type ExportedFile } from './export-files.js';
import { openVersion, type OpenedVersion } from './open-version.js';

export interface AgencyExport {
  readonly ori: string;
  /** Made by the export; it must not be there. */
  readonly directory: string;
  readonly rootKey: Buffer;
  /** Told page by page: lines that are written, of all of them. */
  readonly onLines?: (done: number, total: number) => void;
}

export interface ExportManifest {
  readonly form: 'concord-agency-export/1';
  readonly ori: string;
  readonly takenAt: string;
  /** Sealed parts that do not open any more. */
  readonly unopened: number;
  readonly files: readonly ExportedFile[];
}

/**
 * Writes everything that an agency has submitted, with its history, opened, in one snapshot; the directory gets its name
 * when all of it is on disk and on the books.
 *
 * @param url a login that sees every row, and may enter concord_operator for the books
 * @throws Error where there is no such agency, the directory is there already, or the root key is another database's
 */
export async function exportAgency(url: string, options: AgencyExport): Promise<ExportManifest> {
  const files = await ExportFiles.begin(options.directory);
  try {
    const { manifest, entries } = await inSnapshot(url, (db) => write(db, options, files));
    await book(url, entries);
    await files.finish(manifest);
    return manifest;
  } catch (error) {
    await files.discard();
    throw error;
  }
}

async function write(
  db: Client,
  { ori, rootKey, onLines }: AgencyExport,
  files: ExportFiles,
): Promise<{ readonly manifest: ExportManifest; readonly entries: readonly AuditEntry[] }> {
  const agency = await findAgency(db, ori);
  if (agency === null) throw new Error('There is no agency with that ORI.');
  if (!fitsRootKey(rootKey, await findRootKeyDigest(db)))
    throw new Error('The root key is not that of this database: nothing sealed would open.');
  const kek = { id: 'root', key: deriveKey(rootKey, 'concord/kek') };
  const keyHolder = createLocalKeyHolder({ kek, agencyKeys: new PostgresAgencyKeyStore(db) });
  const takenAt = await nowOf(db);
  const entries: AuditEntry[] = [];
  let unopened = 0;
  const { id, version, ...facts } = agency;
  await files.write('agency.json', [{ id, ...facts }]);
  const total = await countVersions(db, id);
  let done = 0;
  for (const [name, query] of Object.entries(EXPORTED)) {
    await files.write(name, []);
    for await (const page of readVersions(db, query, id)) {
      // One after the other: the keys are read over this one connection.
      const opened: OpenedVersion[] = [];
      for (const stored of page) opened.push(await openVersion(keyHolder, id, stored));
      unopened += opened.reduce((sum, one) => sum + one.unopened.length, 0);
      await files.write(
        name,
        opened.map(({ line }) => line),
      );
      entries.push(entryOf(agency, version, takenAt, page));
      done += page.length;
      onLines?.(done, total);
    }
  }
  if (entries.length === 0) entries.push(entryOf(agency, version, takenAt, []));
  const manifest = { form: 'concord-agency-export/1' as const, ori, takenAt: takenAt.toISOString(), unopened };
  return { manifest: { ...manifest, files: files.written }, entries };
}

/** Which reports went out in which version, in nobody's name. */
const entryOf = (
  { id }: Agency,
  version: number,
  at: Date,
  page: readonly { readonly report_id: string; readonly version: number }[],
): AuditEntry =>
  auditEntry({
    ...{ at, personId: null, agencyId: null, roles: [], purpose: null, action: 'agency.export', outcome: 'DONE' },
    subjects: [
      { kind: 'agency', id, version },
      ...page.map((one) => ({ kind: 'report' as const, id: one.report_id, version: one.version })),
    ],
  });

async function inSnapshot<T>(url: string, work: (db: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'concord_export' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('set statement_timeout = 0; set idle_in_transaction_session_timeout = 0');
    await client.query('begin isolation level repeatable read read only');
    // What policies would hide is an error then, and never left out without a word.
    await client.query('set local row_security = off');
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function nowOf(db: Client): Promise<Date> {
  const { rows } = await db.query<{ now: Date }>('select now() as now');
  return rows[0]?.now ?? new Date(Number.NaN);
}

async function book(url: string, entries: readonly AuditEntry[]): Promise<void> {
  const pool = openPool({ url, role: 'concord_operator', max: 1, statementTimeoutMs: 60_000 });
  try {
    await inTransaction(pool, (tx) => appendAudit(tx, entries));
  } finally {
    await pool.end();
  }
}
