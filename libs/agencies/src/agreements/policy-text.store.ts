import type { Queryable } from '@concord/platform/database';
import type { Pool } from 'pg';
import type { Book } from '../administration.js';
import { inSeat, type AdminSeat } from '../seat.js';
import { act } from './agreement.store.js';

/** The text that the agencies of this deployment work under. */
export interface PolicyText {
  readonly version: number;
  readonly text: string;
  /** SHA-256. */
  readonly digest: string;
  readonly effectiveFrom: Date;
}

export interface Publication {
  readonly text: string;
  readonly digest: string;
  readonly effectiveFrom: Date;
}

/** A system admin publishes the next version. The text that is newest already is not published again. */
export async function publishPolicyText(
  pool: Pool,
  seat: AdminSeat,
  publication: Publication,
  book: Book<[version: number]>,
): Promise<PolicyText> {
  return inSeat(pool, seat, async (tx) => {
    const { rows } = await tx.query<{ outcome: string; version: number }>(
      'select outcome, version from publish_policy_text($1, $2, $3)',
      [publication.text, publication.digest, publication.effectiveFrom],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('a publication has an outcome');
    if (row.outcome === 'PUBLISHED') await book(tx, row.version);
    const published = await tx.query<PolicyTextRow>(`${POLICY_TEXT} where t.version = $1`, [row.version]);
    const [text] = published.rows;
    if (text === undefined) throw new Error('what was published is there');
    return asPolicyText(text);
  });
}

export type AcceptOutcome = 'ACCEPTED' | 'UNCHANGED' | 'ABSENT' | 'SUPERSEDED';

/** An agency's admin accepts a version for the agency. */
export async function acceptPolicy(pool: Pool, seat: AdminSeat, version: number, book: Book): Promise<AcceptOutcome> {
  return act<AcceptOutcome>(pool, seat, book, ['ACCEPTED'], 'select accept_policy($1) as outcome', [version]);
}

/** Where an agency stands with the newest text. */
export interface PolicyState extends PolicyText {
  readonly acceptedAt: Date | null;
  /** A text that is in force was not accepted: nothing that is shared opens for this agency. */
  readonly closed: boolean;
}

interface PolicyTextRow {
  version: number;
  body: string;
  digest: string;
  effective_from: Date;
}

const POLICY_TEXT = 'select t.version, t.body, t.digest, t.effective_from from policy_text t';

const asPolicyText = (row: PolicyTextRow): PolicyText => ({
  version: row.version,
  text: row.body,
  digest: row.digest,
  effectiveFrom: row.effective_from,
});

/** Null while nothing was published; for no agency: the text, and nothing is closed. */
export async function findPolicyState(db: Queryable, agencyId: string | null): Promise<PolicyState | null> {
  const { rows } = await db.query<PolicyTextRow & { accepted_at: Date | null; closed: boolean }>({
    name: 'policy_state',
    text: `select t.version, t.body, t.digest, t.effective_from,
             (select min(c.accepted_at) from policy_acceptance c where c.agency_id = $1 and c.version >= t.version) as accepted_at,
             $1::uuid is not null and exists (
               select from policy_text p where p.effective_from <= statement_timestamp()
                 and not exists (select from policy_acceptance c where c.agency_id = $1 and c.version >= p.version)) as closed
           from policy_text t order by t.version desc limit 1`,
    values: [agencyId],
  });
  const [row] = rows;
  return row === undefined ? null : { ...asPolicyText(row), acceptedAt: row.accepted_at, closed: row.closed };
}
