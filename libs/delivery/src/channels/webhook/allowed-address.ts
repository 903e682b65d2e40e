import { BlockList, isIP } from 'node:net';

/** Networks that no webhook reaches unless the deployment lists them: RFC 6890 and its successors in IANA's registries. */
const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Only 2000::/3 is global unicast; of it, what carries IPv4 inside (6to4, Teredo) or is not routed is left out too. */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** @throws Error naming what is no network in CIDR notation */
export function networksOf(list: readonly string[]): BlockList {
  const networks = new BlockList();
  for (const entry of list) {
    const [address, bits, ...rest] = entry.split('/');
    const family = isIP(address ?? '');
    const prefix = Number(bits);
    const whole = family === 4 ? 32 : 128;
    if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits ?? '') || prefix > whole)
      throw new Error(`not a network in CIDR notation: ${entry}`);
    networks.addSubnet(address ?? '', prefix, family === 4 ? 'ipv4' : 'ipv6');
  }
  return networks;
}

const special = networksOf([...SPECIAL_V4, ...SPECIAL_V6]);
const globalV6 = networksOf(['2000::/3']);

export type AddressKind = 'public' | 'listed' | 'forbidden';

/** Where an address is. IPv6 that carries IPv4 (`::ffff:127.0.0.1`) is in no network that may be reached. */
export function kindOfAddress(address: string, listed: BlockList): AddressKind {
  const family = isIP(address);
  if (family === 0) return 'forbidden';
  const type = family === 4 ? 'ipv4' : 'ipv6';
  if (listed.check(address, type)) return 'listed';
  if (family === 6 && !globalV6.check(address, 'ipv6')) return 'forbidden';
  return special.check(address, type) ? 'forbidden' : 'public';
}
