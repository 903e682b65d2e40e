import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

const KEY_BYTES = 32;

/**
 * Encrypts a backup and seals its manifest. A key of its own, not the root key: whoever keeps backups then holds neither
 * what opens the sealed parts nor, without this key, anything readable.
 */
export class BackupKey {
  readonly #root: KeyObject;

  /** @param bytes 32, random. @throws RangeError for another number of them */
  constructor(bytes: Uint8Array) {
    if (bytes.byteLength !== KEY_BYTES)
      throw new RangeError(`A backup key has ${KEY_BYTES} bytes, not ${bytes.byteLength}.`);
    this.#root = createSecretKey(bytes);
  }

  /** A key for one file: with a salt of its own, so that no two files are ever encrypted under the same key. */
  fileKey(salt: Uint8Array): KeyObject {
    return createSecretKey(this.#derive(salt, 'concord/backup/file/1'));
  }

  /** What nobody can make who has not the key. */
  seal(text: string): string {
    const key = this.#derive(new Uint8Array(0), 'concord/backup/manifest/1');
    return createHmac('sha256', key).update(text).digest('hex');
  }

  #derive(salt: Uint8Array, purpose: string): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#root, salt, purpose, KEY_BYTES));
  }
}
