import { ANY_PURPOSE, type AgencyActor } from '@concord/access';
import { appendAudit, auditEntry } from '@concord/audit';
import { asActor, parseFilter, underFilter, type SeizureRecordFilter } from '@concord/records';
import { toNfc } from '@concord/platform/text';
import type { Pool } from 'pg';

export interface AlertRule {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
}

export interface RuleIssue {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export type CreateRuleOutcome =
  | { readonly kind: 'created'; readonly rule: AlertRule }
  | { readonly kind: 'rejected'; readonly issues: readonly RuleIssue[] };

const MAX_NAME = 120;

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
  // A rule stands beyond this request: whether its owner reads anything at all is asked, and not for what today.
  const as = { personId: actor.personId, agencyId: actor.agency.id, purpose: ANY_PURPOSE } as const;
  const rule = await asActor(pool, as, async (tx) => {
    const { rows } = await tx.query<AlertRule>(
      'insert into alert_rule (owner_person_id, owner_agency_id, name, filter) values ($1, $2, $3, $4) returning id, name, enabled',
      [actor.personId, actor.agency.id, name, parsed.filter.source],
    );
    const created = rows[0];
    if (created === undefined) throw new Error('an inserted rule is returned');
    await appendAudit(tx, [
      auditEntry({
        at: now,
        personId: actor.personId,
        agencyId: actor.agency.id,
        roles: [...actor.roles],
        action: 'alert.rule.create',
        outcome: 'DONE',
        purpose: actor.purpose,
        subjects: [{ kind: 'rule', id: created.id }],
      }),
    ]);
    return created;
  });
  return { kind: 'created', rule };
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
