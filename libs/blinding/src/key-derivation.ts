import { hkdfSync } from 'node:crypto';
import { KEY_BYTES } from './aes-gcm.js';

/** Fixed and public: sets Concord's keys apart from whatever else was derived from the same root. */
const SALT = 'concord/derived-key/1';

/**
 * A key of 32 bytes for one purpose, by HKDF-SHA-256 (RFC 5869). Each purpose has its own, so that a digest made for
 * one proves nothing in another, and none of them tells anything about the root.
 * @param root 32 random bytes or more.
 * @param purpose what the key is for, such as `idempotency-digest`; never built from input.
 * @throws RangeError for a shorter root or an empty purpose
 */
export function deriveKey(root: Buffer, purpose: string): Buffer {
  if (root.byteLength < KEY_BYTES) throw new RangeError(`A root key has at least ${KEY_BYTES} bytes.`);
  if (purpose === '') throw new RangeError('A derived key needs a purpose.');
  return Buffer.from(hkdfSync('sha256', root, SALT, purpose, KEY_BYTES));
}
