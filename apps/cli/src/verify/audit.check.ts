import type { BackupFault } from '@concord/platform/backup';
import type { Queryable } from '@concord/platform/database';
import canonicalize from 'canonicalize';

const PAGE = 2_000;

interface EntryRow {
  id: string;
  at: Date;
  person_id: string | null;
  agency_id: string | null;
  action: string;
  outcome: string;
  canonical: string;
}

/** Every entry of the books is its own canonical form, and its columns say what that says. */
export async function checkAudit(
  db: Queryable,
): Promise<{ readonly entries: number; readonly faults: readonly BackupFault[] }> {
  let entries = 0;
  let broken = 0;
  await db.query(
    'declare audit_walk no scroll cursor for select id, at, person_id, agency_id, action, outcome, canonical from audit_entry',
  );
  for (;;) {
    const { rows } = await db.query<EntryRow & Record<string, unknown>>(`fetch ${PAGE} from audit_walk`);
    if (rows.length === 0) break;
    entries += rows.length;
    broken += rows.filter((row) => !isWhole(row)).length;
  }
  await db.query('close audit_walk');
  if (broken === 0) return { entries, faults: [] };
  return {
    entries,
    faults: [{ code: 'UNSOUND', subject: 'audit_entry', message: `${broken} entries are not what was booked` }],
  };
}

function isWhole(row: EntryRow): boolean {
  let said: unknown;
  try {
    said = JSON.parse(row.canonical);
  } catch {
    return false;
  }
  if (typeof said !== 'object' || said === null || canonicalize(said) !== row.canonical) return false;
  const is = (name: string, value: string | null): boolean => Reflect.get(said, name) === value;
  return (
    is('id', row.id) &&
    is('at', row.at.toISOString()) &&
    is('person', row.person_id) &&
    is('agency', row.agency_id) &&
    is('action', row.action) &&
    is('outcome', row.outcome)
  );
}
