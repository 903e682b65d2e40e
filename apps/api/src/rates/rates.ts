import { DomainError } from '@concord/platform/errors';
import type { Logger } from '@concord/platform/logging';
import type { Budget, Charge, RateStore } from '@concord/platform/rates';
import { OperationTypeNode } from 'graphql';
import { createHash, createHmac } from 'node:crypto';
import { credentialId } from '../sign-in/credential.js';
import type { SignedIn } from '../sign-in/sign-in.js';
import { networkOf } from './client-address.js';
import { kindOf, type CostOf, type Operation } from './operation.js';
import { budgetsOf, type RateSettings, type Spender, type Spending } from './rate-settings.js';
import { Remembered } from './remembered.js';
import { Turns, type Place, type TurnLimits } from './turns.js';
import { WaitingRoom } from './waiting-room.js';

/** Connections to PostgreSQL that the API has: what runs at once is measured by them. */
export const POOL_SIZE = 16;

/** Operations that run: no more than there are connections for them. */
const OPERATIONS: TurnLimits = {
  atOnce: 6,
  atOnceAmongOthers: 1,
  perGroup: 8,
  total: POOL_SIZE,
  mostWaiting: 500,
  longestWaitMs: 5_000,
};
/** Tokens that are looked at: each costs a signature and a query, before it is known whose it is. */
const SIGN_INS: TurnLimits = { ...OPERATIONS, atOnce: 4, atOnceAmongOthers: 4 };
/** Files in and out: they last as long as their client lets them, and take the place of no operation. */
const TRANSFERS: TurnLimits = { ...OPERATIONS, atOnce: 2, perGroup: 3, mostWaiting: 20 };
/** How long a credential counts as good for what it is not asked: it is looked at whole every time. */
const GOOD_SECONDS = 600;
/** Held back at once, and for how long. */
const SEATS = 256;
const HOLD_MS = 1_000;
const MOST_KEYS = 10_000;
/** Counters of addresses: so many and no more, however many addresses there are. */
const ADDRESS_SLOTS = 0x1_0000;

export interface RatesOptions {
  readonly store: RateStore;
  /** What is counted under: the store learns neither who asks nor from where. */
  readonly key: Buffer;
  readonly settings: Partial<RateSettings>;
  readonly costOf: CostOf;
  readonly log: Logger;
  /** Told of every refusal, for counting. */
  readonly onRefused?: (spender: Spender) => void;
}

/** Who comes: what it shows, and from where. */
export interface Arrival {
  readonly authorization: string | null | undefined;
  readonly address: string;
  /** Aborted when it is gone or has its answer. */
  readonly signal: AbortSignal;
}

/**
 * How much each credential, person, agency and stranger may ask, and how much runs at once. Every refusal is
 * LIMIT_EXCEEDED with the time after which it is answered, or UNAVAILABLE when the service itself is too busy; what
 * others have used is never told.
 */
export class Rates {
  readonly #budgets: ReturnType<typeof budgetsOf>;
  readonly #operations = new Turns(OPERATIONS);
  readonly #transfers = new Turns(TRANSFERS);
  readonly #signIns = new Turns(SIGN_INS);
  /** Credentials and addresses that have been told to wait. */
  readonly #told = new Remembered();
  /** Credentials that were good the last time: they do not stand in a line with strangers. */
  readonly #good = new Remembered();
  /** What was logged: each once in its time. */
  readonly #logged = new Remembered();
  readonly #room = new WaitingRoom(SEATS, HOLD_MS);
  /** What those who are signed in are counted under: a request has five of them. */
  readonly #keys = new Map<string, string>();

  constructor(private readonly options: RatesOptions) {
    this.#budgets = budgetsOf(options.settings);
  }

