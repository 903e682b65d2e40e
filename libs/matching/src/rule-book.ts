import type { Queryable } from '@concord/platform/database';
import { restoreFilter, type ParsedFilter } from '@concord/records';
import { RuleIndex } from './rule-index.js';

export interface BookedRule {
  readonly id: string;
  readonly personId: string;
  readonly agencyId: string;
}

interface RuleRow {
  id: string;
  owner_person_id: string;
  owner_agency_id: string;
  filter: unknown;
  enabled: boolean;
}

/** Read at once: a million rules in one answer would be a third of a gigabyte of text. */
const PAGE = 20_000;
const BEFORE_EVERY_ID = '00000000-0000-0000-0000-000000000000';

/**
 * The worker's memory of every enabled rule, as an index. `sync` before a match makes it right: it reads what has
 * changed since the last look, by transaction id and down to the oldest transaction that was still open then, so that
 * a rule which committed before a record is never missed, however late its transaction began.
 */
export class RuleBook {
  readonly #index = new RuleIndex<BookedRule>();
  /** Each owner's ids once, however many rules there are. */
  readonly #owners = new Map<string, string>();
  #horizon = '0';
  #turn: Promise<void> = Promise.resolve();

  /** @param onBroken a stored rule that can no longer be read: it is set aside, and every other one goes on. */
  constructor(
    private readonly db: Queryable,
    private readonly onBroken: (ruleId: string, error: unknown) => void = () => undefined,
    private readonly page = PAGE,
  ) {}

  get size(): number {
    return this.#index.size;
  }

  get index(): RuleIndex<BookedRule> {
    return this.#index;
  }

  /** Resolves when every rule that was committed before the call is in the index. Calls take turns. */
  sync(): Promise<void> {
    const next = this.#turn.then(() => this.#read());
    this.#turn = next.catch(() => undefined);
    return next;
  }

  /** Page by page: what commits behind a page is not older than the first page's horizon, and read by the next look. */
  async #read(): Promise<void> {
    let horizon: string | null = null;
    for (let after = BEFORE_EVERY_ID; ;) {
      const { rows } = await this.db.query<{ horizon: string; rules: RuleRow[] }>({
        name: 'rules_changed',
        text: `select pg_snapshot_xmin(pg_current_snapshot())::text as horizon,
                 coalesce((select json_agg(json_build_object('id', r.id, 'owner_person_id', r.owner_person_id,
                   'owner_agency_id', r.owner_agency_id, 'filter', r.filter, 'enabled', r.enabled) order by r.id)
                   from (select * from alert_rule c where c.changed_xid >= $1::xid8 and c.id > $2 order by c.id limit $3) r),
                   '[]') as rules`,
        values: [this.#horizon, after, this.page],
      });
      const row = rows[0];
      if (row === undefined) return;
      horizon ??= row.horizon;
      for (const rule of row.rules) this.#take(rule);
      const last = row.rules.length < this.page ? undefined : row.rules.at(-1);
      if (last === undefined) break;
      after = last.id;
    }
    this.#horizon = horizon;
  }

  #take(row: RuleRow): void {
    if (!row.enabled) return this.#index.remove(row.id);
    const filter = this.#readFilter(row);
    if (filter === null) return;
    const personId = this.#once(row.owner_person_id);
    this.#index.upsert({ id: row.id, personId, agencyId: this.#once(row.owner_agency_id) }, filter);
  }

  #once(id: string): string {
    const known = this.#owners.get(id);
    if (known === undefined) this.#owners.set(id, id);
    return known ?? id;
  }

  #readFilter(row: RuleRow): ParsedFilter | null {
    try {
      return restoreFilter(row.filter);
    } catch (error) {
      this.onBroken(row.id, error);
      return null;
    }
  }
}
