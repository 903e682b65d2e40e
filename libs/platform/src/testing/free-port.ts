import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that Linux gives to outgoing connections (32768 and up), and of no well-known service of ours. */
const [FROM, TO] = [20_000, 32_000] as const;

/**
 * A port of 127.0.0.1 that nobody listens on at this moment, and that stays free for a server which is killed and comes
 * back: a port that the system picks may be the end of anybody's outgoing connection by then.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FROM, TO);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    const listening = once(server, 'listening');
    server.listen(port, '127.0.0.1');
    await listening;
  } catch {
    return false;
  }
  const closed = once(server, 'close');
  server.close();
  await closed;
  return true;
}
