import type { AgencyActor } from '@concord/access';
import type { Queryable } from '@concord/platform/database';

/** How one agency's columns are read, under a name of its own. */
export interface SavedMapping {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** As libs/interpretation reads it. */
  readonly mapping: unknown;
  readonly changedAt: Date;
}

const COLUMNS = 'm.id, m.name, m.version, m.mapping, m.changed_at as "changedAt"';

/** Of the seat that was entered, by name. An agency has a handful. */
export async function findMappings(tx: Queryable): Promise<SavedMapping[]> {
  const { rows } = await tx.query<SavedMapping>({
    name: 'column_mappings',
    text: `select ${COLUMNS} from column_mapping m where m.agency_id = app_seat() order by lower(m.name), m.id`,
  });
  return rows;
}

export async function findMapping(tx: Queryable, id: string): Promise<SavedMapping | null> {
  const { rows } = await tx.query<SavedMapping>({
    name: 'column_mapping',
    text: `select ${COLUMNS} from column_mapping m where m.id = $1`,
    values: [id],
  });
  return rows[0] ?? null;
}

/** @returns null where the agency has one of that name */
export async function insertMapping(
  tx: Queryable,
  actor: AgencyActor,
  made: { readonly id: string; readonly name: string; readonly mapping: unknown },
): Promise<SavedMapping | null> {
  const { rows } = await tx.query<SavedMapping>({
    name: 'column_mapping_insert',
    text: `insert into column_mapping as m (id, agency_id, name, mapping, changed_by) values ($1, $2, $3, $4, $5)
           on conflict (agency_id, lower(name)) do nothing returning ${COLUMNS}`,
    values: [made.id, actor.agency.id, made.name, JSON.stringify(made.mapping), actor.personId],
  });
  return rows[0] ?? null;
}

/** Of two who change the same version one does. @returns null where it has another version by now, or another one has the name */
export async function changeMapping(
  tx: Queryable,
  actor: AgencyActor,
  changed: { readonly id: string; readonly name: string; readonly mapping: unknown; readonly version: number },
): Promise<SavedMapping | null> {
  const { rows } = await tx.query<SavedMapping>({
    name: 'column_mapping_change',
    text: `update column_mapping m set name = $2, mapping = $3, version = m.version + 1, changed_by = $4, changed_at = statement_timestamp()
           where m.id = $1 and m.version = $5
             and not exists (select from column_mapping o where o.agency_id = app_seat() and lower(o.name) = lower($2) and o.id <> $1)
           returning ${COLUMNS}`,
    values: [changed.id, changed.name, JSON.stringify(changed.mapping), actor.personId, changed.version],
  });
  return rows[0] ?? null;
}
