import type { Actor } from '@concord/access';
import { decideApproval, findApprovals, type Approval as FoundApproval, type ApprovalState } from '@concord/agencies';
import { Inject } from '@nestjs/common';
import { Args, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import { decodeCursor, encodeCursor, pageSize, toPage } from '../graphql/paging.js';
import { Policy } from '../graphql/policy.decorator.js';
import { CurrentActor } from '../graphql/policy.guard.js';
import { ApprovalStateEnum } from '../graphql/shared.types.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { AdminRejected } from './admin.types.js';
import { adminSeat, bookActs } from './admin-acts.js';
import { APPROVAL_KINDS } from './approval-kinds.js';
import { ApprovalConnection, ApprovalDecided, DecideApprovalPayload } from './approval.types.js';

/** What waits for a second person, and the decision. */
@Resolver()
export class ApprovalResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => ApprovalConnection, {
    description: 'What you have asked for, may decide, or was decided in your agency; newest first.',
  })
  @Policy('approval.read')
  async approvals(
    @CurrentActor() actor: Actor,
    @Args('state', { type: () => ApprovalStateEnum, nullable: true, description: 'Only these; absent: all of them.' })
    state: ApprovalState | null,
    @Args('first', { type: () => Int, defaultValue: 50, description: '1 to 200.' }) first: number,
    @Args('after', { type: () => String, nullable: true, description: 'Cursor of the last one that you have.' })
    after: string | null,
  ): Promise<ApprovalConnection> {
    const limit = pageSize(first);
    const found = await findApprovals(this.services.db, adminSeat(actor), {
      state: state ?? null,
      limit: limit + 1,
      after: decodeCursor('approval', after),
    });
    return toPage(found, limit, (node: FoundApproval) => ({
      cursor: encodeCursor('approval', { at: node.requestedAt.toISOString(), id: node.id }),
      node,
    }));
  }

  @Mutation(() => DecideApprovalPayload, {
    description: 'Approves or refuses what somebody else has asked for. What is approved is done in the same moment.',
  })
  @Policy('approval.decide')
  async decideApproval(
    @CurrentActor() actor: Actor,
    @Args('id', { type: () => ID, description: 'Of the request.' }) id: string,
    @Args('approve', { type: () => Boolean, description: 'False: refuse it.' }) approve: boolean,
    @Args('note', { type: () => String, nullable: true, description: 'Why; at most 500 characters.' })
    note: string | null,
  ): Promise<ApprovalDecided | AdminRejected> {
    const decided = await decideApproval(
      this.services.db,
      adminSeat(actor),
      { id, approve, note },
      { kinds: APPROVAL_KINDS, book: bookActs(this.services, actor) },
    );
    return decided.kind === 'done' ? { approval: decided.value } : { issues: [...decided.issues] };
  }
}
