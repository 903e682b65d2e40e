import {
  actsForAgency,
  checkDangerReason,
  checkReviewNote,
  countUnreviewedDangers,
  decide,
  findDangerNotices,
  LONGEST_DANGER_MINUTES,
  openInImminentDanger,
  reviewImminentDanger,
  type Actor,
  type AgencyActor,
  type DangerIssueCode,
} from '@concord/access';
import type { Fault } from '@concord/agencies';
import { isId, newId } from '@concord/platform/ids';
import { Inject } from '@nestjs/common';
import { Args, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { bookAct, bookRefusedAct } from '../admin/admin-acts.js';
import type { AdminRejected } from '../admin/admin.types.js';
import { decodeCursor, encodeCursor, pageSize, toPage } from '../graphql/paging.js';
import { CurrentActor, CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { Me } from '../self/me.resolver.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import {
  ImminentDangerConnection,
  OpenInImminentDangerPayload,
  ReviewImminentDangerPayload,
  type ImminentDangerOpened,
  type ImminentDangerReviewed,
} from './imminent-danger.types.js';

const CURSOR = 'danger';

const seatOf = (actor: AgencyActor) => ({ personId: actor.personId, agencyId: actor.agency.id });
const refused = (...issues: Fault<DangerIssueCode>[]): AdminRejected => ({ issues });

const NOT_YOURS: Fault<DangerIssueCode> = {
  path: 'id',
  code: 'NOT_FOUND',
  message: 'No opening of your agency has this id.',
};
const OWN_ACT: Fault<DangerIssueCode> = {
  path: 'id',
  code: 'OWN_ACT',
  message: 'Nobody reviews what they opened themselves.',
};

/** 28 CFR 23.20(f)(2), and nothing else, opens a record beyond the keyring: one, for an hour at most, aloud. */
@Resolver(() => Me)
export class ImminentDangerResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Mutation(() => OpenInImminentDangerPayload, {
    description:
      'Opens one record to you beyond your keyring, where life or property is in imminent danger (28 CFR 23.20(f)(2)): at PARTNER, by its id alone, until the time is over. Supervisors. Its owner, your own agency and the auditors are told, with your reason; both agencies review it. The answer is the same whether there is such a record or not. Five an hour.',
  })
  @Policy('danger.open')
  async openInImminentDanger(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('recordId', { type: () => ID, description: 'As its owner told you, or as an alert of yours names it.' })
    recordId: string,
    @Args('reason', {
      type: () => String,
      description: '20 to 500 characters: what danger, to whom. No names, numbers or addresses.',
    })
    reason: string,
    @Args('minutes', { type: () => Int, nullable: true, defaultValue: LONGEST_DANGER_MINUTES, description: '1 to 60.' })
    minutes: number | null,
  ): Promise<ImminentDangerOpened | AdminRejected> {
    const { text, issues } = checkDangerReason(reason);
    const faults = [...issues];
    const length = minutes ?? LONGEST_DANGER_MINUTES;
    if (length < 1 || length > LONGEST_DANGER_MINUTES)
      faults.push({ path: 'minutes', code: 'OUT_OF_RANGE', message: 'Open it for 1 to 60 minutes.' });
    if (!isId(recordId)) faults.push({ path: 'recordId', code: 'INVALID_FORMAT', message: 'This is no id.' });
    if (faults.length > 0) return refused(...faults);
    const id = newId();
    const subjects = [
      { kind: 'danger', id },
      { kind: 'record', id: recordId, precision: 'PARTNER' },
    ] as const;
    const book = bookAct(this.services, actor, 'danger.open', subjects);
    const opening = { id, recordId, minutes: length, reason: text };
    const outcome = await openInImminentDanger(this.services.db, seatOf(actor), opening, book);
    if (outcome.kind === 'too-many') {
      await bookRefusedAct(this.services, actor, 'danger.open', { kind: 'record', id: recordId });
      return refused({
        ...{ path: 'recordId', code: 'TOO_MANY' },
        message: 'Five an hour for one person and twenty a day for an agency: call the owner.',
      });
    }
    if (!outcome.again)
      this.services.log.warn(
        { personId: actor.personId, agencyId: actor.agency.id },
        'security.imminent-danger-opened',
      );
    return { ...outcome.danger, recordId };
  }

  @Mutation(() => ReviewImminentDangerPayload, {
    description:
      'Says what your agency found when it looked at an opening: once for each of the two agencies, by an agency admin or privacy officer who did not open it. Said again it changes nothing.',
  })
  @Policy('danger.review')
  async reviewImminentDanger(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
    @Args('note', { type: () => String, description: 'At most 2,000 characters. No names, numbers or addresses.' })
    note: string,
  ): Promise<ImminentDangerReviewed | AdminRejected> {
    const { text, issues } = checkReviewNote(note);
    if (issues.length > 0) return refused(...issues);
    const subject = { kind: 'danger', id } as const;
    const book = bookAct(this.services, actor, 'danger.review', [subject]);
    const outcome = isId(id)
      ? await reviewImminentDanger(this.services.db, seatOf(actor), { id, note: text }, book)
      : 'ABSENT';
    if (outcome === 'REVIEWED' || outcome === 'UNCHANGED') return { id };
    await bookRefusedAct(this.services, actor, 'danger.review', subject);
    return refused(outcome === 'ABSENT' ? NOT_YOURS : OWN_ACT);
  }

  @Query(() => ImminentDangerConnection, {
    description:
      'Records opened in imminent danger: by your agency, or of your agency’s. For its supervisors, admins, privacy officers and auditors; auditors see those of all agencies, of others without the reason.',
  })
  @Policy('danger.read')
  async imminentDangerOpenings(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('unreviewed', {
      type: () => Boolean,
      nullable: true,
      defaultValue: false,
      description: 'Only those that wait for your agency’s review.',
    })
    unreviewed: boolean | null,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: '1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null,
  ): Promise<ImminentDangerConnection> {
    const size = pageSize(first);
    const place = decodeCursor(CURSOR, after);
    const found = await findDangerNotices(this.services.db, seatOf(actor), unreviewed ?? false, size + 1, place);
    return toPage(found, size, ({ notice, position }) => ({
      cursor: encodeCursor(CURSOR, position),
      node: notice,
    }));
  }

  @ResolveField(() => Int, {
    description:
      'Openings in imminent danger that your agency has not reviewed (`imminentDangerOpenings(unreviewed: true)`); 0 for roles that do not see them.',
  })
  @Policy('self.read')
  async imminentDangersToReview(@CurrentActor() actor: Actor, @Parent() _me: Me): Promise<number> {
    if (!actsForAgency(actor) || !decide(actor, 'danger.read').allowed) return 0;
    return countUnreviewedDangers(this.services.db, seatOf(actor));
  }
}
