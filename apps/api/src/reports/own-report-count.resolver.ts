import type { AgencyActor } from '@concord/access';
import { asActor, countOwnReports, type OwnReportSearch } from '@concord/records';
import { Inject } from '@nestjs/common';
import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { isCancelled } from '../records/seizure-record.resolver.js';
import { RecordCount } from '../records/seizure-record.types.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { SeizureReportConnection } from './seizure-report.types.js';

const COUNT_CAP = 1_000;

/** A page, with what was searched for. */
export interface CountableConnection extends SeizureReportConnection {
  readonly search: OwnReportSearch;
}

@Resolver(() => SeizureReportConnection)
export class OwnReportCountResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @ResolveField(() => RecordCount, {
    description: 'How many reports of your agency meet what was given, counted up to 1,000 and for two seconds.',
  })
  @Policy('report.read')
  async totalCount(
    @CurrentAgencyActor() actor: AgencyActor,
    @Parent() { edges, search }: CountableConnection,
  ): Promise<RecordCount> {
    const as = { personId: actor.personId, agencyId: actor.agency.id };
    try {
      return await asActor(this.services.db, as, (tx) => countOwnReports(tx, search, COUNT_CAP));
    } catch (error) {
      // The page stands, also where the count was cancelled.
      if (!isCancelled(error)) throw error;
      return { value: edges.length, atLeast: true };
    }
  }
}
