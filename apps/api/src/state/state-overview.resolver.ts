import type { AgencyActor } from '@concord/access';
import { asActor, findJurisdictionStates, findOverview } from '@concord/records';
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

@ObjectType({ description: 'The last 30 days in your state, counted over the records that you can list.' })
@PresentedAs('listed-counts')
export class StateOverview {
  @Field(() => [String], { description: 'Two-digit FIPS codes of your jurisdiction.' })
  stateFips!: string[];

  @Field({ description: 'Released from then on.' })
  since!: Date;

  @Field(() => Int, { description: 'How many there are.' })
  records!: number;

  @Field(() => [SubstanceCount], { description: 'By substance; a record with two counts at both.' })
  substances!: SubstanceCount[];

  @Field(() => [PlaceCount], { description: 'By county.' })
  counties!: PlaceCount[];
}

/** What STATE agencies alone do. */
@Resolver()
export class StateOverviewResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => StateOverview, { description: 'The last 30 days in your state. STATE agencies only.' })
  @Policy('overview.state')
  async stateOverview(@CurrentAgencyActor() actor: AgencyActor): Promise<StateOverview> {
    await bookRecordRead(this.services, actor, 'overview.state', []);
    await refuseUntilPolicyAccepted(this.services.db, actor);
    return asActor(this.services.db, readAs(actor), async (tx) => {
      const states = await findJurisdictionStates(tx, actor.agency.id);
      const overview = await findOverview(tx, { states, days: DAYS });
      return {
        stateFips: states,
        since: overview.since,
        records: overview.records,
        substances: [...overview.substances],
        counties: [...overview.places],
      };
    });
  }
}
