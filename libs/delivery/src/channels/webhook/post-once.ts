import { lookup as resolveName } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type BlockList, type LookupFunction } from 'node:net';
import type { SendFault } from '../channel.js';
import { kindOfAddress } from './allowed-address.js';

/** Of an answer, so much is read; the rest is never taken. */
const MOST_ANSWER_BYTES = 4_096;

export interface PostOptions {
  /** Networks beside the public ones that may be reached, and without TLS. */
  readonly listed: BlockList;
  /** Of everything: name, connection, answer. */
  readonly timeoutMs: number;
  /** Resolves names; the system's by default. */
  readonly resolve?: Resolve;
}

export type Resolve = (
  hostname: string,
  answer: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

export type PostResult =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | null; readonly body: string }
  | { readonly kind: 'fault'; readonly reason: SendFault };

class ForbiddenAddress extends Error {}
class NotResolved extends Error {}

const systemResolve: Resolve = (hostname, answer) =>
  resolveName(hostname, { all: true, verbatim: true }, (error, addresses) => answer(error, addresses ?? []));

/**
 * Posts once and never follows. The address is judged after the name is resolved and the connection is made to the
 * address that was judged, so that a name which answers otherwise a moment later (DNS rebinding) reaches nothing.
 */
export async function postOnce(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  options: PostOptions,
): Promise<PostResult> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const kind = isIP(host) === 0 ? null : kindOfAddress(host, options.listed);
  if (kind === 'forbidden') return { kind: 'fault', reason: 'ADDRESS_FORBIDDEN' };
  const secure = url.protocol === 'https:';
  if (!secure && kind === 'public') return { kind: 'fault', reason: 'HTTPS_REQUIRED' };
  const signal = AbortSignal.timeout(options.timeoutMs);
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const send = secure ? requestHttps : requestHttp;
      const sent = send(url, {
        method: 'POST',
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        agent: false,
        lookup: judgedLookup(options, secure),
        signal,
      });
      sent.once('response', resolve);
      sent.on('error', reject);
      sent.end(body);
    });
    const text = await readSome(answer);
    const { 'retry-after': retryAfter } = answer.headers;
    return { kind: 'answered', status: answer.statusCode ?? 0, retryAfter: retryAfter ?? null, body: text };
  } catch (error) {
    return { kind: 'fault', reason: faultOf(error, signal) };
  }
}

function faultOf(error: unknown, signal: AbortSignal): SendFault {
  if (error instanceof ForbiddenAddress) return 'ADDRESS_FORBIDDEN';
  if (error instanceof NotResolved) return 'NAME_NOT_RESOLVED';
  return signal.aborted ? 'TIMED_OUT' : 'NOT_REACHED';
}

/** One address that may be reached is not enough: a name that also points inside is somebody's attempt to get there. */
const judgedLookup =
  ({ listed, resolve = systemResolve }: PostOptions, secure: boolean): LookupFunction =>
  (hostname, _, answer) => {
    resolve(hostname, (error, addresses) => {
      const [first] = addresses;
      if (error !== null || first === undefined) return answer(new NotResolved(), '', 4);
      const kinds = addresses.map(({ address }) => kindOfAddress(address, listed));
      if (kinds.includes('forbidden') || (!secure && kinds.includes('public')))
        return answer(new ForbiddenAddress(), '', 4);
      // Asked for all of them, the caller tries one after the other; it gets the one.
      (answer as (error: null, addresses: readonly LookupAddress[]) => void)(null, [first]);
    });
  };

async function readSome(answer: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of answer as AsyncIterable<Buffer>) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= MOST_ANSWER_BYTES) break;
    }
  } finally {
    answer.destroy();
  }
  return Buffer.concat(pieces).subarray(0, MOST_ANSWER_BYTES).toString('utf8');
}
