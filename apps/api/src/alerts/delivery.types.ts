import { createUnionType, Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { DeliveryChannelEnum, DeliveryStateEnum } from '../graphql/delivery.enums.js';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { Issue, PageInfo } from '../graphql/shared.types.js';

@ObjectType({ description: 'One try to deliver.' })
@PresentedAs('own-alert')
export class DeliveryAttempt {
  @Field({ description: 'When it began.' })
  at!: Date;

  @Field(() => String, {
    nullable: true,
    description: 'DELIVERED, FAILED or WITHHELD; null while it is under way, or where its worker was killed.',
  })
  outcome!: string | null;

  @Field(() => Int, { nullable: true, description: 'Of a webhook: the status that its receiver answered.' })
  status!: number | null;

  @Field(() => String, { nullable: true, description: 'Why it failed, as in `Webhook.lastFailure`.' })
  reason!: string | null;

  @Field(() => Int, { nullable: true, description: 'The revision of the alert that it told.' })
  revision!: number | null;
}

@ObjectType({ description: 'An alert of yours over one channel.' })
@PresentedAs('own-alert')
export class AlertDelivery {
  @Field(() => ID, { description: 'Of a webhook: the `webhook-id` of its messages.' })
  id!: string;

  @Field(() => ID, { description: 'The alert’s.' })
  alertId!: string;

  @Field(() => DeliveryChannelEnum, { description: 'How.' })
  channel!: string;

  @Field(() => ID, { nullable: true, description: 'Which webhook.' })
  webhookId!: string | null;

  @Field(() => Int, { nullable: true, description: 'Of a webhook: the revision of the alert; live: see the attempts.' })
  revision!: number | null;

  @Field(() => DeliveryStateEnum, { description: 'Where it stands.' })
  state!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Why it is not delivered: as in `Webhook.lastFailure`; KEY_GONE where it was withheld.',
  })
  reason!: string | null;

  @Field({ description: 'When the alert came into your inbox.' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'Not before then is the next attempt; null unless PENDING.' })
  nextAttemptAt!: Date | null;

  @Field(() => [DeliveryAttempt], { description: 'The latest 20, oldest first.' })
  attempts!: DeliveryAttempt[];
}

@ObjectType({ description: 'One delivery of a page.' })
@PresentedAs('own-alert')
export class AlertDeliveryEdge {
  @Field({ description: 'Place in this list, for `after`.' })
  cursor!: string;

  @Field(() => AlertDelivery, { description: 'The delivery.' })
  node!: AlertDelivery;
}

@ObjectType({ description: 'Deliveries that were given up, the latest first.' })
@PresentedAs('own-alert')
export class AlertDeliveryConnection {
  @Field(() => [AlertDeliveryEdge], { description: 'The page.' })
  edges!: AlertDeliveryEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'It is on its way once more.' })
@PresentedAs('outcome')
export class DeliveryReplayed {
  @Field(() => AlertDelivery, { description: 'The delivery.' })
  delivery!: AlertDelivery;
}

@ObjectType({ description: 'Nothing is sent.' })
@PresentedAs('outcome')
export class DeliveryRejected {
  @Field(() => [Issue], { description: 'Why not.' })
  issues!: Issue[];
}

export const ReplayDeliveryPayload = createUnionType({
  name: 'ReplayDeliveryPayload',
  description: 'What became of a replay.',
  types: () => [DeliveryReplayed, DeliveryRejected] as const,
  resolveType: (value: object) => ('issues' in value ? DeliveryRejected : DeliveryReplayed),
});
