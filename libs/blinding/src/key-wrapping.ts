import { createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { KEY_BYTES, decrypt, encrypt } from './aes-gcm.js';
import type { WrappedKey } from './agency-key-store.js';
import { SealBrokenError } from './seal-broken.error.js';

/** Wraps the agencies' keys; read from a file that is not in the database nor in its backups. */
export interface KeyEncryptionKey {
  readonly id: string;
  /** 32 random bytes. */
  readonly key: Uint8Array;
}

/** 96 random bits as 16 characters: unique without asking anybody. */
const KEY_ID_BYTES = 12;

/** Key-encryption keys by id, the first of them the one that wraps new keys. Key objects do not print their bytes. */
export class KeyWrapper {
  private readonly keys: ReadonlyMap<string, KeyObject>;
  private readonly currentId: string;

  constructor(current: KeyEncryptionKey, former: readonly KeyEncryptionKey[]) {
    this.keys = new Map([current, ...former].map(({ id, key }) => [id, secretKey(key)]));
    if (this.keys.size !== former.length + 1) throw new RangeError('Two key-encryption keys have the same id.');
    this.currentId = current.id;
  }

  /** A new random key for an agency, wrapped. */
  create(agencyId: string): WrappedKey {
    const keyId = randomBytes(KEY_ID_BYTES).toString('base64url');
    const names = { agencyId, keyId, kekId: this.currentId };
    const bytes = randomBytes(KEY_BYTES);
    const wrapped = encrypt(this.keyOf(names.kekId), bytes, bindingOf(names));
    bytes.fill(0);
    return { ...names, wrapped };
  }

  /** @throws SealBrokenError */
  unwrap(wrappedKey: WrappedKey): KeyObject {
    const bytes = decrypt(this.keyOf(wrappedKey.kekId), wrappedKey.wrapped, bindingOf(wrappedKey));
    const key = secretKey(bytes);
    bytes.fill(0);
    return key;
  }

  private keyOf(kekId: string): KeyObject {
    const key = this.keys.get(kekId);
    if (key === undefined) throw new SealBrokenError('UNKNOWN_KEY_ENCRYPTION_KEY');
    return key;
  }
}

function secretKey(bytes: Uint8Array): KeyObject {
  if (bytes.byteLength !== KEY_BYTES) throw new RangeError(`A key has ${KEY_BYTES} bytes, not ${bytes.byteLength}.`);
  return createSecretKey(bytes);
}

/** Another first word than a seal's: wrapped keys and sealed content can never stand in for each other. */
function bindingOf({ kekId, agencyId, keyId }: Omit<WrappedKey, 'wrapped'>): string {
  return JSON.stringify(['concord/agency-key', 1, kekId, agencyId, keyId]);
}
