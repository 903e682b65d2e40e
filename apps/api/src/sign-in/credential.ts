import type { KeyClaim } from '@concord/access';
import type { VerifiedSubject } from './token-verifier.js';

/** A person's access token whose signature was good. */
export interface TokenCredential extends VerifiedSubject {
  readonly kind: 'token';
}

/** A machine's API key that is known. */
export interface KeyCredential extends KeyClaim {
  readonly kind: 'key';
  readonly id: string;
  readonly expiresAt: Date;
}

/** By what somebody was let in, and is looked at again for as long as a socket is open. */
export type Credential = TokenCredential | KeyCredential;

/** Its name wherever credentials are counted. */
export const credentialId = (credential: Credential): string =>
  credential.kind === 'key' ? `key ${credential.id}` : `token ${credential.issuer} ${credential.tokenId}`;
