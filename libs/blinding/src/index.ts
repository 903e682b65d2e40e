/** The door of blinding: sealing content for one agency and one place, and keys for separate purposes. */
export type { AgencyKeyStore, WrappedKey } from './agency-key-store.js';
export { PostgresAgencyKeyStore } from './postgres-agency-key.store.js';
export { deriveKey } from './key-derivation.js';
export type { KeyHolder } from './key-holder.js';
export type { KeyEncryptionKey } from './key-wrapping.js';
export { createLocalKeyHolder } from './local-key-holder.js';
export type { LocalKeyHolderOptions } from './local-key-holder.js';
export { checkRootKey, findRootKeyDigest, rootKeyDigest, WrongRootKeyError } from './root-key.store.js';
export { SealBrokenError } from './seal-broken.error.js';
export type { SealFault } from './seal-broken.error.js';
export type { SealContext, Sealed } from './seal.js';
