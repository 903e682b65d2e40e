import { readAnswer, readJson } from './answer.js';
import { attempt, USUAL_RETRIES, type RetryPolicy } from './attempts.js';
import { headersOf, withNewToken, type Identity } from './credentials.js';
import { ConcordError, UnreachableError } from './errors.js';
import {
  AlertRaisedDocument,
  type AlertRaisedSubscription,
  type AlertRaisedSubscriptionVariables,
} from './generated/operations.js';
import { operationOf, textOf, type TypedDocument, type Variables } from './operation.js';
import { heard, Silence, watched } from './silence.js';
import { streamOf } from './stream.js';

export type ConcordClientOptions = Identity & {
  /** Where the service is, such as `https://concord.example.gov` or `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Instead of the one of Node. */
  readonly fetch?: typeof fetch;
  /** What differs from the usual: 60 s for all attempts of an operation together. */
  readonly retries?: Partial<RetryPolicy>;
};

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** For all attempts together, in ms. */
  readonly deadlineMs?: number;
  /** You know that this mutation, sent twice, does what it does once. Queries and submissions need no such word. */
  readonly repeatable?: boolean;
}

export interface StreamOptions<R, V> {
  readonly signal?: AbortSignal;
  /** Variables with which a new connection goes on after this result; without it, it begins as the first did. */
  readonly resume?: (result: R) => Partial<V>;
}

const SILENT = 'The service did not answer in time: nothing came or went any more.';

/** What is sent whole or in pieces; a stream is sent as it is read and never kept. */
export type UploadBody = string | Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

export interface UploadOptions {
  /** Such as `text/csv`. */
  readonly contentType: string;
  readonly method?: 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** `variables` may be left out where a document has none. */
type Rest<V> =
  Record<string, never> extends V
    ? [variables?: V, options?: RequestOptions]
    : [variables: V, options?: RequestOptions];

export interface ConcordClient {
  /**
   * One query or mutation. Repeated by itself where that is safe: queries, and submissions, which are known by their
   * reference; when the connection fails, or the service says that it is busy. No other mutation is sent twice.
   *
   * @throws RefusedError, BusyError, UnreachableError, DeadlineError; the reason of the signal
   */
  request<R, V>(document: TypedDocument<R, V>, ...rest: Rest<V>): Promise<R>;
  request<R = unknown>(document: string, variables?: Variables, options?: RequestOptions): Promise<R>;

  /**
   * Results of a subscription, over as many connections as it takes. @throws RefusedError; the reason of the signal
   */
  subscribe<R, V>(
    document: TypedDocument<R, V>,
    variables: V,
    options?: StreamOptions<R, V>,
  ): AsyncGenerator<R, void, undefined>;

  /**
   * Your alerts after a cursor, each revision once and in order, whatever happens to the connection. Keep the cursor of
   * what you have dealt with and begin with it. `after: null` begins now; until the first alert has come there is no
   * cursor to come back with.
   */
  alertRaised(
    after: string | null,
    options?: { readonly signal?: AbortSignal },
  ): AsyncGenerator<AlertRaisedSubscription['alertRaised'], void, undefined>;

  /**
   * Sends a file to a path of the service, as it is read. Never repeated: a stream is read once. It may take any time, but
   * not stand still for longer than `attemptMs`.
   */
  upload(path: string, body: UploadBody, options: UploadOptions): Promise<unknown>;

