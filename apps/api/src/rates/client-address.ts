import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Addresses of proxies whose word about where a request comes from is taken. */
export type TrustedProxies = BlockList;

/**
 * Reads addresses and networks (`10.0.0.1`, `10.0.0.0/8`, `fd00::/8`). None: a request comes from whoever holds the
 * connection, whatever its headers say.
 *
 * @throws where one of them is neither
 */
export function trustProxies(proxies: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = '', prefix, ...rest] = proxy.split('/');
    const family = isIP(address);
    const bits = family === 4 ? 32 : 128;
    const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : NaN;
    if (family === 0 || rest.length > 0 || !(length >= 1 && length <= bits))
      throw new Error(`${proxy} is neither an IP address nor a network such as 10.0.0.0/8`);
    list.addSubnet(address, length, family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

/** Longest chain of proxies that is read. */
const MOST_HOPS = 10;

/** Where a request comes from: the last address that no trusted proxy vouches for. */
export function clientAddress(request: IncomingMessage, trusted: TrustedProxies): string {
  let address = plain(request.socket.remoteAddress ?? '');
  const said = request.headers['x-forwarded-for'];
  const hops = (Array.isArray(said) ? said.join(',') : (said ?? '')).split(',').slice(-MOST_HOPS);
  while (isTrusted(address, trusted)) {
    const before = plain(hops.pop()?.trim() ?? '');
    if (isIP(before) === 0) break;
    address = before;
  }
  return address;
}

/** Whoever has one address of IPv6 has 2^64 of them: they count as one. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

function isTrusted(address: string, trusted: TrustedProxies): boolean {
  const family = isIP(address);
  return family !== 0 && trusted.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** IPv4 as it looks on a socket of IPv6 is IPv4. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
