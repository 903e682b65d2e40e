import { Socket } from 'node:net';
import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { DatabaseUnavailableError, troubleOf, type DatabaseTrouble } from './outage.js';
import { DatabasePulse } from './pulse.js';

/** Whoever asks for a connection and is behind this many, or behind one that has waited for so long, is told at once. */
const MOST_WAITING = 1_000;
const LONGEST_WAIT_MS = 2_000;

/**
 * What the server is told of the link: it lets go of a client that vanished, its locks and its open transaction, within
 * some 20 s, and stops a query whose client has closed.
 */
const LINK_SETTINGS = [
  'tcp_user_timeout=10000',
  'tcp_keepalives_idle=10',
  'tcp_keepalives_interval=3',
  'tcp_keepalives_count=3',
  'client_connection_check_interval=2000',
  'idle_in_transaction_session_timeout=10000',
]
  .map((setting) => ` -c ${setting}`)
  .join('');

export interface WatchOptions {
  readonly url: string;
  /**
   * A connection in use on which no byte moves for this long, or whose query is not answered in full by then, is
   * destroyed and never given back: longer than the longest statement. Null: connections may be quiet in use, as one that
   * listens is.
   */
  readonly silenceMs: number | null;
  readonly onChange?: ((trouble: DatabaseTrouble | null) => void) | undefined;
}

type Done = (error: Error | undefined, client: PoolClient | undefined, release: (error?: unknown) => void) => void;

interface Wait {
  readonly since: number;
  fail(error: Error): void;
}

/**
 * A pool that knows whether PostgreSQL is there. While it is away nobody waits: what is in use is cut, what waits and
 * what comes is refused with DatabaseUnavailableError, until the pulse beats again.
 */
export class WatchedPool extends Pool {
  readonly #watch: ReturnType<typeof DatabasePulse.of>;
  readonly #forget: () => void;
  readonly #members = new Set<PoolClient>();
  readonly #waits = new Set<Wait>();

  constructor(config: PoolConfig, watch: WatchOptions) {
    super({
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      ...(watch.silenceMs === null ? {} : { query_timeout: watch.silenceMs }),
      ...config,
      connectionString: watch.url,
      options: `${config.options ?? ''}${LINK_SETTINGS}`.trim(),
    });
    this.#watch = DatabasePulse.of(watch.url);
    this.#forget = this.#watch.pulse.onChange((trouble) => {
      if (trouble !== null) this.#abandon(trouble);
      watch.onChange?.(trouble);
    });
    // A connection that breaks while idle is replaced by the next checkout; without a listener it would end the process.
    this.on('error', () => undefined);
    this.#follow(watch.silenceMs);
  }

  /** Null: PostgreSQL answers. */
  get trouble(): DatabaseTrouble | null {
    return this.#watch.pulse.trouble;
  }

  /** Why a request that needs a connection should not even begin; null: nothing speaks against it. */
  get refusal(): DatabaseUnavailableError | null {
    if (this.trouble !== null) return new DatabaseUnavailableError(this.trouble);
    // In the order in which they came.
    const [oldest] = this.#waits;
    const waited = oldest === undefined ? 0 : performance.now() - oldest.since;
    return this.waitingCount >= MOST_WAITING || waited > LONGEST_WAIT_MS
      ? new DatabaseUnavailableError('POOL_EXHAUSTED')
      : null;
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Done): void;
  override connect(callback?: Done): Promise<PoolClient> | void {
    if (callback !== undefined) return this.#checkOut(callback);
    return new Promise((resolve, reject) => {
      this.#checkOut((error, client) => {
        if (client === undefined) reject(error ?? new Error('a pool gives a client or an error'));
        else resolve(client);
      });
    });
  }

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | void {
    const ended = super.end().finally(() => {
      this.#forget();
      this.#watch.release();
    });
    if (callback === undefined) return ended;
    void ended.then(callback, callback);
  }

  #checkOut(done: Done): void {
    if (this.trouble !== null) {
      const error = new DatabaseUnavailableError(this.trouble);
      queueMicrotask(() => done(error, undefined, () => undefined));
      return;
    }
    const wait: Wait = {
      since: performance.now(),
      fail: (error) => {
        if (this.#waits.delete(wait)) done(error, undefined, () => undefined);
      },
    };
    this.#waits.add(wait);
    super.connect((error, client, release) => {
      // Refused meanwhile: nobody wants it any more.
      if (!this.#waits.delete(wait)) return client?.release();
      done(error === undefined ? undefined : this.#inOurWords(error), client, release);
    });
  }

  /** A driver's message holds addresses; why there is no connection is one of a few things. */
  #inOurWords(error: Error): Error {
    if (error.message === 'timeout exceeded when trying to connect')
      return new DatabaseUnavailableError(this.trouble ?? 'POOL_EXHAUSTED');
    const trouble = troubleOf(error);
    return trouble === null ? error : new DatabaseUnavailableError(trouble);
  }

  #follow(silenceMs: number | null): void {
    this.on('connect', (client) => {
      this.#members.add(client);
      // One that breaks in use fails its query and, between two, tells nobody: that too would end the process.
      client.on('error', () => undefined);
      linkOf(client)?.on('timeout', () => cut(client, 'DATABASE_SILENT'));
    });
    this.on('remove', (client) => this.#members.delete(client));
    // Given back with a transaction open or an answer outstanding: whoever got it next would be in somebody else's.
    this.on('release', (_error, client) => {
      if (client.getTransactionStatus() !== 'I') cut(client, 'DATABASE_SILENT');
    });
    if (silenceMs === null) return;
    this.on('acquire', (client) => linkOf(client)?.setTimeout(silenceMs));
    this.on('release', (_error, client) => linkOf(client)?.setTimeout(0));
  }

  #abandon(trouble: DatabaseTrouble): void {
    for (const wait of this.#waits) wait.fail(new DatabaseUnavailableError(trouble));
    for (const client of this.#members) cut(client, trouble);
  }
}

const linkOf = ({ connection: { stream } }: PoolClient): Socket | null => (stream instanceof Socket ? stream : null);

/** Without a goodbye, which a dead link would never deliver; the server rolls back what was open. */
const cut = (client: PoolClient, trouble: DatabaseTrouble): void =>
  void client.connection.stream.destroy(new DatabaseUnavailableError(trouble));
