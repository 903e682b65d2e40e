import type { ApiKeyCapability, Role, SharingCode } from '@concord/codes';
import type { Queryable } from '@concord/platform/database';
import type { Pool } from 'pg';
import type { Book } from '../administration.js';
import { inSeat } from '../seat.js';
import { mintApiKey } from './api-key-text.js';
import type { ApiKeyRequest } from './read-api-key-request.js';

/** A key as its agency's admins see it; its text is nowhere. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** What it begins with after `cck_`: by this people know it. */
  readonly prefix: string;
  readonly capabilities: readonly ApiKeyCapability[];
  readonly widestSharing: SharingCode;
  readonly networks: readonly string[];
  /** Whose seat it acts from. */
  readonly personId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** The admin in whose name, and the agency for which, a key is made, listed or revoked. */
export interface KeyAdmin {
  readonly personId: string;
  readonly agencyId: string;
}

export type KeyRefused = 'PERSON_UNKNOWN' | 'PERSON_LACKS_ROLE' | 'TWO_ALIVE';

export type KeyCreation =
  | { readonly kind: 'created'; readonly key: ApiKey; readonly secret: string }
  | { readonly kind: 'refused'; readonly because: KeyRefused };

interface KeyRow {
  id: string;
  name: string;
  prefix: string;
  capabilities: ApiKeyCapability[];
  widest_sharing: SharingCode;
  networks: string[];
  person_id: string;
  created_at: Date;
  expires_at: Date;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

const COLUMNS = `id, name, prefix, capabilities, widest_sharing, networks::text[], person_id, created_at, expires_at, last_used_at, revoked_at`;

const asKey = (row: KeyRow): ApiKey => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  capabilities: row.capabilities,
  widestSharing: row.widest_sharing,
  networks: row.networks,
  personId: row.person_id,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  revokedAt: row.revoked_at,
});

/** Rolls the transaction back: a service seat that was opened for nothing goes with it. */
class Refused extends Error {
  constructor(readonly because: KeyRefused) {
    super(because);
  }
}

/**
 * Makes a key in one transaction with what `book` writes. Its text is in the answer and nowhere else.
 *
 * @param mayOwn whether somebody with these roles may do all that the key is for: it is never wider than its person
 */
export async function createApiKey(
  db: Pool,
  admin: KeyAdmin,
  request: ApiKeyRequest,
  mayOwn: (roles: ReadonlySet<Role>) => boolean,
  book: Book<[ApiKey]>,
): Promise<KeyCreation> {
  try {
    return await inSeat(db, admin, async (tx) => {
      const personId = request.personId ?? (await openServiceSeat(tx, request.name));
      const roles = await rolesOf(tx, personId, admin.agencyId);
      if (roles.size === 0) throw new Refused('PERSON_UNKNOWN');
      if (!mayOwn(roles)) throw new Refused('PERSON_LACKS_ROLE');
      const slot = await freeSlot(tx, admin.agencyId, personId, request.name);
      if (slot === null) throw new Refused('TWO_ALIVE');
      const { secret, prefix, digest } = mintApiKey();
      const { rows } = await tx.query<KeyRow>(
        `insert into api_key (agency_id, person_id, name, prefix, digest, capabilities, widest_sharing, networks, slot, created_by, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8::text[]::inet[], $9, $10, $11) returning ${COLUMNS}`,
        [
          admin.agencyId,
          personId,
          request.name,
          prefix,
          digest,
          request.capabilities,
          request.widestSharing,
          request.networks,
          slot,
          admin.personId,
          request.expiresAt,
        ],
      );
      const key = asKey(only(rows));
      await book(tx, key);
      return { kind: 'created', key, secret };
    });
  } catch (error) {
    if (error instanceof Refused) return { kind: 'refused', because: error.because };
    throw error;
  }
}

