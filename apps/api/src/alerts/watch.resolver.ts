import type { AgencyActor } from '@concord/access';
import { MOST_WATCHED, unwatchRecord, watchRecord } from '@concord/alerting';
import { isId } from '@concord/platform/ids';
import { Inject } from '@nestjs/common';
import { Args, ID, Mutation, Resolver } from '@nestjs/graphql';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { bookRefusedRead } from '../records/record.loader.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import {
  AlertActionPayload,
  UnwatchRecordPayload,
  type AlertUpdated,
  type RecordUnwatched,
} from './alert-life.types.js';
import { Alert, type AlertActionRejected } from './alert.types.js';

/** What becomes of one record, whatever one's rules say. */
@Resolver(() => Alert)
export class WatchResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Mutation(() => AlertActionPayload, {
    description:
      'Watches a record that you may see: its corrections, laboratory results and recall come into your inbox as further revisions of your alert on it. Where you have none, one is made, ACKNOWLEDGED, that tells nothing yet. Nobody learns who watches.',
  })
  @Policy('alert.watch')
  async watchRecord(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('recordId', { type: () => ID }) recordId: string,
  ): Promise<AlertUpdated | AlertActionRejected> {
    const outcome = isId(recordId)
      ? await watchRecord(this.services.db, actor, recordId, this.services.clock.now())
      : ({ kind: 'absent' } as const);
    if (outcome.kind === 'too-many')
      return {
        issues: [
          {
            path: 'recordId',
            code: 'TOO_MANY_ITEMS',
            message: `You watch ${MOST_WATCHED} records: unwatch one first.`,
          },
        ],
      };
    if (outcome.kind === 'watched') return { alert: { id: outcome.id, state: outcome.state } };
    await bookRefusedRead(this.services, actor, 'record', recordId);
    return { issues: [{ path: 'recordId', code: 'NOT_FOUND', message: 'No record that you may see has this id.' }] };
  }

  @Mutation(() => UnwatchRecordPayload, {
    description:
      'Ends a watch. An alert that was made for it alone goes with it; one that a rule raised or a colleague gave you stays, and its revisions come as ever.',
  })
  @Policy('alert.acknowledge')
  async unwatchRecord(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('recordId', { type: () => ID }) recordId: string,
  ): Promise<RecordUnwatched | AlertActionRejected> {
    const done = isId(recordId) && (await unwatchRecord(this.services.db, actor, recordId, this.services.clock.now()));
    if (done) return { recordId };
    return { issues: [{ path: 'recordId', code: 'NOT_FOUND', message: 'You watch no record of this id.' }] };
  }
}
