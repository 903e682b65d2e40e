import type { AgencyActor } from '@concord/access';
import { createAlertRule, deleteAlertRule, findAlertRulePage, updateAlertRule } from '@concord/alerting';
import { isId } from '@concord/platform/ids';
import { Inject } from '@nestjs/common';
import { Args, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import { decodeCursor, encodeCursor, pageSize, toPage } from '../graphql/paging.js';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import {
  AlertRule,
  AlertRuleConnection,
  CreateAlertRuleInput,
  CreateAlertRulePayload,
  DeleteAlertRulePayload,
  UpdateAlertRuleInput,
  UpdateAlertRulePayload,
  type AlertRuleCreated,
  type AlertRuleDeleted,
  type AlertRuleRejected,
  type AlertRuleUpdated,
} from './alert-rule.types.js';

const CURSOR = 'alert-rule';

/** Nobody learns whether somebody else has a rule of this id. */
const ABSENT: AlertRuleRejected = {
  issues: [{ path: 'id', code: 'NOT_FOUND', message: 'No alert rule of yours has this id.' }],
};

/** The rules of one person in one agency: what they are alerted to. */
@Resolver(() => AlertRule)
export class AlertRuleResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Mutation(() => CreateAlertRulePayload, {
    description: 'Saves a filter that alerts you. It sees with your keyring, at matching and again at delivery.',
  })
  @Policy('alert.rule.create')
  async createAlertRule(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('input', { type: () => CreateAlertRuleInput }) input: CreateAlertRuleInput,
  ): Promise<AlertRuleCreated | AlertRuleRejected> {
    const outcome = await createAlertRule(
      this.services.db,
      actor,
      { name: input.name ?? null, filter: input.filter ?? null },
      this.services.clock.now(),
    );
    return outcome.kind === 'created' ? { rule: outcome.rule } : { issues: [...outcome.issues] };
  }

  @Query(() => AlertRuleConnection, { description: 'Your alert rules, newest first, enabled or not.' })
  @Policy('alert.rule.read')
  async alertRules(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: '1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null,
  ): Promise<AlertRuleConnection> {
    const size = pageSize(first);
    const position = decodeCursor(CURSOR, after);
    const as = { personId: actor.personId, agencyId: actor.agency.id };
    const found = await findAlertRulePage(this.services.db, as, size + 1, position);
    return toPage(found, size, ({ positionAt, alertsRaised, ...rule }) => ({
      cursor: encodeCursor(CURSOR, { at: positionAt, id: rule.id }),
      node: rule,
      alertsRaised,
    }));
  }

  @Mutation(() => UpdateAlertRulePayload, {
    description: 'Changes a rule of yours. A record that is released after the answer is matched with it as it is now.',
  })
  @Policy('alert.rule.change')
  async updateAlertRule(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
    @Args('input', { type: () => UpdateAlertRuleInput }) input: UpdateAlertRuleInput,
  ): Promise<AlertRuleUpdated | AlertRuleRejected> {
    if (!isId(id)) return ABSENT;
    const outcome = await updateAlertRule(
      this.services.db,
      actor,
      id,
      { name: input.name ?? null, filter: input.filter ?? null, enabled: input.enabled ?? null },
      this.services.clock.now(),
    );
    if (outcome.kind === 'absent') return ABSENT;
    return outcome.kind === 'updated' ? { rule: outcome.rule } : { issues: [...outcome.issues] };
  }

  @Mutation(() => DeleteAlertRulePayload, {
    description: 'Deletes a rule of yours; alerts that it raised stay. Deleted before, it is NOT_FOUND.',
  })
  @Policy('alert.rule.change')
  async deleteAlertRule(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<AlertRuleDeleted | AlertRuleRejected> {
    if (!isId(id)) return ABSENT;
    const outcome = await deleteAlertRule(this.services.db, actor, id, this.services.clock.now());
    return outcome.kind === 'deleted' ? { id } : ABSENT;
  }
}
