import { BlockList, isIP } from 'node:net';

/** Where a connection comes from, as exactly as a log of refusals needs it; the proxy's log has the address. */
export type AddressClass = 'loopback' | 'private' | 'public' | 'unknown';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291. */
const inside = new BlockList();
for (const [net, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
] as const)
  inside.addSubnet(net, prefix, 'ipv4');
inside.addSubnet('fc00::', 7, 'ipv6');
inside.addSubnet('fe80::', 10, 'ipv6');

export function addressClass(address: string | undefined): AddressClass {
  const version = isIP(address ?? '');
  if (address === undefined || version === 0) return 'unknown';
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (loopback.check(address, family)) return 'loopback';
  return inside.check(address, family) ? 'private' : 'public';
}
