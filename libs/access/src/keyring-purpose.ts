import type { PurposeCode } from '@concord/codes';

/**
 * For what stands beyond one request: a rule, which alerts whatever its owner will name when it is read, and the question
 * what opens at all. Never for a read.
 */
export const ANY_PURPOSE = 'ANY';

/** What the keyring is computed for: an agreement opens nothing for a purpose that is not one of its own. */
export type KeyringPurpose = PurposeCode | typeof ANY_PURPOSE;
