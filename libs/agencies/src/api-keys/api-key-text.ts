import { createHash, randomBytes } from 'node:crypto';

/** What scanners of repositories and mail look for. */
const MARK = 'cck_';
/** The mark, twelve digits by which people know it in a list, and 256 random bits. */
const FORM = /^cck_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/;

/** A key as it is made: its text is shown once and kept nowhere. */
export interface MintedKey {
  readonly secret: string;
  readonly prefix: string;
  readonly digest: Buffer;
}

export function mintApiKey(): MintedKey {
  const prefix = randomBytes(6).toString('hex');
  const secret = `${MARK}${prefix}_${randomBytes(32).toString('base64url')}`;
  return { secret, prefix, digest: digestOf(secret) };
}

/** Whether a bearer credential means to be a key and not a token. */
export const claimsToBeApiKey = (credential: string): boolean => credential.startsWith(MARK);

/** What a key is found by; null for what can be no key. A digest that is looked up takes as long for a near miss as for a far one. */
export const apiKeyDigest = (text: string): Buffer | null => (FORM.test(text) ? digestOf(text) : null);

/** Of 256 random bits there is nothing to guess, so nothing slow is needed. */
const digestOf = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
