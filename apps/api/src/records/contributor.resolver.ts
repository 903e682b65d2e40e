import type { AgencyActor } from '@concord/access';
import { findContributorHandles } from '@concord/records';
import { Inject } from '@nestjs/common';
import { Context, ID, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import DataLoader from 'dataloader';
import type { RequestContext } from '../graphql/request-context.js';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { readAs } from './record.loader.js';
import { RecordContributor } from './seizure-record.types.js';

/** A contributor, with the record that it is of. */
export interface PresentedContributor extends RecordContributor {
  readonly recordId: string;
}

type HandleContext = RequestContext & { contributorHandles?: DataLoader<string, string | null> };

/** What a withheld contributor is called in one record: two records of one agency look like two of two agencies. */
@Resolver(() => RecordContributor)
export class ContributorResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @ResolveField(() => ID, {
    nullable: true,
    description:
      'What to call a contributor who is withheld: random, of this record alone, the same in all its versions and for everybody who is not told the name. Null where the name is shown, and in records from before 0.5 until their next version.',
  })
  @Policy('record.read')
  async handle(
    @CurrentAgencyActor() actor: AgencyActor,
    @Parent() contributor: PresentedContributor,
    @Context() context: HandleContext,
  ): Promise<string | null> {
    if (!contributor.withheld) return null;
    context.contributorHandles ??= new DataLoader(
      async (ids) => {
        const handles = await findContributorHandles(this.services.db, readAs(actor), ids);
        return ids.map((id) => handles.get(id) ?? null);
      },
      { cache: false, maxBatchSize: 200 },
    );
    return context.contributorHandles.load(contributor.recordId);
  }
}
