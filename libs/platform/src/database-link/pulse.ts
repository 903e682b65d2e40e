import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { DatabaseClock } from './database-clock.js';
import { troubleOf, type DatabaseTrouble } from './outage.js';

/** Pause between two beats. */
const BEAT_MS = 500;
/** The connection that beats has been silent for this long: another is tried beside it. */
const SUSPICION_MS = 1_000;
/** Time for another connection to be made and answer. */
const PROOF_MS = 2_000;
/** For the first connection of a process, when everything starts at once. */
const FIRST_PROOF_MS = 10_000;
const TICK_MS = 100;

type Listener = (trouble: DatabaseTrouble | null) => void;

/**
 * Asks PostgreSQL over a connection of its own, twice a second, whether it is there. A query alone cannot tell a long
 * search from a link on which bytes vanish; this can, within BEAT + SUSPICION + PROOF = 3.5 s. Every pool of this
 * process for one address shares one.
 */
export class DatabasePulse {
  static readonly #shared = new Map<string, { readonly pulse: DatabasePulse; users: number }>();

  /** The pulse of an address, beating until every user has let go of it. */
  static of(url: string): { readonly pulse: DatabasePulse; release(): void } {
    const shared = DatabasePulse.#shared.get(url) ?? { pulse: new DatabasePulse(url), users: 0 };
    DatabasePulse.#shared.set(url, shared);
    shared.users += 1;
    let held = true;
    return {
      pulse: shared.pulse,
      release: () => {
        if (!held) return;
        held = false;
        shared.users -= 1;
        if (shared.users > 0) return;
        DatabasePulse.#shared.delete(url);
        shared.pulse.#stop();
      },
    };
  }

  /** The database's time, heard at every beat. */
  readonly clock = new DatabaseClock();
  readonly #listeners = new Set<Listener>();
  readonly #stopped = new AbortController();
  #client: Client | null = null;
  #trouble: DatabaseTrouble | null = null;
  #heard = false;

  private constructor(private readonly url: string) {
    void this.#run();
  }

  /** Null: PostgreSQL answers. */
  get trouble(): DatabaseTrouble | null {
    return this.#trouble;
  }

  /** Calls whenever trouble begins, changes or ends. */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #stop(): void {
    this.#stopped.abort();
    this.#keep(null);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const trouble = await this.#look();
      if (signal.aborted) return;
      if (trouble !== this.#trouble) {
        this.#trouble = trouble;
        for (const listener of this.#listeners) listener(trouble);
      }
      await sleep(BEAT_MS, undefined, { ref: false });
    }
  }

  async #look(): Promise<DatabaseTrouble | null> {
    const known = this.#client;
    const answer = known === null ? Promise.resolve(false) : this.#answers(known);
    if (await Promise.race([answer, ownTime(SUSPICION_MS).then(() => false)])) return null;
    // Either may still answer: one connection that was lost is no outage, and neither is a new one that is refused.
    const late = answer.then((answered) => (answered ? null : new Promise<never>(() => undefined)));
    return Promise.race([late, this.#insist()]);
  }

  /** A connection that is cut while it is made is no outage either. */
  async #insist(): Promise<DatabaseTrouble | null> {
    const trouble = await this.#reconnect();
    if (trouble !== 'DATABASE_REFUSED' || this.#trouble !== null) return trouble;
    await ownTime(TICK_MS);
    return this.#reconnect();
  }

  async #reconnect(): Promise<DatabaseTrouble | null> {
    if (this.#stopped.signal.aborted) return this.#trouble;
    const client = connectionTo(this.url);
    const made = client.connect().then(
      async () => ((await this.#answers(client)) ? null : 'DATABASE_REFUSED'),
      (error: unknown) => troubleOf(error),
    );
    const proof = ownTime(this.#heard ? PROOF_MS : FIRST_PROOF_MS);
    const trouble = await Promise.race([made, proof.then(() => 'DATABASE_SILENT' as const)]);
    this.#heard ||= trouble === null;
    this.#keep(trouble === null && !this.#stopped.signal.aborted ? client : null);
    if (this.#client !== client) cut(client);
    return trouble;
  }

  async #answers(client: Client): Promise<boolean> {
    const askedAt = performance.now();
    try {
      const { rows } = await client.query<{ ms: number }>(
        'select extract(epoch from clock_timestamp())::float8 * 1000 as ms',
      );
      const [row] = rows;
      if (row !== undefined) this.clock.hear(row.ms, askedAt);
      return true;
    } catch {
      return false;
    }
  }

  #keep(client: Client | null): void {
    if (this.#client !== null && this.#client !== client) cut(this.#client);
    this.#client = client;
  }
}

function connectionTo(url: string): Client {
  const client = new Client({ connectionString: url, application_name: 'concord_pulse' });
  // A connection that breaks is noticed by the next beat.
  client.on('error', () => undefined);
  return client;
}

/** Not `end()`, which says goodbye and waits for a link that may be dead. */
const cut = (client: Client): void => void client.connection.stream.destroy();

/**
 * Time in which an answer could have been heard: of a stall of this process itself, which is no fault of PostgreSQL,
 * one tick counts.
 */
async function ownTime(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= TICK_MS) await sleep(TICK_MS, undefined, { ref: false });
}
