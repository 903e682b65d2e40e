import type { AgencyActor } from '@concord/access';
import { isId, newId } from '@concord/platform/ids';
import {
  answerContact,
  askContact,
  asActor,
  findAskedContacts,
  findAskingAgency,
  findReceivedContacts,
  type ContactState,
  type StandingReply,
} from '@concord/records';
import { SEAL_PLACES } from '@concord/submission';
import { Inject } from '@nestjs/common';
import { Args, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import { bookAct, bookRefusedAct } from '../admin/admin-acts.js';
import { decodeCursor, encodeCursor, pageSize, toPage } from '../graphql/paging.js';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { ContactStateEnum, type Issue } from '../graphql/shared.types.js';
import { readAs } from '../records/record.loader.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { checkMessage, openAnswer, openMessage, presentAsked, presentReceived } from './contact.presenter.js';
import {
  AnswerContactRequestPayload,
  ContactRequestConnection,
  ReceivedContactRequestConnection,
  RequestContactPayload,
  type ContactRejected,
  type ContactRequestAnswered,
  type ContactRequested,
} from './contact.types.js';

const ASKED = 'contact-asked';
const RECEIVED = 'contact-received';

const rejected = (issue: Issue): ContactRejected => ({ issues: [issue] });
const NO_RECORD = rejected({
  path: 'recordId',
  code: 'NOT_FOUND',
  message: 'There is no record of this id for you.',
});
const OWN_RECORD = rejected({
  path: 'recordId',
  code: 'OWN_RECORD',
  message: 'The record is of your own agency.',
});
const WAITS = rejected({
  path: 'recordId',
  code: 'ALREADY_ASKED',
  message: 'Your agency has asked already, and the owner has yet to answer.',
});
const NOT_RECEIVED = rejected({
  path: 'id',
  code: 'NOT_FOUND',
  message: 'Your agency got no request of this id.',
});
const ANSWERED = rejected({
  path: 'id',
  code: 'ALREADY_ANSWERED',
  message: 'Your agency has answered otherwise; an answer is not taken back.',
});

/** Contact through a record: who sees it asks, its owner answers, and names itself or does not (ADR 0023). */
@Resolver()
export class ContactResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Mutation(() => RequestContactPayload, {
    description:
      'Asks the owner of a record that you see, whoever that is. The owner learns who you are and which agency you ask for. One open request for each record and agency; sent again it changes nothing.',
  })
  @Policy('contact.request')
  async requestContact(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('recordId', { type: () => ID }) recordId: string,
    @Args('message', { type: () => String, description: 'At most 2,000 characters; sealed, for the two agencies.' })
    message: string,
  ): Promise<ContactRequested | ContactRejected> {
    const checked = checkMessage(message);
    if ('issues' in checked) return checked;
    const id = newId();
    const agencyId = actor.agency.id;
    const { keyHolder } = this.services;
    const place = { agencyId, ...SEAL_PLACES.contactMessage(id) };
    const question = { id, recordId, sealedMessage: await keyHolder.seal(checked.text, place) };
    const subjects = [{ kind: 'contact', id } as const, { kind: 'record', id: recordId } as const];
    const outcome = isId(recordId)
      ? await askContact(
          ...([this.services.db, readAs(actor), question] as const),
          bookAct(this.services, actor, 'contact.request', subjects),
        )
      : ({ kind: 'ABSENT' } as const);
    switch (outcome.kind) {
      case 'ASKED':
        return { id, recordId, duplicate: false };
      case 'STANDING': {
        const before = await openMessage(keyHolder, { ...outcome, askerAgencyId: agencyId });
        return before === checked.text ? { id: outcome.id, recordId, duplicate: true } : WAITS;
      }
      case 'COLLEAGUE':
        return WAITS;
      case 'OWN':
        return OWN_RECORD;
      case 'ABSENT':
        await bookRefusedAct(this.services, actor, 'contact.request', { kind: 'record', id: recordId });
        return NO_RECORD;
    }
  }

  @Mutation(() => AnswerContactRequestPayload, {
    description:
      'Answers a request that your agency got, once. The asker reads your words and the day, and your agency’s name only where you reveal it. Sent again it changes nothing.',
  })
  @Policy('contact.answer')
  async answerContactRequest(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
    @Args('message', { type: () => String, description: 'At most 2,000 characters; sealed, for the two agencies.' })
    message: string,
    @Args('reveal', {
      type: () => Boolean,
      nullable: true,
      defaultValue: false,
      description: 'Names your agency, with its telephone number, to this asker. What you write may name it as well.',
    })
    reveal: boolean | null,
  ): Promise<ContactRequestAnswered | ContactRejected> {
    const checked = checkMessage(message);
    return 'issues' in checked ? checked : this.#answer(actor, id, checked.text, reveal ?? false);
  }

  @Mutation(() => AnswerContactRequestPayload, {
    description: 'Declines a request that your agency got. The asker learns that, and nothing else.',
  })
  @Policy('contact.answer')
  declineContactRequest(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<ContactRequestAnswered | ContactRejected> {
    return this.#answer(actor, id, null, false);
  }

  @Query(() => ContactRequestConnection, {
    description: 'What you have asked the owners of records, with their answers. It stays when a record goes.',
  })
  @Policy('contact.asked')
  async myContactRequests(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: '1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null,
  ): Promise<ContactRequestConnection> {
    const size = pageSize(first);
    const place = decodeCursor(ASKED, after);
    const as = readAs(actor);
    const found = await asActor(this.services.db, as, (tx) => findAskedContacts(tx, as, size + 1, place));
    await this.#bookRead(actor, found.slice(0, size));
    const presented = await Promise.all(
      found.map(async ({ contact, position }) => ({
        node: await presentAsked(this.services.keyHolder, contact),
        position,
      })),
    );
    return toPage(presented, size, ({ node, position }) => ({ cursor: encodeCursor(ASKED, position), node }));
  }

  @Query(() => ReceivedContactRequestConnection, {
    description: 'What others have asked your agency through its records. For its analysts and supervisors.',
  })
  @Policy('contact.answer')
  async contactRequests(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('state', { type: () => ContactStateEnum, nullable: true, description: 'Left out: all.' })
    state: ContactState | null,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: '1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null,
  ): Promise<ReceivedContactRequestConnection> {
    const size = pageSize(first);
    const place = decodeCursor(RECEIVED, after);
    const as = readAs(actor);
    const found = await asActor(this.services.db, as, (tx) =>
      findReceivedContacts(tx, as, state ?? null, size + 1, place),
    );
    await this.#bookRead(actor, found.slice(0, size));
    const presented = await Promise.all(
      found.map(async ({ contact, position }) => ({
        node: await presentReceived(this.services.keyHolder, contact),
        position,
      })),
    );
    return toPage(presented, size, ({ node, position }) => ({ cursor: encodeCursor(RECEIVED, position), node }));
  }

  async #answer(
    actor: AgencyActor,
    id: string,
    text: string | null,
    reveal: boolean,
  ): Promise<ContactRequestAnswered | ContactRejected> {
    const { db, keyHolder } = this.services;
    const action = text === null ? 'contact.decline' : reveal ? 'contact.reveal' : 'contact.answer';
    const subject = { kind: 'contact', id } as const;
    const asker = isId(id) ? await findAskingAgency(db, readAs(actor), id) : null;
    if (asker === null) {
      await bookRefusedAct(this.services, actor, action, subject);
      return NOT_RECEIVED;
    }
    const place = { agencyId: asker, ...SEAL_PLACES.contactAnswer(id) };
    const reply = { sealedAnswer: text === null ? null : await keyHolder.seal(text, place), reveal };
    const before = await answerContact(
      ...([db, readAs(actor), id, reply] as const),
      bookAct(this.services, actor, action, [subject]),
    );
    const state = text === null ? 'DECLINED' : 'ANSWERED';
    if (before === null || (await this.#isSame(before, { id, asker, text, reveal }))) return { id, state };
    return ANSWERED;
  }

  async #isSame(
    before: StandingReply,
    { id, asker, text, reveal }: { id: string; asker: string; text: string | null; reveal: boolean },
  ): Promise<boolean> {
    if (before.revealed !== reveal) return false;
    return (
      text ===
      (await openAnswer(this.services.keyHolder, { id, askerAgencyId: asker, sealedAnswer: before.sealedAnswer }))
    );
  }

  /** Before it is opened and leaves. */
  async #bookRead(actor: AgencyActor, found: readonly { readonly contact: { readonly id: string } }[]): Promise<void> {
    const subjects = found.map(({ contact }) => ({ kind: 'contact', id: contact.id }) as const);
    await bookAct(this.services, actor, 'contact.read', subjects)(this.services.db);
  }
}
