import type { Queryable } from '@concord/platform/database';
import type { ActAs } from '@concord/records';
import type { AlertRule } from './alert-rule.store.js';

/** A rule as its owner lists it. */
export interface AlertRuleCard extends AlertRule {
  /** Alerts of the owner raised in the last 30 days that it met. */
  readonly alertsRaised: number;
  /** Its place in the list: to the microsecond, which a Date is not. */
  readonly positionAt: string;
}

export interface RulePosition {
  readonly at: string;
  readonly id: string;
}

interface RuleRow {
  id: string;
  name: string;
  enabled: boolean;
  filter: unknown;
  created_at: Date;
  changed_at: Date | null;
  position_at: string;
  alerts_raised: number;
}

/** The owner's rules, newest first; deleted ones are not among them. */
export async function findAlertRulePage(
  db: Queryable,
  as: ActAs,
  limit: number,
  after: RulePosition | null,
): Promise<AlertRuleCard[]> {
  const { rows } = await db.query<RuleRow>({
    name: 'alert_rule_page',
    text: 'select * from alert_rule_page($1, $2, $3, $4, $5)',
    values: [
      as.personId,
      as.agencyId,
      limit,
      after?.at ?? 'infinity',
      after?.id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff',
    ],
  });
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    enabled: row.enabled,
    filter: row.filter,
    createdAt: row.created_at,
    updatedAt: row.changed_at ?? row.created_at,
    positionAt: row.position_at,
    alertsRaised: row.alerts_raised,
  }));
}
