import type { AgencyActor } from '@concord/access';
import {
  addWebhook,
  findWebhooks,
  makeSecret,
  MOST_WEBHOOKS,
  removeWebhook,
  rotateWebhookSecret,
} from '@concord/delivery';
import { isId } from '@concord/platform/ids';
import { Inject } from '@nestjs/common';
import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import type { Issue } from '../graphql/shared.types.js';
import { readAs } from '../records/record.loader.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import {
  AddWebhookPayload,
  RemoveWebhookPayload,
  RotateWebhookSecretPayload,
  Webhook,
  type WebhookAdded,
  type WebhookRejected,
  type WebhookRemoved,
  type WebhookSecretRotated,
} from './webhook.types.js';

const MOST_URL = 2_000;

/** Nobody learns whether somebody else has a webhook of this id. */
const ABSENT: WebhookRejected = {
  issues: [{ path: 'id', code: 'NOT_FOUND', message: 'No webhook of yours has this id.' }],
};

/** Where one's alerts are posted to. */
@Resolver(() => Webhook)
export class WebhookResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => [Webhook], {
    description: 'Your webhooks in this agency, newest first; without those that you removed.',
  })
  @Policy('alert.push')
  async webhooks(@CurrentAgencyActor() actor: AgencyActor): Promise<Webhook[]> {
    return findWebhooks(this.services.db, readAs(actor));
  }

  @Mutation(() => AddWebhookPayload, {
    description:
      'Adds an address that what comes into your inbox is posted to: ids, revision and what it is about, and nothing of the record. Its receiver is sent a challenge within a second and has an hour to say it back.',
  })
  @Policy('alert.push')
  async addWebhook(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('url', { type: () => String, description: 'https; at most 2,000 characters, without a user and a fragment.' })
    url: string,
  ): Promise<WebhookAdded | WebhookRejected> {
    const issues = urlIssues(url);
    if (issues.length > 0) return { issues };
    const { db, keyHolder, clock } = this.services;
    const { secret, stored } = await makeSecret(keyHolder, actor.agency.id);
    const webhook = await addWebhook(db, actor, new URL(url).href, stored, clock.now());
    if (webhook === null)
      return {
        issues: [
          {
            path: 'url',
            code: 'TOO_MANY_ITEMS',
            message: `You have ${MOST_WEBHOOKS} webhooks: remove one of them first.`,
          },
        ],
      };
    return { webhook, secret };
  }

  @Mutation(() => RotateWebhookSecretPayload, {
    description: 'Makes a new secret. Messages carry a signature by it and one by the secret before.',
  })
  @Policy('alert.push')
  async rotateWebhookSecret(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<WebhookSecretRotated | WebhookRejected> {
    if (!isId(id)) return ABSENT;
    const { db, keyHolder, clock } = this.services;
    const { secret, stored } = await makeSecret(keyHolder, actor.agency.id);
    return (await rotateWebhookSecret(db, actor, id, stored, clock.now())) ? { secret } : ABSENT;
  }

  @Mutation(() => RemoveWebhookPayload, { description: 'Removes a webhook of yours, and what waits for it.' })
  @Policy('alert.push')
  async removeWebhook(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<WebhookRemoved | WebhookRejected> {
    if (!isId(id)) return ABSENT;
    return (await removeWebhook(this.services.db, actor, id, this.services.clock.now())) ? { id } : ABSENT;
  }
}

function urlIssues(text: string): Issue[] {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (text.length > MOST_URL || (url?.href.length ?? 0) > MOST_URL)
    return [{ path: 'url', code: 'TOO_LONG', message: 'An address has at most 2,000 characters.' }];
  if (url === null || !['https:', 'http:'].includes(url.protocol) || url.hostname === '')
    return [{ path: 'url', code: 'INVALID_FORMAT', message: 'Give an address as https://host/path.' }];
  return url.username !== '' || url.password !== '' || url.hash !== ''
    ? [{ path: 'url', code: 'INVALID_FORMAT', message: 'Leave out the user, the password and the fragment.' }]
    : [];
}
