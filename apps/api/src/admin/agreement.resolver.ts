import type { Actor } from '@concord/access';
import {
  checkEndReason,
  endAgreement,
  findAgreement,
  findAgreements,
  isDigest,
  recordAgreement,
  signAgreement,
  validateAgreement,
  type Agreement as StoredAgreement,
  type AgreementIssueCode,
  type Fault,
} from '@concord/agencies';
import { isId, newId } from '@concord/platform/ids';
import { Inject } from '@nestjs/common';
import { Args, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import { decodeCursor, encodeCursor, pageSize, toPage } from '../graphql/paging.js';
import { CurrentActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { adminSeat, bookAct, bookRefusedAct } from './admin-acts.js';
import type { AdminRejected } from './admin.types.js';
import {
  AgreementConnection,
  EndAgreementPayload,
  SignAgreementInput,
  SignAgreementPayload,
  type Agreement,
  type AgreementEnded,
  type AgreementSigned,
} from './agreement.types.js';

const CURSOR = 'agreement';
/** What only a system admin says when an agreement is recorded. */
const OF_A_RECORD = [
  'name',
  'parties',
  'purposes',
  'widestSharing',
  'dataClasses',
  'from',
  'until',
  'contact',
] as const;

const refused = (...issues: Fault<AgreementIssueCode>[]): AdminRejected => ({ issues });
const NOT_THERE: Fault<AgreementIssueCode> = {
  path: 'agreementId',
  code: 'NOT_FOUND',
  message: 'No agreement names your agency.',
};

/** Agreements: recorded by the deployment, binding for an agency when its own admin signs. */
@Resolver()
export class AgreementResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => AgreementConnection, {
    description:
      'Agreements that name your agency, signed or not; all of them for a system admin. For supervisors, agency admins, auditors and privacy officers.',
  })
  @Policy('agreement.read')
  async agreements(
    @CurrentActor() actor: Actor,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: '1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null,
  ): Promise<AgreementConnection> {
    const size = pageSize(first);
    const place = decodeCursor(CURSOR, after);
    const found = await findAgreements(this.services.db, adminSeat(actor), size + 1, place);
    return toPage(found, size, ({ agreement, position }) => ({
      cursor: encodeCursor(CURSOR, position),
      node: present(agreement),
    }));
  }

  @Mutation(() => SignAgreementPayload, {
    description:
      'A system admin records an agreement: it names its parties and binds none. Each party’s own admin then signs the text by its digest, and from that moment it counts for that agency. Signed again it changes nothing.',
  })
  @Policy('agreement.sign')
  async signAgreement(
    @CurrentActor() actor: Actor,
    @Args('input', { type: () => SignAgreementInput }) input: SignAgreementInput,
  ): Promise<AgreementSigned | AdminRejected> {
    return actor.agency === null ? this.#record(actor, input) : this.#sign(actor, input);
  }

  @Mutation(() => EndAgreementPayload, {
    description:
      'Ends an agreement now: for all its parties by a system admin, for your own agency by its admin. What it opened is closed from that moment, in lists, on open streams and for alerts; nothing else is changed.',
  })
  @Policy('agreement.end')
  async endAgreement(
    @CurrentActor() actor: Actor,
    @Args('id', { type: () => ID }) id: string,
    @Args('reason', { type: () => String, description: 'At most 500 characters; its parties read it.' })
    reason: string,
  ): Promise<AgreementEnded | AdminRejected> {
    const checked = checkEndReason(reason);
    if ('issue' in checked) return refused(checked.issue);
    const subject = { kind: 'agreement', id } as const;
    const ending = { agreementId: id, reason: checked.text };
    const book = bookAct(this.services, actor, 'agreement.end', [subject]);
    const outcome = isId(id) ? await endAgreement(this.services.db, adminSeat(actor), ending, book) : 'ABSENT';
    switch (outcome) {
      case 'ENDED':
        return { agreement: await this.#present(actor, id) };
      case 'WAS_ENDED':
        return refused({ path: 'id', code: 'ENDED', message: 'It has ended already.' });
      case 'NOT_SIGNED':
        return refused({ path: 'id', code: 'NOT_SIGNED', message: 'Your agency has not signed it.' });
      case 'ABSENT':
        await bookRefusedAct(this.services, actor, 'agreement.end', subject);
        return refused({ ...NOT_THERE, path: 'id' });
    }
  }

  async #record(actor: Actor, input: SignAgreementInput): Promise<AgreementSigned | AdminRejected> {
    const unbound: Fault<AgreementIssueCode>[] =
      input.agreementId === null || input.agreementId === undefined
        ? []
        : [{ path: 'agreementId', code: 'NOT_YOURS', message: 'Only an agency’s own admin signs for it.' }];
    const checked = validateAgreement(input);
    if (!checked.ok) return refused(...unbound, ...checked.issues);
    if (unbound.length > 0) return refused(...unbound);
    const id = newId();
    const book = bookAct(this.services, actor, 'agreement.record', [{ kind: 'agreement', id }]);
    const issues = await recordAgreement(this.services.db, adminSeat(actor), id, checked.agreement, book);
    return issues.length > 0 ? refused(...issues) : { agreement: await this.#present(actor, id) };
  }

  async #sign(actor: Actor, input: SignAgreementInput): Promise<AgreementSigned | AdminRejected> {
    const agreementId = input.agreementId ?? '';
    const textDigest = (input.textDigest ?? '').trim().toLowerCase();
    const issues: Fault<AgreementIssueCode>[] = OF_A_RECORD.filter(
      (field) => input[field] !== null && input[field] !== undefined,
    ).map((path) => ({ path, code: 'NOT_YOURS', message: 'A system admin records this; you sign what is recorded.' }));
    if (agreementId === '')
      issues.push({ path: 'agreementId', code: 'REQUIRED', message: 'Say which agreement you sign.' });
    if (textDigest === '')
      issues.push({
        path: 'textDigest',
        code: 'REQUIRED',
        message: 'Give the SHA-256 of the text that you have read.',
      });
    else if (!isDigest(textDigest))
      issues.push({ path: 'textDigest', code: 'INVALID_FORMAT', message: 'Must be 64 hexadecimal digits.' });
    if (issues.length > 0) return refused(...issues);
    const subject = { kind: 'agreement', id: agreementId } as const;
    const book = bookAct(this.services, actor, 'agreement.sign', [subject]);
    const outcome = isId(agreementId)
      ? await signAgreement(this.services.db, adminSeat(actor), { agreementId, textDigest }, book)
      : 'ABSENT';
    switch (outcome) {
      case 'SIGNED':
      case 'UNCHANGED':
        return { agreement: await this.#present(actor, agreementId) };
      case 'OTHER_TEXT':
        return refused({
          ...{ path: 'textDigest', code: 'OTHER_TEXT' },
          message: 'This is not the text that was recorded: compare what you have read.',
        });
      case 'ENDED':
        return refused({ path: 'agreementId', code: 'ENDED', message: 'It has ended, or your agency has withdrawn.' });
      case 'ABSENT':
        await bookRefusedAct(this.services, actor, 'agreement.sign', subject);
        return refused(NOT_THERE);
    }
  }

  async #present(actor: Actor, id: string): Promise<Agreement> {
    const agreement = await findAgreement(this.services.db, adminSeat(actor), id);
    if (agreement === null) throw new Error('an agreement that was acted on is there');
    return present(agreement);
  }
}

const present = (agreement: StoredAgreement): Agreement => ({
  ...agreement,
  parties: agreement.parties.map((party) => ({ ...party })),
  purposes: [...agreement.purposes],
  dataClasses: [...agreement.dataClasses],
  contact: { ...agreement.contact },
});
