import { createUnionType, Field, ID, ObjectType } from '@nestjs/graphql';
import { AdminRejected } from '../admin/admin.types.js';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { AgencyLevelEnum, DangerSideEnum, PageInfo } from '../graphql/shared.types.js';

@ObjectType({
  description:
    'It is open to you until then, by its id and at PARTNER, if there is a released record of that id: this answer does not tell.',
})
@PresentedAs('outcome')
export class ImminentDangerOpened {
  @Field(() => ID, { description: 'Of the opening; whoever reviews names it.' })
  id!: string;

  @Field(() => ID, { description: 'As you gave it.' })
  recordId!: string;

  @Field({ description: 'When it began.' })
  openedAt!: Date;

  @Field({ description: 'When it closes by itself.' })
  until!: Date;
}

@ObjectType({ description: 'Your agency has reviewed it.' })
@PresentedAs('outcome')
export class ImminentDangerReviewed {
  @Field(() => ID, { description: 'Of the opening.' })
  id!: string;
}

@ObjectType({ description: 'The agency that opened a record.' })
@PresentedAs('danger')
export class DangerAgency {
  @Field(() => String, { nullable: true, description: 'Null for community partners.' })
  ori!: string | null;

  @Field({ description: 'Its name.' })
  name!: string;

  @Field(() => AgencyLevelEnum, { description: 'Its level.' })
  level!: string;
}

@ObjectType({ description: 'The supervisor who opened a record.' })
@PresentedAs('danger')
export class DangerOpener {
  @Field(() => ID, { description: 'In this deployment.' })
  id!: string;

  @Field({ description: 'The name as the directory has it.' })
  displayName!: string;
}

@ObjectType({ description: 'What your agency found when it looked.' })
@PresentedAs('danger')
export class DangerReview {
  @Field({ description: 'What was found.' })
  note!: string;

  @Field({ description: 'When.' })
  reviewedAt!: Date;
}

@ObjectType({ description: 'A record opened in imminent danger (28 CFR 23.20(f)(2)).' })
@PresentedAs('danger')
export class ImminentDangerOpening {
  @Field(() => ID, { description: 'Of the opening.' })
  id!: string;

  @Field(() => DangerSideEnum, { description: 'Whose it is, as you see it.' })
  side!: string;

  @Field(() => ID, { description: 'The id that was named. Whether there is such a record only its owner learns.' })
  recordId!: string;

  @Field(() => DangerAgency, { description: 'Whose supervisor it was.' })
  agency!: DangerAgency;

  @Field(() => DangerOpener, { description: 'Who it was.' })
  openedBy!: DangerOpener;

  @Field({ description: 'When it began.' })
  openedAt!: Date;

  @Field({ description: 'When it closes, or closed.' })
  until!: Date;

  @Field(() => String, { nullable: true, description: 'Why; null to auditors of other agencies.' })
  reason!: string | null;

  @Field(() => DangerReview, { nullable: true, description: 'Your agency’s own; null while it is waited for.' })
  review!: DangerReview | null;
}

@ObjectType({ description: 'One opening of a page.' })
@PresentedAs('danger')
export class ImminentDangerEdge {
  @Field({ description: 'Place in the list, for `after`.' })
  cursor!: string;

  @Field(() => ImminentDangerOpening, { description: 'The opening.' })
  node!: ImminentDangerOpening;
}

@ObjectType({ description: 'Openings in imminent danger, the newest first.' })
@PresentedAs('page')
export class ImminentDangerConnection {
  @Field(() => [ImminentDangerEdge], { description: 'The page.' })
  edges!: ImminentDangerEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}

export const OpenInImminentDangerPayload = createUnionType({
  name: 'OpenInImminentDangerPayload',
  description: 'What became of an opening.',
  types: () => [ImminentDangerOpened, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : ImminentDangerOpened),
});

export const ReviewImminentDangerPayload = createUnionType({
  name: 'ReviewImminentDangerPayload',
  description: 'What became of a review.',
  types: () => [ImminentDangerReviewed, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : ImminentDangerReviewed),
});