  /** What a path of the service answers, as it comes; each piece within `attemptMs` of being asked for. */
  download(path: string, options?: { readonly signal?: AbortSignal }): Promise<ReadableStream<Uint8Array>>;
}

/** A client of one service for one identity. It holds no connection that must be closed. */
export function createConcordClient(options: ConcordClientOptions): ConcordClient {
  const base = baseOf(options.url);
  const graphql = new URL('graphql', base).href;
  const batches = new URL('graphql/batch', base).href;
  const policy: RetryPolicy = { ...USUAL_RETRIES, ...options.retries };
  const send = options.fetch ?? fetch;

  async function sent(url: string, init: RequestInit, mayHaveHappened: boolean): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string>), ...(await headersOf(options)) };
    return sentAs(url, { ...init, headers }, mayHaveHappened);
  }

  async function sentAs(url: string, init: RequestInit, mayHaveHappened: boolean): Promise<Response> {
    try {
      // A redirect would carry the token elsewhere.
      return await send(url, { ...init, redirect: 'error' });
    } catch (error) {
      if (init.signal?.aborted === true) throw error;
      throw new UnreachableError(`No answer from ${base.origin}: ${reasonOf(error)}`, mayHaveHappened, {
        cause: error,
      });
    }
  }

  async function request(document: object | string, variables: Variables = {}, how: RequestOptions = {}) {
    const { query, repeatable, batch } = operationOf(document, variables, how.repeatable ?? false);
    const body = JSON.stringify({ query, variables });
    const deadlineMs = how.deadlineMs ?? policy.deadlineMs;
    const to = batch ? batches : graphql;
    return attempt({ policy: { ...policy, deadlineMs }, repeatable, signal: how.signal }, (signal) =>
      withNewToken(options, async (who) => {
        const headers = { ...who, 'content-type': 'application/json', accept: 'application/json' };
        return bodyOf(sentAs(to, { method: 'POST', headers, body, signal }, !repeatable), readAnswer, !repeatable);
      }),
    );
  }

  function subscribe(document: object, variables: Variables, how: StreamOptions<unknown, Variables> = {}) {
    const resume = (result: unknown): Variables => how.resume?.(result) ?? {};
    const asked = { url: graphql, identity: options, policy, query: textOf(document), signal: how.signal, resume };
    return streamOf(asked, variables);
  }

  async function* alertRaised(after: string | null, how: { readonly signal?: AbortSignal } = {}) {
    const variables: AlertRaisedSubscriptionVariables = { after };
    const resume = (result: unknown) => ({ after: (result as AlertRaisedSubscription).alertRaised.cursor });
    for await (const result of subscribe(AlertRaisedDocument, variables, { ...how, resume }))
      yield (result as AlertRaisedSubscription).alertRaised;
  }

  const within = (path: string): string => {
    const url = new URL(path, base);
    if (url.origin !== base.origin) throw new TypeError('A path of the service itself: the token goes nowhere else.');
    return url.href;
  };

  async function upload(path: string, body: UploadBody, how: UploadOptions): Promise<unknown> {
    const silence = new Silence(policy.attemptMs, how.signal);
    const init: RequestInit & { duplex: 'half' } = {
      method: how.method ?? 'POST',
      headers: { ...how.headers, 'content-type': how.contentType, accept: 'application/json' },
      body: ReadableStream.from<Uint8Array>(heard(body, silence)),
      duplex: 'half',
      signal: silence.signal,
    };
    try {
      return await bodyOf(sent(within(path), init, true), readJson, true);
    } catch (error) {
      how.signal?.throwIfAborted();
      throw silence.isTooLong ? new UnreachableError(SILENT, true, { cause: error }) : error;
    } finally {
      silence.over();
    }
  }

  async function download(path: string, how: { readonly signal?: AbortSignal } = {}) {
    const { signal } = how;
    const silence = new Silence(policy.attemptMs, signal);
    try {
      const response = await sent(within(path), { signal: silence.signal }, false);
      if (!response.ok || response.body === null) {
        await readJson(response);
        throw new UnreachableError('The answer has no content.', false, { code: 'UNREADABLE' });
      }
      const fail = (error: unknown, wasSilent: boolean): Error =>
        new UnreachableError(wasSilent ? SILENT : `The answer broke off: ${reasonOf(error)}`, false, { cause: error });
      return watched(response.body, { ms: policy.attemptMs, signal, fail });
    } catch (error) {
      signal?.throwIfAborted();
      throw silence.isTooLong ? new UnreachableError(SILENT, false, { cause: error }) : error;
    } finally {
      silence.over();
    }
  }

  // What the documents promise of their results, the service keeps: they are generated from its schema.
  return { request, subscribe, alertRaised, upload, download } as ConcordClient;
}

/** Reads an answer, of which the connection may break off in the middle. */
async function bodyOf<T>(
  response: Promise<Response>,
  read: (response: Response) => Promise<T>,
  mayHaveHappened: boolean,
): Promise<T> {
  const arrived = await response;
  try {
    return await read(arrived);
  } catch (error) {
    if (error instanceof ConcordError) throw error;
    throw new UnreachableError(`The answer broke off: ${reasonOf(error)}`, mayHaveHappened, { cause: error });
  }
}

/** With or without `/graphql` at its end. */
function baseOf(url: string): URL {
  const base = new URL(url);
  if (base.protocol !== 'http:' && base.protocol !== 'https:')
    throw new TypeError('The URL of the service begins with https:// or http://.');
  base.pathname = base.pathname.replace(/graphql\/?$/, '').replace(/\/*$/, '/');
  base.search = '';
  base.hash = '';
  return base;
}

/** `fetch failed` says nothing; its cause has the code of the system. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code: unknown = Reflect.get(error.cause ?? error, 'code');
  return typeof code === 'string' ? code : error.name;
}
