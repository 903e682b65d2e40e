import type { Queryable } from '@concord/platform/database';
import { createHash } from 'node:crypto';

/** No issuer's tokens live longer, so a revocation that is kept this long outlives what it revokes. */
export const LONGEST_TOKEN_AGE_DAYS = 400;

export interface TokenRevocation {
  readonly issuer: string;
  /** The claim `jti`. */
  readonly tokenId: string;
  readonly reason: string | null;
}

/** What a revocation came to: nothing is changed twice. */
export type Revoked = 'revoked' | 'was-revoked' | 'unknown-issuer';

/**
 * Takes one token back, from the commit on. An issuer that no person is known by is a typing mistake; whether the token
 * exists only its issuer knows. Outlived revocations are tidied away by the next one.
 */
export async function revokeToken(tx: Queryable, { issuer, tokenId, reason }: TokenRevocation): Promise<Revoked> {
  const known = await tx.query('select from person where issuer = $1 limit 1', [issuer]);
  if (known.rowCount === 0) return 'unknown-issuer';
  await tx.query(`delete from revoked_token where expires_at < now() - interval '1 day'`);
  const { rowCount } = await tx.query(
    `insert into revoked_token (issuer, token_id, expires_at, reason)
     values ($1, $2, now() + make_interval(days => $3), $4) on conflict (issuer, token_id) do nothing`,
    [issuer, tokenId, LONGEST_TOKEN_AGE_DAYS, reason],
  );
  return rowCount === 0 ? 'was-revoked' : 'revoked';
}

export type Disabled = 'disabled' | 'was-disabled' | 'unknown-person';

/** Ends every seat of a person, from the commit on. */
export async function disablePerson(tx: Queryable, personId: string): Promise<Disabled> {
  const { rows } = await tx.query<{ status: string }>('select status from person where id = $1 for update', [personId]);
  const [person] = rows;
  if (person === undefined) return 'unknown-person';
  if (person.status === 'DISABLED') return 'was-disabled';
  await tx.query(`update person set status = 'DISABLED' where id = $1`, [personId]);
  return 'disabled';
}

export type Enabled = 'enabled' | 'unknown-person';

/**
 * Lets a person in again who was disabled, or was not there for ninety days (CJIS AC-2(3)): both begin anew. Tokens that
 * were revoked stay revoked.
 */
export async function enablePerson(tx: Queryable, personId: string): Promise<Enabled> {
  const { rowCount } = await tx.query(`update person set status = 'ACTIVE' where id = $1`, [personId]);
  if (rowCount === 0) return 'unknown-person';
  await tx.query(
    `insert into person_activity (person_id, last_active_at) values ($1, now())
     on conflict (person_id) do update set last_active_at = excluded.last_active_at`,
    [personId],
  );
  return 'enabled';
}

/** A token's name in logs and books: joins the two, and tells neither the token nor what an issuer wrote into its id. */
export function tokenDigest(issuer: string, tokenId: string): string {
  return createHash('sha256').update(`${issuer}\n${tokenId}`, 'utf8').digest('hex').slice(0, 32);
}
