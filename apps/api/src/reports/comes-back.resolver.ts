import type { AgencyActor } from '@concord/access';
import type { Observation as Found } from '@concord/records';
import { countsOver } from '@concord/submission';
import { Inject } from '@nestjs/common';
import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import DataLoader from 'dataloader';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import type { RequestContext } from '../graphql/request-context.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { presentObservation } from './comes-back.presenter.js';
import { Observation } from './comes-back.types.js';
import { lookAround } from './look-around.js';
import type { PresentedReport } from './seizure-report.presenter.js';
import { SeizureReport, SeizureReportAccepted } from './seizure-report.types.js';

/** Of one request: those of a batch of 500 would take seconds. */
const MOST_REPORTS_ASKED = 20;
const DESCRIPTION = `What other records have in common with it that you may list, the most telling first: 30 days back, of the same substance. Looked for after the report is committed, and only where it is asked for. Null for an API key that does not read, for all but the first ${MOST_REPORTS_ASKED} reports of a request, and where it could not be looked for just now: the report stands.`;

interface Asked {
  readonly loader: DataLoader<string, readonly Found[] | null>;
  reports: number;
}

/** What Concord can say at once to whoever gave it a report. */
class ComesBack {
  readonly #asked = new WeakMap<RequestContext, Asked>();

  constructor(private readonly services: ApiServices) {}

  async of(actor: AgencyActor, context: RequestContext, recordId: string): Promise<Observation[] | null> {
    const over = countsOver(actor);
    if (over === null) return null;
    const asked = this.#asked.get(context) ?? { loader: this.#loader(actor, over === 'LISTED_RECORDS'), reports: 0 };
    this.#asked.set(context, asked);
    asked.reports += 1;
    if (asked.reports > MOST_REPORTS_ASKED) return null;
    return (await asked.loader.load(recordId))?.map(presentObservation) ?? null;
  }

  /** The reports of one request are one statement and one audit entry. What fails takes no receipt with it. */
  #loader(actor: AgencyActor, shared: boolean): Asked['loader'] {
    return new DataLoader(
      async (ids) => {
        try {
          const found = await lookAround(this.services, actor, ids, shared);
          return ids.map((id) => found.get(id) ?? []);
        } catch (err) {
          this.services.log.error({ err }, 'report.comes-back-failed');
          return ids.map(() => null);
        }
      },
      { cache: false, maxBatchSize: MOST_REPORTS_ASKED },
    );
  }
}

@Resolver(() => SeizureReportAccepted)
export class AcceptedComesBackResolver {
  readonly #comesBack: ComesBack;

  constructor(@Inject(API_SERVICES) services: ApiServices) {
    this.#comesBack = new ComesBack(services);
  }

  @ResolveField(() => [Observation], { nullable: true, description: DESCRIPTION })
  @Policy('report.submit')
  comesBack(
    @CurrentAgencyActor() actor: AgencyActor,
    @Context() context: RequestContext,
    @Parent() { record }: SeizureReportAccepted,
  ): Promise<Observation[] | null> {
    return this.#comesBack.of(actor, context, record.id);
  }
}

@Resolver(() => SeizureReport)
export class ReportComesBackResolver {
  readonly #comesBack: ComesBack;

  constructor(@Inject(API_SERVICES) services: ApiServices) {
    this.#comesBack = new ComesBack(services);
  }

  @ResolveField(() => [Observation], { nullable: true, description: DESCRIPTION })
  @Policy('report.read')
  comesBack(
    @CurrentAgencyActor() actor: AgencyActor,
    @Context() context: RequestContext,
    @Parent() { recordId }: PresentedReport,
  ): Promise<Observation[] | null> {
    return this.#comesBack.of(actor, context, recordId);
  }
}
