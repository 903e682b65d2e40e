import type { AgencyActor } from '@concord/access';
import { auditEntry } from '@concord/audit';
import { timeZoneOfState, US_TIME_ZONES } from '@concord/codes';
import { asActor, findAgencyActivity } from '@concord/records';
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { InvalidInputError } from '../graphql/graphql-error.js';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { AgencyActivity } from './agency-activity.types.js';
import { daysOf, periodOf } from './local-days.js';

const ZONE = `IANA name of a zone of the United States, such as America/Chicago; without it the zone of the larger part of the state that your ORI begins with, UTC where that is none.`;

/** What left an agency and who read it: for whoever answers for its reports. */
@Resolver()
export class AgencyActivityResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => AgencyActivity, {
    description:
      'A day of your agency: what became of its reports, what left it and which agencies read it. For its supervisors and admins; reading it is on the books.',
  })
  @Policy('agency.activity.read')
  agencyDigest(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('date', { type: () => String, description: 'The day, YYYY-MM-DD.' }) date: string,
    @Args('timeZone', { type: () => String, nullable: true, description: ZONE }) timeZone: string | null,
  ): Promise<AgencyActivity> {
    return this.#activity(actor, 'date', date, timeZone ?? null);
  }

  @Query(() => AgencyActivity, {
    description: 'The same for a month. For supervisors and admins of the agency; reading it is on the books.',
  })
  @Policy('agency.activity.read')
  agencyMonth(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('month', { type: () => String, description: 'The month, YYYY-MM.' }) month: string,
    @Args('timeZone', { type: () => String, nullable: true, description: ZONE }) timeZone: string | null,
  ): Promise<AgencyActivity> {
    return this.#activity(actor, 'month', month, timeZone ?? null);
  }

  async #activity(
    actor: AgencyActor,
    path: 'date' | 'month',
    asked: string,
    given: string | null,
  ): Promise<AgencyActivity> {
    const timeZone = given ?? timeZoneOfState(actor.agency.ori?.slice(0, 2) ?? '');
    const days = daysOf(path, asked);
    const issues = [
      ...(days === null
        ? [
            {
              path,
              code: 'INVALID_FORMAT',
              message: path === 'date' ? 'A day such as 2026-11-20.' : 'A month such as 2026-11.',
            },
          ]
        : []),
      ...(given !== null && given !== 'UTC' && !US_TIME_ZONES.includes(given)
        ? [{ path: 'timeZone', code: 'INVALID_FORMAT', message: `One of ${US_TIME_ZONES.join(', ')}, UTC.` }]
        : []),
    ];
    if (days === null || issues.length > 0) throw new InvalidInputError(issues[0]?.message ?? '', issues);
    const period = periodOf(days, timeZone);
    const { db, clock, ledger } = this.services;
    const as = { personId: actor.personId, agencyId: actor.agency.id };
    const { readsCounted, left, reads, imminentDangerOpenings, ...counts } = await asActor(db, as, (tx) =>
      findAgencyActivity(tx, as, period),
    );
    await ledger.book(
      auditEntry({
        ...{ at: clock.now(), personId: actor.personId, agencyId: actor.agency.id, roles: [...actor.roles] },
        ...{ action: 'agency.activity.read', outcome: 'DONE', purpose: actor.purpose },
        subjects: [{ kind: 'agency', id: actor.agency.id }],
      }),
    );
    return {
      ...{ ...counts, ...days, ...period, timeZone, asOf: clock.now() },
      ...{ left: [...left], reads: [...reads], imminentDangerOpenings: [...imminentDangerOpenings] },
      readsCountedSince: readsCounted.since,
      readsCountedUntil: readsCounted.until,
    };
  }
}
