import type { SealContext, Sealed } from './seal.js';

/** Seals and opens content of an agency in CUSTODIAL mode (design.md section 7). Keys never leave it. */
export interface KeyHolder {
  /** The key that new content of the agency is sealed with; made at the first call. */
  currentKey(agencyId: string): Promise<{ readonly keyId: string }>;
  /** Seals bytes, or text as UTF-8, for one place. Twice the same plaintext gives two different seals. */
  seal(plaintext: Uint8Array | string, context: SealContext): Promise<Sealed>;
  /**
   * Opens a seal in the place that it was made for. The caller has checked and logged the reason before.
   * @throws SealBrokenError
   */
  open(sealed: Uint8Array, context: SealContext): Promise<Buffer>;
}
