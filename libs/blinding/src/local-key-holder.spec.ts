import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AgencyKeyStore, WrappedKey } from './agency-key-store.js';
import { createLocalKeyHolder } from './local-key-holder.js';
import type { LocalKeyHolderOptions } from './local-key-holder.js';
import { SealBrokenError } from './seal-broken.error.js';
import type { SealFault } from './seal-broken.error.js';
import type { SealContext } from './seal.js';

const KEK = { id: 'kek-1', key: Buffer.alloc(32, 7) };
const PLACE: SealContext = { agencyId: 'agency-a', table: 'report', column: 'narrative', rowId: 'row-1' };

class KeysInMemory implements AgencyKeyStore {
  readonly rows: { key: WrappedKey; current: boolean }[] = [];
  asked = 0;

  async find(agencyId: string): Promise<WrappedKey | null> {
    this.asked += 1;
    return this.rows.find(({ key, current }) => current && key.agencyId === agencyId)?.key ?? null;
  }

  async findById(keyId: string): Promise<WrappedKey | null> {
    this.asked += 1;
    return this.rows.find(({ key }) => key.keyId === keyId)?.key ?? null;
  }

  async insertIfAbsent(agencyId: string, wrapped: WrappedKey): Promise<WrappedKey> {
    const present = this.rows.find(({ key, current }) => current && key.agencyId === agencyId);
    if (present) return present.key;
    this.rows.push({ key: wrapped, current: true });
    return wrapped;
  }

  retire(agencyId: string): void {
    for (const row of this.rows) if (row.key.agencyId === agencyId) row.current = false;
  }
}

function holderOn(agencyKeys = new KeysInMemory(), options: Partial<LocalKeyHolderOptions> = {}) {
  return createLocalKeyHolder({ kek: KEK, agencyKeys, ...options });
}

async function faultOf(promise: Promise<unknown>): Promise<SealFault> {
  const error: unknown = await promise.then(
    () => new Error('opened'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SealBrokenError);
  return (error as SealBrokenError).fault;
}

describe('sealing', () => {
  it('opens what it sealed, text and bytes, however long', async () => {
    const holder = holderOn();
    const plaintexts = fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 5000 }));
    await fc.assert(
      fc.asyncProperty(plaintexts, async (plaintext) => {
        const opened = await holder.open(await holder.seal(plaintext, PLACE), PLACE);
        expect(opened).toEqual(Buffer.from(plaintext as string));
      }),
    );
  });

  it('has the documented layout', async () => {
    const holder = holderOn();
    const { keyId } = await holder.currentKey('agency-a');
    const sealed = await holder.seal('12345', PLACE);
    expect([sealed[0], sealed[1]]).toEqual([1, keyId.length]);
    expect(sealed.subarray(2, 2 + keyId.length).toString('ascii')).toBe(keyId);
    expect(sealed).toHaveLength(30 + keyId.length + 5);
  });

  it('gives two seals of the same text nothing in common but the header', async () => {
    const holder = holderOn();
    const [one, other] = [await holder.seal('same text', PLACE), await holder.seal('same text', PLACE)];
    const body = 2 + one[1]!;
    expect(one.subarray(0, body)).toEqual(other.subarray(0, body));
    expect(one.subarray(body, body + 12)).not.toEqual(other.subarray(body, body + 12));
    expect(one.subarray(body + 12, -16)).not.toEqual(other.subarray(body + 12, -16));
  });

  it('leaves no plaintext in the bytes', async () => {
    const sealed = await holderOn().seal('Maria Lopez, +1 619 555 0142', PLACE);
    for (const part of ['Maria', 'Lopez', '555', '0142']) expect(sealed.includes(part)).toBe(false);
  });
});

describe('a seal that was moved or altered', () => {
  it.each([
    ['row', { rowId: 'row-2' }],
    ['column', { column: 'basis' }],
    ['table', { table: 'identifier' }],
    ['parts of the place shifted', { table: 'reportn', column: 'arrative' }],
  ])('does not open in another %s', async (_name, moved) => {
    const holder = holderOn();
    const sealed = await holder.seal('secret', PLACE);
    expect(await faultOf(holder.open(sealed, { ...PLACE, ...moved }))).toBe('AUTHENTICATION');
  });

  it('does not open for another agency, whether or not that one has a key', async () => {
    const holder = holderOn();
    const sealed = await holder.seal('secret', PLACE);
    const elsewhere = { ...PLACE, agencyId: 'agency-b' };
    expect(await faultOf(holder.open(sealed, elsewhere))).toBe('UNKNOWN_KEY');
    await holder.currentKey('agency-b');
    expect(await faultOf(holder.open(sealed, elsewhere))).toBe('UNKNOWN_KEY');
  });

  it('does not open with any one bit flipped', async () => {
    const holder = holderOn();
    const sealed = await holder.seal('secret', PLACE);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const altered = Buffer.from(sealed);
      altered[bit >> 3]! ^= 1 << (bit & 7);
      await faultOf(holder.open(altered, PLACE));
    }
  });

  it('does not open cut to any length, or with a byte more', async () => {
    const holder = holderOn();
    const sealed = await holder.seal('secret', PLACE);
    for (let length = 0; length < sealed.length; length += 1)
      await faultOf(holder.open(sealed.subarray(0, length), PLACE));
    await faultOf(holder.open(Buffer.concat([sealed, Buffer.from([0])]), PLACE));
  });

  it('fails the same way on any bytes, and says nothing of them', async () => {
    const holder = holderOn();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), async (bytes) => {
        await faultOf(holder.open(bytes, PLACE));
      }),
    );
    const error = new SealBrokenError('AUTHENTICATION');
    expect([error.message, error.code, error.cause]).toEqual([
      'The seal does not open (AUTHENTICATION).',
      'SEAL_BROKEN',
      undefined,
    ]);
  });
});

