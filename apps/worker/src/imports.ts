import { appendAudit, auditEntry } from '@concord/audit';
import { checkRootKey, createLocalKeyHolder, deriveKey, PostgresAgencyKeyStore } from '@concord/blinding';
import {
  abandonOld,
  claimImport,
  pauseFruitless,
  removeOldContent,
  runImport,
  type HeldImport,
  type StoppedImport,
} from '@concord/imports';
import { inTransaction, openPool } from '@concord/platform/database';
import { isOutage } from '@concord/platform/database-link';
import { newId } from '@concord/platform/ids';
import { boundedErrors, type Logger } from '@concord/platform/logging';
import type { WakeUps } from '@concord/platform/queue';
import type { SubmissionServices } from '@concord/submission';
import type { Tracer } from '@concord/platform/tracing';
import type { Pool, PoolClient } from 'pg';

/** What a worker that does imports has besides: the keys, and the role that submits. */
export interface ImportsConfig {
  /** Root of every key of the deployment, as the API has it. */
  readonly rootKey: Buffer;
  /** A dead worker's import is another's after so long; default 15 s. */
  readonly leaseSeconds?: number | undefined;
  /** How often it looks for imports; default 1 s. */
  readonly lookMs?: number | undefined;
  /** How often it removes what is kept no longer; default 10 minutes. */
  readonly cleanMs?: number | undefined;
}

/**
 * Imports of one process at the same time, and how long their files may be: the last is for what is done in seconds, so
 * that it does not wait for the turn of what takes an hour.
 */
const RUNS: readonly (number | null)[] = [null, null, 256 * 1024];
const POOL_SIZE = 10;
const LOOK_MS = 1_000;
const LEASE_SECONDS = 15;
const TURN_MS = 60_000;
const CLEAN_MS = 600_000;

export interface ImportsOptions extends ImportsConfig {
  readonly databaseUrl: string;
  readonly pool: Pool;
  readonly wakeUps: WakeUps;
  readonly log: Logger;
  readonly tracer: Tracer;
  /** So many entries were done now. */
  readonly onEntriesDone: (entries: number) => void;
}

/**
 * Works on imports (ADR 0029). Nothing is queued: an import takes minutes, and a queue gives up what takes so long. Who
 * has it says so in its row, for some seconds at a time; whoever dies loses it, and the next one goes on.
 */
export class Imports {
  readonly #failed: (error: unknown) => void;
  readonly #entryFailed: (error: unknown) => void;
  readonly #stop = new AbortController();
  /** By their place in RUNS. */
  readonly #runs = new Map<number, Promise<void>>();
  readonly #holder = newId();
  readonly #submission: SubmissionServices;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #cleaned = performance.now();

  private constructor(
    private readonly options: ImportsOptions,
    private readonly api: ReturnType<typeof openPool>,
  ) {
    this.#failed = boundedErrors(options.log, 'import.failed');
    this.#entryFailed = boundedErrors(options.log, 'import.entry-failed');
    const { rootKey, tracer } = options;
    this.#submission = {
      db: api,
      clock: api.clock,
      digestKey: deriveKey(rootKey, 'concord/content-digest'),
      keyHolder: createLocalKeyHolder({
        kek: { id: 'root', key: deriveKey(rootKey, 'concord/kek') },
        agencyKeys: new PostgresAgencyKeyStore(api),
      }),
      tracer,
    };
  }

  /** @throws WrongRootKeyError */
  static async open(options: ImportsOptions): Promise<Imports> {
    const api = openPool({
      url: options.databaseUrl,
      role: 'concord_api',
      max: POOL_SIZE,
      statementTimeoutMs: 10_000,
      // The worker's own pool says it.
      onChange: () => undefined,
    });
    try {
      await checkRootKey(api, options.rootKey);
      await api.clock.known;
    } catch (error) {
      await api.end();
      throw error;
    }
    return new Imports(options, api);
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), this.options.lookMs ?? LOOK_MS);
  }

  /** Lets go of what it has after the reports that are under way. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#stop.abort();
    await this.#looking;
    await Promise.all(this.#runs.values());
    await this.api.end();
  }

  #look(): void {
    this.#looking ??= this.#fill()
      .catch((error: unknown) => (isOutage(error) ? undefined : this.#failed(error)))
      .finally(() => (this.#looking = null));
  }

  async #fill(): Promise<void> {
    const { pool, log } = this.options;
    for (const [place, mostBytes] of RUNS.entries()) {
      if (this.#runs.has(place) || this.#stop.signal.aborted) continue;
      const held = await claimImport(pool, this.#holder, this.#leaseSeconds, mostBytes);
      if (held === null) continue;
      const run = this.#run(held, mostBytes).finally(() => this.#runs.delete(place));
      this.#runs.set(place, run);
    }
    const givenUp = await inTransaction(pool, async (tx) => this.#booked(tx, 'import.pause', await pauseFruitless(tx)));
    for (const { id: importId } of givenUp) {
      log.error({ importId }, 'import.given-up');
      await this.options.wakeUps.publish([importId]);
    }
    if (performance.now() - this.#cleaned > (this.options.cleanMs ?? CLEAN_MS)) {
      this.#cleaned = performance.now();
      await inTransaction(pool, async (tx) => {
        await this.#booked(tx, 'import.end', await abandonOld(tx));
        await this.#booked(tx, 'import.content.remove', await removeOldContent(tx));
      });
    }
  }

  /** What the service did of itself stands in the books too. */
  async #booked(tx: PoolClient, action: string, stopped: readonly StoppedImport[]): Promise<readonly StoppedImport[]> {
    const at = this.#submission.clock.now();
    const entries = stopped.map(({ id, agencyId }) =>
      auditEntry({
        ...{ at, personId: null, agencyId, roles: [], action, outcome: 'DONE', purpose: null },
        subjects: [{ kind: 'import', id }],
      }),
    );
    if (entries.length > 0) await appendAudit(tx, entries);
    return stopped;
  }

  get #leaseSeconds(): number {
    return this.options.leaseSeconds ?? LEASE_SECONDS;
  }

  async #run(held: HeldImport, mostBytes: number | null): Promise<void> {
    const { pool, wakeUps, log } = this.options;
    try {
      const end = await runImport(
        {
          submission: this.#submission,
          ...{ pool, holder: this.#holder, leaseSeconds: this.#leaseSeconds, mostBytes, turnMs: TURN_MS },
          onEntriesDone: (entries) => this.options.onEntriesDone(entries),
          onEntryFailed: (_importId, error) => this.#entryFailed(error),
          onProgress: (importId) => wakeUps.publish([importId]),
          signal: this.#stop.signal,
        },
        held,
      );
      log.info({ importId: held.id, reason: end }, 'import.worked-on');
    } catch (error) {
      // It is still RUNNING, and taken again when its lease is over.
      if (!isOutage(error)) this.#failed(error);
    }
  }
}
