import type { Queryable } from '@concord/platform/database';
import { restoreFilter, type ParsedFilter } from '@concord/records';
import { RuleIndex } from './rule-index.js';

export interface BookedRule {
  readonly id: string;
  readonly personId: string;
  readonly agencyId: string;
  readonly filter: ParsedFilter;
}

interface RuleRow {
  id: string;
  owner_person_id: string;
  owner_agency_id: string;
  filter: unknown;
  enabled: boolean;
}

/**
 * The worker's memory of every enabled rule, as an index. `sync` before a match makes it right: it reads what has
 * changed since the last look, by transaction id and down to the oldest transaction that was still open then, so that
 * a rule which committed before a record is never missed, however late its transaction began.
 */
export class RuleBook {
  readonly #rules = new Map<string, BookedRule>();
  readonly #index = new RuleIndex();
  #horizon = '0';
  #turn: Promise<void> = Promise.resolve();

  /** @param onBroken a stored rule that can no longer be read: it is set aside, and every other one goes on. */
  constructor(
    private readonly db: Queryable,
    private readonly onBroken: (ruleId: string, error: unknown) => void = () => undefined,
  ) {}

  get size(): number {
    return this.#rules.size;
  }

  get index(): RuleIndex {
    return this.#index;
  }

  find(id: string): BookedRule | undefined {
    return this.#rules.get(id);
  }

  /** Resolves when every rule that was committed before the call is in the index. Calls take turns. */
  sync(): Promise<void> {
    const next = this.#turn.then(() => this.#read());
    this.#turn = next.catch(() => undefined);
    return next;
  }

  async #read(): Promise<void> {
    const { rows } = await this.db.query<{ horizon: string; rules: RuleRow[] }>({
      name: 'rules_changed',
      text: `select pg_snapshot_xmin(pg_current_snapshot())::text as horizon,
               coalesce((select json_agg(json_build_object('id', r.id, 'owner_person_id', r.owner_person_id,
                 'owner_agency_id', r.owner_agency_id, 'filter', r.filter, 'enabled', r.enabled))
                 from alert_rule r where r.changed_xid >= $1::xid8), '[]') as rules`,
      values: [this.#horizon],
    });
    const row = rows[0];
    if (row === undefined) return;
    for (const rule of row.rules) this.#take(rule);
    this.#horizon = row.horizon;
  }

  #take(row: RuleRow): void {
    if (!row.enabled) {
      this.#rules.delete(row.id);
      this.#index.remove(row.id);
      return;
    }
    const filter = this.#readFilter(row);
    if (filter === null) return;
    const rule: BookedRule = { id: row.id, personId: row.owner_person_id, agencyId: row.owner_agency_id, filter };
    this.#rules.set(rule.id, rule);
    this.#index.upsert(rule);
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
