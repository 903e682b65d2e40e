import { createUnionType, Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { GraphQLScalarType } from 'graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { Issue, PageInfo } from '../graphql/shared.types.js';
import { SeizureReportRejected } from './seizure-report.types.js';

/** Answers only: a report is sent as SubmitSeizureReportInput. */
export const SavedReportInput = new GraphQLScalarType({
  name: 'SavedReportInput',
  description:
    'A report as it was saved: a JSON object in the form of `SubmitSeizureReportInput`, which may lack anything. It can be sent again as it is.',
  serialize: (value) => value,
});

@ObjectType({
  description:
    'A report that was begun and never submitted: yours alone, whole and sealed; colleagues, supervisors and admins do not see it. It is deleted when nobody has saved it for 90 days. A SeizureReport with status DRAFT is something else: it was submitted, held, and returned to your agency.',
})
@PresentedAs('own-draft')
export class SeizureReportDraft {
  @Field(() => ID, { description: 'Random.' })
  id!: string;

  @Field(() => Int, { description: 'Counts up with every save; send it back with the next.' })
  version!: number;

  @Field({ description: 'When it was begun.' })
  createdAt!: Date;

  @Field({ description: 'When it was last saved.' })
  savedAt!: Date;

  @Field(() => ID, {
    nullable: true,
    description: 'The report that it became; null while it is not submitted.',
  })
  reportId!: string | null;
}

@ObjectType({ description: 'One draft of a page.' })
@PresentedAs('own-draft')
export class SeizureReportDraftEdge {
  @Field({ description: 'Place in the list, for `after`.' })
  cursor!: string;

  @Field(() => SeizureReportDraft, { description: 'The draft.' })
  node!: SeizureReportDraft;
}

@ObjectType({ description: 'Your drafts at this agency, last saved first.' })
@PresentedAs('own-draft')
export class SeizureReportDraftConnection {
  @Field(() => [SeizureReportDraftEdge], { description: 'The page.' })
  edges!: SeizureReportDraftEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'Kept, sealed, for you alone.' })
@PresentedAs('outcome')
export class SeizureReportDraftSaved {
  @Field(() => SeizureReportDraft, { description: 'The draft as it stands.' })
  draft!: SeizureReportDraft;

  @Field(() => [Issue], { description: 'What would refuse it if it were submitted now; empty: nothing.' })
  missing!: Issue[];
}

@ObjectType({ description: 'It is gone.' })
@PresentedAs('outcome')
export class SeizureReportDraftDiscarded {
  @Field(() => ID, { description: 'Of the draft that there was.' })
  id!: string;
}

export const SaveSeizureReportDraftPayload = createUnionType({
  name: 'SaveSeizureReportDraftPayload',
  description: 'What became of a draft.',
  types: () => [SeizureReportDraftSaved, SeizureReportRejected] as const,
  resolveType: (value: object) => ('issues' in value ? SeizureReportRejected : SeizureReportDraftSaved),
});

export const DiscardSeizureReportDraftPayload = createUnionType({
  name: 'DiscardSeizureReportDraftPayload',
  description: 'What became of a draft that was to be discarded.',
  types: () => [SeizureReportDraftDiscarded, SeizureReportRejected] as const,
  resolveType: (value: object) => ('issues' in value ? SeizureReportRejected : SeizureReportDraftDiscarded),
});
