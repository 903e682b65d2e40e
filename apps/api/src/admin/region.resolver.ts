import type { Actor } from '@concord/access';
import { changeRegion, createRegion, findRegions } from '@concord/agencies';
import type { Queryable } from '@concord/platform/database';
import { Inject } from '@nestjs/common';
import { Args, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import { InvalidInputError } from '../graphql/graphql-error.js';
import { pageSize, toPage } from '../graphql/paging.js';
import { CurrentActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { bookAct } from './admin-acts.js';
import { AdminRejected } from './admin.types.js';
import {
  CreateRegionInput,
  CreateRegionPayload,
  Region,
  RegionConnection,
  UpdateRegionInput,
  UpdateRegionPayload,
  type RegionCreated,
  type RegionUpdated,
} from './region.types.js';

/** Regions: read by everybody who is sworn, written by system admins. */
@Resolver(() => Region)
export class RegionResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => RegionConnection, {
    description: 'Every region, by id. For everybody of a sworn agency, and system admins.',
  })
  @Policy('region.read')
  async regions(
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: '1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true, description: 'A cursor of this list.' }) after: string | null,
  ): Promise<RegionConnection> {
    const size = pageSize(first);
    const found = await findRegions(this.services.db, size + 1, idOf(after));
    return toPage(found, size, (region) => ({ cursor: cursorOf(region.id), node: region }));
  }

  @Mutation(() => CreateRegionPayload, {
    description:
      'Makes a region. Agencies of its counties carry its key at once; records are shared with it that are released or corrected from now on. For system admins.',
  })
  @Policy('region.manage')
  async createRegion(
    @CurrentActor() actor: Actor,
    @Args('input', { type: () => CreateRegionInput }) input: CreateRegionInput,
  ): Promise<RegionCreated | AdminRejected> {
    const outcome = await createRegion(this.services.db, actor.personId, input, (tx, region) =>
      this.#book(tx, actor, 'region.create', region),
    );
    return outcome.kind === 'done' ? { region: outcome.region } : { issues: [...outcome.faults] };
  }

  @Mutation(() => UpdateRegionPayload, {
    description: 'Changes a region, and warns of what that means for what was released before. For system admins.',
  })
  @Policy('region.manage')
  async updateRegion(
    @CurrentActor() actor: Actor,
    @Args('input', { type: () => UpdateRegionInput }) input: UpdateRegionInput,
  ): Promise<RegionUpdated | AdminRejected> {
    const change = { ...input, id: input.id ?? '', version: input.version ?? null };
    const outcome = await changeRegion(this.services.db, actor.personId, change, (tx, region) =>
      this.#book(tx, actor, 'region.update', region),
    );
    if (outcome.kind === 'rejected') return { issues: [...outcome.faults] };
    const warnings = outcome.warnings.map((warning) => ({ path: 'countyFips', ...warning }));
    return { region: outcome.region, warnings };
  }

  #book(tx: Queryable, actor: Actor, action: string, { id, version }: Region): Promise<void> {
    return bookAct(this.services, actor, action, [{ kind: 'region', id, version }])(tx);
  }
}

const cursorOf = (id: string): string => Buffer.from(`region:${id}`).toString('base64url');

function idOf(cursor: string | null | undefined): string | null {
  if (cursor === null || cursor === undefined) return null;
  const id = /^region:([a-z0-9-]{1,60})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'))?.[1];
  if (id !== undefined) return id;
  throw new InvalidInputError('`after` is not a cursor of this list.', [
    { path: 'after', code: 'INVALID_CURSOR', message: 'Send back a cursor exactly as you got it.' },
  ]);
}
