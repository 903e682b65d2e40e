import type { KeyObject } from 'node:crypto';
import { decrypt, encrypt } from './aes-gcm.js';
import { SealBrokenError } from './seal-broken.error.js';

/** Where the sealed content lives. A seal opens there and nowhere else: one copied to another row stays shut. */
export interface SealContext {
  readonly agencyId: string;
  readonly table: string;
  readonly column: string;
  readonly rowId: string;
}

/**
 * Sealed content, as stored: version (1 byte, 1) | length of the key id (1 byte) | key id (ASCII) | IV (12 bytes,
 * random) | ciphertext | tag (16 bytes). As long as the plaintext plus 30 bytes and the key id.
 */
export type Sealed = Buffer;

const VERSION = 1;
const HEADER_BYTES = 2;
const LONGEST_KEY_ID = 255;
const KEY_ID = /^[\x21-\x7e]+$/;

/** Seals with a key at hand; whoever has only an agency's id asks a key holder. */
export function sealWith(
  key: { readonly id: string; readonly key: KeyObject },
  plaintext: Uint8Array,
  context: SealContext,
): Sealed {
  if (!KEY_ID.test(key.id) || key.id.length > LONGEST_KEY_ID)
    throw new RangeError('A key id is 1 to 255 visible ASCII characters.');
  const header = Buffer.from([VERSION, key.id.length]);
  return Buffer.concat([header, Buffer.from(key.id, 'ascii'), encrypt(key.key, plaintext, bindingOf(context, key.id))]);
}

/** @throws SealBrokenError */
export function openWith(
  key: { readonly id: string; readonly key: KeyObject },
  sealed: Uint8Array,
  context: SealContext,
): Buffer {
  return decrypt(key.key, sealed.subarray(HEADER_BYTES + key.id.length), bindingOf(context, key.id));
}

/**
 * The id of the key that a seal was made with: unauthenticated, good for looking the key up and nothing else.
 * @throws SealBrokenError FORMAT
 */
export function keyIdOf(sealed: Uint8Array): string {
  const [version, length] = sealed;
  if (version !== VERSION || length === undefined) throw new SealBrokenError('FORMAT');
  const keyId = Buffer.from(sealed.subarray(HEADER_BYTES, HEADER_BYTES + length)).toString('latin1');
  if (keyId.length !== length || !KEY_ID.test(keyId)) throw new SealBrokenError('FORMAT');
  return keyId;
}

/** A JSON array, so that no two contexts give the same text: "ab" + "c" is not "a" + "bc". */
function bindingOf({ table, column, rowId, agencyId }: SealContext, keyId: string): string {
  return JSON.stringify(['concord/seal', VERSION, table, column, rowId, agencyId, keyId]);
}
