import { Socket } from 'node:net';
import { Pool, type PoolClient, type PoolConfig } from 'pg';
import type { DatabaseClock } from './database-clock.js';
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
  /** Whether pg's pool was asked for it. */
  asking: boolean;
  readonly take: Done;
}

/**
 * A pool that knows whether PostgreSQL is there. While it is away nobody waits: what is in use is cut, what waits and
 * what comes is refused with DatabaseUnavailableError, until the pulse beats again.
 */
export class WatchedPool extends Pool {
  readonly #watch: ReturnType<typeof DatabasePulse.of>;
  readonly #forget: () => void;
  /** Of every connection, also of those that are being made. */
  readonly #links: Set<Socket>;
  readonly #waits = new Set<Wait>();
  #asked = 0;

  constructor(config: PoolConfig, watch: WatchOptions) {
    const links = new Set<Socket>();
    super({
      stream: () => {
        const link = new Socket();
        links.add(link);
        return link.once('close', () => links.delete(link));
      },
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      ...(watch.silenceMs === null ? {} : { query_timeout: watch.silenceMs }),
      ...config,
      connectionString: watch.url,
      options: `${config.options ?? ''}${LINK_SETTINGS}`.trim(),
    });
    this.#links = links;
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

  /** The database's time, which every process of a deployment shares. */
  get clock(): DatabaseClock {
    return this.#watch.pulse.clock;
  }

  /** Why a request that needs a connection should not even begin; null: nothing speaks against it. */
  get refusal(): DatabaseUnavailableError | null {
    if (this.trouble !== null) return new DatabaseUnavailableError(this.trouble);
    // In the order in which they came.
    const [oldest] = this.#waits;
    const waited = oldest === undefined ? 0 : performance.now() - oldest.since;
    return this.#waits.size >= MOST_WAITING || waited > LONGEST_WAIT_MS
      ? new DatabaseUnavailableError('POOL_EXHAUSTED')
      : null;
  }

  /** Who waits for a connection, those included whose connection is being made. */
  get waiting(): number {
    return this.#waits.size;
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
      asking: false,
      take: (error, client, release) => {
        clearTimeout(late);
        if (this.#waits.delete(wait)) done(error, client, release);
        // Refused meanwhile: nobody wants it any more.
        else client?.release();
      },
    };
    const exhausted = (): void => this.#refuse(wait, new DatabaseUnavailableError(this.trouble ?? 'POOL_EXHAUSTED'));
    const late = setTimeout(exhausted, this.options.connectionTimeoutMillis);
    this.#waits.add(wait);
    this.#advance();
  }

  /** Only as many ask pg's pool as it can have connections: whom it lets wait it would not let go. */
  #advance(): void {
    for (const wait of this.#waits) {
      if (this.#asked >= this.options.max) return;
      if (wait.asking) continue;
      wait.asking = true;
      this.#asked += 1;
      super.connect((error, client, release) => {
        if (error === undefined) return wait.take(error, client, release);
        this.#given();
        wait.take(this.#inOurWords(error), client, release);
      });
    }
  }

  /** A connection is free, or could not be made. */
  #given(): void {
    this.#asked -= 1;
    // When it lies in the pool again.
    queueMicrotask(() => this.#advance());
  }

  #refuse(wait: Wait, error: Error): void {
    wait.take(error, undefined, () => undefined);
  }

  /** A driver's message holds addresses; why there is no connection is one of a few things. */
  #inOurWords(error: Error): Error {
    const trouble = troubleOf(error);
    return trouble === null ? error : new DatabaseUnavailableError(trouble);
  }

  #follow(silenceMs: number | null): void {
    this.on('connect', (client) => {
      // One that breaks in use fails its query and, between two, tells nobody: that too would end the process.
      client.on('error', () => undefined);
      linkOf(client)?.on('timeout', () => cut(client, 'DATABASE_SILENT'));
    });
    // Given back with a transaction open or an answer outstanding: whoever got it next would be in somebody else's.
    this.on('release', (_error, client) => {
      if (client.getTransactionStatus() !== 'I') cut(client, 'DATABASE_SILENT');
      this.#given();
    });
    if (silenceMs === null) return;
    this.on('acquire', (client) => linkOf(client)?.setTimeout(silenceMs));
    this.on('release', (_error, client) => linkOf(client)?.setTimeout(0));
  }

  #abandon(trouble: DatabaseTrouble): void {
    for (const wait of this.#waits) this.#refuse(wait, new DatabaseUnavailableError(trouble));
    for (const link of this.#links) link.destroy(new DatabaseUnavailableError(trouble));
  }
}

const linkOf = ({ connection: { stream } }: PoolClient): Socket | null => (stream instanceof Socket ? stream : null);

/** Without a goodbye, which a dead link would never deliver; the server rolls back what was open. */
const cut = (client: PoolClient, trouble: DatabaseTrouble): void =>
  void client.connection.stream.destroy(new DatabaseUnavailableError(trouble));
