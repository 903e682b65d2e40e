import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SealBrokenError } from './seal-broken.error.js';

/** Length of an AES-256 key in bytes. */
export const KEY_BYTES = 32;
const ALGORITHM = 'aes-256-gcm';
/** 96 bits, random: safe for 2^32 seals under one key (NIST SP 800-38D, 8.3); an agency's key is rotated long before. */
const IV_BYTES = 12;
/** Given to the decipher too: without it, Node would accept a tag cut down to 4 bytes. */
const TAG_BYTES = 16;

/** IV | ciphertext | tag. `boundTo` is authenticated with it and not contained in it. */
export function encrypt(key: KeyObject, plaintext: Uint8Array, boundTo: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(boundTo, 'utf8'));
  return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** @throws SealBrokenError FORMAT when too short, AUTHENTICATION when key, binding or any bit is not the same. */
export function decrypt(key: KeyObject, encrypted: Uint8Array, boundTo: string): Buffer {
  if (encrypted.byteLength < IV_BYTES + TAG_BYTES) throw new SealBrokenError('FORMAT');
  const tagStart = encrypted.byteLength - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, encrypted.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(boundTo, 'utf8'));
  decipher.setAuthTag(encrypted.subarray(tagStart));
  const plaintext = decipher.update(encrypted.subarray(IV_BYTES, tagStart));
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    throw new SealBrokenError('AUTHENTICATION');
  }
  return plaintext;
}
