import { createUnionType, Field, GraphQLISODateTime, ID, InputType, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { AgencyLevelEnum, PageInfo, RoleEnum } from '../graphql/shared.types.js';
import { AdminRejected } from './admin.types.js';
import { ApprovalRequested } from './approval.types.js';
import { Person } from './directory-person.types.js';

@ObjectType({ description: 'The agency of a membership.' })
@PresentedAs('administered')
export class MembershipAgency {
  @Field(() => String, { nullable: true, description: 'Nine characters; null for community partners.' })
  ori!: string | null;

  @Field({ description: 'Its name.' })
  name!: string;

  @Field(() => AgencyLevelEnum, { description: 'Its level.' })
  level!: string;
}

@ObjectType({ description: 'Somebody’s place in one agency. History: it changes once, when it ends.' })
@PresentedAs('administered')
export class Membership {
  @Field(() => ID, { description: 'Of the membership.' })
  id!: string;

  @Field(() => Person, { description: 'Whose it is.' })
  person!: Person;

  @Field(() => MembershipAgency, { nullable: true, description: 'Null: the deployment, for a system admin.' })
  agency!: MembershipAgency | null;

  @Field(() => [RoleEnum], { description: 'What it allows; several memberships add up.' })
  roles!: readonly string[];

  @Field({ description: 'From when.' })
  from!: Date;

  @Field(() => Date, { nullable: true, description: 'Until when; null: without an end.' })
  until!: Date | null;
}

@ObjectType({ description: 'A membership in a list.' })
@PresentedAs('page')
export class MembershipEdge {
  @Field({ description: 'Its place; send it back as `after`.' })
  cursor!: string;

  @Field(() => Membership, { description: 'The membership.' })
  node!: Membership;
}

@ObjectType({ description: 'Memberships in the order in which they were granted.' })
@PresentedAs('page')
export class MembershipConnection {
  @Field(() => [MembershipEdge], { description: 'This page.' })
  edges!: MembershipEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}

@InputType({ description: 'Which roles, for whom, where and how long.' })
export class GrantRoleInput {
  @Field(() => ID, { description: 'Somebody who has accepted an invitation.' })
  personId!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Absent: your own agency; for a system admin the deployment.',
  })
  agencyOri?: string | null;

  @Field(() => [RoleEnum], { description: 'At least one.' })
  roles!: string[];

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'Absent: from now on.' })
  from?: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'Absent: without an end.' })
  until?: Date | null;
}

@ObjectType({ description: 'The roles are given.' })
@PresentedAs('outcome')
export class RoleGranted {
  @Field(() => Membership, { description: 'The new membership.' })
  membership!: Membership;
}

export const GrantRolePayload = createUnionType({
  name: 'GrantRolePayload',
  description: 'What became of giving roles.',
  types: () => [RoleGranted, ApprovalRequested, AdminRejected] as const,
  resolveType: (value: object) =>
    'issues' in value ? AdminRejected : 'approval' in value ? ApprovalRequested : RoleGranted,
});

@ObjectType({ description: 'It is over, from this moment on.' })
@PresentedAs('outcome')
export class MembershipEnded {
  @Field(() => Membership, { description: 'With its end.' })
  membership!: Membership;
}

export const EndMembershipPayload = createUnionType({
  name: 'EndMembershipPayload',
  description: 'What became of ending a membership.',
  types: () => [MembershipEnded, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : MembershipEnded),
});
