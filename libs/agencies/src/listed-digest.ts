import { createHash } from 'node:crypto';

/** Of everything that a list says of one entry: what is equal says the same, and is not written again. */
export const listedDigest = (...said: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(said), 'utf8').digest('hex').slice(0, 32);
