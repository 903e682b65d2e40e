import type { AgencyActor } from '@concord/access';
import { auditEntry } from '@concord/audit';
import { notFound } from '@concord/platform/errors';
import { isId } from '@concord/platform/ids';
import {
  asActor,
  findOwnReport,
  findOwnReports,
  type OwnReport,
  type PersistOutcome,
  type ReportStatus,
} from '@concord/records';
import { submitReport } from '@concord/submission';
import { Inject } from '@nestjs/common';
import { Args, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { decodeCursor, encodeCursor, pageSize, toPage } from '../graphql/paging.js';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { SeizureReportStatusEnum } from '../graphql/shared.types.js';
import { bookRefusedRead } from '../records/record.loader.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { SubmitSeizureReportInput } from './submit-seizure-report.input.js';
import {
  SeizureReport,
  SeizureReportConnection,
  SubmitSeizureReportPayload,
  type SeizureReportAccepted,
  type SeizureReportRejected,
} from './seizure-report.types.js';

const CURSOR = 'report';

/** The presented report, with what its narrative is opened from. */
interface PresentedReport extends SeizureReport {
  readonly sealed: { readonly agencyId: string; readonly narrative: Buffer | null };
}

@Resolver(() => SeizureReport)
export class SeizureReportResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Mutation(() => SubmitSeizureReportPayload, {
    description:
      'Submits a report. Accepted means committed; sending it again under the same reference is safe. A refusal lists every fault at once and stores nothing.',
  })
  @Policy('report.submit')
  async submitSeizureReport(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('input', { type: () => SubmitSeizureReportInput }) input: SubmitSeizureReportInput,
  ): Promise<SeizureReportAccepted | SeizureReportRejected> {
    const outcome = await submitReport(this.services, actor, input);
    if (outcome.kind === 'rejected') {
      this.services.metrics.reportRefused(outcome.issues);
      return { issues: [...outcome.issues] };
    }
    this.services.metrics.reportAccepted(outcome.duplicate);
    const { stored } = outcome;
    return {
      duplicate: outcome.duplicate,
      receipt: receiptOf(stored),
      warnings: [...outcome.warnings],
      report: {
        id: stored.reportId,
        submitterReference: (input.submitterReference ?? '').normalize('NFC').trim(),
        status: stored.status,
        version: stored.version,
      },
      record: { id: stored.recordId, version: stored.version, precision: 'OWNER', tlp: outcome.tlp },
    };
  }

  @Query(() => SeizureReport, {
    nullable: true,
    description: "A report of your own agency, whole. NOT_FOUND for everybody else's.",
  })
  @Policy('report.read')
  async seizureReport(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<PresentedReport> {
    const report = isId(id)
      ? await asActor(this.services.db, { personId: actor.personId, agencyId: actor.agency.id }, (tx) =>
          findOwnReport(tx, id),
        )
      : null;
    if (report === null) {
      await bookRefusedRead(this.services, actor, 'report', id);
      throw notFound();
    }
    await this.#book(actor, 'report.read', [report]);
    return presentReport(report);
  }

  @Query(() => SeizureReportConnection, { description: 'Reports of your own agency, newest submission first.' })
  @Policy('report.read')
  async mySeizureReports(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('status', { type: () => [SeizureReportStatusEnum], nullable: true }) status: ReportStatus[] | null,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: '1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null,
  ): Promise<SeizureReportConnection> {
    const size = pageSize(first);
    const place = decodeCursor(CURSOR, after);
    const position = place === null ? null : { submittedAt: place.at, id: place.id };
    const found = await asActor(this.services.db, { personId: actor.personId, agencyId: actor.agency.id }, (tx) =>
      findOwnReports(tx, actor.agency.id, status ?? null, size + 1, position),
    );
    await this.#book(
      actor,
      'report.list',
      found.slice(0, size).map(({ report }) => report),
    );
    return toPage(found, size, ({ report, position: at }) => ({
      cursor: encodeCursor(CURSOR, { at: at.submittedAt, id: at.id }),
      node: presentReport(report),
    }));
  }

  @ResolveField(() => String, {
    nullable: true,
    description: 'Opened for your agency alone; every opening is on the books.',
  })
  @Policy('report.read')
  async narrative(@CurrentAgencyActor() actor: AgencyActor, @Parent() report: PresentedReport): Promise<string | null> {
    const { narrative, agencyId } = report.sealed;
    if (narrative === null || agencyId !== actor.agency.id) return null;
    await this.#book(actor, 'report.narrative.open', [{ id: report.id, version: report.version }]);
    const opened = await this.services.keyHolder.open(narrative, {
      agencyId,
      table: 'seizure_report',
      column: 'sealed_narrative',
      rowId: report.id,
    });
    return opened.toString('utf8');
  }

  async #book(
    actor: AgencyActor,
    action: string,
    reports: readonly Pick<OwnReport, 'id' | 'version'>[],
  ): Promise<void> {
    await this.services.ledger.book(
      auditEntry({
        at: this.services.clock.now(),
        personId: actor.personId,
        agencyId: actor.agency.id,
        roles: [...actor.roles],
        action,
        outcome: 'DONE',
        purpose: actor.purpose,
        subjects: reports.map((report) => ({ kind: 'report', id: report.id, version: report.version })),
      }),
    );
  }
}

/** Which report, which version, which content: enough to prove what was received. */
const receiptOf = (stored: PersistOutcome): string =>
  `${stored.reportId}:${stored.version}:${stored.contentDigest.slice(0, 19)}`;

function presentReport(report: OwnReport): PresentedReport {
  const { content } = report;
  return {
    id: report.id,
    submitterReference: report.submitterReference,
    status: report.status,
    version: report.version,
    occurredAt: report.occurredAt,
    sharing: report.sharing,
    tlp: report.tlp,
    releaseAfter: report.releaseAfter,
    submittedAt: report.submittedAt,
    synthetic: report.synthetic,
    place: {
      latitude: content.place.latitude,
      longitude: content.place.longitude,
      countyFips: content.place.countyFips,
      setting: content.place.setting,
      portOfEntry: content.place.portOfEntry,
    },
    substances: content.substances.map((substance) => ({
      deaCode: substance.deaCode,
      name: substance.name,
      category: substance.category,
      form: substance.form,
      quantity: substance.quantity,
      unit: substance.unit,
      milligrams: substance.milligrams === null ? null : Number(substance.milligrams),
      laboratoryStatus: substance.laboratoryStatus,
    })),
    sealed: { agencyId: report.agencyId, narrative: report.sealedNarrative },
  };
}