/** Ends a key from the commit on, with what `book` writes; null: the agency has none of this id. Twice changes nothing. */
export async function revokeApiKey(db: Pool, admin: KeyAdmin, id: string, book: Book): Promise<ApiKey | null> {
  return inSeat(db, admin, async (tx) => {
    const { rows } = await tx.query<KeyRow>(
      `update api_key set revoked_at = statement_timestamp(), revoked_by = $2, slot = null
       where id = $1 and revoked_at is null returning ${COLUMNS}`,
      [id, admin.personId],
    );
    if (rows[0] !== undefined) {
      await book(tx);
      return asKey(rows[0]);
    }
    const found = await tx.query<KeyRow>(`select ${COLUMNS} from api_key where id = $1`, [id]);
    return found.rows[0] === undefined ? null : asKey(found.rows[0]);
  });
}

/** What ending a key by an operator came to: nothing is changed twice. */
export type EndedApiKey = 'revoked' | 'was-revoked' | 'unknown-key';

/** The same by whoever operates the deployment, of any agency and in nobody's name. */
export async function endApiKey(tx: Queryable, id: string): Promise<EndedApiKey> {
  const ended = await tx.query(
    'update api_key set revoked_at = statement_timestamp(), slot = null where id = $1 and revoked_at is null',
    [id],
  );
  if (ended.rowCount === 1) return 'revoked';
  const known = await tx.query('select from api_key where id = $1', [id]);
  return known.rowCount === 0 ? 'unknown-key' : 'was-revoked';
}

export interface KeyPosition {
  readonly createdAt: string;
  readonly id: string;
}

/** The agency's keys, newest first, those that live no more too. Row-level security gives an admin's own agency's alone. */
export async function findApiKeys(
  db: Pool,
  admin: KeyAdmin,
  limit: number,
  after: KeyPosition | null,
): Promise<ApiKey[]> {
  return inSeat(db, admin, async (tx) => {
    const { rows } = await tx.query<KeyRow>({
      name: 'api_keys',
      text: `select ${COLUMNS} from api_key
             where agency_id = $1 and (created_at, id) < ($2::timestamptz, $3::uuid)
             order by created_at desc, id desc limit $4`,
      values: [
        admin.agencyId,
        after?.createdAt ?? 'infinity',
        after?.id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff',
        limit,
      ],
    });
    return rows.map(asKey);
  });
}

async function openServiceSeat(tx: Queryable, name: string): Promise<string> {
  const { rows } = await tx.query<{ id: string }>('select open_service_seat($1) as id', [name]);
  return only(rows).id;
}

async function rolesOf(tx: Queryable, personId: string, agencyId: string): Promise<ReadonlySet<Role>> {
  const { rows } = await tx.query<{ role: Role }>(
    `select distinct r.role from membership m
     join person p on p.id = m.person_id and p.status = 'ACTIVE'
     cross join lateral unnest(m.roles) as r(role)
     where m.person_id = $1 and m.agency_id = $2
       and m.valid_from <= statement_timestamp() and (m.valid_until is null or m.valid_until > statement_timestamp())`,
    [personId, agencyId],
  );
  return new Set(rows.map(({ role }) => role));
}

/** One of the two that may live at once, so that a system can be given its next key before the last one goes; null: both are taken. */
async function freeSlot(tx: Queryable, agencyId: string, personId: string, name: string): Promise<number | null> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('concord.api-key:' || $1 || $2 || $3, 0))`, [
    agencyId,
    personId,
    name,
  ]);
  const of = 'agency_id = $1 and person_id = $2 and name = $3';
  await tx.query(
    `update api_key set slot = null where ${of} and slot is not null and expires_at <= statement_timestamp()`,
    [agencyId, personId, name],
  );
  const { rows } = await tx.query<{ slot: number | null }>(
    `select min(s)::int as slot from generate_series(1, 2) s
     where not exists (select from api_key where ${of} and slot = s)`,
    [agencyId, personId, name],
  );
  return only(rows).slot;
}

function only<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error('one row was promised');
  return row;
}
