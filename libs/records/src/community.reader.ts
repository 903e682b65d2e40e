import type { CommunityBand } from '@concord/deidentification';
import type { Queryable } from '@concord/platform/database';

/** A row of COMMUNITY: one record in one class, and nothing that says which. */
export interface CommunityCard {
  readonly id: string;
  readonly stateFips: string;
  /** YYYY-MM. */
  readonly month: string;
  /** DEA code, or the class of a substance that has none: as `substance_list_key` writes it. */
  readonly substance: string;
  readonly band: CommunityBand;
  readonly synthetic: boolean;
}

/** What a row must meet, all of it; null: anything. */
export interface CommunityCondition {
  readonly stateFips: readonly string[] | null;
  /** First days of months, both included. */
  readonly fromMonth: string | null;
  readonly untilMonth: string | null;
  /** As {@link CommunityCard.substance}. */
  readonly substances: readonly string[] | null;
}

/** Which list it is that somebody reads. */
export interface CommunityEdition {
  readonly edition: number;
  /** When its last batch was made. */
  readonly asOf: Date;
}

/** Null before the first batch, and where the actor's keys open nothing. Runs inside {@link asActor}. */
export async function findCommunityEdition(tx: Queryable): Promise<CommunityEdition | null> {
  const { rows } = await tx.query<{ edition: number; made_at: Date }>({
    name: 'community_edition',
    text: 'select edition, made_at from community_batch order by number desc limit 1',
  });
  const [row] = rows;
  return row === undefined ? null : { edition: row.edition, asOf: row.made_at };
}

/** A row's place in the order: by batch, and inside it by random ids. */
interface CommunityPosition {
  readonly batch: number;
  readonly id: string;
}

/** Null for what the actor cannot list (any more): an edition's ids end with it. Runs inside {@link asActor}. */
export async function findCommunityPosition(tx: Queryable, id: string): Promise<CommunityPosition | null> {
  const { rows } = await tx.query<CommunityPosition>({
    name: 'community_position',
    text: 'select batch, id from community_record where id = $1',
    values: [id],
  });
  return rows[0] ?? null;
}

/** One page, oldest batch first, so that a later batch comes after all that was read. Runs inside {@link asActor}. */
export async function findCommunityPage(
  tx: Queryable,
  condition: CommunityCondition,
  limit: number,
  after: CommunityPosition | null,
): Promise<CommunityCard[]> {
  const { sql, values } = whereOf(condition);
  const { rows } = await tx.query<{
    id: string;
    state_fips: string;
    month: string;
    substance: string;
    band: CommunityBand;
    synthetic: boolean;
  }>({
    text: `select r.id, r.state_fips, to_char(r.month, 'YYYY-MM') as month, r.substance, r.band, r.synthetic
           from community_record r where ${sql} and (r.batch, r.id) > ($5, $6) order by r.batch, r.id limit $7`,
    values: [...values, after?.batch ?? 0, after?.id ?? '00000000-0000-0000-0000-000000000000', limit],
  });
  return rows.map(({ state_fips, ...row }) => ({ ...row, stateFips: state_fips }));
}

/** How many rows the actor can list, counted up to `cap`. Runs inside {@link asActor}. */
export async function countCommunityRecords(
  tx: Queryable,
  condition: CommunityCondition,
  cap: number,
): Promise<{ readonly value: number; readonly atLeast: boolean }> {
  const { sql, values } = whereOf(condition);
  const { rows } = await tx.query<{ n: number }>({
    text: `select count(*)::int as n from (select from community_record r where ${sql} limit $5) x`,
    values: [...values, cap + 1],
  });
  const n = rows[0]?.n ?? 0;
  return { value: Math.min(n, cap), atLeast: n > cap };
}

/** Unnamed statements: planned for the values that are there, so that what is not asked for costs nothing. */
const whereOf = ({ stateFips, fromMonth, untilMonth, substances }: CommunityCondition) => ({
  sql: `($1::text[] is null or r.state_fips = any($1)) and ($2::date is null or r.month >= $2)
        and ($3::date is null or r.month <= $3) and ($4::text[] is null or r.substance = any($4))`,
  values: [stateFips, fromMonth, untilMonth, substances],
});
