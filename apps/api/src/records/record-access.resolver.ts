import { ANY_PURPOSE, type AgencyActor } from '@concord/access';
import { PURPOSE_CODES } from '@concord/codes';
import { notFound } from '@concord/platform/errors';
import { isId } from '@concord/platform/ids';
import { explainAccess, findAudiences, findOpeningKeys, type AudienceKey, type OpeningKey } from '@concord/records';
import { Inject } from '@nestjs/common';
import { Args, Context, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import DataLoader from 'dataloader';
import { bookAct, bookRefusedAct } from '../admin/admin-acts.js';
import { InvalidInputError } from '../graphql/graphql-error.js';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import type { RequestContext } from '../graphql/request-context.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { readAs } from './record.loader.js';
import { presentAudienceKey } from './record-access.presenter.js';
import { AccessExplanation, RecordAudienceEntry, RecordOpener } from './record-access.types.js';
import { SeizureRecord } from './seizure-record.types.js';

type Loader<Item> = DataLoader<string, readonly Item[]>;

/** The records of one operation are asked about together. */
interface AccessContext extends RequestContext {
  audiences?: Loader<AudienceKey>;
  openers?: Loader<OpeningKey>;
}

/** Who sees a record, and why: to its owner, to its reader, and about one person. */
@Resolver(() => SeizureRecord)
export class RecordAccessResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @ResolveField(() => [RecordAudienceEntry], {
    nullable: true,
    description: 'Who can see it, once it is released. Your own agency’s records; null for others’.',
  })
  @Policy('record.read')
  async audience(
    @CurrentAgencyActor() actor: AgencyActor,
    @Parent() record: SeizureRecord,
    @Context() context: AccessContext,
  ): Promise<RecordAudienceEntry[] | null> {
    if (record.precision !== 'OWNER') return null;
    context.audiences ??= loaderOf((ids) => findAudiences(this.services.db, readAs(actor), ids));
    return (await context.audiences.load(record.id)).map(presentAudienceKey);
  }

  @ResolveField(() => [RecordOpener], { description: 'Your keys that open it at this moment, the finest first.' })
  @Policy('record.read')
  async openedBy(
    @CurrentAgencyActor() actor: AgencyActor,
    @Parent() record: SeizureRecord,
    @Context() context: AccessContext,
  ): Promise<RecordOpener[]> {
    context.openers ??= loaderOf((ids) => findOpeningKeys(this.services.db, readAs(actor), ids));
    return [...(await context.openers.load(record.id))];
  }

  @Query(() => AccessExplanation, {
    description:
      'Why a person, of whatever agency, reads a record of your agency at this moment, or why not. Agency admins. NOT_FOUND for a record that is not your agency’s or does not exist. Of the person it tells nothing but which keys of this record are carried; somebody who does not exist carries none.',
  })
  @Policy('access.explain')
  async explainAccess(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('recordId', { type: () => ID }) recordId: string,
    @Args('personId', { type: () => ID }) personId: string,
    @Args('purpose', {
      type: () => String,
      nullable: true,
      description: 'A code of `Purpose` that the person would name; left out: any.',
    })
    purpose: string | null,
  ): Promise<AccessExplanation> {
    const code = PURPOSE_CODES.find((known) => known === purpose);
    if (purpose !== null && purpose !== undefined && code === undefined)
      throw new InvalidInputError('There is no such purpose.', [
        { path: 'purpose', code: 'UNKNOWN_CODE', message: `Must be one of ${PURPOSE_CODES.join(' ')}.` },
      ]);
    const subject = { kind: 'record', id: recordId } as const;
    const asked = { recordId, personId, purpose: code ?? ANY_PURPOSE } as const;
    const explained =
      isId(recordId) && isId(personId) ? await explainAccess(this.services.db, readAs(actor), asked) : null;
    if (explained === null) {
      await bookRefusedAct(this.services, actor, 'access.explain', subject);
      throw notFound();
    }
    const subjects = [subject, { kind: 'person', id: personId } as const];
    await bookAct(this.services, actor, 'access.explain', subjects)(this.services.db);
    return {
      allowed: explained.allowed,
      precision: explained.precision,
      because: explained.because.map((reason) => ({ ...reason })),
    };
  }
}

function loaderOf<Item>(find: (ids: readonly string[]) => Promise<ReadonlyMap<string, readonly Item[]>>): Loader<Item> {
  return new DataLoader(
    async (ids) => {
      const found = await find(ids);
      return ids.map((id) => found.get(id) ?? []);
    },
    { cache: false, maxBatchSize: 200 },
  );
}
