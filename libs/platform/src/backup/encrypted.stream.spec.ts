import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { Readable, type Transform } from 'node:stream';
import { BackupKey } from './backup-key.js';
import { decrypting, encrypting, NotDecryptedError } from './encrypted.stream.js';

const HEADER = 24;
const CHUNK = 64 * 1024;
const TAG = 16;
const key = new BackupKey(Buffer.alloc(32, 7));

async function through(stream: Transform, bytes: Buffer, pieceBytes = 50_000): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
  const out: Buffer[] = [];
  for await (const piece of Readable.from(pieces).pipe(stream) as AsyncIterable<Buffer>) out.push(piece);
  return Buffer.concat(out);
}
const encrypt = (bytes: Buffer, pieceBytes?: number): Promise<Buffer> =>
  through(encrypting(key, 'a/b'), bytes, pieceBytes);
const decrypt = (bytes: Buffer, pieceBytes?: number, boundTo = 'a/b', other = key): Promise<Buffer> =>
  through(decrypting(other, boundTo), bytes, pieceBytes);

describe('an encrypted file', () => {
  it.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5])('of %i bytes comes back', async (length) => {
    const plain = randomBytes(length);
    const sealed = await encrypt(plain);
    expect(sealed.length).toBe(HEADER + length + TAG * Math.max(1, Math.ceil(length / CHUNK)));
    for (const pieceBytes of [50_000, CHUNK + TAG, 1_000_000])
      expect((await decrypt(sealed, pieceBytes)).equals(plain)).toBe(true);
  });

  it('is the same however it comes in pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 200_000 }),
        fc.integer({ min: 777, max: 150_000 }),
        async (length, piece) => {
          const plain = Buffer.alloc(length, 'abc');
          expect((await decrypt(await encrypt(plain, piece), piece)).equals(plain)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('does not open when a bit is changed, wherever', async () => {
    const sealed = await encrypt(randomBytes(CHUNK + 100));
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.nat(7), async (at, bit) => {
        const changed = Buffer.from(sealed);
        changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at);
        await expect(decrypt(changed)).rejects.toBeInstanceOf(NotDecryptedError);
      }),
      { numRuns: 60 },
    );
  });

  it('does not open when it is cut anywhere, also between two chunks', async () => {
    const sealed = await encrypt(randomBytes(2 * CHUNK));
    for (const length of [0, 5, HEADER, HEADER + 3, HEADER + CHUNK + TAG, sealed.length - 1])
      await expect(decrypt(sealed.subarray(0, length))).rejects.toBeInstanceOf(NotDecryptedError);
    await expect(decrypt(Buffer.concat([sealed, sealed.subarray(HEADER)]))).rejects.toBeInstanceOf(NotDecryptedError);
  });

  it('does not open when two of its chunks changed places', async () => {
    const sealed = await encrypt(randomBytes(3 * CHUNK));
    const chunk = (n: number): Buffer => sealed.subarray(HEADER + n * (CHUNK + TAG), HEADER + (n + 1) * (CHUNK + TAG));
    const swapped = Buffer.concat([sealed.subarray(0, HEADER), chunk(1), chunk(0), chunk(2)]);
    await expect(decrypt(swapped)).rejects.toBeInstanceOf(NotDecryptedError);
  });

  it('opens under its own name and key only', async () => {
    const sealed = await encrypt(Buffer.from('of one table'));
    await expect(decrypt(sealed, undefined, 'a/c')).rejects.toBeInstanceOf(NotDecryptedError);
    const other = new BackupKey(Buffer.alloc(32, 8));
    await expect(decrypt(sealed, undefined, 'a/b', other)).rejects.toBeInstanceOf(NotDecryptedError);
  });
});
