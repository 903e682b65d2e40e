import { forgetOldSessions, noteActivity, type SessionActivity } from '@concord/access';
import type { Clock } from '@concord/platform/clock';
import type { Queryable } from '@concord/platform/database';
import type { Logger } from '@concord/platform/logging';
import { Remembered } from '../rates/remembered.js';
import type { SignedIn } from './sign-in.js';

const FLUSH_MS = 5_000;
/** Somebody who was noted is not noted again for so long. */
const APART_SECONDS = 60;
const FORGET_EVERY_MS = 3_600_000;

/**
 * Notes when people and keys were last there, some seconds later and off every request's path: CJIS AC-11 (thirty idle
 * minutes), AC-2(3) (ninety idle days). At most one write a minute for each, so a session may end a minute early and
 * never late.
 */
export class ActivityNotes {
  readonly #noted = new Remembered();
  #begun: SessionActivity[] = [];
  #active: SessionActivity[] = [];
  #keys: string[] = [];
  #timer: NodeJS.Timeout | null = null;
  #forgotAt = performance.now();
  #flushing: Promise<void> | null = null;
  #failing = false;

  constructor(private readonly options: { readonly db: Queryable; readonly clock: Clock; readonly log: Logger }) {}

  start(): void {
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.flush();
  }

  /** Somebody asked for something. */
  asked(signedIn: SignedIn): void {
    this.#note(signedIn, 'asked');
  }

  /** Somebody is there and has asked for nothing: a session begins with it, and none is kept awake by it. */
  arrived(signedIn: SignedIn): void {
    this.#note(signedIn, 'arrived');
  }

  #note({ credential, actor }: SignedIn, how: 'asked' | 'arrived'): void {
    if (credential.kind === 'key') {
      if (this.#isNews(`key ${credential.id}`)) this.#keys.push(credential.id);
      return;
    }
    if (credential.session === null) return;
    const { authenticatedAt } = credential.session;
    if (!this.#isNews(`${how} ${actor.personId} ${authenticatedAt.getTime()}`)) return;
    const activity = { personId: actor.personId, authenticatedAt, at: this.options.clock.now() };
    (how === 'asked' ? this.#active : this.#begun).push(activity);
  }

  #isNews(key: string): boolean {
    return !this.#noted.has(key) && this.#noted.add(key, APART_SECONDS);
  }

  /** Writes what is to be written. While PostgreSQL is away it waits: nobody is let in either. */
  flush(): Promise<void> {
    return (this.#flushing ??= this.#write().finally(() => (this.#flushing = null)));
  }

  async #write(): Promise<void> {
    const [begun, active, keys] = [this.#begun, this.#active, this.#keys];
    [this.#begun, this.#active, this.#keys] = [[], [], []];
    try {
      if (begun.length + active.length + keys.length > 0) await noteActivity(this.options.db, { begun, active, keys });
      if (performance.now() - this.#forgotAt > FORGET_EVERY_MS) {
        this.#forgotAt = performance.now();
        await forgetOldSessions(this.options.db);
      }
      this.#failing = false;
    } catch (error) {
      this.#begun.unshift(...begun);
      this.#active.unshift(...active);
      this.#keys.unshift(...keys);
      if (!this.#failing) this.options.log.error({ err: error }, 'activity.not-noted');
      this.#failing = true;
    }
  }
}
