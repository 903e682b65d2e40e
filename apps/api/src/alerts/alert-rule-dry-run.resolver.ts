import type { AgencyActor } from '@concord/access';
import { tryAlertRule } from '@concord/records';
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { refuseUntilPolicyAccepted } from '../records/policy-acceptance.js';
import { bookRecordRead, readAs } from '../records/record.loader.js';
import { SeizureRecordFilter } from '../records/seizure-record-filter.input.js';
import { presentRecord } from '../records/seizure-record.presenter.js';
import { checkedFilter } from '../records/seizure-record.resolver.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { AlertRuleDryRun } from './alert-rule-dry-run.types.js';

const DAYS = 30;
const DAY_MS = 24 * 3_600_000;
const LIMITS = { cap: 1_000, samples: 10, longestMs: 2_000 };

/** What a rule would do, before there is one. It reads records, and is a search in everything that a search must pass. */
@Resolver(() => AlertRuleDryRun)
export class AlertRuleDryRunResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => AlertRuleDryRun, {
    description: 'What a rule with this filter would have raised for you in the last 30 days. Nothing is stored.',
  })
  @Policy('record.read')
  async dryRunAlertRule(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('filter', {
      type: () => SeizureRecordFilter,
      nullable: true,
      description: 'Without one: every record that you may see.',
    })
    input: SeizureRecordFilter | null,
  ): Promise<AlertRuleDryRun> {
    const filter = checkedFilter(input);
    const since = new Date(this.services.clock.now().getTime() - DAYS * DAY_MS);
    const trial = await tryAlertRule(this.services.db, readAs(actor), filter, { since, ...LIMITS });
    // As in a search: nothing found is not told from what is closed to the whole agency, unless it is said.
    if (trial.value === 0) await refuseUntilPolicyAccepted(this.services.db, actor);
    await bookRecordRead(this.services, actor, 'record.list', trial.samples);
    return {
      raised: { value: trial.value, atLeast: trial.atLeast },
      certain: trial.certain,
      possible: trial.value - trial.certain,
      expectedPerWeek: Math.round(((trial.value * 7) / DAYS) * 10) / 10,
      samples: trial.samples.map(presentRecord),
    };
  }
}
