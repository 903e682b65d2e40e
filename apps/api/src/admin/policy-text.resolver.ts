import type { Actor, AgencyActor } from '@concord/access';
import {
  acceptPolicy,
  findPolicyState,
  publishPolicyText,
  validatePublication,
  type Fault,
  type PolicyIssueCode,
  type PolicyState,
} from '@concord/agencies';
import { Inject } from '@nestjs/common';
import { Args, Int, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { CurrentActor, CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { Me } from '../self/me.resolver.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { adminSeat, bookAct, bookRefusedAct } from './admin-acts.js';
import type { AdminRejected } from './admin.types.js';
import {
  AcceptPolicyPayload,
  MyPolicy,
  PublishPolicyTextInput,
  PublishPolicyTextPayload,
  type PolicyAccepted,
  type PolicyTextPublished,
} from './policy-text.types.js';

const NOT_THERE: Fault<PolicyIssueCode> = { path: 'version', code: 'NOT_FOUND', message: 'No text has this version.' };
const SUPERSEDED: Fault<PolicyIssueCode> = {
  ...{ path: 'version', code: 'SUPERSEDED' },
  message: 'A later version is in force: accept that one (`me { policy }`).',
};

/** The text that every agency accepts before it reads what others share. */
@Resolver(() => Me)
export class PolicyTextResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Mutation(() => PublishPolicyTextPayload, {
    description:
      'Publishes the next version of the policy text. System admins. The text that is newest already is not published again.',
  })
  @Policy('policy.publish')
  async publishPolicyText(
    @CurrentActor() actor: Actor,
    @Args('input', { type: () => PublishPolicyTextInput }) input: PublishPolicyTextInput,
  ): Promise<PolicyTextPublished | AdminRejected> {
    const checked = validatePublication(input, this.services.clock.now());
    if ('issues' in checked) return { issues: [...checked.issues] };
    const policyText = await publishPolicyText(this.services.db, adminSeat(actor), checked.publication, (tx, version) =>
      bookAct(this.services, actor, 'policy.publish', [{ kind: 'policy', id: checked.publication.digest, version }])(
        tx,
      ),
    );
    return { policyText };
  }

  @Mutation(() => AcceptPolicyPayload, {
    description:
      'Accepts a version of the policy text for your agency. Agency admins. Accepted again it changes nothing; a later version covers the ones before.',
  })
  @Policy('policy.accept')
  async acceptPolicy(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('version', { type: () => Int, description: 'The version that you have read.' }) version: number,
  ): Promise<PolicyAccepted | AdminRejected> {
    const subject = { kind: 'agency', id: actor.agency.id, version } as const;
    const book = bookAct(this.services, actor, 'policy.accept', [subject]);
    const outcome = version > 0 ? await acceptPolicy(this.services.db, adminSeat(actor), version, book) : 'ABSENT';
    if (outcome === 'ABSENT' || outcome === 'SUPERSEDED') {
      await bookRefusedAct(this.services, actor, 'policy.accept', subject);
      return { issues: [outcome === 'ABSENT' ? NOT_THERE : SUPERSEDED] };
    }
    const state = await findPolicyState(this.services.db, actor.agency.id);
    if (state === null) throw new Error('what was accepted is there');
    return { policy: present(state) };
  }

  @ResolveField(() => MyPolicy, {
    nullable: true,
    description: 'The newest policy text, and whether your agency has accepted it. Null while none was published.',
  })
  @Policy('self.read')
  async policy(@CurrentActor() actor: Actor, @Parent() _me: Me): Promise<MyPolicy | null> {
    const state = await findPolicyState(this.services.db, actor.agency?.id ?? null);
    return state === null ? null : present(state);
  }
}

const present = ({ acceptedAt, ...state }: PolicyState): MyPolicy => ({
  ...state,
  acceptedAt,
  accepted: acceptedAt !== null,
});
