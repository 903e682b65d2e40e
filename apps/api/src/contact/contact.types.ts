import { createUnionType, Field, ID, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { ContactStateEnum, Issue, PageInfo } from '../graphql/shared.types.js';

@ObjectType({ description: 'What the owner of a record answers to whoever asked.' })
@PresentedAs('contact')
export class ContactAnswer {
  @Field({ description: 'Its words.' })
  message!: string;

  @Field({ description: 'The day, YYYY-MM-DD, UTC. When on that day is not kept.' })
  on!: string;

  @Field(() => String, { nullable: true, description: 'Who the owner is; null where it did not name itself to you.' })
  agencyName!: string | null;

  @Field(() => String, { nullable: true, description: 'Null where the owner did not name itself, or gave none.' })
  phone!: string | null;
}

@ObjectType({ description: 'A request for contact that you made, through a record.' })
@PresentedAs('contact')
export class ContactRequest {
  @Field(() => ID, { description: 'Of the request.' })
  id!: string;

  @Field(() => ID, { description: 'The record; by now it may be out of your sight.' })
  recordId!: string;

  @Field({ description: 'When you asked.' })
  askedAt!: Date;

  @Field({ description: 'What you asked.' })
  message!: string;

  @Field(() => ContactStateEnum, { description: 'What has become of it.' })
  state!: string;

  @Field(() => ContactAnswer, { nullable: true, description: 'Null while it is open, and where the owner declined.' })
  answer!: ContactAnswer | null;
}

@ObjectType({ description: 'Who asks.' })
@PresentedAs('contact')
export class ContactAsker {
  @Field({ description: 'The agency in whose name they ask.' })
  agencyName!: string;

  @Field(() => String, { nullable: true, description: 'Of that agency.' })
  agencyOri!: string | null;

  @Field({ description: 'The name as the directory has it.' })
  personName!: string;
}

@ObjectType({ description: 'What your agency has answered.' })
@PresentedAs('contact')
export class GivenContactAnswer {
  @Field({ description: 'Its words.' })
  message!: string;

  @Field({ description: 'The day, YYYY-MM-DD, UTC.' })
  on!: string;

  @Field({ description: 'Whether your agency named itself to the asker.' })
  revealed!: boolean;
}

@ObjectType({ description: 'A request for contact that your agency got, through a record of its own.' })
@PresentedAs('contact')
export class ReceivedContactRequest {
  @Field(() => ID, { description: 'Of the request.' })
  id!: string;

  @Field(() => ID, { description: 'Your record.' })
  recordId!: string;

  @Field({ description: 'When they asked.' })
  askedAt!: Date;

  @Field(() => ContactAsker, { description: 'Who asks.' })
  asker!: ContactAsker;

  @Field({ description: 'What they ask.' })
  message!: string;

  @Field(() => ContactStateEnum, { description: 'What has become of it.' })
  state!: string;

  @Field(() => GivenContactAnswer, { nullable: true, description: 'Null while it is open, and where you declined.' })
  answer!: GivenContactAnswer | null;
}

@ObjectType({ description: 'One request of a page.' })
@PresentedAs('page')
export class ContactRequestEdge {
  @Field({ description: 'Place in the list, for `after`.' })
  cursor!: string;

  @Field(() => ContactRequest, { description: 'The request.' })
  node!: ContactRequest;
}

@ObjectType({ description: 'What you have asked, the newest first.' })
@PresentedAs('page')
export class ContactRequestConnection {
  @Field(() => [ContactRequestEdge], { description: 'The page.' })
  edges!: ContactRequestEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'One request of a page.' })
@PresentedAs('page')
export class ReceivedContactRequestEdge {
  @Field({ description: 'Place in the list, for `after`.' })
  cursor!: string;

  @Field(() => ReceivedContactRequest, { description: 'The request.' })
  node!: ReceivedContactRequest;
}

@ObjectType({ description: 'What others have asked your agency, the newest first.' })
@PresentedAs('page')
export class ReceivedContactRequestConnection {
  @Field(() => [ReceivedContactRequestEdge], { description: 'The page.' })
  edges!: ReceivedContactRequestEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'The owner has your request.' })
@PresentedAs('outcome')
export class ContactRequested {
  @Field(() => ID, { description: 'Of the request; `myContactRequests` has it.' })
  id!: string;

  @Field(() => ID, { description: 'As you gave it.' })
  recordId!: string;

  @Field({ description: 'You had asked this before, and the owner has yet to answer.' })
  duplicate!: boolean;
}

@ObjectType({ description: 'Your answer stands.' })
@PresentedAs('outcome')
export class ContactRequestAnswered {
  @Field(() => ID, { description: 'Of the request.' })
  id!: string;

  @Field(() => ContactStateEnum, { description: 'ANSWERED or DECLINED.' })
  state!: string;
}

@ObjectType({ description: 'Nothing was sent.' })
@PresentedAs('outcome')
export class ContactRejected {
  @Field(() => [Issue], { description: 'Every fault.' })
  issues!: Issue[];
}

export const RequestContactPayload = createUnionType({
  name: 'RequestContactPayload',
  description: 'What became of a request for contact.',
  types: () => [ContactRequested, ContactRejected] as const,
  resolveType: (value: object) => ('issues' in value ? ContactRejected : ContactRequested),
});

export const AnswerContactRequestPayload = createUnionType({
  name: 'AnswerContactRequestPayload',
  description: 'What became of an answer.',
  types: () => [ContactRequestAnswered, ContactRejected] as const,
  resolveType: (value: object) => ('issues' in value ? ContactRejected : ContactRequestAnswered),
});
