import { createUnionType, Field, Int, ObjectType, OmitType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { CountedOverEnum, Issue, PrecisionEnum } from '../graphql/shared.types.js';
import { SeizureRecord } from '../records/seizure-record.types.js';
import { HoldReason, SeizureReportRejected } from './seizure-report.types.js';

@ObjectType({
  description: 'A record as a reader would get it, if it were submitted now. It has no id: nothing is stored.',
})
@PresentedAs('own-report')
export class PreviewedRecord extends OmitType(SeizureRecord, ['id', 'version', 'releasedAt'] as const, ObjectType) {}

@ObjectType({
  description:
    'How many released records somebody would have to choose from who knows from the news where and when it was, what and how much. At least so many: what you cannot list is not counted.',
})
@PresentedAs('listed-counts')
export class PreviewUniqueness {
  @Field(() => Int, {
    description:
      'Records, this one included, of which everything is true that this view tells of place, time, substances and quantities. Counted up to 1,000.',
  })
  alike!: number;

  @Field(() => Int, { description: 'Records, this one included, in the same place and time. Counted up to 1,000.' })
  of!: number;

  @Field({ description: 'The place and the time, as this view has them.' })
  within!: string;

  @Field({ description: 'What that means, in a sentence.' })
  message!: string;

  @Field(() => CountedOverEnum, { description: 'Which records were counted.' })
  countedOver!: string;
}

@ObjectType({ description: 'What one audience would see.' })
@PresentedAs('own-report')
export class PreviewedView {
  @Field({ description: 'Who would see it, in words.' })
  audience!: string;

  @Field(() => [String], { description: 'The keys that would open it; at COMMUNITY none yet.' })
  audienceKeys!: string[];

  @Field(() => PrecisionEnum, { description: 'How exactly.' })
  precision!: string;

  @Field(() => PreviewedRecord, { description: 'The view.' })
  record!: PreviewedRecord;

  @Field(() => String, {
    nullable: true,
    description: 'At COMMUNITY, how much it was: SMALL_OR_UNKNOWN, MEDIUM or LARGE. Null at other precisions.',
  })
  band!: string | null;

  @Field(() => PreviewUniqueness, {
    nullable: true,
    description:
      'How unique it would be there. Null at OWNER, whose readers have the report; at COMMUNITY, which is held back until there are enough; and to an API key that does not read.',
  })
  uniqueness!: PreviewUniqueness | null;

  @Field(() => String, { nullable: true, description: 'What it still waits for, besides the release.' })
  condition!: string | null;
}

@ObjectType({ description: 'What a submission of this input would be now. Nothing is stored.' })
@PresentedAs('outcome')
export class SeizureReportPreview {
  @Field(() => [PreviewedView], { description: 'One for each precision that somebody would open, finest first.' })
  views!: PreviewedView[];

  @Field(() => [HoldReason], { description: 'What a supervisor would have to decide on first, with the places.' })
  wouldBeHeld!: HoldReason[];

  @Field(() => [Issue], { description: 'What is odd about it and would not stop it.' })
  warnings!: Issue[];
}

export const PreviewSeizureReportPayload = createUnionType({
  name: 'PreviewSeizureReportPayload',
  description: 'What would become of a submission.',
  types: () => [SeizureReportPreview, SeizureReportRejected] as const,
  resolveType: (value: object) => ('issues' in value ? SeizureReportRejected : SeizureReportPreview),
});
