import { createUnionType, Field, GraphQLISODateTime, InputType, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { RoleEnum } from '../graphql/shared.types.js';
import { AdminRejected } from './admin.types.js';
import { Approval } from './approval.types.js';
import { Person } from './directory-person.types.js';
import { Membership } from './membership.types.js';

@InputType({ description: 'Who shall come, and what they will be.' })
export class InvitePersonInput {
  @Field({ description: 'As colleagues know the person; at most 200 characters.' })
  displayName!: string;

  @Field(() => [RoleEnum], { description: 'At least one.' })
  roles!: string[];

  @Field(() => String, {
    nullable: true,
    description: 'Absent: your own agency; for a system admin the deployment.',
  })
  agencyOri?: string | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'Absent: from the acceptance on.' })
  from?: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'Absent: without an end.' })
  until?: Date | null;
}

@ObjectType({ description: 'What the person needs, to be handed over by you.' })
@PresentedAs('outcome')
export class Invitation {
  @Field({ description: 'Shown here and never again; counts once. For `acceptInvitation`.' })
  code!: string;

  @Field({ description: 'Until when it can be accepted.' })
  expiresAt!: Date;
}

@ObjectType({ description: 'An invitation is made. The membership begins when it is accepted.' })
@PresentedAs('outcome')
export class PersonInvited {
  @Field(() => Person, { description: 'Who is meant.' })
  person!: Person;

  @Field(() => Invitation, { description: 'The code.' })
  invitation!: Invitation;

  @Field(() => Approval, {
    nullable: true,
    description: 'What a second person has to agree to before the membership begins; null: nothing.',
  })
  approval!: Approval | null;
}

export const InvitePersonPayload = createUnionType({
  name: 'InvitePersonPayload',
  description: 'What became of inviting somebody.',
  types: () => [PersonInvited, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : PersonInvited),
});

@ObjectType({ description: 'The code was good, and is used up.' })
@PresentedAs('outcome')
export class InvitationAccepted {
  @Field(() => Membership, {
    nullable: true,
    description: 'What you are now; null while a second person has to agree.',
  })
  membership!: Membership | null;
}

export const AcceptInvitationPayload = createUnionType({
  name: 'AcceptInvitationPayload',
  description: 'What became of a code.',
  types: () => [InvitationAccepted, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : InvitationAccepted),
});

@ObjectType({ description: 'Every seat of the person is over, from this moment on.' })
@PresentedAs('outcome')
export class PersonDisabled {
  @Field(() => Person, { description: 'Whose.' })
  person!: Person;
}

export const DisablePersonPayload = createUnionType({
  name: 'DisablePersonPayload',
  description: 'What became of disabling somebody.',
  types: () => [PersonDisabled, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : PersonDisabled),
});

@ObjectType({ description: 'The person has the seats again that are not over.' })
@PresentedAs('outcome')
export class PersonEnabled {
  @Field(() => Person, { description: 'Who.' })
  person!: Person;
}

export const EnablePersonPayload = createUnionType({
  name: 'EnablePersonPayload',
  description: 'What became of enabling somebody.',
  types: () => [PersonEnabled, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : PersonEnabled),
});
