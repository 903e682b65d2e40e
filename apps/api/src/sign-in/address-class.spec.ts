import { describe, expect, it } from '@jest/globals';
import { addressClass } from './address-class.js';

describe('addressClass', () => {
  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.9.9.9', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['10.1.2.3', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['::ffff:192.168.1.1', 'private'],
    ['fd00::1', 'private'],
    ['fe80::1', 'private'],
    ['198.51.100.7', 'public'],
    ['2001:db8::1', 'public'],
    ['not an address', 'unknown'],
    [undefined, 'unknown'],
  ])('%s is %s', (address, expected) => {
    expect(addressClass(address)).toBe(expected);
  });
});
