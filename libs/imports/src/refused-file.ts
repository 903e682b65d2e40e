import type { AgencyActor } from '@concord/access';
import { interpretFile } from '@concord/interpretation';
import { asActor } from '@concord/records';
import { openIssues, readFile, type FileServices } from './file-content.js';
import { mappingOf, REFUSED_COLUMNS, settingsOf } from './mapping-form.js';
import { findEntries, type EntryPage, type StoredEntry } from './report-import.reader.js';
import type { EntryIssue, ReportImport } from './report-import.js';

const PAGE = 500;

/**
 * The rows of an import that were refused or asked about, as CSV: their columns to the letter, what is wrong and what
 * would be right. Mended and sent again as it is, for its references are the same; what was accepted is not in it. The
 * caller has booked it.
 */
export async function* refusedFile(
  services: FileServices,
  actor: AgencyActor,
  found: ReportImport,
): AsyncGenerator<string> {
  const refused = refusedEntries(services, actor, found.id);
  let next = await refused.next();
  if (next.done === true) return;
  const owner = { id: found.id, agencyId: actor.agency.id, personId: actor.personId };
  const bytes = readFile(services, owner, found.bytes);
  let columns: readonly string[] | null = null;
  for await (const entry of interpretFile(found.format, bytes, mappingOf(found.mapping), settingsOf(found.settings))) {
    if (next.done === true) return;
    if (entry.ordinal < next.value.ordinal) continue;
    const { issues } = next.value;
    for (const row of entry.rows) {
      if (columns === null) {
        columns = [...row.cells.keys()].filter((name) => !isAdded(name));
        yield line([...columns, ...REFUSED_COLUMNS]);
      }
      const own = issues.filter((issue) => issue.line === row.line);
      const said = own.length > 0 ? own : issues;
      yield line([...columns.map((name) => row.cells.get(name) ?? ''), problemOf(said), remedyOf(said)]);
    }
    next = await refused.next();
  }
}

const isAdded = (name: string): boolean => (REFUSED_COLUMNS as readonly string[]).includes(name);

async function* refusedEntries(
  services: FileServices,
  actor: AgencyActor,
  importId: string,
): AsyncGenerator<{ readonly ordinal: number; readonly issues: readonly EntryIssue[] }> {
  const as = { personId: actor.personId, agencyId: actor.agency.id };
  let after: number | null = null;
  for (;;) {
    const page: EntryPage = { outcomes: ['REFUSED', 'QUESTION'], limit: PAGE, after };
    const entries: StoredEntry[] = await asActor(services.db, as, (tx) => findEntries(tx, importId, page));
    for (const entry of entries)
      yield {
        ordinal: entry.ordinal,
        issues: await openIssues(services.keyHolder, { ...owner(actor, importId), ...entry }),
      };
    const last: StoredEntry | undefined = entries.at(-1);
    if (last === undefined || entries.length < PAGE) return;
    after = last.ordinal;
  }
}

const owner = (actor: AgencyActor, importId: string) => ({ agencyId: actor.agency.id, importId });

const problemOf = (issues: readonly EntryIssue[]): string =>
  [...new Set(issues.map(({ column, path, code }) => `${column ?? path}: ${code}`))].join('; ');

const remedyOf = (issues: readonly EntryIssue[]): string =>
  [
    ...new Set(
      issues.map(({ message, suggestions }) =>
        suggestions.length === 0 ? message : `${message} Perhaps: ${suggestions.join(', ')}`,
      ),
    ),
  ].join('; ');

/** RFC 4180. To the letter: a cell that looks like a formula stays what it is, or it would be another report. */
const line = (cells: readonly string[]): string =>
  `${cells.map((cell) => (/[",\r\n]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;
