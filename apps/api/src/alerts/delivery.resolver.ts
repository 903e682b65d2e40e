import type { AgencyActor } from '@concord/access';
import { findDeadDeliveries, findDeliveries, replayDelivery, type AlertDelivery as Delivery } from '@concord/delivery';
import { isId } from '@concord/platform/ids';
import { Inject } from '@nestjs/common';
import { Args, Context, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import DataLoader from 'dataloader';
import { decodeCursor, encodeCursor, pageSize, toPage } from '../graphql/paging.js';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import type { RequestContext } from '../graphql/request-context.js';
import { readAs } from '../records/record.loader.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { Alert } from './alert.types.js';
import {
  AlertDelivery,
  AlertDeliveryConnection,
  ReplayDeliveryPayload,
  type DeliveryRejected,
  type DeliveryReplayed,
} from './delivery.types.js';

const CURSOR = 'dead-delivery';

const present = ({ attempts, ...delivery }: Delivery): AlertDelivery => ({ ...delivery, attempts: [...attempts] });

/** Whether an alert arrived, how often it was tried, and once more. */
@Resolver(() => Alert)
export class DeliveryResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @ResolveField(() => [AlertDelivery], {
    description: 'Over which channels it came to you, and how often it was tried.',
  })
  @Policy('alert.read')
  async deliveries(
    @CurrentAgencyActor() actor: AgencyActor,
    @Parent() alert: Alert,
    @Context() context: RequestContext & { deliveries?: DataLoader<string, readonly Delivery[]> },
  ): Promise<AlertDelivery[]> {
    context.deliveries ??= new DataLoader(
      async (ids) => {
        const found = await findDeliveries(this.services.db, readAs(actor), [...ids]);
        return ids.map((id) => found.filter(({ alertId }) => alertId === id));
      },
      { cache: false },
    );
    return (await context.deliveries.load(alert.id)).map(present);
  }

  @Query(() => AlertDeliveryConnection, {
    description: 'Deliveries of your alerts that were given up, the latest first, each with its reason.',
  })
  @Policy('alert.push')
  async deadDeliveries(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: '1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null,
  ): Promise<AlertDeliveryConnection> {
    const size = pageSize(first);
    const found = await findDeadDeliveries(this.services.db, readAs(actor), size + 1, decodeCursor(CURSOR, after));
    return toPage(found, size, ({ positionAt, ...delivery }) => ({
      cursor: encodeCursor(CURSOR, { at: positionAt, id: delivery.id }),
      node: present(delivery),
    }));
  }

  @Mutation(() => ReplayDeliveryPayload, {
    description:
      'Posts a delivery to a webhook of yours once more, whatever became of it, and again for up to three days. It has the same `webhook-id`, and your keys are asked again. What is live is in your inbox: read on from a cursor.',
  })
  @Policy('alert.push')
  async replayDelivery(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<DeliveryReplayed | DeliveryRejected> {
    const absent = { issues: [{ path: 'id', code: 'NOT_FOUND', message: 'No push of yours has this id.' }] };
    if (!isId(id)) return absent;
    const outcome = await replayDelivery(this.services.db, actor, id, this.services.clock.now());
    if (outcome.kind === 'absent') return absent;
    if (outcome.kind === 'ended')
      return {
        issues: [
          { path: 'id', code: 'WEBHOOK_ENDED', message: 'Its webhook has ended. Add one and read on from a cursor.' },
        ],
      };
    return { delivery: present(outcome.delivery) };
  }
}
