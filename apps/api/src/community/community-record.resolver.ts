import type { AgencyActor } from '@concord/access';
import { auditEntry } from '@concord/audit';
import { substanceName } from '@concord/codes';
import {
  asActor,
  countCommunityRecords,
  findCommunityEdition,
  findCommunityPage,
  findCommunityPosition,
  type CommunityCard,
  type CommunityCondition,
} from '@concord/records';
import { Inject } from '@nestjs/common';
import { Args, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { InvalidInputError } from '../graphql/graphql-error.js';
import { decodeCursor, encodeCursor, pageSize, toPage } from '../graphql/paging.js';
import { Policy } from '../graphql/policy.decorator.js';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { refuseUntilPolicyAccepted } from '../records/policy-acceptance.js';
import { readAs } from '../records/record.loader.js';
import { RecordCount } from '../records/seizure-record.types.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { checkedCondition, CommunityRecordFilter, substanceOf } from './community-record-filter.input.js';
import { CommunityRecordConnection, type CommunityRecord } from './community-record.types.js';

const COUNT_CAP = 1_000;
const CURSOR = 'community';

/** The page, and what is needed to count beyond it when somebody asks. */
interface CountableConnection extends CommunityRecordConnection {
  readonly condition: CommunityCondition;
}

/** What community partners alone do. */
@Resolver(() => CommunityRecordConnection)
export class CommunityRecordResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => CommunityRecordConnection, {
    description:
      'What the weekly batches let out: Mondays, 06:00 UTC. COMMUNITY partners only, under an agreement. Later batches come after all that was there: ask on from your last cursor.',
  })
  @Policy('community.read')
  async communityRecords(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('filter', { type: () => CommunityRecordFilter, nullable: true }) filter: CommunityRecordFilter | null,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: '1 to 200.' })
    first: number | null,
    @Args('after', {
      type: () => String,
      nullable: true,
      description: 'INVALID_CURSOR where the list has begun anew since: start again without it.',
    })
    after: string | null,
  ): Promise<CountableConnection> {
    const size = pageSize(first);
    const condition = checkedCondition(filter);
    // Nothing but the row's random id: where it stands, the database knows.
    const place = decodeCursor(CURSOR, after, (text) => text === '');
    const { edition, found } = await asActor(this.services.db, readAs(actor), async (tx) => {
      const edition = await findCommunityEdition(tx);
      if (edition === null) return { edition, found: [] };
      const position = place === null ? null : await findCommunityPosition(tx, place.id);
      if (place !== null && position === null) throw begunAnew();
      return { edition, found: await findCommunityPage(tx, condition, size + 1, position) };
    });
    if (found.length === 0) await refuseUntilPolicyAccepted(this.services.db, actor);
    const page = toPage(found, size, (card) => ({
      cursor: encodeCursor(CURSOR, { at: '', id: card.id }),
      node: presentRow(card),
    }));
    await this.#book(actor, found.slice(0, size));
    return { ...page, edition: edition?.edition ?? null, asOf: edition?.asOf ?? null, condition };
  }

  @ResolveField(() => RecordCount, { description: 'How many rows you can list under the filter, counted up to 1,000.' })
  @Policy('community.read')
  totalCount(@CurrentAgencyActor() actor: AgencyActor, @Parent() connection: CountableConnection) {
    return asActor(this.services.db, readAs(actor), (tx) => countCommunityRecords(tx, connection.condition, COUNT_CAP));
  }

  /** Before the answer leaves: which rows, by their ids. */
  async #book(actor: AgencyActor, cards: readonly CommunityCard[]): Promise<void> {
    await this.services.ledger.book(
      auditEntry({
        at: this.services.clock.now(),
        personId: actor.personId,
        agencyId: actor.agency.id,
        roles: [...actor.roles],
        keyId: actor.key?.id,
        action: 'community.list',
        outcome: 'DONE',
        purpose: actor.purpose,
        subjects: cards.map(({ id }) => ({ kind: 'community-record', id, precision: 'COMMUNITY' })),
      }),
    );
  }
}

function presentRow({ id, stateFips, month, substance, band, synthetic }: CommunityCard): CommunityRecord {
  const { deaCode, category } = substanceOf(substance);
  const name = deaCode === null ? null : substanceName(deaCode);
  return { id, stateFips, month, substance: { deaCode, name, category }, band, synthetic };
}

const begunAnew = (): InvalidInputError =>
  new InvalidInputError('`after` is not a cursor of this list.', [
    { path: 'after', code: 'INVALID_CURSOR', message: 'The list has begun anew: start again without `after`.' },
  ]);