describe('keys of agencies', () => {
  it('are stored wrapped, one for each agency', async () => {
    const store = new KeysInMemory();
    const holder = holderOn(store);
    await Promise.all(['agency-a', 'agency-b', 'agency-a'].map((agencyId) => holder.seal('x', { ...PLACE, agencyId })));
    expect(store.rows.map(({ key }) => [key.agencyId, key.kekId, key.wrapped.length])).toEqual([
      ['agency-a', 'kek-1', 60],
      ['agency-b', 'kek-1', 60],
    ]);
  });

  it('are asked for once, however many seals begin at once', async () => {
    const store = new KeysInMemory();
    const holder = holderOn(store);
    const seals = await Promise.all(Array.from({ length: 20 }, () => holder.seal('x', PLACE)));
    await Promise.all(seals.map((sealed) => holder.open(sealed, PLACE)));
    expect(store.asked).toBe(1);
  });

  it('are shared by two processes that begin at the same time', async () => {
    const store = new KeysInMemory();
    const [one, other] = [holderOn(store), holderOn(store)];
    const [sealed] = await Promise.all([one.seal('hello', PLACE), other.seal('world', PLACE)]);
    expect(store.rows).toHaveLength(1);
    expect((await other.open(sealed, PLACE)).toString()).toBe('hello');
  });

  it('open what they sealed after they were retired, and seal nothing more', async () => {
    const store = new KeysInMemory();
    let now = 0;
    const holder = holderOn(store, { monotonicNow: () => now, currentKeyMaxAgeMs: 1000 });
    const before = await holder.seal('old', PLACE);
    const { keyId } = await holder.currentKey('agency-a');
    store.retire('agency-a');
    now = 999;
    expect((await holder.currentKey('agency-a')).keyId).toBe(keyId);
    now = 1000;
    expect((await holder.currentKey('agency-a')).keyId).not.toBe(keyId);
    const after = await holder.seal('new', PLACE);
    const fresh = holderOn(store);
    expect((await fresh.open(before, PLACE)).toString()).toBe('old');
    expect((await fresh.open(after, PLACE)).toString()).toBe('new');
    expect(after.includes(keyId)).toBe(false);
  });

  it('survive a change of the key-encryption key as long as the former one is given', async () => {
    const store = new KeysInMemory();
    const sealed = await holderOn(store).seal('old', PLACE);
    const kek = { id: 'kek-2', key: Buffer.alloc(32, 9) };
    expect((await holderOn(store, { kek, formerKeks: [KEK] }).open(sealed, PLACE)).toString()).toBe('old');
    expect(await faultOf(holderOn(store, { kek }).open(sealed, PLACE))).toBe('UNKNOWN_KEY_ENCRYPTION_KEY');
    expect(await faultOf(holderOn(store, { kek: { ...kek, id: 'kek-1' } }).open(sealed, PLACE))).toBe('AUTHENTICATION');
  });

  it.each([
    ['agency', { agencyId: 'agency-b' }],
    ['key id', { keyId: 'another-key' }],
  ])('do not unwrap under another %s', async (_name, claimed) => {
    const store = new KeysInMemory();
    await holderOn(store).currentKey('agency-a');
    const [row] = store.rows;
    row!.key = { ...row!.key, ...claimed };
    expect(await faultOf(holderOn(store).currentKey(row!.key.agencyId))).toBe('AUTHENTICATION');
  });

  it('are asked for again after the store failed', async () => {
    const store = new KeysInMemory();
    const find = store.find.bind(store);
    store.find = () => Promise.reject(new Error('store is away'));
    const holder = holderOn(store);
    await expect(holder.seal('x', PLACE)).rejects.toThrow('store is away');
    store.find = find;
    await expect(holder.seal('x', PLACE)).resolves.toBeInstanceOf(Buffer);
  });

  it('do not show when the holder is printed', async () => {
    const holder = holderOn(new KeysInMemory(), { kek: { id: 'kek-1', key: Buffer.from('k'.repeat(32)) } });
    await holder.seal('x', PLACE);
    expect(inspect(holder, { depth: 6 })).not.toMatch(/6b 6b 6b|107, *107|kkkk/);
  });

  it('are wrapped by keys of 32 bytes only, each with its own id', () => {
    expect(() => holderOn(undefined, { kek: { id: 'kek-1', key: Buffer.alloc(31) } })).toThrow(RangeError);
    expect(() => holderOn(undefined, { formerKeks: [KEK] })).toThrow(RangeError);
  });
});
