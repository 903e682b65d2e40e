import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** A listener that is silent hears nothing either way: asked this often, it is thrown away when it does not answer. */
const ASK_MS = 5_000;
const ANSWER_MS = 2_000;
const CONNECT_MS = 3_000;
const AGAIN_MS = 1_000;

export interface OutboxListenerOptions {
  readonly url: string;
  /** Something was written, or may have been while nobody listened. */
  readonly onNews: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * LISTEN on a connection of its own, made anew whenever it breaks or falls silent. What it misses meanwhile the relay
 * finds by looking.
 */
export class OutboxListener {
  readonly #stopped = new AbortController();
  #client: Client | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly options: OutboxListenerOptions) {}

  /** Resolves when it listens for the first time, or has failed to once. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#running = this.#run(resolve);
    });
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#client?.connection.stream.destroy();
    await this.#running;
  }

  async #run(settled: () => void): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const client = this.#connection();
      this.#client = client;
      try {
        await client.connect();
        await client.query('listen concord_outbox');
        this.options.onNews();
        settled();
        await this.#whileItAnswers(client);
      } catch (error) {
        if (!signal.aborted) this.options.onError(error);
        settled();
      } finally {
        client.connection.stream.destroy();
      }
      await pause(AGAIN_MS, signal);
    }
  }

  /** @throws whatever ended it */
  async #whileItAnswers(client: Client): Promise<void> {
    const { signal } = this.#stopped;
    const broken = new AbortController();
    client.once('end', () => broken.abort());
    while (!signal.aborted) {
      await pause(ASK_MS, AbortSignal.any([signal, broken.signal]));
      if (!signal.aborted) await client.query('select 1');
    }
  }

  #connection(): Client {
    const client = new Client({
      connectionString: this.options.url,
      application_name: 'concord_outbox_listener',
      options: '-c role=concord_worker',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: ANSWER_MS,
    });
    client.on('notification', () => this.options.onNews());
    // Its end is noticed, and the next question says why.
    client.on('error', () => undefined);
    return client;
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
