import type { AgencyActor } from '@concord/access';
import { Inject } from '@nestjs/common';
import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import type { RequestContext } from '../graphql/request-context.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { ActivityDay, ActivityMatches, AgencyActivity } from './agency-activity.types.js';
import { askedPeriod, readActivity, readDays, readMatches } from './read-activity.js';

const ZONE = `IANA name of a zone of the United States, such as America/Chicago; without it the zone of the larger part of the state that your ORI begins with, UTC where that is none.`;

/** What left an agency and who read it: for whoever answers for its reports. */
@Resolver(() => AgencyActivity)
export class AgencyActivityResolver {
  /** Looking around for a hundred records takes tenths of a second of the database: once a request is enough. */
  readonly #lookedAround = new WeakSet<RequestContext>();

  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => AgencyActivity, {
    description:
      'A day of your agency: what became of its reports, what left it and which agencies read it. For its supervisors and admins; reading it is on the books.',
  })
  @Policy('agency.activity.read')
  async agencyDigest(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('date', { type: () => String, description: 'The day, YYYY-MM-DD.' }) date: string,
    @Args('timeZone', { type: () => String, nullable: true, description: ZONE }) timeZone: string | null,
  ): Promise<AgencyActivity> {
    return readActivity(this.services, actor, askedPeriod(actor, 'date', date, timeZone ?? null));
  }

  @Query(() => AgencyActivity, {
    description:
      'The same for a month; GET /agency/month is it as a page to print. For supervisors and admins of the agency; reading it is on the books.',
  })
  @Policy('agency.activity.read')
  async agencyMonth(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('month', { type: () => String, description: 'The month, YYYY-MM.' }) month: string,
    @Args('timeZone', { type: () => String, nullable: true, description: ZONE }) timeZone: string | null,
  ): Promise<AgencyActivity> {
    return readActivity(this.services, actor, askedPeriod(actor, 'month', month, timeZone ?? null));
  }

  @ResolveField(() => [ActivityDay], { description: 'Every day of the period; the days add up to its figures.' })
  @Policy('agency.activity.read')
  days(@CurrentAgencyActor() actor: AgencyActor, @Parent() activity: AgencyActivity): Promise<ActivityDay[]> {
    return readDays(this.services, actor, activity);
  }

  @ResolveField(() => ActivityMatches, {
    nullable: true,
    description:
      'What its records have in common with those of other agencies that you may list. Null where you list nobody else’s: without a role that does, or without a purpose; and for all but the first period of a request.',
  })
  @Policy('agency.activity.read')
  matches(
    @CurrentAgencyActor() actor: AgencyActor,
    @Context() context: RequestContext,
    @Parent() activity: AgencyActivity,
  ): Promise<ActivityMatches | null> {
    if (this.#lookedAround.has(context)) return Promise.resolve(null);
    this.#lookedAround.add(context);
    return readMatches(this.services, actor, activity);
  }
}
