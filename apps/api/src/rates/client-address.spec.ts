import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { clientAddress, networkOf, trustProxies } from './client-address.js';

function from(peer: string, forwarded?: string): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: peer });
  const request = new IncomingMessage(socket);
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded;
  return request;
}

describe('where a request comes from', () => {
  it('is whoever holds the connection, whatever it says, unless that is a trusted proxy', () => {
    expect(clientAddress(from('203.0.113.9', '198.51.100.1'), trustProxies([]))).toBe('203.0.113.9');
    expect(clientAddress(from('203.0.113.9', '198.51.100.1'), trustProxies(['10.0.0.0/8']))).toBe('203.0.113.9');
    expect(clientAddress(from('10.1.2.3', '198.51.100.1'), trustProxies(['10.0.0.0/8']))).toBe('198.51.100.1');
    expect(clientAddress(from('::ffff:10.1.2.3', '198.51.100.1'), trustProxies(['10.0.0.0/8']))).toBe('198.51.100.1');
  });

  it('is the last address that no trusted proxy vouches for: what a client made up stands before it', () => {
    const proxies = trustProxies(['10.0.0.0/8', 'fd00::/8']);
    expect(clientAddress(from('10.1.2.3', '1.1.1.1, 198.51.100.1, 10.9.9.9'), proxies)).toBe('198.51.100.1');
    expect(clientAddress(from('fd00::1', 'nonsense, 10.9.9.9'), proxies)).toBe('10.9.9.9');
    expect(clientAddress(from('10.1.2.3'), proxies)).toBe('10.1.2.3');
    expect(clientAddress(from('10.1.2.3', `${'10.0.0.1,'.repeat(10_000)}`), proxies)).toBe('10.1.2.3');
  });

  it.each(['10.0.0.0/0', '10.0.0.0/33', '10.0.0', 'proxy.example', '10.0.0.0/8/8', '::/129', ''])(
    'is not vouched for by %s',
    (proxy) => {
      expect(() => trustProxies([proxy])).toThrow('neither an IP address nor a network');
    },
  );

  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:DB8::1', '2001:db8:0:0::/64'],
    ['2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('counts %s as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
