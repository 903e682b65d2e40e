import { Agent, request } from 'node:http';
import { WebSocket } from 'ws';
import type { FuzzConversation } from './frames.generator.js';
import { codesIn, type FuzzAnswer, type Verdict } from './judge.js';
import type { FuzzRequest } from './requests.generator.js';

/** Longest wait for an answer: what takes longer was not answered. */
const PATIENCE_MS = 30_000;
/** A socket on which nothing more is said has said what it had to say. */
const QUIET_MS = 40;

/** Whoever sends: tokens, and null for a stranger. */
export type Callers = readonly (string | null)[];

/** Sends requests to one address over connections that stay open. */
export class Sender {
  readonly #agent: Agent;

  constructor(
    private readonly url: string,
    private readonly callers: Callers,
    connections: number,
  ) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** @throws when no answer came */
  request({ body, headers, caller }: FuzzRequest): Promise<FuzzAnswer> {
    const token = this.callers[caller] ?? null;
    const bytes = Buffer.from(body, 'utf8');
    return new Promise((resolve, reject) => {
      const sent = request(
        this.url,
        {
          method: 'POST',
          agent: this.#agent,
          timeout: PATIENCE_MS,
          headers: {
            'content-type': 'application/json',
            'content-length': bytes.length,
            'concord-purpose': 'INVESTIGATION; ref=FUZZ-1',
            ...(token === null ? {} : { authorization: `Bearer ${token}` }),
            ...headers,
          },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
          );
        },
      );
      sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
      sent.on('error', reject);
      sent.end(bytes);
    });
  }

  /** Opens a socket, says everything at once, and listens until it is closed or quiet. */
  converse({ protocol, frames }: FuzzConversation): Promise<Verdict> {
    return new Promise((resolve) => {
      const socket = new WebSocket(this.url.replace('http', 'ws'), protocol === null ? [] : [protocol]);
      let fault: string | null = null;
      let quiet: NodeJS.Timeout | null = null;
      let leaving = false;
      let opened = false;
      const late = setTimeout(() => {
        fault ??= 'did not end in time';
        socket.terminate();
      }, PATIENCE_MS);
      const listen = (): void => {
        if (quiet !== null) clearTimeout(quiet);
        quiet = setTimeout(() => {
          leaving = true;
          socket.close(1000);
        }, QUIET_MS);
      };
      socket.on('open', () => {
        opened = true;
        for (const frame of frames) socket.send('text' in frame ? frame.text : frame.bytes);
        listen();
      });
      socket.on('message', (data: Buffer) => {
        fault ??= faultOfMessage(data.toString('utf8'));
        if (!leaving) listen();
      });
      socket.on('unexpected-response', (_sent, answer) => {
        if ((answer.statusCode ?? 500) >= 500) fault ??= `handshake answered ${answer.statusCode ?? 0}`;
        answer.resume();
        socket.terminate();
      });
      socket.on('error', () => undefined);
      socket.on('close', (code) => {
        clearTimeout(late);
        if (quiet !== null) clearTimeout(quiet);
        // 1011 and 4500 say that something went wrong on the other side, 1006 that nothing was said.
        if (code === 1011 || code === 4500 || (code === 1006 && opened)) fault ??= `closed with ${code}`;
        resolve({ outcome: leaving ? 'socket left' : `socket ${code}`, fault });
      });
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function faultOfMessage(text: string): string | null {
  const message: unknown = JSON.parse(text);
  if (typeof message !== 'object' || message === null) return 'said no message';
  const payload: unknown = Reflect.get(message, 'payload');
  const errors =
    Reflect.get(message, 'type') === 'error' ? JSON.stringify({ errors: payload }) : JSON.stringify(payload ?? {});
  const ours = codesIn(errors)?.find((code) => code === 'INTERNAL' || code === 'UNAVAILABLE');
  return ours === undefined ? null : `said ${ours}`;
}
