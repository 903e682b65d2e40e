import { createLocalKeyHolder, deriveKey, PostgresAgencyKeyStore, type KeyHolder } from '@concord/blinding';
import {
  claimPushes,
  finishPush,
  openSecret,
  sendAlert,
  sendChallenge,
  type ClaimedPush,
  type PostOptions,
  type Resolve,
  type SendOutcome,
} from '@concord/delivery';
import type { Clock } from '@concord/platform/clock';
import { openPool } from '@concord/platform/database';
import { boundedErrors, type Logger } from '@concord/platform/logging';
import type { BlockList } from 'node:net';
import type { Pool } from 'pg';

const LOOK_MS = 250;
/** On their way at once, to whomever. */
const AT_ONCE = 32;
/** Of one attempt, from the name to the answer. */
const TIMEOUT_MS = 10_000;

export interface WebhookSenderOptions {
  readonly pool: Pool;
  readonly databaseUrl: string;
  readonly rootKey: Buffer;
  readonly clock: Clock;
  readonly log: Logger;
  /** Networks beside the public ones that webhooks may reach, and without TLS. */
  readonly networks: BlockList;
  readonly lookMs?: number | undefined;
  readonly timeoutMs?: number | undefined;
  /** Resolves names; the system's by default. */
  readonly resolve?: Resolve | undefined;
}

/**
 * Sends what is pushed. An attempt is claimed and committed, made, and then booked: killed between the two, it is made
 * again after its lease under the same id. Any number of workers may send.
 */
export class WebhookSender {
  readonly #failed: (error: unknown) => void;
  readonly #underWay = new Set<Promise<void>>();
  readonly #post: PostOptions;
  readonly #keys: Pool;
  readonly #keyHolder: KeyHolder;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;

  constructor(private readonly options: WebhookSenderOptions) {
    this.#failed = boundedErrors(options.log, 'webhook.failed');
    const { networks: listed, timeoutMs = TIMEOUT_MS, resolve } = options;
    this.#post = { listed, timeoutMs, ...(resolve === undefined ? {} : { resolve }) };
    this.#keys = openPool({
      ...{ url: options.databaseUrl, role: 'concord_api', max: 1, statementTimeoutMs: 10_000 },
      // The worker's own pool says it.
      onChange: () => undefined,
    });
    this.#keyHolder = createLocalKeyHolder({
      kek: { id: 'root', key: deriveKey(options.rootKey, 'concord/kek') },
      agencyKeys: new PostgresAgencyKeyStore(this.#keys),
    });
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look()
        .catch(this.#failed)
        .finally(() => (this.#looking = null));
    }, this.options.lookMs ?? LOOK_MS);
  }

  /** Waits for what is on its way, which is not longer than an attempt may take. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#looking;
    await Promise.all(this.#underWay);
    await this.#keys.end();
  }

  async #look(): Promise<void> {
    const room = AT_ONCE - this.#underWay.size;
    if (room <= 0) return;
    const { pool, clock } = this.options;
    for (const push of await claimPushes(pool, room, clock.now())) {
      const sending = this.#send(push).catch(this.#failed);
      this.#underWay.add(sending);
      void sending.finally(() => this.#underWay.delete(sending));
    }
  }

  async #send(push: ClaimedPush): Promise<void> {
    const { pool, clock } = this.options;
    await finishPush(pool, push, await this.#attempt(push), clock.now());
  }

  async #attempt(push: ClaimedPush): Promise<SendOutcome> {
    let secrets: string[];
    try {
      secrets = await Promise.all(push.secrets.map((sealed) => openSecret(this.#keyHolder, push.agencyId, sealed)));
    } catch (error) {
      this.#failed(error);
      return { kind: 'failed', reason: 'SECRET_BROKEN', status: null };
    }
    const target = { url: push.url, secrets };
    return push.alert === null ? sendChallenge(target, push.id, this.#post) : sendAlert(target, push.alert, this.#post);
  }
}
