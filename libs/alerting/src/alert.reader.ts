import type { Match } from '@concord/codes';
import type { Queryable } from '@concord/platform/database';
import type { ActAs } from '@concord/records';

/** Where an alert stands; the database's `alert_stage`. */
export const ALERT_STATES = ['RAISED', 'DELIVERED', 'SEEN', 'ACKNOWLEDGED', 'IN_WORK', 'CLOSED'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

/** What a closed alert was good for. */
export const ALERT_OUTCOMES = ['USEFUL', 'NOT_USEFUL', 'DUPLICATE'] as const;
export type AlertOutcome = (typeof ALERT_OUTCOMES)[number];

/** What the latest revision of an alert is about. */
export const ALERT_CHANGES = ['RAISED', 'CORRECTED', 'LABORATORY_RESULT', 'RECALLED'] as const;
export type AlertChange = (typeof ALERT_CHANGES)[number];

/** An alert as its owner gets it; the record is read apart, by the keys held at that moment. */
export interface AlertCard {
  readonly id: string;
  readonly recordId: string;
  readonly recordVersion: number;
  readonly revision: number;
  readonly change: AlertChange;
  readonly match: Match;
  readonly state: AlertState;
  readonly raisedAt: Date;
  readonly updatedAt: Date;
  readonly rules: readonly { readonly id: string; readonly name: string }[];
  /** Null unless it is CLOSED. */
  readonly outcome: AlertOutcome | null;
  /** The last note that its owner made. */
  readonly note: string | null;
  /** The colleague who handed it over; null: a rule of one's own raised it, and nobody handed it over since. */
  readonly assignedBy: string | null;
  /** Whether its owner watches the record. */
  readonly watched: boolean;
}

interface AlertCardRow {
  id: string;
  record_id: string;
  record_version: number;
  revision: number;
  change: AlertChange;
  match: Match;
  stage: AlertState;
  outcome: AlertOutcome | null;
  note: string | null;
  assigned_by: string | null;
  watched_at: string | Date | null;
  raised_at: string | Date;
  updated_at: string | Date;
  rules: { id: string; name: string }[] | null;
}

const asCard = (row: AlertCardRow): AlertCard => ({
  id: row.id,
  recordId: row.record_id,
  recordVersion: row.record_version,
  revision: row.revision,
  change: row.change,
  match: row.match,
  state: row.stage,
  raisedAt: new Date(row.raised_at),
  updatedAt: new Date(row.updated_at),
  rules: row.rules ?? [],
  outcome: row.outcome,
  note: row.note,
  assignedBy: row.assigned_by,
  watched: row.watched_at !== null,
});

export interface AlertPosition {
  readonly raisedAt: Date;
  readonly id: string;
}

/** The owner's alerts, newest first. */
export async function findAlertPage(
  db: Queryable,
  as: ActAs,
  states: readonly AlertState[] | null,
  limit: number,
  after: AlertPosition | null,
): Promise<AlertCard[]> {
  const { rows } = await db.query<AlertCardRow>({
    name: 'alert_page',
    text: 'select * from alert_page($1, $2, $3, $4, $5, $6)',
    values: [
      as.personId,
      as.agencyId,
      limit,
      after?.raisedAt ?? 'infinity',
      after?.id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff',
      states,
    ],
  });
  return rows.map(asCard);
}

/** An entry of an inbox: its position is dense and in commit order for the recipient. */
export interface InboxEntry {
  readonly position: bigint;
  readonly revision: number;
  readonly alert: AlertCard;
}

export async function findInboxEntries(db: Queryable, as: ActAs, after: bigint, limit: number): Promise<InboxEntry[]> {
  const { rows } = await db.query<{ position: string; revision: number; card: AlertCardRow }>({
    name: 'inbox_after',
    text: 'select entry_position::text as position, entry_revision as revision, row_to_json(card) as card from inbox_after($1, $2, $3, $4)',
    values: [as.personId, as.agencyId, after.toString(), limit],
  });
  return rows.map((row) => ({ position: BigInt(row.position), revision: row.revision, alert: asCard(row.card) }));
}

/** The recipient's inbox and where it stands; made at the first look, so that a stream has something to wait at. */
export async function openInbox(db: Queryable, as: ActAs): Promise<{ id: string; lastPosition: bigint }> {
  const { rows } = await db.query<{ inbox_id: string; last_position: string }>({
    name: 'open_inbox',
    text: 'select inbox_id, last_position from open_inbox($1, $2)',
    values: [as.personId, as.agencyId],
  });
  const row = rows[0];
  if (row === undefined) throw new Error('open_inbox answers with one row');
  return { id: row.inbox_id, lastPosition: BigInt(row.last_position) };
}

/** Those of the inboxes, of whomever, that have an entry after the position; what it is, their recipients read. */
export async function findInboxesAhead(
  db: Queryable,
  waiting: readonly { readonly id: string; readonly position: bigint }[],
): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'inboxes_ahead',
    text: 'select id from inboxes_ahead($1, $2) as ahead(id)',
    values: [waiting.map(({ id }) => id), waiting.map(({ position }) => position.toString())],
  });
  return rows.map(({ id }) => id);
}
