import type { AgencyActor } from '@concord/access';
import { notFound } from '@concord/platform/errors';
import { isId } from '@concord/platform/ids';
import {
  countRecords,
  findRecordPage,
  findRecordsById,
  parseFilter,
  underFilter,
  type ParsedFilter,
} from '@concord/records';
import { Inject } from '@nestjs/common';
import { Args, ID, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { InvalidInputError } from '../graphql/graphql-error.js';
import { decodeCursor, encodeCursor, pageSize, toPage } from '../graphql/paging.js';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { refuseUntilPolicyAccepted } from './policy-acceptance.js';
import { bookRecordRead, bookRefusedRead, readAs } from './record.loader.js';
import { SeizureRecordFilter } from './seizure-record-filter.input.js';
import { presentRecord } from './seizure-record.presenter.js';
import { RecordCount, SeizureRecord, SeizureRecordConnection } from './seizure-record.types.js';

const COUNT_CAP = 1_000;
const CURSOR = 'record';

/** The page, and what is needed to count beyond it when somebody asks. */
interface CountableConnection extends SeizureRecordConnection {
  readonly filter: ParsedFilter | null;
}

/** A filter from outside, checked; an empty one is none. */
export function checkedFilter(input: SeizureRecordFilter | null | undefined): ParsedFilter | null {
  if (input === null || input === undefined) return null;
  const parsed = parseFilter(input);
  if (!parsed.ok) {
    throw new InvalidInputError('The filter is not valid.', parsed.issues.map(underFilter));
  }
  return parsed.filter.source === '{}' ? null : parsed.filter;
}

/** SQLSTATE 57014: the statement time-out. */
export const isCancelled = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && Reflect.get(error, 'code') === '57014';

@Resolver(() => SeizureRecordConnection)
export class SeizureRecordResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => SeizureRecordConnection, {
    description: 'Records that you may see, newest release first, each once, in its finest visible view.',
  })
  @Policy('record.read')
  async seizureRecords(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('filter', { type: () => SeizureRecordFilter, nullable: true }) input: SeizureRecordFilter | null,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: '1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null,
  ): Promise<CountableConnection> {
    const size = pageSize(first);
    const filter = checkedFilter(input);
    const place = decodeCursor(CURSOR, after);
    const position = place === null ? null : { releasedAt: new Date(place.at), id: place.id };
    const found = await findRecordPage(this.services.db, readAs(actor), filter, size + 1, position);
    // A page without anything is not told from one that is closed to the whole agency, unless it is said.
    if (found.length === 0) await refuseUntilPolicyAccepted(this.services.db, actor);
    const page = toPage(found, size, ({ record, match }) => ({
      cursor: encodeCursor(CURSOR, { at: record.releasedAt.toISOString(), id: record.id }),
      match,
      node: presentRecord(record),
    }));
    await bookRecordRead(
      this.services,
      actor,
      'record.list',
      found.slice(0, size).map(({ record }) => record),
    );
    return { ...page, filter };
  }

  @ResolveField(() => RecordCount, {
    description: 'How many records you can list under the filter, counted up to 1,000 and for two seconds.',
  })
  @Policy('record.read')
  async totalCount(
    @CurrentAgencyActor() actor: AgencyActor,
    @Parent() connection: CountableConnection,
  ): Promise<RecordCount> {
    const shown = connection.edges.length;
    try {
      const tally = await countRecords(this.services.db, readAs(actor), connection.filter, COUNT_CAP);
      // What ended early has at least what the page shows: that was found by another walk.
      return tally.atLeast ? { value: Math.max(tally.value, shown), atLeast: true } : tally;
    } catch (error) {
      // The page stands, also where the count was cancelled.
      if (!isCancelled(error)) throw error;
      return { value: shown, atLeast: true };
    }
  }

  @Query(() => SeizureRecord, {
    nullable: true,
    description: 'One record. NOT_FOUND for what does not exist and for what you may not see.',
  })
  @Policy('record.read')
  async seizureRecord(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<SeizureRecord> {
    const [card] = isId(id) ? await findRecordsById(this.services.db, readAs(actor), [id]) : [];
    if (!card) {
      await bookRefusedRead(this.services, actor, 'record', id);
      // Whatever was asked for: it says nothing of whether that exists.
      await refuseUntilPolicyAccepted(this.services.db, actor);
      throw notFound();
    }
    await bookRecordRead(this.services, actor, 'record.read', [card]);
    return presentRecord(card);
  }
}
