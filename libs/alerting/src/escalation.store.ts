import type { AgencyActor } from '@concord/access';
import { appendAudit, auditEntry } from '@concord/audit';
import { isId } from '@concord/platform/ids';
import { asActor, type ActAs } from '@concord/records';
import type { Pool, PoolClient } from 'pg';

/** Roles that an alert may be escalated to: whoever has it in the agency at that moment. */
export const ESCALATION_ROLES = ['ANALYST', 'SUPERVISOR', 'WATCH_OFFICER'] as const;
export type EscalationRole = (typeof ESCALATION_ROLES)[number];

export type EscalationTarget = { readonly personId: string } | { readonly role: EscalationRole };

/** Who is told next, one after the other, while nobody acknowledges an alert of the rule. */
export interface Escalation {
  readonly ruleId: string;
  /** 1 to 10,080 (a week); before the first, and between one and the next. */
  readonly afterMinutes: number;
  /** 1 to 10. */
  readonly targets: readonly EscalationTarget[];
}

export type SetEscalationOutcome =
  | { readonly kind: 'set' }
  | { readonly kind: 'absent' }
  /** Places in `targets` of people who are not alerted in this agency. */
  | { readonly kind: 'nobody'; readonly at: readonly number[] };

const NOT_COLLEAGUES = `
  select (t.place - 1)::int as place from unnest($1::uuid[]) with ordinality t(person, place)
  where t.person is not null and not exists (
    select from membership m where m.person_id = t.person and m.agency_id = $2 and m.roles && $3::text[]
      and m.valid_from <= now() and (m.valid_until is null or m.valid_until > now()))
  order by t.place`;

/** @param escalation null: nobody is told any more */
export async function setEscalation(
  pool: Pool,
  actor: AgencyActor,
  ruleId: string,
  escalation: Omit<Escalation, 'ruleId'> | null,
  now: Date,
): Promise<SetEscalationOutcome> {
  const as = { personId: actor.personId, agencyId: actor.agency.id };
  return asActor(pool, as, async (tx) => {
    const { rowCount } = await tx.query('select from alert_rule where id = $1 and deleted_at is null', [ruleId]);
    if (rowCount === 0) return { kind: 'absent' };
    const people = (escalation?.targets ?? []).map((target) => ('personId' in target ? target.personId : null));
    const { rows } = await tx.query<{ place: number }>(NOT_COLLEAGUES, [people, actor.agency.id, ESCALATION_ROLES]);
    if (rows.length > 0) return { kind: 'nobody', at: rows.map(({ place }) => place) };
    if (escalation === null) await tx.query('delete from alert_escalation where rule_id = $1', [ruleId]);
    else
      await tx.query(
        `insert into alert_escalation (rule_id, after_minutes, targets) values ($1, $2, $3)
         on conflict (rule_id) do update set after_minutes = excluded.after_minutes, targets = excluded.targets, changed_at = now()`,
        [
          ruleId,
          escalation.afterMinutes,
          escalation.targets.map((target) => ('personId' in target ? target.personId : target.role)),
        ],
      );
    await bookEscalation(tx, actor, ruleId, now);
    return { kind: 'set' };
  });
}

/** Those of the rules, of the asker's own, that have one. */
export async function findEscalations(pool: Pool, as: ActAs, ruleIds: readonly string[]): Promise<Escalation[]> {
  return asActor(pool, as, async (tx) => {
    const { rows } = await tx.query<{ rule_id: string; after_minutes: number; targets: string[] }>(
      'select rule_id, after_minutes, targets from alert_escalation where rule_id = any($1::uuid[])',
      [ruleIds],
    );
    return rows.map((row) => ({
      ruleId: row.rule_id,
      afterMinutes: row.after_minutes,
      targets: row.targets.map((target) => (isId(target) ? { personId: target } : { role: target as EscalationRole })),
    }));
  });
}

async function bookEscalation(tx: PoolClient, actor: AgencyActor, ruleId: string, now: Date): Promise<void> {
  await appendAudit(tx, [
    auditEntry({
      at: now,
      personId: actor.personId,
      agencyId: actor.agency.id,
      roles: [...actor.roles],
      action: 'alert.rule.escalation',
      outcome: 'DONE',
      purpose: actor.purpose,
      subjects: [{ kind: 'rule', id: ruleId }],
    }),
  ]);
}
