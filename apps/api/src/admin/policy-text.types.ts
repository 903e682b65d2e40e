import { createUnionType, Field, InputType, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { AdminRejected } from './admin.types.js';

@ObjectType({ description: 'A version of the policy text that the agencies of this deployment work under.' })
@PresentedAs('agreement')
export class PolicyText {
  @Field(() => Int, { description: 'Counted from 1.' })
  version!: number;

  @Field({ description: 'The text.' })
  text!: string;

  @Field({ description: 'SHA-256 of the text as UTF-8.' })
  digest!: string;

  @Field({ description: 'From then on an agency that has not accepted it sees its own records only.' })
  effectiveFrom!: Date;
}

@ObjectType({ description: 'The newest policy text, and where your agency stands with it.' })
@PresentedAs('self')
export class MyPolicy {
  @Field(() => Int, { description: 'Counted from 1.' })
  version!: number;

  @Field({ description: 'The text.' })
  text!: string;

  @Field({ description: 'SHA-256 of the text as UTF-8.' })
  digest!: string;

  @Field({ description: 'From then on it has to be accepted.' })
  effectiveFrom!: Date;

  @Field({ description: 'Your agency has accepted this version. False for a system admin, who has no agency.' })
  accepted!: boolean;

  @Field(() => Date, { nullable: true, description: 'When its admin did.' })
  acceptedAt!: Date | null;

  @Field({
    description: 'A text that is in force was not accepted: what others share is closed to your agency until it is.',
  })
  closed!: boolean;
}

@InputType({ description: 'The next version of the policy text.' })
export class PublishPolicyTextInput {
  @Field(() => String, { nullable: true, description: 'Required: at most 100,000 characters.' })
  text?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'A date or an instant, 7 days from now or later, so that agencies have time; 30 days if left out.',
  })
  effectiveFrom?: string | null;
}

@ObjectType({ description: 'It is published, or was already.' })
@PresentedAs('outcome')
export class PolicyTextPublished {
  @Field(() => PolicyText, { description: 'As it is published.' })
  policyText!: PolicyText;
}

@ObjectType({ description: 'Your agency has accepted it.' })
@PresentedAs('outcome')
export class PolicyAccepted {
  @Field(() => MyPolicy, { description: 'Where your agency stands now.' })
  policy!: MyPolicy;
}

export const PublishPolicyTextPayload = createUnionType({
  name: 'PublishPolicyTextPayload',
  description: 'What became of a policy text.',
  types: () => [PolicyTextPublished, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : PolicyTextPublished),
});

export const AcceptPolicyPayload = createUnionType({
  name: 'AcceptPolicyPayload',
  description: 'What became of an acceptance.',
  types: () => [PolicyAccepted, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : PolicyAccepted),
});
