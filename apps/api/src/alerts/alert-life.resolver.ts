import type { AgencyActor } from '@concord/access';
import { advanceAlert, assignAlert, findAlertSteps, type AdvanceAlert, type AlertOutcome } from '@concord/alerting';
import { isId } from '@concord/platform/ids';
import { Inject } from '@nestjs/common';
import { Args, Context, ID, Int, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import DataLoader from 'dataloader';
import { AlertOutcomeEnum } from '../graphql/alert-life.enums.js';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import type { RequestContext } from '../graphql/request-context.js';
import type { Issue } from '../graphql/shared.types.js';
import { readAs } from '../records/record.loader.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { AcknowledgeAlertPayload, Alert, type AlertAcknowledged, type AlertActionRejected } from './alert.types.js';
import { AlertActionPayload, AlertHistoryStep, type AlertUpdated } from './alert-life.types.js';

const MAX_NOTE = 2_000;
const NOTE = { type: () => String, nullable: true, description: 'At most 2,000 characters; yours alone.' } as const;
const REVISION = {
  type: () => Int,
  nullable: true,
  description: 'The revision that you had before you: with a later one nothing happens, and the answer is CONFLICT.',
} as const;

/** Nobody learns whether somebody else has an alert of this id. */
const ABSENT: AlertActionRejected = {
  issues: [{ path: 'id', code: 'NOT_FOUND', message: 'No alert of yours has this id.' }],
};

type Steps = DataLoader<string, readonly AlertHistoryStep[]>;

/** What its owner does with an alert, and what became of it. */
@Resolver(() => Alert)
export class AlertLifeResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @ResolveField(() => [AlertHistoryStep], {
    description: 'What happened to it since it reached your inbox, the latest 50, oldest first.',
  })
  @Policy('alert.read')
  async history(
    @CurrentAgencyActor() actor: AgencyActor,
    @Parent() alert: Alert,
    @Context() context: RequestContext & { alertSteps?: Steps },
  ): Promise<AlertHistoryStep[]> {
    context.alertSteps ??= new DataLoader(
      async (ids) => {
        const steps = await findAlertSteps(this.services.db, readAs(actor), [...ids]);
        return ids.map((id) => steps.filter(({ alertId }) => alertId === id));
      },
      { cache: false },
    );
    return [...(await context.alertSteps.load(alert.id))];
  }

  @Mutation(() => AcknowledgeAlertPayload, {
    description: 'Says that you have taken note of an alert of yours; doing it twice changes nothing.',
  })
  @Policy('alert.acknowledge')
  async acknowledgeAlert(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
    @Args('note', NOTE) note: string | null,
    @Args('revision', REVISION) revision: number | null,
  ): Promise<AlertAcknowledged | AlertActionRejected> {
    return this.#advance(actor, id, { to: 'ACKNOWLEDGED' }, note, revision);
  }

  @Mutation(() => AlertActionPayload, {
    description: 'Says that you had an alert of yours on the screen; one that is acknowledged stays so.',
  })
  @Policy('alert.acknowledge')
  async markAlertSeen(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
    @Args('revision', REVISION) revision: number | null,
  ): Promise<AlertUpdated | AlertActionRejected> {
    return this.#advance(actor, id, { to: 'SEEN' }, null, revision);
  }

  @Mutation(() => AlertActionPayload, {
    description:
      'Says that you work on an alert of yours. It stays IN_WORK when the record is corrected; opens a closed one again.',
  })
  @Policy('alert.acknowledge')
  async workOnAlert(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
    @Args('note', NOTE) note: string | null,
    @Args('revision', REVISION) revision: number | null,
  ): Promise<AlertUpdated | AlertActionRejected> {
    return this.#advance(actor, id, { to: 'IN_WORK' }, note, revision);
  }

  @Mutation(() => AlertActionPayload, {
    description:
      'Says that you are done with an alert of yours, and what it was good for. A further revision opens it again.',
  })
  @Policy('alert.acknowledge')
  async closeAlert(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
    @Args('outcome', { type: () => AlertOutcomeEnum }) outcome: AlertOutcome,
    @Args('note', NOTE) note: string | null,
    @Args('revision', REVISION) revision: number | null,
  ): Promise<AlertUpdated | AlertActionRejected> {
    return this.#advance(actor, id, { to: 'CLOSED', outcome }, note, revision);
  }

  @Mutation(() => AlertActionPayload, {
    description:
      'Gives an alert of yours to a colleague of your agency, within a second. They get one of their own on the same record, as their keys show it; yours is acknowledged by it.',
  })
  @Policy('alert.assign')
  async assignAlert(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
    @Args('personId', { type: () => ID, description: 'A colleague who is alerted in this agency.' }) personId: string,
    @Args('note', { ...NOTE, description: 'At most 2,000 characters; for your colleague.' }) note: string | null,
    @Args('revision', REVISION) revision: number | null,
  ): Promise<AlertUpdated | AlertActionRejected> {
    const issues = noteIssues(note);
    if (issues.length > 0) return { issues };
    if (!isId(id)) return ABSENT;
    const outcome = isId(personId)
      ? await assignAlert(this.services.db, actor, id, personId, told(note, revision), this.services.clock.now())
      : ({ kind: 'nobody' } as const);
    if (outcome.kind === 'nobody')
      return {
        issues: [
          {
            path: 'personId',
            code: 'NOT_FOUND',
            message: 'Nobody else of this id is alerted in your agency and may see the record.',
          },
        ],
      };
    return present(outcome);
  }

  async #advance(
    actor: AgencyActor,
    id: string,
    act: AdvanceAlert,
    note: string | null,
    revision: number | null,
  ): Promise<AlertUpdated | AlertActionRejected> {
    const issues = noteIssues(note);
    if (issues.length > 0) return { issues };
    if (!isId(id)) return ABSENT;
    const { db, clock } = this.services;
    return present(await advanceAlert(db, actor, id, act, told(note, revision), clock.now()));
  }
}

const told = (note: string | null | undefined, revision: number | null | undefined) => ({
  note: note ?? null,
  revision: revision ?? null,
});

function present(
  outcome: Exclude<Awaited<ReturnType<typeof assignAlert>>, { kind: 'nobody' }>,
): AlertUpdated | AlertActionRejected {
  if (outcome.kind === 'absent') return ABSENT;
  if (outcome.kind === 'revised')
    return {
      issues: [
        {
          path: 'revision',
          code: 'CONFLICT',
          message: `The alert has changed since: it is at revision ${outcome.revision}. Look at it and try again.`,
        },
      ],
    };
  return { alert: { id: outcome.id, state: outcome.state } };
}

function noteIssues(note: string | null | undefined): Issue[] {
  if (note === null || note === undefined) return [];
  if (note.length > MAX_NOTE)
    return [{ path: 'note', code: 'TOO_LONG', message: 'A note has at most 2,000 characters.' }];
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(note) || !note.isWellFormed();
  return forbidden ? [{ path: 'note', code: 'FORBIDDEN_CHARACTER', message: 'Leave out control characters.' }] : [];
}
