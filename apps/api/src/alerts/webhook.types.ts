import { createUnionType, Field, ID, ObjectType } from '@nestjs/graphql';
import { WebhookStateEnum } from '../graphql/delivery.enums.js';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { Issue } from '../graphql/shared.types.js';

@ObjectType({ description: 'An address of yours that your alerts are posted to, signed after Standard Webhooks.' })
@PresentedAs('own-alert')
export class Webhook {
  @Field(() => ID, { description: 'Random.' })
  id!: string;

  @Field({ description: 'Where it posts to.' })
  url!: string;

  @Field(() => WebhookStateEnum, { description: 'Where it stands.' })
  state!: string;

  @Field({ description: 'When you added it.' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When its receiver said back the challenge.' })
  verifiedAt!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description: 'After five failures in a row nothing is tried until then; what waits stays.',
  })
  pausedUntil!: Date | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Why the last attempt failed, where it did: ADDRESS_FORBIDDEN, NAME_NOT_RESOLVED, HTTPS_REQUIRED, TIMED_OUT, NOT_REACHED, REDIRECTED, REFUSED, GONE, NOT_ECHOED or SECRET_BROKEN.',
  })
  lastFailure!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'NOT_VERIFIED: not within the hour; GONE: its receiver answered 410.',
  })
  endedBecause!: string | null;
}

@ObjectType({ description: 'It is stored, and its receiver is asked to say back a challenge.' })
@PresentedAs('outcome')
export class WebhookAdded {
  @Field(() => Webhook, { description: 'As it was stored.' })
  webhook!: Webhook;

  @Field({ description: 'What its messages are signed with, `whsec_…`. It is shown this once.' })
  secret!: string;
}

@ObjectType({ description: 'Messages are signed with this one and the one before; the one before that is void.' })
@PresentedAs('outcome')
export class WebhookSecretRotated {
  @Field({ description: 'The new one, `whsec_…`. It is shown this once.' })
  secret!: string;
}

@ObjectType({ description: 'Nothing is posted to it any more.' })
@PresentedAs('outcome')
export class WebhookRemoved {
  @Field(() => ID, { description: 'The webhook’s.' })
  id!: string;
}

@ObjectType({ description: 'Nothing was stored or changed.' })
@PresentedAs('outcome')
export class WebhookRejected {
  @Field(() => [Issue], { description: 'Every fault.' })
  issues!: Issue[];
}

export const AddWebhookPayload = createUnionType({
  name: 'AddWebhookPayload',
  description: 'What became of a webhook.',
  types: () => [WebhookAdded, WebhookRejected] as const,
  resolveType: (value: object) => ('issues' in value ? WebhookRejected : WebhookAdded),
});

export const RotateWebhookSecretPayload = createUnionType({
  name: 'RotateWebhookSecretPayload',
  description: 'What became of a change of secrets.',
  types: () => [WebhookSecretRotated, WebhookRejected] as const,
  resolveType: (value: object) => ('issues' in value ? WebhookRejected : WebhookSecretRotated),
});

export const RemoveWebhookPayload = createUnionType({
  name: 'RemoveWebhookPayload',
  description: 'What became of a removal.',
  types: () => [WebhookRemoved, WebhookRejected] as const,
  resolveType: (value: object) => ('issues' in value ? WebhookRejected : WebhookRemoved),
});
