import { KEY_ACTIONS, POLICIES, type AgencyActor } from '@concord/access';
import {
  createApiKey,
  findApiKeys,
  NO_SUCH_PERSON,
  readApiKeyRequest,
  revokeApiKey,
  type ApiKeyRequest,
  type Book,
  type KeyAdmin,
  type KeyRefused,
} from '@concord/agencies';
import type { Role } from '@concord/codes';
import { isId } from '@concord/platform/ids';
import { Inject } from '@nestjs/common';
import { Args, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import { decodeCursor, encodeCursor, pageSize, toPage } from '../graphql/paging.js';
import { Policy } from '../graphql/policy.decorator.js';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import type { Issue } from '../graphql/shared.types.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { bookAct } from './admin-acts.js';
import type { AdminRejected } from './admin.types.js';
import {
  ApiKey,
  ApiKeyConnection,
  CreateApiKeyInput,
  CreateApiKeyPayload,
  RevokeApiKeyPayload,
  type ApiKeyCreated,
  type ApiKeyRevoked,
} from './api-key.types.js';

const CURSOR = 'api-key';

/** Keys of machines that submit: for an agency's admin, and for that agency alone. */
@Resolver(() => ApiKey)
export class ApiKeyResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => ApiKeyConnection, {
    description: 'The API keys of your agency, newest first, those that have ended too. For its admins.',
  })
  @Policy('api-key.manage')
  async apiKeys(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: '1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true, description: 'A cursor of this list.' }) after: string | null,
  ): Promise<ApiKeyConnection> {
    const size = pageSize(first);
    const place = decodeCursor(CURSOR, after);
    const position = place === null ? null : { createdAt: place.at, id: place.id };
    const found = await findApiKeys(this.services.db, adminOf(actor), size + 1, position);
    return toPage(found, size, (key) => ({
      cursor: encodeCursor(CURSOR, { at: key.createdAt.toISOString(), id: key.id }),
      node: key,
    }));
  }

  @Mutation(() => CreateApiKeyPayload, {
    description: 'Makes an API key for a machine of your agency. Its text is in the answer and never shown again.',
  })
  @Policy('api-key.manage')
  async createApiKey(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('input', { type: () => CreateApiKeyInput, description: 'What it is for, how far, how long, from where.' })
    input: CreateApiKeyInput,
  ): Promise<ApiKeyCreated | AdminRejected> {
    const read = readApiKeyRequest(input, this.services.clock.now());
    if ('issues' in read) return { issues: [...read.issues] };
    const { request } = read;
    const outcome = await createApiKey(
      this.services.db,
      adminOf(actor),
      request,
      (roles) => mayOwn(request, roles),
      (tx, key) => this.#book(actor, 'api-key.create', key.id)(tx),
    );
    return outcome.kind === 'created' ? outcome : { issues: [issueOf(outcome.because)] };
  }

  @Mutation(() => RevokeApiKeyPayload, {
    description:
      'Takes an API key of your agency back: no request is let in with it, and its sockets end within a second.',
  })
  @Policy('api-key.manage')
  async revokeApiKey(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID, description: 'Of the key.' }) id: string,
  ): Promise<ApiKeyRevoked | AdminRejected> {
    const key = isId(id)
      ? await revokeApiKey(this.services.db, adminOf(actor), id, this.#book(actor, 'api-key.revoke', id))
      : null;
    if (key !== null) return { key };
    return { issues: [{ path: 'id', code: 'NOT_FOUND', message: 'No API key of your agency has this id.' }] };
  }

  #book(actor: AgencyActor, action: string, id: string): Book {
    return bookAct(this.services, actor, action, [{ kind: 'api-key', id }]);
  }
}

const adminOf = (actor: AgencyActor): KeyAdmin => ({ personId: actor.personId, agencyId: actor.agency.id });

/** A key is never wider than the person whose seat it acts from. */
const mayOwn = ({ capabilities }: ApiKeyRequest, roles: ReadonlySet<Role>): boolean =>
  capabilities.every((capability) => POLICIES[KEY_ACTIONS[capability]].roles.some((role) => roles.has(role)));

function issueOf(because: KeyRefused): Issue {
  switch (because) {
    case 'PERSON_UNKNOWN':
      return { ...NO_SUCH_PERSON };
    case 'PERSON_LACKS_ROLE':
      return {
        path: 'capabilities',
        code: 'PERSON_LACKS_ROLE',
        message: 'A key can do no more than the person whose seat it acts from; give this person the role first.',
      };
    case 'TWO_ALIVE':
      return {
        path: 'name',
        code: 'TOO_MANY_KEYS',
        message: 'Two keys of this name are alive; revoke one of them first.',
      };
  }
}
