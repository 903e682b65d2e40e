import type { AgencyActor } from '@concord/access';
import { notFound } from '@concord/platform/errors';
import { isId } from '@concord/platform/ids';
import { asActor, findReportDraft, findReportDrafts, type ReportDraft } from '@concord/records';
import {
  copyReportToDraft,
  discardReportDraft,
  openReportDraft,
  saveReportDraft,
  submitReportDraft,
  type SaveDraftOutcome,
  type SubmittedReport,
} from '@concord/submission';
import { Inject } from '@nestjs/common';
import { Args, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { bookRefusedAct } from '../admin/admin-acts.js';
import { decodeCursor, encodeCursor, pageSize, toPage } from '../graphql/paging.js';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import {
  DiscardSeizureReportDraftPayload,
  SavedReportInput,
  SaveSeizureReportDraftPayload,
  SeizureReportDraft,
  SeizureReportDraftConnection,
  type SeizureReportDraftDiscarded,
  type SeizureReportDraftSaved,
} from './report-draft.types.js';
import { presentSubmission } from './seizure-report.presenter.js';
import {
  SubmitSeizureReportPayload,
  type SeizureReportAccepted,
  type SeizureReportHeld,
  type SeizureReportRejected,
} from './seizure-report.types.js';
import { SubmitSeizureReportInput } from './submit-seizure-report.input.js';

const CURSOR = 'report-draft';
const VERSION =
  'The version that you have read; if the draft has moved on, the answer is CONFLICT and names where it is.';
const NO_DRAFT: SeizureReportRejected = {
  issues: [{ path: 'id', code: 'NOT_FOUND', message: 'No draft of yours at this agency has this id.' }],
};
const NO_REPORT: SeizureReportRejected = {
  issues: [{ path: 'id', code: 'NOT_FOUND', message: 'No report of your agency has this id.' }],
};

/** The draft that is presented, with what its text is opened from. */
interface PresentedDraft extends SeizureReportDraft {
  readonly sealed: Buffer | null;
}

/** What somebody has begun and not submitted: theirs alone. */
@Resolver(() => SeizureReportDraft)
export class ReportDraftResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Mutation(() => SaveSeizureReportDraftPayload, {
    description:
      'Keeps a report that may lack anything, whole and sealed, for you alone; says what it would still be refused for. Without `id` it begins a draft, of which a person keeps 200; with `id` it replaces what the draft said, or with `version: 0` begins one under that id, a random UUID of yours: sent again it is the same draft. Uses up no reference.',
  })
  @Policy('report.draft')
  async saveSeizureReportDraft(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('input', { type: () => SubmitSeizureReportInput }) input: SubmitSeizureReportInput,
    @Args('id', {
      type: () => ID,
      nullable: true,
      description: 'The draft to replace, or to begin; absent: a new one.',
    })
    id: string | null,
    @Args('version', {
      type: () => Int,
      nullable: true,
      description: `Required with \`id\`; 0 begins a draft under it. ${VERSION}`,
    })
    version: number | null,
  ): Promise<SeizureReportDraftSaved | SeizureReportRejected> {
    const outcome =
      (id ?? null) === null || isId(id ?? '')
        ? await saveReportDraft(this.services, actor, { input, id: id ?? null, version: version ?? null })
        : { kind: 'absent' as const };
    if (outcome.kind !== 'absent') return presentSaved(outcome);
    await bookRefusedAct(this.services, actor, 'report-draft.save', { kind: 'report-draft', id: id ?? '' });
    return NO_DRAFT;
  }

  @Mutation(() => SaveSeizureReportDraftPayload, {
    description:
      'Begins a draft with what the next report of the same kind has in common with one of your agency’s: county, setting, port; substances with form and unit; concealment, conveyance, packaging; the parts people had; sharing and task forces. Not its reference, time, point, quantities, purity, laboratory, signatures, adulterants, route, people otherwise, identifiers, source, narrative or remarks, which would be false of another seizure.',
  })
  @Policy('report.draft')
  async copySeizureReport(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID, description: 'The report to copy.' }) id: string,
  ): Promise<SeizureReportDraftSaved | SeizureReportRejected> {
    const outcome = isId(id) ? await copyReportToDraft(this.services, actor, id) : { kind: 'absent' as const };
    if (outcome.kind !== 'absent') return presentSaved(outcome);
    await bookRefusedAct(this.services, actor, 'report.copy', { kind: 'report', id });
    return NO_REPORT;
  }

  @Mutation(() => SubmitSeizureReportPayload, {
    description:
      'Submits what the draft says, exactly as `submitSeizureReport` would. When it is accepted or held the draft’s text is gone in the same transaction; sent again it answers with the same report.',
  })
  @Policy('report.draft')
  async submitSeizureReportDraft(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
    @Args('version', { type: () => Int, description: VERSION }) version: number,
  ): Promise<SeizureReportAccepted | SeizureReportHeld | SeizureReportRejected> {
    const outcome = isId(id)
      ? await submitReportDraft(this.services, actor, { id, version })
      : { kind: 'absent' as const };
    if (outcome.kind !== 'absent')
      return presentSubmission(this.services, outcome, outcome.kind === 'rejected' ? '' : outcome.submitterReference);
    await bookRefusedAct(this.services, actor, 'report-draft.submit', { kind: 'report-draft', id });
    return NO_DRAFT;
  }

  @Mutation(() => DiscardSeizureReportDraftPayload, { description: 'Deletes a draft of yours for good.' })
  @Policy('report.draft')
  async discardSeizureReportDraft(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<SeizureReportDraftDiscarded | SeizureReportRejected> {
    const outcome = isId(id) ? await discardReportDraft(this.services, actor, id) : { kind: 'absent' as const };
    if (outcome.kind === 'discarded') return { id };
    await bookRefusedAct(this.services, actor, 'report-draft.discard', { kind: 'report-draft', id });
    return NO_DRAFT;
  }

  @Query(() => SeizureReportDraftConnection, {
    description: 'What you have begun at this agency and not submitted, last saved first.',
  })
  @Policy('report.draft')
  async seizureReportDrafts(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: '1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null,
  ): Promise<SeizureReportDraftConnection> {
    const size = pageSize(first);
    const place = decodeCursor(CURSOR, after);
    const as = { personId: actor.personId, agencyId: actor.agency.id };
    const found = await asActor(this.services.db, as, (tx) =>
      findReportDrafts(tx, as, size + 1, place === null ? null : { savedAt: place.at, id: place.id }),
    );
    return toPage(found, size, ({ draft, position }) => ({
      cursor: encodeCursor(CURSOR, { at: position.savedAt, id: position.id }),
      node: presentDraft(draft),
    }));
  }

  @Query(() => SeizureReportDraft, {
    nullable: true,
    description: 'A draft of yours at this agency. NOT_FOUND for everybody else’s.',
  })
  @Policy('report.draft')
  async seizureReportDraft(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<PresentedDraft> {
    const as = { personId: actor.personId, agencyId: actor.agency.id };
    const draft = isId(id) ? await asActor(this.services.db, as, (tx) => findReportDraft(tx, id)) : null;
    if (draft !== null) return presentDraft(draft);
    await bookRefusedAct(this.services, actor, 'report-draft.read', { kind: 'report-draft', id });
    throw notFound();
  }

  @ResolveField(() => SavedReportInput, {
    nullable: true,
    description: 'What it says, whole; null once it was submitted. Every opening is on the books.',
  })
  @Policy('report.draft')
  input(@CurrentAgencyActor() actor: AgencyActor, @Parent() draft: PresentedDraft): Promise<SubmittedReport | null> {
    return openReportDraft(this.services, actor, draft);
  }
}

const presentDraft = ({ id, version, createdAt, savedAt, reportId, sealed }: ReportDraft): PresentedDraft => ({
  ...{ id, version, createdAt, savedAt, reportId, sealed },
});

function presentSaved(
  outcome: Exclude<SaveDraftOutcome, { readonly kind: 'absent' }>,
): SeizureReportDraftSaved | SeizureReportRejected {
  if (outcome.kind === 'rejected') return { issues: [...outcome.issues] };
  return { draft: presentDraft(outcome.draft), missing: [...outcome.missing] };
}
