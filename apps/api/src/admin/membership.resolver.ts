import type { Actor } from '@concord/access';
import {
  endMembership,
  findMembers,
  findOwnMemberships,
  grantRole,
  type Membership as FoundMembership,
} from '@concord/agencies';
import { auditEntry } from '@concord/audit';
import type { Role } from '@concord/codes';
import { notFound } from '@concord/platform/errors';
import { Inject } from '@nestjs/common';
import { Args, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { decodeCursor, encodeCursor, pageSize, toPage } from '../graphql/paging.js';
import { Policy } from '../graphql/policy.decorator.js';
import { CurrentActor } from '../graphql/policy.guard.js';
import { Me } from '../self/me.resolver.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { AdminRejected } from './admin.types.js';
import { adminSeat, bookActs } from './admin-acts.js';
import { ApprovalRequested } from './approval.types.js';
import {
  EndMembershipPayload,
  GrantRoleInput,
  GrantRolePayload,
  Membership,
  MembershipConnection,
  MembershipEnded,
  RoleGranted,
} from './membership.types.js';

/** Who is a member of what. */
@Resolver(() => Me)
export class MembershipResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => MembershipConnection, {
    description:
      'Members of your own agency; for a system admin the admins of an agency, or without an ORI the system admins.',
  })
  @Policy('membership.read')
  async members(
    @CurrentActor() actor: Actor,
    @Args('agencyOri', { type: () => String, nullable: true, description: 'Absent: your own agency.' })
    agencyOri: string | null,
    @Args('ended', {
      type: () => Boolean,
      defaultValue: false,
      description: 'Those that are over, in place of those that are not.',
    })
    ended: boolean,
    @Args('first', { type: () => Int, defaultValue: 50, description: '1 to 200.' }) first: number,
    @Args('after', { type: () => String, nullable: true, description: 'Cursor of the last one that you have.' })
    after: string | null,
  ): Promise<MembershipConnection> {
    const limit = pageSize(first);
    const found = await findMembers(this.services.db, adminSeat(actor), {
      agencyOri: agencyOri ?? null,
      ended,
      limit: limit + 1,
      after: decodeCursor('membership', after),
    });
    if (found === null) throw notFound();
    await this.services.ledger.book(
      auditEntry({
        at: this.services.clock.now(),
        personId: actor.personId,
        agencyId: actor.agency?.id ?? null,
        roles: [...actor.roles],
        action: 'membership.list',
        outcome: 'DONE',
        purpose: actor.purpose,
        subjects: found.agencyId === null ? [] : [{ kind: 'agency', id: found.agencyId }],
      }),
    );
    return toPage(found.memberships, limit, (node: FoundMembership) => ({
      cursor: encodeCursor('membership', { at: node.grantedAt.toISOString(), id: node.id }),
      node,
    }));
  }

  @ResolveField(() => [Membership], { description: 'Everywhere you are or will be a member, whichever seat you take.' })
  @Policy('self.read')
  async memberships(@CurrentActor() actor: Actor, @Parent() _me: Me): Promise<Membership[]> {
    return findOwnMemberships(this.services.db, actor.personId);
  }

  @Mutation(() => GrantRolePayload, {
    description:
      'Gives roles in your own agency. AGENCY_ADMIN, AUDITOR, PRIVACY_OFFICER, SYSTEM_ADMIN, roles for somebody who acts elsewhere too, and any role for yourself need a second person.',
  })
  @Policy('role.grant')
  async grantRole(
    @CurrentActor() actor: Actor,
    @Args('input', { type: () => GrantRoleInput, description: 'Which roles, and whose.' }) input: GrantRoleInput,
  ): Promise<RoleGranted | ApprovalRequested | AdminRejected> {
    const { personId, agencyOri, roles, from, until } = input;
    const outcome = await grantRole(
      this.services.db,
      adminSeat(actor),
      { personId, agencyOri: agencyOri ?? null, roles: roles as Role[], from: from ?? null, until: until ?? null },
      { now: this.services.clock.now(), book: bookActs(this.services, actor) },
    );
    if (outcome.kind === 'rejected') return { issues: [...outcome.issues] };
    const { value } = outcome;
    return value.kind === 'granted' ? { membership: value.membership } : { approval: value.approval };
  }

  @Mutation(() => EndMembershipPayload, {
    description: 'Ends a membership in your own agency from this moment on; its open sockets are closed.',
  })
  @Policy('membership.end')
  async endMembership(
    @CurrentActor() actor: Actor,
    @Args('id', { type: () => ID, description: 'Of the membership.' }) id: string,
    @Args('reason', { type: () => String, description: 'At most 200 characters; name nobody in it.' }) reason: string,
  ): Promise<MembershipEnded | AdminRejected> {
    const ended = await endMembership(
      this.services.db,
      adminSeat(actor),
      { id, reason },
      bookActs(this.services, actor),
    );
    return ended.kind === 'done' ? { membership: ended.value } : { issues: [...ended.issues] };
  }
}
