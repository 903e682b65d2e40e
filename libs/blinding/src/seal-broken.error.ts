/**
 * Why a seal does not open. FORMAT: not a seal, or cut short. UNKNOWN_KEY: no such key, or not this agency's.
 * UNKNOWN_KEY_ENCRYPTION_KEY: the agency's key is wrapped by a key that this key holder was not given. AUTHENTICATION:
 * altered, or moved from another row, column, table or agency.
 */
export type SealFault = 'FORMAT' | 'UNKNOWN_KEY' | 'UNKNOWN_KEY_ENCRYPTION_KEY' | 'AUTHENTICATION';

/**
 * A seal that does not open. Carries the kind of fault and nothing else: no content, no key, and no cause, because the
 * cipher's own error would add nothing but its stack.
 */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
  readonly code = 'SEAL_BROKEN';

  constructor(readonly fault: SealFault) {
    super(`The seal does not open (${fault}).`);
  }
}
