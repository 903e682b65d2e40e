import type { Actor } from '@concord/access';
import { findOpenInvitations, withdrawInvitation, type OpenInvitation as FoundInvitation } from '@concord/agencies';
import { auditEntry } from '@concord/audit';
import { Inject } from '@nestjs/common';
import { Args, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import { decodeCursor, encodeCursor, pageSize, toPage } from '../graphql/paging.js';
import { Policy } from '../graphql/policy.decorator.js';
import { CurrentActor } from '../graphql/policy.guard.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { AdminRejected } from './admin.types.js';
import { adminSeat, bookActs } from './admin-acts.js';
import { InvitationWithdrawn, OpenInvitationConnection, WithdrawInvitationPayload } from './invitation.types.js';

/** Invitations that wait for whoever has the code. */
@Resolver()
export class InvitationResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => OpenInvitationConnection, {
    description:
      'Invitations that can still be accepted: to your own agency; for a system admin those that system admins made. Newest first.',
  })
  @Policy('invitation.read')
  async openInvitations(
    @CurrentActor() actor: Actor,
    @Args('first', { type: () => Int, defaultValue: 50, description: '1 to 200.' }) first: number,
    @Args('after', { type: () => String, nullable: true, description: 'Cursor of the last one that you have.' })
    after: string | null,
  ): Promise<OpenInvitationConnection> {
    const limit = pageSize(first);
    const found = await findOpenInvitations(this.services.db, adminSeat(actor), {
      limit: limit + 1,
      after: decodeCursor('invitation', after),
    });
    const agencyId = actor.agency?.id ?? null;
    await this.services.ledger.book(
      auditEntry({
        ...{ at: this.services.clock.now(), personId: actor.personId, agencyId, roles: [...actor.roles] },
        ...{ action: 'invitation.list', outcome: 'DONE', purpose: actor.purpose },
        subjects: agencyId === null ? [] : [{ kind: 'agency', id: agencyId }],
      }),
    );
    return toPage(found, limit, (node: FoundInvitation) => ({
      cursor: encodeCursor('invitation', { at: node.invitedAt.toISOString(), id: node.id }),
      node,
    }));
  }

  @Mutation(() => WithdrawInvitationPayload, {
    description:
      'Takes an open invitation back: its code is good for nobody from this moment on. Twice changes nothing.',
  })
  @Policy('invitation.withdraw')
  async withdrawInvitation(
    @CurrentActor() actor: Actor,
    @Args('id', { type: () => ID, description: 'Of the invitation.' }) id: string,
  ): Promise<InvitationWithdrawn | AdminRejected> {
    const withdrawn = await withdrawInvitation(this.services.db, adminSeat(actor), id, bookActs(this.services, actor));
    return withdrawn.kind === 'done' ? { person: withdrawn.value } : { issues: [...withdrawn.issues] };
  }
}
