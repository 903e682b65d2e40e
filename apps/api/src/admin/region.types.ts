import { createUnionType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { Issue, PageInfo } from '../graphql/shared.types.js';
import { AdminRejected } from './admin.types.js';

@ObjectType({ description: 'Counties that are joined across states, such as a HIDTA’s. Its key is `region:<id>`.' })
@PresentedAs('directory')
export class Region {
  @Field(() => ID, { description: 'Small letters, digits and hyphens; never changed.' })
  id!: string;

  @Field({ description: 'Its name.' })
  name!: string;

  @Field(() => [String], { description: 'Five-digit FIPS codes, in order.' })
  countyFips!: readonly string[];

  @Field(() => Int, { description: 'Counts up with every change; send it back with one.' })
  version!: number;
}

@ObjectType({ description: 'One region of a page.' })
@PresentedAs('page')
export class RegionEdge {
  @Field({ description: 'Place in this list, for `after`.' })
  cursor!: string;

  @Field(() => Region, { description: 'The region.' })
  node!: Region;
}

@ObjectType({ description: 'Regions, by id.' })
@PresentedAs('page')
export class RegionConnection {
  @Field(() => [RegionEdge], { description: 'The page.' })
  edges!: RegionEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}

@InputType({ description: 'A new region.' })
export class CreateRegionInput {
  @Field(() => String, { nullable: true, description: 'Required: 1 to 60 small letters, digits and hyphens.' })
  id?: string | null;

  @Field(() => String, { nullable: true, description: 'Required, 1 to 200 characters.' })
  name?: string | null;

  @Field(() => [String], { nullable: true, description: 'Required: five-digit FIPS codes.' })
  countyFips?: string[] | null;
}

@InputType({ description: 'A change of a region. What is left out stays.' })
export class UpdateRegionInput {
  @Field(() => String, { nullable: true, description: 'Required: which region.' })
  id?: string | null;

  @Field(() => Int, { nullable: true, description: 'Required: the version that you saw.' })
  version?: number | null;

  @Field(() => String, { nullable: true, description: '1 to 200 characters.' })
  name?: string | null;

  @Field(() => [String], { nullable: true, description: 'Replaces the whole set.' })
  countyFips?: string[] | null;
}

@ObjectType({ description: 'It is there.' })
@PresentedAs('outcome')
export class RegionCreated {
  @Field(() => Region, { description: 'The region as it was stored.' })
  region!: Region;
}

@ObjectType({ description: 'It is changed.' })
@PresentedAs('outcome')
export class RegionUpdated {
  @Field(() => Region, { description: 'The region as it is now.' })
  region!: Region;

  @Field(() => [Issue], {
    description: 'What the change means for records that were released before: their audience is not computed again.',
  })
  warnings!: Issue[];
}

export const CreateRegionPayload = createUnionType({
  name: 'CreateRegionPayload',
  description: 'What became of a new region.',
  types: () => [RegionCreated, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : RegionCreated),
});

export const UpdateRegionPayload = createUnionType({
  name: 'UpdateRegionPayload',
  description: 'What became of a change of a region.',
  types: () => [RegionUpdated, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : RegionUpdated),
});
