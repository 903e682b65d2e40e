import { findStandingSeats } from '@concord/access';
import type { Logger } from '@concord/platform/logging';
import { CloseCode } from 'graphql-ws';
import { Client, Pool } from 'pg';
import { hasExpired } from './seat.js';
import type { SignedIn } from './sign-in.js';

/** What is told to nobody in time is found by looking; a revocation is to end a stream within a second. */
const LOOK_MS = 400;
const RELISTEN_MS = 1_000;
/** A look that takes longer is given up, and the next one takes a fresh connection. */
const LOOK_TIMEOUT_MS = 2_000;
const SIGN_IN_AGAIN = 'Sign in again';

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
  readonly log: Logger;
  /** How often it looks unasked; default 400 ms. */
  readonly lookMs?: number;
}

/**
 * Ends the sockets of whoever may no longer be there: the token revoked or run out, the person disabled, the membership
 * or a role over, the agency gone. PostgreSQL says when something has changed (`concord_seats`); because a notification
 * may be lost and a clock notifies nobody, it also looks by itself, in one statement for all sockets. On connections of
 * its own: a pool that is used up does not keep anybody in.
 */
export class SeatWatch {
  readonly #pool: Pool;
  #listener: Client | null = null;
  #stopping = false;
  #looking: Promise<void> | null = null;
  #again = false;
  #failing = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: SeatWatchOptions) {
    this.#pool = new Pool({
      connectionString: options.databaseUrl,
      max: 1,
      connectionTimeoutMillis: LOOK_TIMEOUT_MS,
      query_timeout: LOOK_TIMEOUT_MS,
      keepAlive: true,
      application_name: 'concord_seats',
      options: `-c role=concord_api -c statement_timeout=${LOOK_TIMEOUT_MS}`,
    });
    this.#pool.on('error', () => undefined);
  }

  async start(): Promise<void> {
    await this.#listen();
    this.#timer = setInterval(() => this.#nudge(), this.options.lookMs ?? LOOK_MS);
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
      connectionTimeoutMillis: LOOK_TIMEOUT_MS,
      keepAlive: true,
      application_name: 'concord_seats_listen',
      options: '-c role=concord_api',
    });
    client.on('notification', () => this.#nudge());
    client.on('error', () => this.#relisten(client));
    client.on('end', () => this.#relisten(client));
    await client.connect();
    await client.query('listen concord_seats');
    if (this.#stopping) return client.end();
    this.#listener = client;
    // What was said while nobody listened.
    this.#nudge();
  }

  #relisten(broken: Client): void {
    if (this.#stopping || this.#listener !== broken) return;
    this.#listener = null;
    broken.end().catch(() => undefined);
    const again = (): void => {
      if (this.#stopping) return;
      this.#listen().catch(() => setTimeout(again, RELISTEN_MS).unref());
    };
    setTimeout(again, RELISTEN_MS).unref();
  }

  /** One look at a time; what changes during one is seen by the next. */
  #nudge(): void {
    if (this.#stopping) return;
    this.#closeExpired();
    this.#again = true;
    this.#looking ??= this.#lookWhileAsked().finally(() => (this.#looking = null));
  }

  async #lookWhileAsked(): Promise<void> {
    while (this.#again && !this.#stopping) {
      this.#again = false;
      try {
        await this.#look();
        this.#failing = false;
      } catch (error) {
        // Streams cannot read either while the database is away. Said once, not at every look.
        if (!this.#failing && !this.#stopping) this.options.log.error({ err: error }, 'seats.look-failed');
        this.#failing = true;
      }
    }
  }

  #closeExpired(): void {
    this.#close((signedIn) => hasExpired(signedIn.token), 'TOKEN_EXPIRED');
  }

  async #look(): Promise<void> {
    const { signedIn } = this.options.sockets;
    if (signedIn.length === 0) return;
    const standing = await findStandingSeats(
      this.#pool,
      signedIn.map(({ token, actor }) => ({ ...token, agencyId: actor.agency?.id ?? null })),
    );
    const gone = new Set(signedIn.filter((_, place) => !standing.has(place)));
    const less = new Set(
      signedIn.filter((one, place) => {
        const roles = standing.get(place);
        return roles !== undefined && [...one.actor.roles].some((role) => !roles.has(role));
      }),
    );
    this.#close((one) => gone.has(one), 'SEAT_ENDED');
    this.#close((one) => less.has(one), 'ROLE_ENDED');
  }

  /** 4403 and not 4401: clients come back after it, with a fresh token if they have one. */
  #close(predicate: (signedIn: SignedIn) => boolean, because: string): void {
    const sockets = this.options.sockets.closeWhere(predicate, CloseCode.Forbidden, SIGN_IN_AGAIN);
    if (sockets > 0) this.options.log.warn({ because, sockets }, 'security.sockets-closed');
  }
}
