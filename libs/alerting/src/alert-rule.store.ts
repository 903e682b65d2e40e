import { ANY_PURPOSE, type AgencyActor } from '@concord/access';
import { appendAudit, auditEntry } from '@concord/audit';
import { asActor, parseFilter, underFilter, type ReadAs, type SeizureRecordFilter } from '@concord/records';
import { toNfc } from '@concord/platform/text';
import type { Pool, PoolClient } from 'pg';

export interface AlertRule {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** As its owner wrote it: a `SeizureRecordFilter` without nulls. */
  readonly filter: unknown;
  readonly createdAt: Date;
  /** When it was last changed; what it was created at where it never was. */
  readonly updatedAt: Date;
}

export interface RuleIssue {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export type CreateRuleOutcome =
  | { readonly kind: 'created'; readonly rule: AlertRule }
  | { readonly kind: 'rejected'; readonly issues: readonly RuleIssue[] };

export type UpdateRuleOutcome =
  | { readonly kind: 'updated'; readonly rule: AlertRule }
  | { readonly kind: 'rejected'; readonly issues: readonly RuleIssue[] }
  | { readonly kind: 'absent' };

export type DeleteRuleOutcome = { readonly kind: 'deleted' } | { readonly kind: 'absent' };

const MAX_NAME = 120;
const COLUMNS = 'id, name, enabled, filter, created_at, changed_at';

interface RuleRow {
  id: string;
  name: string;
  enabled: boolean;
  filter: unknown;
  created_at: Date;
  changed_at: Date | null;
}

const asRule = (row: RuleRow): AlertRule => ({
  id: row.id,
  name: row.name,
  enabled: row.enabled,
  filter: row.filter,
  createdAt: row.created_at,
  updatedAt: row.changed_at ?? row.created_at,
});

/** A rule stands beyond this request: whether its owner reads anything at all is asked, and not for what today. */
const asOwner = (actor: AgencyActor): ReadAs => ({
  personId: actor.personId,
  agencyId: actor.agency.id,
  purpose: ANY_PURPOSE,
});

/** A saved filter of one person in one agency. Matching and delivery see with that person's keyring, then and there. */
export async function createAlertRule(
  pool: Pool,
  actor: AgencyActor,
  input: { name: string | null; filter: SeizureRecordFilter | null },
  now: Date,
): Promise<CreateRuleOutcome> {
  const name = toNfc(input.name ?? '').trim();
  const parsed = parseFilter(input.filter ?? {});
  const issues: RuleIssue[] = [...nameIssues(name), ...(parsed.ok ? [] : parsed.issues.map(underFilter))];
  if (!parsed.ok || issues.length > 0) return { kind: 'rejected', issues };
  const rule = await asActor(pool, asOwner(actor), async (tx) => {
    const { rows } = await tx.query<RuleRow>(
      `insert into alert_rule (owner_person_id, owner_agency_id, name, filter) values ($1, $2, $3, $4) returning ${COLUMNS}`,
      [actor.personId, actor.agency.id, name, parsed.filter.source],
    );
    const created = rows[0];
    if (created === undefined) throw new Error('an inserted rule is returned');
    await bookRuleAct(tx, actor, 'alert.rule.create', created.id, now);
    return asRule(created);
  });
  return { kind: 'created', rule };
}

/** What is null stays as it is. Somebody else's rule, a deleted one and one that never was are absent alike. */
export async function updateAlertRule(
  pool: Pool,
  actor: AgencyActor,
  id: string,
  input: { name: string | null; filter: SeizureRecordFilter | null; enabled: boolean | null },
  now: Date,
): Promise<UpdateRuleOutcome> {
  const name = input.name === null ? null : toNfc(input.name).trim();
  const parsed = input.filter === null ? null : parseFilter(input.filter);
  const issues: RuleIssue[] = [
    ...(name === null ? [] : nameIssues(name)),
    ...(parsed === null || parsed.ok ? [] : parsed.issues.map(underFilter)),
  ];
  if (name === null && parsed === null && input.enabled === null)
    issues.push({ path: 'input', code: 'REQUIRED', message: 'Give what is to change: name, filter or enabled.' });
  if (parsed?.ok === false || issues.length > 0) return { kind: 'rejected', issues };
  return asActor(pool, asOwner(actor), async (tx) => {
    const { rows } = await tx.query<RuleRow>(
      `update alert_rule set name = coalesce($2, name), filter = coalesce($3::jsonb, filter), enabled = coalesce($4, enabled), changed_at = now()
       where id = $1 and deleted_at is null returning ${COLUMNS}`,
      [id, name, parsed?.filter.source ?? null, input.enabled],
    );
    const [changed] = rows;
    if (changed === undefined) return { kind: 'absent' };
    await bookRuleAct(tx, actor, 'alert.rule.update', id, now);
    return { kind: 'updated', rule: asRule(changed) };
  });
}

/** It raises nothing from here on. The row stays, because alerts that it raised name it. */
export async function deleteAlertRule(
  pool: Pool,
  actor: AgencyActor,
  id: string,
  now: Date,
): Promise<DeleteRuleOutcome> {
  return asActor(pool, asOwner(actor), async (tx) => {
    const { rowCount } = await tx.query(
      'update alert_rule set enabled = false, changed_at = now(), deleted_at = now() where id = $1 and deleted_at is null',
      [id],
    );
    if (rowCount === 0) return { kind: 'absent' };
    await bookRuleAct(tx, actor, 'alert.rule.delete', id, now);
    return { kind: 'deleted' };
  });
}

/** In the transaction of the change. */
async function bookRuleAct(tx: PoolClient, actor: AgencyActor, action: string, id: string, now: Date): Promise<void> {
  await appendAudit(tx, [
    auditEntry({
      at: now,
      personId: actor.personId,
      agencyId: actor.agency.id,
      roles: [...actor.roles],
      action,
      outcome: 'DONE',
      purpose: actor.purpose,
      subjects: [{ kind: 'rule', id }],
    }),
  ]);
}

function nameIssues(name: string): RuleIssue[] {
  if (name.length === 0)
    return [{ path: 'name', code: 'REQUIRED', message: 'Give the rule a name of 1 to 120 characters.' }];
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name))
    return [{ path: 'name', code: 'FORBIDDEN_CHARACTER', message: 'Leave out control characters and line breaks.' }];
  if (!name.isWellFormed())
    return [{ path: 'name', code: 'MALFORMED_TEXT', message: 'The text has half a character in it.' }];
  return name.length > MAX_NAME
    ? [{ path: 'name', code: 'TOO_LONG', message: 'A name has at most 120 characters.' }]
    : [];
}
