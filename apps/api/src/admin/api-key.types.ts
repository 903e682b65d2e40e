import { createUnionType, Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { ApiKeyCapabilityEnum, PageInfo, SharingEnum } from '../graphql/shared.types.js';
import { AdminRejected } from './admin.types.js';

@ObjectType({ description: 'What a machine of your agency signs in by. Its text was shown once and is kept nowhere.' })
@PresentedAs('own-agency')
export class ApiKey {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field({ description: 'The system that has it. Two keys of one name may live at once, so that it can be changed.' })
  name!: string;

  @Field({ description: 'What it begins with after `cck_`; no secret.' })
  prefix!: string;

  @Field(() => [ApiKeyCapabilityEnum], { description: 'What it is for, and nothing else.' })
  capabilities!: readonly string[];

  @Field(() => SharingEnum, { description: 'What it submits may be shared no more widely.' })
  widestSharing!: string;

  @Field(() => [String], { description: 'From where it may be used; empty: from anywhere.' })
  networks!: readonly string[];

  @Field(() => ID, { description: 'The person whose seat it acts from: it can do no more than this person may.' })
  personId!: string;

  @Field({ description: 'When it was made.' })
  createdAt!: Date;

  @Field({ description: 'When it ends by itself.' })
  expiresAt!: Date;

  @Field(() => Date, { nullable: true, description: 'To the minute; null: never.' })
  lastUsedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it was taken back; null: it was not.' })
  revokedAt!: Date | null;
}

@ObjectType({ description: 'One key of a page.' })
@PresentedAs('page')
export class ApiKeyEdge {
  @Field({ description: 'Send it back as `after` to go on from here.' })
  cursor!: string;

  @Field(() => ApiKey, { description: 'The key.' })
  node!: ApiKey;
}

@ObjectType({ description: 'A page of keys.' })
@PresentedAs('page')
export class ApiKeyConnection {
  @Field(() => [ApiKeyEdge], { description: 'Newest first.' })
  edges!: ApiKeyEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}

@InputType({ description: 'A new key.' })
export class CreateApiKeyInput {
  @Field(() => String, { nullable: true, description: 'Required: the system that gets it; at most 64 characters.' })
  name?: string | null;

  @Field(() => [ApiKeyCapabilityEnum], { nullable: true, description: 'Required: what it is for, at least one.' })
  capabilities?: string[] | null;

  @Field(() => SharingEnum, { nullable: true, description: 'Required. Your agreement still limits it.' })
  widestSharing?: string | null;

  @Field(() => String, { nullable: true, description: 'Required: ISO 8601 with an offset, at most 400 days ahead.' })
  expiresAt?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Addresses and networks such as `10.0.0.0/8`, at most 20; left out: from anywhere.',
  })
  networks?: string[] | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The person of your agency whose seat it acts from; left out: a service seat of your agency with the name of the key, which has the role SUBMITTER.',
  })
  personId?: string | null;
}

@ObjectType({ description: 'The key is made. Its text is in this answer and will never be shown again.' })
@PresentedAs('outcome')
export class ApiKeyCreated {
  @Field({ description: 'The whole text, for `Authorization: Bearer`. Keep it where your system keeps secrets.' })
  secret!: string;

  @Field(() => ApiKey, { description: 'The key as it is listed.' })
  key!: ApiKey;
}

@ObjectType({ description: 'The key opens nothing any more, from now on and everywhere.' })
@PresentedAs('outcome')
export class ApiKeyRevoked {
  @Field(() => ApiKey, { description: 'The key as it is now.' })
  key!: ApiKey;
}

export const CreateApiKeyPayload = createUnionType({
  name: 'CreateApiKeyPayload',
  description: 'What became of a new key.',
  types: () => [ApiKeyCreated, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : ApiKeyCreated),
});

export const RevokeApiKeyPayload = createUnionType({
  name: 'RevokeApiKeyPayload',
  description: 'What became of taking a key back.',
  types: () => [ApiKeyRevoked, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : ApiKeyRevoked),
});
