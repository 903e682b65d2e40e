import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

/** Why keys could not be had, for the log. */
export type KeysAway = 'UNREACHABLE' | 'TIMEOUT' | 'REDIRECT' | 'STATUS' | 'INVALID';

export interface KeySetTimes {
  /** How long a fetch may take. */
  readonly timeoutMs: number;
  /** Pause between two fetches that somebody's unknown `kid` asks for, and after one that failed. */
  readonly coolDownMs: number;
  /** Keys that are older are fetched again, while they still count: what the issuer withdraws is gone after it. */
  readonly refreshMs: number;
  /** Keys that could not be fetched again for so long no longer count. No sign-in outlives it. */
  readonly keepMs: number;
}

export const KEY_SET_TIMES: KeySetTimes = {
  timeoutMs: 5_000,
  coolDownMs: 30_000,
  refreshMs: 600_000,
  keepMs: 12 * 3_600_000,
};

/** Larger than any key set. */
const MOST_BYTES = 256 * 1024;

export interface KeySetOptions {
  /** From the configuration and never from a token: `https`, or `http` on this machine. */
  readonly url: URL;
  /** Told when a fetch fails, once until one succeeds (null). */
  readonly onChange?: (away: KeysAway | null) => void;
  readonly times?: Partial<KeySetTimes>;
}

/**
 * The keys that an issuer publishes at a URL. They outlive its outages and follow its rotation: an unknown `kid` has
 * them fetched, at most once in a cool-down, since strangers choose it; whoever asks meanwhile gets an error at once and
 * does not pile up behind an issuer that hangs.
 *
 * @returns what throws JWKSNoMatchingKey for a key that the issuer does not have, and any other error while nobody can tell
 */
export function openKeySet({ url, onChange, times }: KeySetOptions): JWTVerifyGetKey {
  const { timeoutMs, coolDownMs, refreshMs, keepMs } = { ...KEY_SET_TIMES, ...times };
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  let away = false;
  const tell = (reason: KeysAway | null): void => {
    if ((reason !== null) === away) return;
    away = reason !== null;
    onChange?.(reason);
  };
  const fetchKeys = async (target: string, init: RequestInit): Promise<Response> => {
    if (performance.now() < failedAt + coolDownMs) throw new Error('the keys could not be fetched a moment ago');
    try {
      const text = await fetchText(target, init);
      fetchedAt = performance.now();
      tell(null);
      return new Response(text);
    } catch (error) {
      failedAt = performance.now();
      if (error instanceof FetchFault) tell(error.reason);
      throw error;
    }
  };
  const remote = createRemoteJWKSet(url, {
    timeoutDuration: timeoutMs,
    cooldownDuration: coolDownMs,
    // Their age is looked at here: jose would drop what is old while the issuer is away.
    cacheMaxAge: Number.POSITIVE_INFINITY,
    [customFetch]: fetchKeys,
  });
  return async (header, token) => {
    const age = performance.now() - fetchedAt;
    if (age > keepMs) await remote.reload();
    else if (age > refreshMs && !remote.reloading) remote.reload().catch(() => undefined);
    return remote(header, token);
  };
}

class FetchFault extends Error {
  constructor(readonly reason: KeysAway) {
    super(reason);
  }
}

/** The answer's text, once it is sure that keys can be made of it. @throws FetchFault */
async function fetchText(url: string, init: RequestInit): Promise<string> {
  let text: string;
  try {
    text = await readAnswer(await fetch(url, { ...init, redirect: 'manual' }));
  } catch (error) {
    if (error instanceof FetchFault) throw error;
    throw new FetchFault(init.signal?.aborted ? 'TIMEOUT' : 'UNREACHABLE');
  }
  try {
    const keys = JSON.parse(text) as JSONWebKeySet;
    createLocalJWKSet(keys);
    if (keys.keys.length > 0) return text;
  } catch {
    // Whatever it is, it is no key set.
  }
  throw new FetchFault('INVALID');
}

async function readAnswer(response: Response): Promise<string> {
  if (response.status >= 300 && response.status < 400) throw new FetchFault('REDIRECT');
  if (response.status !== 200 || response.body === null) throw new FetchFault('STATUS');
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body as AsyncIterable<Uint8Array>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new FetchFault('INVALID');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
