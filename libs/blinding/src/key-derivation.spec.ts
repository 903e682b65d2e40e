import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { deriveKey } from './key-derivation.js';

const ROOT = Buffer.from(Array.from({ length: 32 }, (_unused, index) => index));

describe('deriveKey', () => {
  it('is HKDF-SHA-256 as RFC 5869 writes it', () => {
    const hmac = (key: Buffer | string, data: Buffer): Buffer => createHmac('sha256', key).update(data).digest();
    const extracted = hmac('concord/derived-key/1', ROOT);
    const expanded = hmac(extracted, Buffer.concat([Buffer.from('idempotency-digest'), Buffer.from([1])]));
    expect(deriveKey(ROOT, 'idempotency-digest')).toEqual(expanded);
  });

  it('gives each purpose and each root its own key, the same each time', () => {
    const keys = [
      deriveKey(ROOT, 'idempotency-digest'),
      deriveKey(ROOT, 'idempotency-digest '),
      deriveKey(ROOT, 'cursor'),
      deriveKey(Buffer.alloc(32, 1), 'cursor'),
    ];
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(4);
    expect(deriveKey(ROOT, 'cursor')).toEqual(keys[2]);
    expect(keys[0]).toHaveLength(32);
  });

  it('refuses a short root and an empty purpose', () => {
    expect(() => deriveKey(Buffer.alloc(31), 'cursor')).toThrow(RangeError);
    expect(() => deriveKey(ROOT, '')).toThrow(RangeError);
  });
});
