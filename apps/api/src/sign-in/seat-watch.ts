import { findStandingKeys, findStandingSeats, type StandingSeat } from '@concord/access';
import type { Clock } from '@concord/platform/clock';
import type { Logger } from '@concord/platform/logging';
import { Client, Pool } from 'pg';
import { CLOSINGS } from '../live/closing.js';
import { hasExpired } from './seat.js';
import type { SignedIn } from './sign-in.js';

/** Twice this and a look are within a second: a revocation is to end a stream in that time, also when nobody hears it. */
const TICK_MS = 300;
/** Everybody is looked at this often without any reason. */
const LOOK_AT_ALL_MS = 5_000;
const RELISTEN_MS = 1_000;
/** A look or a heartbeat that takes longer is given up, and the next one takes a fresh connection. */
const TIMEOUT_MS = 2_000;

/** Sockets whose seats are watched. */
export interface WatchedSockets {
  /** Everybody who is signed in on an open socket. */
  readonly signedIn: readonly SignedIn[];
  /** Closes every socket of whoever fits; returns how many. */
  closeWhere(predicate: (signedIn: SignedIn) => boolean, code: number, reason: string): number;
}

export interface SeatWatchOptions {
  readonly databaseUrl: string;
  readonly sockets: WatchedSockets;
  readonly clock: Clock;
  readonly log: Logger;
  /** Default 300 ms. */
  readonly tickMs?: number;
  /** Default 5 s. */
  readonly lookAtAllMs?: number;
}

/**
 * Ends the sockets of whoever may no longer be there: the token revoked or run out, the person disabled, the membership
 * or a role over, the agency gone.
 *
 * PostgreSQL says when something has changed (`concord_seats`), and then everybody is looked at, in one statement. At
 * every tick it looks at those whose membership ends by the clock and at those who are new, and asks the listening
 * connection for a sign of life: while there is none, everybody is looked at. On connections of its own: a pool that is
 * used up keeps nobody in.
 */
