import type { AgencyActor } from '@concord/access';
import { findAlertPage, openInbox, type AlertCard, type AlertState } from '@concord/alerting';
import { Inject } from '@nestjs/common';
import { Args, Context, Int, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { InvalidInputError } from '../graphql/graphql-error.js';
import { decodeCursor, encodeCursor, pageSize, toPage } from '../graphql/paging.js';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import type { RequestContext } from '../graphql/request-context.js';
import { AlertStateEnum } from '../graphql/shared.types.js';
import { PageRecords } from '../records/page-records.js';
import { readAs, recordLoader } from '../records/record.loader.js';
import { presentRecord } from '../records/seizure-record.presenter.js';
import { SeizureRecord } from '../records/seizure-record.types.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { alertStream, stoppable } from './alert-stream.js';
import { Alert, AlertConnection, AlertEvent } from './alert.types.js';

const CURSOR = 'alert';

/** An alert and the id of its record, which is read apart and by the keys of that moment. */
interface PresentedAlert extends Alert {
  readonly recordId: string;
  /** On a live stream: the records of the same page, read together. */
  readonly records?: PageRecords;
}

const presentAlert = (card: AlertCard): PresentedAlert => ({
  id: card.id,
  revision: card.revision,
  raisedAt: card.raisedAt,
  updatedAt: card.updatedAt,
  state: card.state,
  change: card.change,
  match: card.match,
  rules: card.rules.map((rule) => ({ ...rule })),
  outcome: card.outcome,
  note: card.note,
  assignedBy: card.assignedBy,
  watched: card.watched,
  recordId: card.recordId,
});

/** A position of one inbox: the tag keeps another inbox's cursor from skipping what is in this one. */
const inboxCursor = (inboxId: string, position: bigint): string =>
  Buffer.from(`inbox:${inboxId.slice(0, 8)}:${position}`).toString('base64url');

function inboxPosition(cursor: string | null | undefined, inbox: { id: string; lastPosition: bigint }): bigint {
  if (cursor === null || cursor === undefined) return inbox.lastPosition;
  const match = /^inbox:([0-9a-f]{8}):(\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
  const position = match?.[2] === undefined ? null : BigInt(match[2]);
  if (position !== null && match?.[1] === inbox.id.slice(0, 8) && position <= inbox.lastPosition) return position;
  throw new InvalidInputError('`after` is not a cursor of this stream.', [
    { path: 'after', code: 'INVALID_CURSOR', message: 'Send back a cursor exactly as you got it.' },
  ]);
}

@Resolver(() => Alert)
export class AlertResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => AlertConnection, { description: 'Your inbox, newest alert first.' })
  @Policy('alert.read')
  async alerts(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('state', { type: () => [AlertStateEnum], nullable: true }) state: AlertState[] | null,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: '1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null,
  ): Promise<AlertConnection> {
    const size = pageSize(first);
    const place = decodeCursor(CURSOR, after);
    const position = place === null ? null : { raisedAt: new Date(place.at), id: place.id };
    // First: what is delivered between the two is on the page and comes again, and is not in neither.
    const inbox = await openInbox(this.services.db, readAs(actor));
    const found = await findAlertPage(this.services.db, readAs(actor), state ?? null, size + 1, position);
    const page = toPage(found, size, (card) => ({
      cursor: encodeCursor(CURSOR, { at: card.raisedAt.toISOString(), id: card.id }),
      node: presentAlert(card),
    }));
    return { ...page, streamCursor: inboxCursor(inbox.id, inbox.lastPosition) };
  }

  @ResolveField(() => SeizureRecord, {
    nullable: true,
    description: 'As you may see it at this moment; null when it was recalled or your key to it is gone.',
  })
  @Policy('alert.read')
  async record(
    @CurrentAgencyActor() actor: AgencyActor,
    @Parent() alert: PresentedAlert,
    @Context() context: RequestContext & { recordsById?: ReturnType<typeof recordLoader> },
  ): Promise<SeizureRecord | null> {
    context.recordsById ??= recordLoader(this.services, actor);
    const card = await (alert.records?.get(alert.recordId) ?? context.recordsById.load(alert.recordId));
    return card === null ? null : presentRecord(card);
  }

  @Subscription(() => AlertEvent, {
    description:
      'Live and gap-free: every (alert, revision) of yours after the cursor, then as they come, each exactly once and in order. `after: null` means from now on.',
    resolve: (event: AlertEvent) => event,
  })
  @Policy('alert.read')
  async alertRaised(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('after', { type: () => String, nullable: true }) after: string | null,
    @Context() context: RequestContext,
  ): Promise<AsyncGenerator<AlertEvent>> {
    const inbox = await openInbox(this.services.db, readAs(actor));
    const position = inboxPosition(after, inbox);
    return stoppable(context.signal, (signal) => this.#events(actor, inbox.id, position, { ...context, signal }));
  }

  async *#events(
    actor: AgencyActor,
    inboxId: string,
    after: bigint,
    context: RequestContext,
  ): AsyncGenerator<AlertEvent> {
    const { db, inboxWatch, streamReads } = this.services;
    const stillSeated = (): Promise<boolean> => context.stillSeated('alert.read');
    const options = { db, watch: inboxWatch, reads: streamReads, actor, inboxId, stillSeated };
    const pages = alertStream(options, after, context.signal);
    for await (const page of pages) {
      const records = new PageRecords(
        this.services,
        actor,
        page.map((entry) => entry.alert.recordId),
        (read) => streamReads.read(context.signal, read),
      );
      for (const entry of page) {
        const alert: PresentedAlert = { ...presentAlert({ ...entry.alert, revision: entry.revision }), records };
        yield { cursor: inboxCursor(inboxId, entry.position), position: Number(entry.position), alert };
      }
    }
  }
}
