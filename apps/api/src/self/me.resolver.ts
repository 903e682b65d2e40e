import { ANY_PURPOSE, findKeyring, type Actor } from '@concord/access';
import { Inject } from '@nestjs/common';
import { Field, ID, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { CurrentActor } from '../graphql/policy.guard.js';
import { Policy, PresentedAs } from '../graphql/policy.decorator.js';
import { AgencyLevelEnum, PrecisionEnum, RoleEnum } from '../graphql/shared.types.js';
import { API_SERVICES, type ApiServices } from '../services.js';

@ObjectType({ description: 'The agency in whose name you act.' })
@PresentedAs('self')
export class MyAgency {
  @Field(() => String, { nullable: true, description: 'Nine characters; null for community partners.' })
  ori!: string | null;

  @Field({ description: 'Its name.' })
  name!: string;

  @Field(() => AgencyLevelEnum, { description: 'Its level.' })
  level!: string;
}

@ObjectType({ description: 'A key that you carry right now.' })
@PresentedAs('self')
export class KeyringEntry {
  @Field({
    description:
      '`agency:…`, `taskforce:…`, `county:…`, `state:…`, `region:…`, `tribe:…` `nation:us`, or `danger:…` for a record that you opened in imminent danger. What follows `taskforce:` is the id that `taskForceIds` takes.',
  })
  key!: string;

  @Field({ description: 'Why you carry it.' })
  because!: string;

  @Field(() => PrecisionEnum, { description: 'The precision of the views that it opens.' })
  precision!: string;
}

@ObjectType({ description: 'You, here and now.' })
@PresentedAs('self')
export class Me {
  @Field(() => ID, { description: 'Yours in this deployment.' })
  id!: string;

  @Field({ description: 'Your name as the directory has it.' })
  displayName!: string;

  @Field(() => MyAgency, { nullable: true, description: 'Null for a system admin.' })
  agency!: MyAgency | null;

  @Field(() => [RoleEnum], { description: 'Your roles in this agency.' })
  roles!: string[];
}

@Resolver(() => Me)
export class MeResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => Me, { description: 'Who you are here, and what opens for you.' })
  @Policy('self.read')
  me(@CurrentActor() actor: Actor): Me {
    const { agency } = actor;
    return {
      id: actor.personId,
      displayName: actor.displayName,
      agency: agency === null ? null : { ori: agency.ori, name: agency.name, level: agency.level },
      roles: [...actor.roles].sort(),
    };
  }

  @ResolveField(() => [KeyringEntry], {
    description:
      'Computed at this moment from memberships, agreements, task forces and the accepted policy text: for the purpose that you name, or for any where you name none.',
  })
  @Policy('self.read')
  async keyring(@CurrentActor() actor: Actor, @Parent() _me: Me): Promise<KeyringEntry[]> {
    return actor.agency === null
      ? []
      : findKeyring(this.services.db, actor.personId, actor.agency.id, actor.purpose?.code ?? ANY_PURPOSE);
  }
}
