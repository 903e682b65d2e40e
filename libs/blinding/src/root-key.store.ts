import type { Queryable } from '@concord/platform/database';
import { timingSafeEqual } from 'node:crypto';
import { deriveKey } from './key-derivation.js';

/** The process was started with another root key than the one that the database was filled under. */
export class WrongRootKeyError extends Error {
  constructor() {
    super(
      'The root key is not the one that this database was filled under: what is sealed could not be opened. Bring back the right key file.',
    );
    this.name = 'WrongRootKeyError';
  }
}

/** Tells root keys apart and gives nothing of them away. */
export function rootKeyDigest(rootKey: Buffer): string {
  return deriveKey(rootKey, 'concord/root-key-check').toString('hex');
}

/** The digest of the root key that this database was filled under; null where nothing was started on it yet. */
export async function findRootKeyDigest(db: Queryable): Promise<string | null> {
  const { rows } = await db.query<{ digest: string }>("select digest from root_key_check where id = 'root'");
  return rows[0]?.digest ?? null;
}

/** Remembers the root key's digest at the first start and refuses any other key from then on. @throws WrongRootKeyError */
export async function checkRootKey(db: Queryable, rootKey: Buffer): Promise<void> {
  const digest = rootKeyDigest(rootKey);
  await db.query("insert into root_key_check (id, digest) values ('root', $1) on conflict (id) do nothing", [digest]);
  const remembered = await findRootKeyDigest(db);
  if (!timingSafeEqual(Buffer.from(remembered ?? ''.padEnd(64)), Buffer.from(digest))) throw new WrongRootKeyError();
}
