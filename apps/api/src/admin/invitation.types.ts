import { createUnionType, Field, ID, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { PageInfo, RoleEnum } from '../graphql/shared.types.js';
import { AdminRejected } from './admin.types.js';
import { Person } from './directory-person.types.js';
import { MembershipAgency } from './membership.types.js';

@ObjectType({ description: 'An invitation that can still be accepted. Its code is nowhere.' })
@PresentedAs('administered')
export class OpenInvitation {
  @Field(() => ID, { description: 'Of the invitation.' })
  id!: string;

  @Field(() => Person, { description: 'Who is meant, as the name was given.' })
  person!: Person;

  @Field(() => MembershipAgency, { nullable: true, description: 'Where to; null: the deployment.' })
  agency!: MembershipAgency | null;

  @Field(() => [RoleEnum], { description: 'What the person will be.' })
  roles!: readonly string[];

  @Field({ description: 'The membership begins with the acceptance, and not before this.' })
  from!: Date;

  @Field(() => Date, { nullable: true, description: 'Until when the membership is to last; null: without an end.' })
  until!: Date | null;

  @Field(() => Person, { description: 'Who asked for it.' })
  invitedBy!: Person;

  @Field({ description: 'When it was made.' })
  invitedAt!: Date;

  @Field({ description: 'Until when it can be accepted.' })
  expiresAt!: Date;
}

@ObjectType({ description: 'An invitation in a list.' })
@PresentedAs('page')
export class OpenInvitationEdge {
  @Field({ description: 'Its place; send it back as `after`.' })
  cursor!: string;

  @Field(() => OpenInvitation, { description: 'The invitation.' })
  node!: OpenInvitation;
}

@ObjectType({ description: 'Open invitations, newest first.' })
@PresentedAs('page')
export class OpenInvitationConnection {
  @Field(() => [OpenInvitationEdge], { description: 'This page.' })
  edges!: OpenInvitationEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'The code is good for nobody from this moment on.' })
@PresentedAs('outcome')
export class InvitationWithdrawn {
  @Field(() => Person, { description: 'Who was meant.' })
  person!: Person;
}

export const WithdrawInvitationPayload = createUnionType({
  name: 'WithdrawInvitationPayload',
  description: 'What became of withdrawing an invitation.',
  types: () => [InvitationWithdrawn, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : InvitationWithdrawn),
});
