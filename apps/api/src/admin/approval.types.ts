import { createUnionType, Field, ID, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { ApprovalNeedsEnum, ApprovalStateEnum, PageInfo } from '../graphql/shared.types.js';
import { AdminRejected } from './admin.types.js';
import { Person } from './directory-person.types.js';

@ObjectType({ description: 'What one person has asked for and a second one decides.' })
@PresentedAs('administered')
export class Approval {
  @Field(() => ID, { description: 'Of the request.' })
  id!: string;

  @Field({ description: 'What is asked for, such as `role.grant`.' })
  kind!: string;

  @Field(() => ApprovalStateEnum, { description: 'Where it stands.' })
  state!: string;

  @Field(() => ApprovalNeedsEnum, {
    description: 'Who may decide at this moment; never whoever asked, in whichever seat.',
  })
  needs!: string;

  @Field({ description: 'What would be done, as it was when it was asked for.' })
  summary!: string;

  @Field(() => Person, { description: 'Who asked.' })
  requestedBy!: Person;

  @Field({ description: 'When it was asked for.' })
  requestedAt!: Date;

  @Field({ description: 'Until when it can be decided.' })
  expiresAt!: Date;

  @Field(() => Person, { nullable: true, description: 'Who decided; null while nobody has.' })
  decidedBy!: Person | null;

  @Field(() => Date, { nullable: true, description: 'When it was decided; null while nobody has.' })
  decidedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'What whoever decided wrote.' })
  note!: string | null;
}

@ObjectType({ description: 'A request in a list.' })
@PresentedAs('page')
export class ApprovalEdge {
  @Field({ description: 'Its place; send it back as `after`.' })
  cursor!: string;

  @Field(() => Approval, { description: 'The request.' })
  node!: Approval;
}

@ObjectType({ description: 'Requests, newest first.' })
@PresentedAs('page')
export class ApprovalConnection {
  @Field(() => [ApprovalEdge], { description: 'This page.' })
  edges!: ApprovalEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'Nothing was changed yet: a second person decides.' })
@PresentedAs('outcome')
export class ApprovalRequested {
  @Field(() => Approval, { description: 'What waits.' })
  approval!: Approval;
}

@ObjectType({ description: 'It is decided; what was approved is done.' })
@PresentedAs('outcome')
export class ApprovalDecided {
  @Field(() => Approval, { description: 'As it stands now.' })
  approval!: Approval;
}

export const DecideApprovalPayload = createUnionType({
  name: 'DecideApprovalPayload',
  description: 'What became of a decision.',
  types: () => [ApprovalDecided, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : ApprovalDecided),
});