export class SeatWatch {
  readonly #pool: Pool;
  /** By when a socket's seat has to be looked at again; absent: not looked at yet. */
  readonly #dueAt = new WeakMap<SignedIn, number>();
  #listener: Client | null = null;
  /** The listener that was asked for a sign of life and has not given it. */
  #silent: Client | null = null;
  #stopping = false;
  #looking: Promise<void> | null = null;
  #again = false;
  #everybody = false;
  #lookedAtAllAt = Number.NEGATIVE_INFINITY;
  #failing = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: SeatWatchOptions) {
    this.#pool = new Pool({
      connectionString: options.databaseUrl,
      max: 1,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      keepAlive: true,
      application_name: 'concord_seats',
      options: `-c role=concord_api -c statement_timeout=${TIMEOUT_MS}`,
    });
    this.#pool.on('error', () => undefined);
  }

  /** Whether it can listen at once or only later: until then it looks at everybody at every tick. */
  async start(): Promise<void> {
    await this.#listen().catch(() => this.#listenLater());
    this.#timer = setInterval(() => this.#tick(), this.options.tickMs ?? TICK_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#looking;
    await this.#listener?.end().catch(() => undefined);
    await this.#pool.end();
  }

  async #listen(): Promise<void> {
    const client = new Client({
      connectionString: this.options.databaseUrl,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      keepAlive: true,
      application_name: 'concord_seats_listen',
      options: '-c role=concord_api',
    });
    client.on('notification', () => this.#ask(true));
    client.on('error', () => this.#relisten(client));
    client.on('end', () => this.#relisten(client));
    try {
      await client.connect();
      await client.query('listen concord_seats');
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
    if (this.#stopping) return client.end();
    this.#listener = client;
    // What was said while nobody listened.
    this.#ask(true);
  }

  #relisten(broken: Client): void {
    if (this.#stopping || this.#listener !== broken) return;
    this.#listener = null;
    broken.end().catch(() => undefined);
    this.#listenLater();
  }

  #listenLater(): void {
    const again = (): void => {
      if (!this.#stopping) this.#listen().catch(() => this.#listenLater());
    };
    setTimeout(again, RELISTEN_MS).unref();
  }

  #tick(): void {
    if (this.#stopping) return;
    this.#close((signedIn) => hasExpired(signedIn.credential, this.options.clock), 'TOKEN_EXPIRED');
    const deaf = this.#listener === null || this.#silent !== null;
    const longAgo = performance.now() - this.#lookedAtAllAt >= (this.options.lookAtAllMs ?? LOOK_AT_ALL_MS);
    this.#ask(deaf || longAgo);
    this.#askForLife();
  }

  /** What was notified before the answer has arrived with it. */
  #askForLife(): void {
    const listener = this.#listener;
    if (listener === null || this.#silent !== null) return;
    this.#silent = listener;
    const answered = (): void => {
      if (this.#silent === listener) this.#silent = null;
    };
    listener.query('select 1').then(answered, () => {
      answered();
      this.#relisten(listener);
    });
  }

  /** One look at a time; what changes during one is seen by the next. */
  #ask(everybody: boolean): void {
    if (this.#stopping) return;
    this.#everybody ||= everybody;
    this.#again = true;
    this.#looking ??= this.#lookWhileAsked().finally(() => (this.#looking = null));
  }

  async #lookWhileAsked(): Promise<void> {
    while (this.#again && !this.#stopping) {
      const everybody = this.#everybody;
      this.#again = this.#everybody = false;
      try {
        await this.#look(everybody);
        if (everybody) this.#lookedAtAllAt = performance.now();
        this.#failing = false;
      } catch (error) {
        this.#everybody ||= everybody;
        // Streams cannot read either while the database is away. Said once, not at every look.
        if (!this.#failing && !this.#stopping) this.options.log.error({ err: error }, 'seats.look-failed');
        this.#failing = true;
      }
    }
  }

  async #look(everybody: boolean): Promise<void> {
    const now = performance.now();
    const due = this.options.sockets.signedIn.filter((one) => everybody || (this.#dueAt.get(one) ?? 0) <= now);
    if (due.length === 0) return;
    const standing = await this.#standing(due);
    const gone = new Set<SignedIn>();
    const less = new Set<SignedIn>();
    due.forEach((one) => {
      const seat = standing.get(one);
      if (seat === undefined) gone.add(one);
      else if ([...one.actor.roles].some((role) => !seat.roles.has(role))) less.add(one);
      else this.#dueAt.set(one, seat.endsInMs === null ? Number.POSITIVE_INFINITY : now + seat.endsInMs);
    });
    this.#close((one) => gone.has(one), 'SEAT_ENDED');
    this.#close((one) => less.has(one), 'ROLE_ENDED');
  }

  /** One statement for all tokens, and one for all API keys where there are any. */
  async #standing(due: readonly SignedIn[]): Promise<ReadonlyMap<SignedIn, StandingSeat>> {
    const tokens = due.flatMap((one) => (one.credential.kind === 'token' ? [{ one, claim: one.credential }] : []));
    const keys = due.flatMap((one) => (one.credential.kind === 'key' ? [{ one, claim: one.credential }] : []));
    const seats = await findStandingSeats(
      this.#pool,
      tokens.map(({ one, claim }) => ({ ...claim, agencyId: one.actor.agency?.id ?? null })),
    );
    const keySeats = await findStandingKeys(
      this.#pool,
      keys.map(({ claim }) => claim),
    );
    const found = new Map<SignedIn, StandingSeat>();
    for (const [of, at] of [
      [tokens, seats],
      [keys, keySeats],
    ] as const)
      of.forEach(({ one }, place) => {
        const seat = at.get(place);
        if (seat !== undefined) found.set(one, seat);
      });
    return found;
  }

  /** 4403 and not 4401: clients come back after it, with a fresh token if they have one. */
  #close(predicate: (signedIn: SignedIn) => boolean, reason: string): void {
    const { code, reason: said } = CLOSINGS.sessionOver;
    const sockets = this.options.sockets.closeWhere(predicate, code, said);
    if (sockets > 0) this.options.log.warn({ reason, sockets }, 'security.sockets-closed');
  }
}
