import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Why a handshake is refused, as HTTP. */
interface HandshakeRefusal {
  readonly status: string;
  readonly retryAfterSeconds?: number;
}

const WINDOW_SECONDS = 60;

/** Looks at a request to upgrade before a socket is made of it: its path, the page that it comes from, how many came. */
export class Handshakes {
  readonly #rate: RateLimiterMemory;

  /** @param from whose handshakes are counted together */
  constructor(
    perMinute: number,
    private readonly from: (request: IncomingMessage) => string,
  ) {
    this.#rate = new RateLimiterMemory({ points: perMinute, duration: WINDOW_SECONDS });
  }

  async refusalOf(request: IncomingMessage): Promise<HandshakeRefusal | null> {
    // Compared as text: a stranger's request line may be anything, and parsing it may throw.
    if (request.url?.split('?')[0] !== '/graphql') return { status: '404 Not Found' };
    if (!sameOrigin(request)) return { status: '403 Forbidden' };
    try {
      await this.#rate.consume(this.from(request));
      return null;
    } catch (error) {
      const wait = error instanceof RateLimiterRes ? error.msBeforeNext : WINDOW_SECONDS * 1_000;
      return { status: '429 Too Many Requests', retryAfterSeconds: Math.max(1, Math.ceil(wait / 1_000)) };
    }
  }
}

/** Answers and lets go of the connection, whether the other side closes its half or not. */
export function refuseHandshake(socket: Duplex, { status, retryAfterSeconds }: HandshakeRefusal): void {
  const retry = retryAfterSeconds === undefined ? '' : `Retry-After: ${retryAfterSeconds}\r\n`;
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\n${retry}Connection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** A browser says where a page comes from; another site's page may not use this one's address. Other clients say nothing. */
function sameOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}