  /** Operations that run and that wait for their turn, for /metrics. */
  get operations(): { readonly running: number; readonly waiting: number } {
    return { running: this.#operations.running, waiting: this.#operations.waiting };
  }

  /**
   * One HTTP request: signs in by `authenticate`, counts it and waits for its turn, which ends with the signal.
   * @throws what `authenticate` throws; LIMIT_EXCEEDED, UNAVAILABLE
   */
  async letIn(arrival: Arrival, authenticate: () => Promise<SignedIn>): Promise<SignedIn> {
    const signedIn = await this.#signIn(arrival, authenticate);
    try {
      await this.arrive(signedIn);
      await this.#turn(signedIn, arrival.signal);
    } catch (error) {
      this.#tell(shown(arrival.authorization ?? ''), error);
      throw error;
    }
    return signedIn;
  }

  /** One socket that signs in. @throws as `letIn` */
  async connect(arrival: Omit<Arrival, 'signal'>, authenticate: () => Promise<SignedIn>): Promise<SignedIn> {
    const signedIn = await this.#signIn({ ...arrival, signal: NEVER }, authenticate);
    await this.#spend('connects', this.#spenders(signedIn), 1);
    return signedIn;
  }

  /** One request or message of a signed-in person, whatever is in it. @throws LIMIT_EXCEEDED */
  async arrive(signedIn: SignedIn): Promise<void> {
    await this.#spend('requests', this.#spenders(signedIn), 1);
  }

  /** One valid operation, before it runs. @throws LIMIT_EXCEEDED */
  async operate(signedIn: SignedIn, operation: Operation): Promise<void> {
    const spending = kindOf(operation) === OperationTypeNode.MUTATION ? 'writes' : 'reads';
    await this.#spend(spending, this.#spenders(signedIn), this.options.costOf(operation));
  }

  /**
   * One request that is no GraphQL operation: a file in, a file out. Counted as one, and in a line of its own until the
   * signal. @throws as `letIn`
   */
  async letInFile(
    arrival: Arrival,
    authenticate: () => Promise<SignedIn>,
    spending: 'reads' | 'writes',
  ): Promise<SignedIn> {
    const signedIn = await this.#signIn(arrival, authenticate);
    try {
      await this.arrive(signedIn);
      await this.#spend(spending, this.#spenders(signedIn), 1);
      await this.#transfers.take(placeOf(signedIn, arrival.signal));
    } catch (error) {
      this.#tell(shown(arrival.authorization ?? ''), error);
      throw error;
    }
    return signedIn;
  }

  /**
   * One operation of a socket: counted, and in its turn until the signal; a subscription only until it stands, for it
   * may stand for hours. @throws LIMIT_EXCEEDED, UNAVAILABLE
   */
  async operateOnSocket(signedIn: SignedIn, operation: Operation, signal: AbortSignal): Promise<void> {
    await this.operate(signedIn, operation);
    const end = await this.#turn(signedIn, signal);
    if (kindOf(operation) === OperationTypeNode.SUBSCRIPTION) end();
  }

  /**
   * One request of somebody unknown, by address. A good token gets in from wherever it comes, also from an address
   * that is over its rate: many may share one, and no token is found by trying. @throws LIMIT_EXCEEDED
   */
  async stranger(address: string): Promise<void> {
    const network = networkOf(address);
    try {
      await this.#spend('failures', [{ kind: 'address', id: network }], 1);
    } catch (error) {
      this.#tell(network, error);
      throw error;
    }
  }

  /** One try of an invitation's code, right or wrong, by whoever this is at their issuer. @throws LIMIT_EXCEEDED */
  async tryCode({ issuer, subject }: { readonly issuer: string; readonly subject: string }): Promise<void> {
    await this.#spend('codes', [{ kind: 'credential', id: `subject ${issuer} ${subject}` }], 1);
  }

  close(): void {
    this.options.store.close();
  }

  async #signIn(arrival: Arrival, authenticate: () => Promise<SignedIn>): Promise<SignedIn> {
    const { authorization, signal } = arrival;
    const credential = shown(authorization ?? '');
    const network = networkOf(arrival.address);
    const good = this.#good.has(credential);
    await this.#holdBack(credential, good ? null : network, signal);
    // Strangers of one address stand in one line, whatever they show; who was good has a line of its own.
    const line = good ? credential : network;
    const end = await this.#signIns.take({ line, group: line, signal });
    try {
      const signedIn = await authenticate();
      this.#good.add(credential, GOOD_SECONDS);
      return signedIn;
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'unauthenticated') await this.stranger(arrival.address);
      throw error;
    } finally {
      end();
    }
  }

  /**
   * Who was told to wait and does not is answered late, and nothing is looked at. A stranger of such an address waits
   * and is looked at then: it may be somebody else.
   */
  async #holdBack(credential: string, network: string | null, signal: AbortSignal): Promise<void> {
    if (this.#told.has(credential)) {
      await this.#room.wait(signal);
      throw tooMany(Math.max(1, this.#told.secondsLeft(credential)));
    }
    const networkLeft = network === null ? 0 : this.#told.secondsLeft(network);
    if (networkLeft > 0 && !(await this.#room.wait(signal))) throw tooMany(networkLeft);
  }

  /** Remembers whom a refusal was told, so that asking again before its time costs next to nothing. */
  #tell(who: string, error: unknown): void {
    if (error instanceof DomainError && error.kind === 'limit') this.#told.add(who, error.retryAfterSeconds ?? 1);
  }

  #turn(signedIn: SignedIn, signal: AbortSignal): Promise<() => void> {
    return this.#operations.take(placeOf(signedIn, signal));
  }

  async #spend(spending: Spending, spenders: readonly Asker[], points: number): Promise<void> {
    const budgets = this.#budgets[spending];
    const charges = spenders.flatMap((spender): Charge[] => {
      const budget: Budget | undefined = budgets[spender.kind];
      return budget === undefined ? [] : [{ budget, key: this.#keyOf(spender) }];
    });
    const spent = await this.options.store.spend(charges, points);
    if (spent.allowed) return;
    const over = spenders.find(({ kind }) => spent.budget.endsWith(`:${kind}`));
    if (over !== undefined) {
      this.options.onRefused?.(over.kind);
      if (this.#logged.add(`${spent.budget} ${over.id}`, spent.retryAfterSeconds))
        this.options.log.warn({ budget: spent.budget, ...namedInLog(over) }, 'rates.exceeded');
    }
    throw tooMany(spent.retryAfterSeconds);
  }

  #spenders({ actor, credential }: SignedIn): Asker[] {
    return [
      { kind: 'credential', id: credentialId(credential) },
      { kind: 'person', id: actor.personId },
      ...(actor.agency === null ? [] : [{ kind: 'agency', id: actor.agency.id } as const]),
    ];
  }

  #keyOf(asker: Asker): string {
    // There may be any number of addresses; whoever is signed in comes again and again.
    if (asker.kind === 'address') return this.#digestOf(asker);
    const name = `${asker.kind} ${asker.id}`;
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    if (this.#keys.size >= MOST_KEYS) this.#keys.clear();
    const key = this.#digestOf(asker);
    this.#keys.set(name, key);
    return key;
  }

  #digestOf({ kind, id }: Asker): string {
    const digest = createHmac('sha256', this.options.key).update(`${kind} ${id}`).digest();
    return kind === 'address'
      ? String(digest.readUInt32BE() % ADDRESS_SLOTS)
      : digest.toString('base64url').slice(0, 22);
  }
}

interface Asker {
  readonly kind: Spender;
  readonly id: string;
}

const NEVER = new AbortController().signal;

const tooMany = (seconds: number): DomainError =>
  new DomainError('limit', 'LIMIT_EXCEEDED', `Too many requests. Try again in ${seconds} s.`, seconds);

/**
 * What was shown, in a form that may be kept. Without the scheme, which has several spellings, and without the
 * signature, whose last character has several: one token is one credential, however it is written.
 */
function shown(authorization: string): string {
  const token = authorization.replace(/^\s*bearer\s+/i, '');
  const signed = token.lastIndexOf('.');
  return createHash('sha256')
    .update(signed > 0 ? token.slice(0, signed) : token)
    .digest('base64url');
}

/** Persons and agencies by id; of a token or an address the log says nothing. */
function namedInLog({ kind, id }: Asker): { personId?: string; agencyId?: string } {
  return kind === 'person' ? { personId: id } : kind === 'agency' ? { agencyId: id } : {};
}

const placeOf = ({ actor }: SignedIn, signal: AbortSignal): Place => ({
  line: actor.personId,
  group: actor.agency?.id ?? actor.personId,
  signal,
});
