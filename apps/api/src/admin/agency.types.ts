import { createUnionType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { AgencyLevelEnum, AgencyStatusEnum, PageInfo } from '../graphql/shared.types.js';
import { AdminRejected } from './admin.types.js';
import { ApprovalRequested } from './approval.types.js';

@ObjectType({ description: 'The places that an agency acts for: a set, which may be empty.' })
@PresentedAs('directory')
export class Jurisdiction {
  @Field({ description: 'The whole nation: FEDERAL agencies.' })
  nation!: boolean;

  @Field(() => [String], { description: 'Two-digit FIPS codes: STATE agencies.' })
  stateFips!: readonly string[];

  @Field(() => [String], { description: 'Five-digit FIPS codes: LOCAL and TRIBAL agencies.' })
  countyFips!: readonly string[];

  @Field(() => [String], { description: 'Names of tribes in small letters, digits and hyphens: TRIBAL agencies.' })
  tribes!: readonly string[];
}

@ObjectType({ description: 'Whom to call there.' })
@PresentedAs('directory')
export class AgencyPointOfContact {
  @Field(() => String, { nullable: true, description: 'A person or an office.' })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'A telephone number.' })
  phone!: string | null;

  @Field(() => String, { nullable: true, description: 'An e-mail address.' })
  email!: string | null;
}

@ObjectType({ description: 'The agency above another one.' })
@PresentedAs('directory')
export class ParentAgency {
  @Field(() => ID, { description: 'Random.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Its ORI.' })
  ori!: string | null;

  @Field({ description: 'Its name.' })
  name!: string;
}

@ObjectType({ description: 'An agency in the directory.' })
@PresentedAs('directory')
export class Agency {
  @Field(() => ID, { description: 'Random.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Nine characters; null for community partners.' })
  ori!: string | null;

  @Field({ description: 'Its name.' })
  name!: string;

  @Field(() => AgencyLevelEnum, { description: 'Its level.' })
  level!: string;

  @Field(() => AgencyStatusEnum, { description: 'Whether it takes part.' })
  status!: string;

  @Field(() => ParentAgency, { nullable: true, description: 'An agency of the same or a higher level; null: none.' })
  parent!: ParentAgency | null;

  @Field(() => Jurisdiction, { description: 'What it acts for. Under an agreement it reads what is shared there.' })
  jurisdiction!: Jurisdiction;

  @Field(() => Int, { description: 'Counts up with every change; send it back with one.' })
  version!: number;
}

@ObjectType({ description: 'One agency of a page.' })
@PresentedAs('page')
export class AgencyEdge {
  @Field({ description: 'Place in this list, for `after`.' })
  cursor!: string;

  @Field(() => Agency, { description: 'The agency.' })
  node!: Agency;
}

@ObjectType({ description: 'Agencies that take part, by name.' })
@PresentedAs('page')
export class AgencyConnection {
  @Field(() => [AgencyEdge], { description: 'The page.' })
  edges!: AgencyEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}

@InputType({ description: 'Places. Those that do not fit the level are refused.' })
export class JurisdictionInput {
  @Field(() => Boolean, { nullable: true, description: 'True for FEDERAL agencies, and for no other.' })
  nation?: boolean | null;

  @Field(() => [String], { nullable: true, description: 'Two-digit FIPS codes, for STATE agencies.' })
  stateFips?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Five-digit FIPS codes, for LOCAL and TRIBAL agencies.' })
  countyFips?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'For TRIBAL agencies: small letters, digits and hyphens, such as tohono-oodham.',
  })
  tribes?: string[] | null;
}

@InputType({ description: 'Whom to call there.' })
export class AgencyContactInput {
  @Field(() => String, { nullable: true, description: 'A person or an office, at most 200 characters.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'A telephone number, such as +1 619 555 0101.' })
  phone?: string | null;

  @Field(() => String, { nullable: true, description: 'An e-mail address.' })
  email?: string | null;
}

/** Nullable like the input of a submission: validation answers with every fault at once. */
@InputType({ description: 'A new agency.' })
export class CreateAgencyInput {
  @Field(() => String, {
    nullable: true,
    description: 'Required, but for COMMUNITY partners: nine characters (NCIC), such as CA0371100.',
  })
  ori?: string | null;

  @Field(() => String, { nullable: true, description: 'Required, 1 to 200 characters.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Required: FEDERAL STATE LOCAL TRIBAL COMMUNITY.' })
  level?: string | null;

  @Field(() => JurisdictionInput, { nullable: true, description: 'Required: at least one place that fits the level.' })
  jurisdiction?: JurisdictionInput | null;

  @Field(() => String, { nullable: true, description: 'ORI of an agency of the same or a higher level.' })
  parentOri?: string | null;

  @Field(() => AgencyContactInput, { nullable: true, description: 'Whom to call there.' })
  contact?: AgencyContactInput | null;
}

@InputType({ description: 'A change of an agency. What is left out stays; what is null is taken away.' })
export class UpdateAgencyInput {
  @Field(() => String, { nullable: true, description: 'Required: which agency. An ORI itself does not change.' })
  ori?: string | null;

  @Field(() => Int, { nullable: true, description: 'Required: the version that you saw.' })
  version?: number | null;

  @Field(() => String, { nullable: true, description: '1 to 200 characters.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'FEDERAL STATE LOCAL TRIBAL.' })
  level?: string | null;

  @Field(() => JurisdictionInput, { nullable: true, description: 'Replaces the whole set.' })
  jurisdiction?: JurisdictionInput | null;

  @Field(() => String, { nullable: true, description: 'ORI of an agency of the same or a higher level; null: none.' })
  parentOri?: string | null;

  @Field(() => AgencyContactInput, { nullable: true, description: 'Whom to call there.' })
  contact?: AgencyContactInput | null;
}

@InputType({ description: 'Whom to call at your own agency.' })
export class UpdateAgencyContactInput {
  @Field(() => Int, { nullable: true, description: 'Required: the version of the agency that you saw.' })
  version?: number | null;

  @Field(() => AgencyContactInput, {
    nullable: true,
    description: 'Required. What is left out of it stays; what is null is taken away, all of it by null in its place.',
  })
  contact?: AgencyContactInput | null;
}

@ObjectType({ description: 'It is in the directory.' })
@PresentedAs('outcome')
export class AgencyCreated {
  @Field(() => Agency, { description: 'The agency as it was stored.' })
  agency!: Agency;
}

@ObjectType({ description: 'It is changed.' })
@PresentedAs('outcome')
export class AgencyUpdated {
  @Field(() => Agency, { description: 'The agency as it is now.' })
  agency!: Agency;
}

export const CreateAgencyPayload = createUnionType({
  name: 'CreateAgencyPayload',
  description: 'What became of a new agency.',
  types: () => [AgencyCreated, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : AgencyCreated),
});

export const UpdateAgencyPayload = createUnionType({
  name: 'UpdateAgencyPayload',
  description: 'What became of a change of an agency.',
  types: () => [AgencyUpdated, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : AgencyUpdated),
});

export const LeaveAgencyPayload = createUnionType({
  name: 'LeaveAgencyPayload',
  description: 'What became of asking that an agency leaves.',
  types: () => [ApprovalRequested, AdminRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AdminRejected : ApprovalRequested),
});
