import type { AgencyActor } from '@concord/access';
import { findEscalations, setEscalation, type Escalation, type EscalationRole } from '@concord/alerting';
import { isId } from '@concord/platform/ids';
import { Inject } from '@nestjs/common';
import { Args, Context, ID, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import DataLoader from 'dataloader';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import type { RequestContext } from '../graphql/request-context.js';
import type { Issue } from '../graphql/shared.types.js';
import { readAs } from '../records/record.loader.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { AlertRule, type AlertRuleRejected } from './alert-rule.types.js';
import {
  AlertEscalation,
  AlertEscalationInput,
  SetAlertEscalationPayload,
  type AlertEscalationSet,
} from './alert-life.types.js';

const MOST_MINUTES = 7 * 24 * 60;
const MOST_TARGETS = 10;

/** Who is told next, while nobody acknowledges an alert of a rule. */
@Resolver(() => AlertRule)
export class AlertEscalationResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @ResolveField(() => AlertEscalation, {
    nullable: true,
    description: 'Who is told next while nobody acknowledges its alert; null: nobody.',
  })
  @Policy('alert.rule.read')
  async escalation(
    @CurrentAgencyActor() actor: AgencyActor,
    @Parent() rule: AlertRule,
    @Context() context: RequestContext & { escalations?: DataLoader<string, Escalation | null> },
  ): Promise<AlertEscalation | null> {
    context.escalations ??= new DataLoader(
      async (ids) => {
        const found = await findEscalations(this.services.db, readAs(actor), [...ids]);
        return ids.map((id) => found.find(({ ruleId }) => ruleId === id) ?? null);
      },
      { cache: false },
    );
    const escalation = await context.escalations.load(rule.id);
    return escalation === null ? null : present(escalation);
  }

  @Mutation(() => SetAlertEscalationPayload, {
    description:
      'Says who is told next while nobody acknowledges an alert of a rule of yours, in place of what was said before.',
  })
  @Policy('alert.rule.change')
  async setAlertEscalation(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('ruleId', { type: () => ID }) ruleId: string,
    @Args('escalation', {
      type: () => AlertEscalationInput,
      nullable: true,
      description: 'Null: nobody is told any more.',
    })
    input: AlertEscalationInput | null,
  ): Promise<AlertEscalationSet | AlertRuleRejected> {
    const absent = { issues: [{ path: 'ruleId', code: 'NOT_FOUND', message: 'No alert rule of yours has this id.' }] };
    const issues = input === null || input === undefined ? [] : issuesOf(input);
    if (issues.length > 0) return { issues };
    if (!isId(ruleId)) return absent;
    const escalation = input === null || input === undefined ? null : asEscalation(input);
    const outcome = await setEscalation(this.services.db, actor, ruleId, escalation, this.services.clock.now());
    if (outcome.kind === 'absent') return absent;
    if (outcome.kind === 'nobody') return { issues: outcome.at.map(nobody) };
    return { ruleId, escalation: escalation === null ? null : present(escalation) };
  }
}

const nobody = (at: number): Issue => ({
  path: `escalation.targets.${at}.personId`,
  code: 'NOT_FOUND',
  message: 'Nobody of this id is alerted in your agency.',
});

const asEscalation = (input: AlertEscalationInput): Omit<Escalation, 'ruleId'> => ({
  afterMinutes: input.afterMinutes ?? MOST_MINUTES,
  targets: (input.targets ?? []).map(({ personId, role }) =>
    personId === null || personId === undefined ? { role: role as EscalationRole } : { personId },
  ),
});

const present = ({ afterMinutes, targets }: Omit<Escalation, 'ruleId'>): AlertEscalation => ({
  afterMinutes,
  targets: targets.map((target) => ({ personId: null, role: null, ...target })),
});

function issuesOf({ afterMinutes, targets }: AlertEscalationInput): Issue[] {
  const issues: Issue[] = [];
  const minutes = afterMinutes ?? null;
  if (minutes === null)
    issues.push({ path: 'escalation.afterMinutes', code: 'REQUIRED', message: 'Say after how many minutes.' });
  else if (minutes < 1 || minutes > MOST_MINUTES)
    issues.push({ path: 'escalation.afterMinutes', code: 'OUT_OF_RANGE', message: 'Between 1 and 10,080 minutes.' });
  const count = targets?.length ?? 0;
  if (count === 0)
    issues.push({ path: 'escalation.targets', code: 'REQUIRED', message: 'Say who is told next: 1 to 10.' });
  if (count > MOST_TARGETS)
    issues.push({ path: 'escalation.targets', code: 'TOO_MANY_ITEMS', message: 'At most 10, one after the other.' });
  (targets ?? []).forEach(({ personId, role }, at) => {
    const path = `escalation.targets.${at}`;
    const given = [personId, role].filter((value) => value !== null && value !== undefined);
    if (given.length !== 1) issues.push({ path, code: 'ONE_OF', message: 'Give either a personId or a role.' });
    else if (typeof personId === 'string' && !isId(personId)) issues.push(nobody(at));
  });
  return issues;
}
