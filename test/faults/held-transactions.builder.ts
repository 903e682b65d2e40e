import { createLocalKeyHolder, deriveKey, PostgresAgencyKeyStore } from '@concord/blinding';
import { RuleBook } from '@concord/matching';
import { systemClock } from '@concord/platform/clock';
import type { Queryable } from '@concord/platform/database';
import { submitReport } from '@concord/submission';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Pool, type QueryResultRow } from 'pg';
import { personaActor, type PersonaName } from '../../apps/embedded/src/personas.js';
import type { Fleet } from './harness/fleet.builder.js';
import { inputOf } from './harness/load-report.js';
import { OPEN } from './one-report.builder.js';

/** What the API does for a submission (T1), in a transaction that is held open: the ids are taken, and nothing is committed. */
export class HeldSubmissions {
  private constructor(private readonly pool: Pool) {}

  static async begin(fleet: Fleet, references: readonly string[]): Promise<HeldSubmissions> {
    const url = fleet.postgres.appUrl;
    const root = Buffer.from((await readFile(join(fleet.folder, 'root.key'), 'utf8')).trim(), 'hex');
    // One connection: whatever is asked of this pool is in the transaction.
    const pool = new Pool({ connectionString: url, max: 1, idleTimeoutMillis: 0, options: '-c role=concord_api' });
    const keys = new Pool({ connectionString: url, max: 1, options: '-c role=concord_api' });
    const services = {
      db: pool,
      keyHolder: createLocalKeyHolder({
        kek: { id: 'root', key: deriveKey(root, 'concord/kek') },
        agencyKeys: new PostgresAgencyKeyStore(keys),
      }),
      clock: systemClock,
      digestKey: deriveKey(root, 'concord/content-digest'),
    };
    try {
      await pool.query('begin');
      for (const reference of references) {
        const outcome = await submitReport(services, personaActor(OPEN.submitter), inputOf(reference, OPEN));
        if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
      }
      return new HeldSubmissions(pool);
    } finally {
      await keys.end();
    }
  }

  async commit(): Promise<void> {
    await this.pool.query('commit');
    await this.pool.end();
  }
}

/** Statements of a superuser in a transaction that is held open. */
export class HeldStatements {
  private constructor(private readonly pool: Pool) {}

  static async begin(fleet: Fleet, ...statements: readonly (readonly [string, readonly unknown[]])[]) {
    const pool = new Pool({ connectionString: fleet.postgres.superuserUrl, max: 1, idleTimeoutMillis: 0 });
    await pool.query('begin');
    for (const [text, values] of statements) await pool.query(text, [...values]);
    return new HeldStatements(pool);
  }

  async commit(): Promise<void> {
    await this.pool.query('commit');
    await this.pool.end();
  }
}

/** A rule that fires on everything, of somebody who had none. */
export function holdRule(fleet: Fleet, persona: PersonaName): Promise<HeldStatements> {
  const { personId, agency } = personaActor(persona);
  return HeldStatements.begin(fleet, [
    `insert into alert_rule (owner_person_id, owner_agency_id, name, filter)
     select $1, $2, 'late', filter from alert_rule where name = 'everything' limit 1`,
    [personId, agency.id],
  ]);
}

/** The lock that everybody waits for who writes into this inbox. */
export function holdInbox(fleet: Fleet, persona: PersonaName): Promise<HeldStatements> {
  const { personId, agency } = personaActor(persona);
  return HeldStatements.begin(fleet, [
    'select from inbox where person_id = $1 and agency_id = $2 for update',
    [personId, agency.id],
  ]);
}

/** Reads along while a test runs, as fast as it is answered. */
class Alongside {
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  protected constructor(protected readonly pool: Pool) {}

  protected begin(look: () => Promise<void>): this {
    this.#running = (async () => {
      while (!this.#stopped) {
        await look();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await look();
    })();
    return this;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    await this.pool.end();
  }
}

/** What a relay would see that remembers how far it has read: `id > last`. */
export class CursorPoller extends Alongside {
  readonly records: string[] = [];
  #last = '0';

  static start(fleet: Fleet): CursorPoller {
    const poller = new CursorPoller(new Pool({ connectionString: fleet.postgres.superuserUrl, max: 1 }));
    return poller.begin(() => poller.#look());
  }

  async #look(): Promise<void> {
    const { rows } = await this.pool.query<{ id: string; subject_ids: string[] }>(
      `select id::text, subject_ids from outbox where kind = 'record.released' and id > $1 order by outbox.id`,
      [this.#last],
    );
    for (const { id, subject_ids } of rows) {
      this.#last = id;
      this.records.push(...subject_ids);
    }
  }
}

/** The worker's memory of rules beside the same one without its horizon: it remembers how far it has read. */
export class RuleBooks extends Alongside {
  readonly horizon: RuleBook;
  readonly naive: RuleBook;

  private constructor(pool: Pool) {
    super(pool);
    this.horizon = new RuleBook(pool);
    this.naive = new RuleBook(withoutHorizon(pool));
  }

  static start(fleet: Fleet): RuleBooks {
    const books = new RuleBooks(new Pool({ connectionString: fleet.postgres.superuserUrl, max: 1 }));
    return books.begin(async () => {
      await books.horizon.sync();
      await books.naive.sync();
    });
  }
}

function withoutHorizon(pool: Pool): Queryable {
  return {
    query: <R extends QueryResultRow>(
      query: string | { name?: string; text: string; values?: unknown[] },
      values?: unknown[],
    ) => {
      const text = (typeof query === 'string' ? query : query.text).replace('pg_snapshot_xmin', 'pg_snapshot_xmax');
      return pool.query<R>(text, typeof query === 'string' ? values : query.values);
    },
  };
}
