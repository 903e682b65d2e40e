/** An agency's data key as stored: encrypted under a key-encryption key, worthless without it. */
export interface WrappedKey {
  /** Random, unique over all agencies; 1 to 255 visible ASCII characters. */
  readonly keyId: string;
  readonly agencyId: string;
  /** Which key-encryption key unwraps it. */
  readonly kekId: string;
  /** IV (12 bytes) | encrypted key (32 bytes) | tag (16 bytes). */
  readonly wrapped: Uint8Array;
}

/**
 * Where wrapped keys are kept. A key is never deleted while something is sealed with it. To rotate, retire an agency's
 * current key: `find` no longer returns it and the next seal inserts a new one; `findById` returns both.
 */
export interface AgencyKeyStore {
  /** The agency's current key; null before its first seal and after its key was retired. */
  find(agencyId: string): Promise<WrappedKey | null>;
  /** Any key, current or retired. */
  findById(keyId: string): Promise<WrappedKey | null>;
  /**
   * Stores the key unless the agency has a current one, and returns whichever is current then: of two processes that
   * seal for a new agency at the same time, both must go on with the same key. Committed before it returns: a key that
   * is rolled back takes with it what others sealed meanwhile.
   */
  insertIfAbsent(agencyId: string, wrapped: WrappedKey): Promise<WrappedKey>;
}
