import { createClient, type Client } from 'graphql-ws';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { refusalOf } from './answer.js';
import { pauseBefore, type RetryPolicy } from './attempts.js';
import { payloadOf, type Identity } from './credentials.js';
import { BusyError, RefusedError, UnreachableError, type AnsweredError } from './errors.js';
import type { Variables } from './operation.js';

export interface Streaming {
  readonly url: string;
  readonly identity: Identity;
  readonly policy: RetryPolicy;
  readonly query: string;
  readonly signal: AbortSignal | undefined;
  /** Variables with which a new connection goes on after this result. */
  readonly resume: (result: unknown) => Variables;
}

/** After these the same would be answered again: a fault of ours, a refusal. docs/live.md has them all. */
const FINAL = new Set([1002, 1007, 1008, 1009, 4400, 4401, 4403, 4406, 4409, 4429]);
/** The session was over: with a token that is asked for anew, one more try is worth it. */
const SESSION_OVER = 4403;
const PING_MS = 15_000;
const PONG_MS = 10_000;

/**
 * Results of a subscription, over as many connections as it takes. Ends when the service completes it (the seat or role
 * is over), when the signal is aborted, or when whoever reads stops.
 *
 * @throws RefusedError; the reason of the signal
 */
export async function* streamOf(asked: Streaming, first: Variables): AsyncGenerator<unknown, void, undefined> {
  let variables = first;
  let tries = 0;
  let refreshed = false;
  for (;;) {
    asked.signal?.throwIfAborted();
    const client = openClient(asked);
    const cut = (): void => client.terminate();
    asked.signal?.addEventListener('abort', cut, { once: true });
    try {
      for await (const { data, errors } of client.iterate({ query: asked.query, variables: { ...variables } })) {
        if (errors !== undefined) throw refusalOf({ errors: errors }, null, null);
        tries = 0;
        refreshed = false;
        // Before it is handed on: what is in hand is not asked for again.
        variables = { ...variables, ...asked.resume(data) };
        yield data;
      }
      return;
    } catch (error) {
      asked.signal?.throwIfAborted();
      const trouble = troubleOf(error);
      const renewable = isClose(error) && error.code === SESSION_OVER && asked.identity.tokenProvider !== undefined;
      if (!isPassing(trouble) && (!renewable || refreshed)) throw trouble;
      refreshed = renewable;
      await sleep(pauseBefore(tries, asked.policy, trouble), undefined, {
        ...(asked.signal === undefined ? {} : { signal: asked.signal }),
      });
      tries += 1;
    } finally {
      asked.signal?.removeEventListener('abort', cut);
      void client.dispose();
    }
  }
}

/** A client of one connection: coming back is decided above, with the last cursor. */
function openClient({ url, identity }: Streaming): Client {
  let silence: NodeJS.Timeout | undefined;
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: () => payloadOf(identity),
    retryAttempts: 0,
    keepAlive: PING_MS,
    on: {
      // A link that is dead and does not say so would be silence, and silence is news.
      ping: (received) => {
        if (!received) silence = setTimeout(() => client.terminate(), PONG_MS).unref();
      },
      pong: (received) => {
        if (received) clearTimeout(silence);
      },
      closed: () => clearTimeout(silence),
    },
  });
  return client;
}

interface Close {
  readonly code: number;
  readonly reason: string;
}

const isClose = (error: unknown): error is Close =>
  typeof error === 'object' && error !== null && typeof Reflect.get(error, 'code') === 'number' && 'reason' in error;

/** `UNAUTHENTICATED: Sign in first: …` is a code and a sentence. */
const CODED = /^(?<code>[A-Z_]{4,40}): (?<message>.*)$/s;

function troubleOf(error: unknown): Error {
  if (Array.isArray(error)) return refusalOf({ errors: error as readonly AnsweredError[] }, null, null);
  if (error instanceof RefusedError) return error;
  if (!isClose(error) || !FINAL.has(error.code))
    return new UnreachableError('The connection ended.', false, { cause: error });
  const { code, message } = CODED.exec(error.reason)?.groups ?? {};
  return new RefusedError(code ?? `CLOSE_${error.code}`, message ?? error.reason, null);
}

const isPassing = (error: Error): boolean => error instanceof UnreachableError || error instanceof BusyError;
