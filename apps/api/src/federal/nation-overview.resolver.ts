import type { AgencyActor } from '@concord/access';
import { asActor, findOverview } from '@concord/records';
import { Inject } from '@nestjs/common';
import { Field, Int, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { PlaceCount, SubstanceCount } from '../graphql/overview.types.js';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy, PresentedAs } from '../graphql/policy.decorator.js';
import { bookRecordRead } from '../records/record.loader.js';
import { refuseUntilPolicyAccepted } from '../records/policy-acceptance.js';
import { readAs } from '../records/record.loader.js';
import { API_SERVICES, type ApiServices } from '../services.js';

const DAYS = 30;

@ObjectType({ description: 'The last 30 days in the nation, counted over the records that you can list.' })
@PresentedAs('listed-counts')
export class NationOverview {
  @Field({ description: 'Released from then on.' })
  since!: Date;

  @Field(() => Int, { description: 'How many there are.' })
  records!: number;

  @Field(() => [SubstanceCount], { description: 'By substance; a record with two counts at both.' })
  substances!: SubstanceCount[];

  @Field(() => [PlaceCount], { description: 'By state.' })
  states!: PlaceCount[];
}

/** What FEDERAL agencies alone do. */
@Resolver()
export class NationOverviewResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => NationOverview, { description: 'The last 30 days in the nation. FEDERAL agencies only.' })
  @Policy('overview.nation')
  async nationOverview(@CurrentAgencyActor() actor: AgencyActor): Promise<NationOverview> {
    await bookRecordRead(this.services, actor, 'overview.nation', []);
    await refuseUntilPolicyAccepted(this.services.db, actor);
    return asActor(this.services.db, readAs(actor), async (tx) => {
      const overview = await findOverview(tx, { states: null, days: DAYS });
      return {
        since: overview.since,
        records: overview.records,
        substances: [...overview.substances],
        states: [...overview.places],
      };
    });
  }
}
