import type { Actor } from '@concord/access';
import {
  acceptInvitation,
  findTokenSubject,
  invitePerson,
  setPersonStatus,
  type TokenSubject,
} from '@concord/agencies';
import { appendAudit, auditEntry } from '@concord/audit';
import type { Role } from '@concord/codes';
import { DomainError } from '@concord/platform/errors';
import { Inject } from '@nestjs/common';
import { Args, Context, ID, Mutation, Resolver } from '@nestjs/graphql';
import { Policy } from '../graphql/policy.decorator.js';
import { CurrentActor } from '../graphql/policy.guard.js';
import type { NewcomerContext, RequestContext } from '../graphql/request-context.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { AdminRejected } from './admin.types.js';
import { adminSeat, bookActs } from './admin-acts.js';
import {
  AcceptInvitationPayload,
  DisablePersonPayload,
  EnablePersonPayload,
  InvitationAccepted,
  InvitePersonInput,
  InvitePersonPayload,
  PersonDisabled,
  PersonEnabled,
  PersonInvited,
} from './person.types.js';

/** How people come in, and how all of somebody's seats end. */
@Resolver()
export class PersonResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Mutation(() => InvitePersonPayload, {
    description:
      'Invites somebody into your own agency; a system admin invites an agency’s first admin, or a system admin. The code is for you to hand over.',
  })
  @Policy('person.invite')
  async invitePerson(
    @CurrentActor() actor: Actor,
    @Args('input', { type: () => InvitePersonInput, description: 'Whom, and to what.' }) input: InvitePersonInput,
  ): Promise<PersonInvited | AdminRejected> {
    const { displayName, roles, agencyOri, from, until } = input;
    const invited = await invitePerson(
      this.services.db,
      adminSeat(actor),
      { displayName, agencyOri: agencyOri ?? null, roles: roles as Role[], from: from ?? null, until: until ?? null },
      { now: this.services.clock.now(), book: bookActs(this.services, actor) },
    );
    return invited.kind === 'done' ? invited.value : { issues: [...invited.issues] };
  }

  @Mutation(() => AcceptInvitationPayload, {
    description:
      'Accepts an invitation as whoever your token names. The only thing that may be asked with a good token of somebody whom Concord does not know yet.',
  })
  @Policy('invitation.accept')
  async acceptInvitation(
    @Context() context: RequestContext | NewcomerContext,
    @Args('code', { type: () => String, description: 'As it was handed to you.' }) code: string,
  ): Promise<InvitationAccepted | AdminRejected> {
    const subject = await this.#subjectOf(context);
    await this.services.tryCode(subject);
    const accepted = await acceptInvitation(this.services.db, subject, code, (tx, done) =>
      appendAudit(tx, [
        auditEntry({
          at: this.services.clock.now(),
          ...{ personId: done.personId, agencyId: null, roles: [], purpose: null },
          ...{ action: 'invitation.accept', outcome: 'DONE' },
          subjects: [
            { kind: 'invitation', id: done.invitationId },
            ...(done.membership === null ? [] : [{ kind: 'membership', id: done.membership.id } as const]),
            ...(done.approvalId === null ? [] : [{ kind: 'approval', id: done.approvalId } as const]),
          ],
        }),
      ]),
    );
    if (accepted.kind === 'done') return { membership: accepted.value.membership };
    this.services.log.warn({}, 'security.invitation-refused');
    return { issues: [...accepted.issues] };
  }

  /** @throws FORBIDDEN for whoever came with anything but a token */
  async #subjectOf(context: RequestContext | NewcomerContext): Promise<TokenSubject> {
    if (context.actor === undefined) return context.newcomer;
    const subject = await findTokenSubject(this.services.db, context.actor.personId);
    if (subject === null) throw new DomainError('forbidden', 'FORBIDDEN', 'An invitation is accepted with a token.');
    return subject;
  }

  @Mutation(() => DisablePersonPayload, {
    description:
      'Ends every seat of a person at once. An agency’s admin: of somebody who acts for this agency alone; a system admin: of anybody else.',
  })
  @Policy('person.disable')
  async disablePerson(
    @CurrentActor() actor: Actor,
    @Args('id', { type: () => ID, description: 'Of the person.' }) id: string,
  ): Promise<PersonDisabled | AdminRejected> {
    return this.#setStatus(actor, id, 'DISABLED');
  }

  @Mutation(() => EnablePersonPayload, {
    description: 'Gives back what disabling took. An agency’s admin: what an admin of this agency took.',
  })
  @Policy('person.enable')
  async enablePerson(
    @CurrentActor() actor: Actor,
    @Args('id', { type: () => ID, description: 'Of the person.' }) id: string,
  ): Promise<PersonEnabled | AdminRejected> {
    return this.#setStatus(actor, id, 'ACTIVE');
  }

  async #setStatus(actor: Actor, id: string, status: 'ACTIVE' | 'DISABLED'): Promise<PersonDisabled | AdminRejected> {
    const set = await setPersonStatus(
      this.services.db,
      adminSeat(actor),
      { id, status },
      bookActs(this.services, actor),
    );
    return set.kind === 'done' ? { person: set.value } : { issues: [...set.issues] };
  }
}
