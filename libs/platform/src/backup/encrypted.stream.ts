import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import type { BackupKey } from './backup-key.js';

/**
 * An encrypted file: 8 bytes `CONCORD1`, a salt of 16 random bytes, then chunks of 64 KiB of plaintext (the last one may
 * be shorter), each AES-256-GCM with its tag of 16 bytes behind it. The nonce is the chunk's number (11 bytes, big-endian)
 * and a byte that is 1 for the last chunk, as in age's STREAM: what was cut, swapped or repeated does not open. Every
 * chunk is bound to `boundTo`, which is not contained.
 */
const MAGIC = Buffer.from('CONCORD1', 'ascii');
const SALT_BYTES = 16;
const HEADER_BYTES = MAGIC.length + SALT_BYTES;
const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
const ALGORITHM = 'aes-256-gcm';

/** The file is not one that this key has encrypted under this name, or not all of it. */
export class NotDecryptedError extends Error {
  override readonly name = 'NotDecryptedError';
}

/** Gathers what comes into pieces of one size and tells the last from the others. */
abstract class ChunkedTransform extends Transform {
  #waiting: Buffer[] = [];
  #bytes = 0;
  #number = 0;

  protected constructor(
    private readonly chunkBytes: number,
    protected readonly boundTo: Buffer,
  ) {
    super();
  }

  protected abstract chunk(piece: Buffer, nonce: Buffer): void;
  /** Takes a header off what has come; null: more is needed first. */
  protected abstract begin(come: Buffer): Buffer | null;

  override _transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#guard(done, () => {
      this.#waiting.push(piece);
      this.#bytes += piece.length;
      // One byte more than a chunk: only then is it certain not to be the last.
      if (this.#bytes > this.chunkBytes) this.#pass();
    });
  }

  override _flush(done: TransformCallback): void {
    this.#guard(done, () => {
      const rest = this.begin(Buffer.concat(this.#waiting));
      if (rest === null) throw new NotDecryptedError('it ends before it has begun');
      this.chunk(rest, this.#nonce(true));
    });
  }

  #pass(): void {
    const come = this.begin(Buffer.concat(this.#waiting));
    if (come === null) return;
    let start = 0;
    for (; come.length - start > this.chunkBytes; start += this.chunkBytes)
      this.chunk(come.subarray(start, start + this.chunkBytes), this.#nonce(false));
    const rest = come.subarray(start);
    this.#waiting = [rest];
    this.#bytes = rest.length;
  }

  #nonce(last: boolean): Buffer {
    const nonce = Buffer.alloc(NONCE_BYTES);
    nonce.writeUIntBE(this.#number, NONCE_BYTES - 7, 6);
    nonce[NONCE_BYTES - 1] = last ? 1 : 0;
    this.#number += 1;
    return nonce;
  }

  #guard(done: TransformCallback, work: () => void): void {
    try {
      work();
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

class Encrypting extends ChunkedTransform {
  readonly #key: KeyObject;

  constructor(key: BackupKey, boundTo: string) {
    super(CHUNK_BYTES, Buffer.from(boundTo, 'utf8'));
    const salt = randomBytes(SALT_BYTES);
    this.#key = key.fileKey(salt);
    this.push(Buffer.concat([MAGIC, salt]));
  }

  protected override begin(come: Buffer): Buffer {
    return come;
  }

  protected override chunk(piece: Buffer, nonce: Buffer): void {
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce, { authTagLength: TAG_BYTES }).setAAD(this.boundTo);
    this.push(Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]));
  }
}

class Decrypting extends ChunkedTransform {
  #key: KeyObject | null = null;

  constructor(
    private readonly root: BackupKey,
    boundTo: string,
  ) {
    super(CHUNK_BYTES + TAG_BYTES, Buffer.from(boundTo, 'utf8'));
  }

  protected override begin(come: Buffer): Buffer | null {
    if (this.#key !== null) return come;
    if (come.length < HEADER_BYTES) return null;
    if (!come.subarray(0, MAGIC.length).equals(MAGIC)) throw new NotDecryptedError('it is no encrypted file');
    this.#key = this.root.fileKey(come.subarray(MAGIC.length, HEADER_BYTES));
    return come.subarray(HEADER_BYTES);
  }

  protected override chunk(piece: Buffer, nonce: Buffer): void {
    if (this.#key === null || piece.length < TAG_BYTES) throw new NotDecryptedError('it was cut');
    const tagStart = piece.length - TAG_BYTES;
    const decipher = createDecipheriv(ALGORITHM, this.#key, nonce, { authTagLength: TAG_BYTES }).setAAD(this.boundTo);
    decipher.setAuthTag(piece.subarray(tagStart));
    const plain = decipher.update(piece.subarray(0, tagStart));
    try {
      decipher.final();
    } catch {
      throw new NotDecryptedError('this key does not open it, or it was changed');
    }
    this.push(plain);
  }
}

export function encrypting(key: BackupKey, boundTo: string): Transform {
  return new Encrypting(key, boundTo);
}

/** The stream fails with NotDecryptedError before it gives out anything of a chunk that does not open. */
export function decrypting(key: BackupKey, boundTo: string): Transform {
  return new Decrypting(key, boundTo);
}
