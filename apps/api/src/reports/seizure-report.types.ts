import { createUnionType, Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import {
  AffiliationEnum,
  CitizenshipEnum,
  ConcealmentEnum,
  ConveyanceEnum,
  FormEnum,
  Issue,
  LaboratoryStatusEnum,
  PageInfo,
  PersonRoleEnum,
  PrecisionEnum,
  SeizureReportStatusEnum,
  SettingEnum,
  SharingEnum,
  SubstanceCategoryEnum,
  TlpEnum,
  UnitEnum,
} from '../graphql/shared.types.js';

@ObjectType({ description: 'Where it was, as reported.' })
@PresentedAs('own-report')
export class ReportPlace {
  @Field(() => Float, { nullable: true })
  latitude!: number | null;

  @Field(() => Float, { nullable: true })
  longitude!: number | null;

  @Field({ description: 'Five-digit FIPS code.' })
  countyFips!: string;

  @Field(() => SettingEnum)
  setting!: string;

  @Field(() => String, { nullable: true })
  portOfEntry!: string | null;
}

@ObjectType({ description: 'One substance, as reported.' })
@PresentedAs('own-report')
export class ReportSubstance {
  @Field(() => String, { nullable: true })
  deaCode!: string | null;

  @Field()
  name!: string;

  @Field(() => SubstanceCategoryEnum)
  category!: string;

  @Field(() => FormEnum)
  form!: string;

  @Field(() => Float, { nullable: true, description: 'The number as submitted, in `unit`.' })
  quantity!: number | null;

  @Field(() => UnitEnum, { nullable: true })
  unit!: string | null;

  @Field(() => Float, { nullable: true, description: 'Whole milligrams, only where the unit is a weight.' })
  milligrams!: number | null;

  @Field(() => LaboratoryStatusEnum)
  laboratoryStatus!: string;

  @Field(() => Float, { nullable: true, description: '0 to 100.' })
  purityPercent!: number | null;

  @Field(() => String, { nullable: true, description: 'Why there is no quantity: TRACE PENDING UNKNOWN.' })
  quantityReason!: string | null;

  @Field({ description: 'The quantity is an estimate.' })
  estimated!: boolean;

  @Field(() => String, { nullable: true })
  signature!: string | null;

  @Field(() => [String])
  adulterants!: string[];
}

@ObjectType({ description: 'Where it came from and where it was going, as reported.' })
@PresentedAs('own-report')
export class ReportRoute {
  @Field(() => String, { nullable: true, description: 'ISO 3166-1 alpha-2.' })
  originCountry!: string | null;

  @Field(() => String, { nullable: true })
  originCountyFips!: string | null;

  @Field(() => String, { nullable: true, description: 'ISO 3166-1 alpha-2.' })
  destinationCountry!: string | null;

  @Field(() => String, { nullable: true })
  destinationCountyFips!: string | null;
}

@ObjectType({ description: 'Somebody who was there, without a name, as reported.' })
@PresentedAs('own-report')
export class ReportPerson {
  @Field(() => PersonRoleEnum)
  role!: string;

  @Field(() => Int, { nullable: true })
  age!: number | null;

  @Field(() => CitizenshipEnum)
  citizenship!: string;

  @Field(() => AffiliationEnum)
  affiliation!: string;
}

@ObjectType({ description: 'How far the source and what it says are trusted (Admiralty).' })
@PresentedAs('own-report')
export class ReportSource {
  @Field({ description: 'A to F.' })
  reliability!: string;

  @Field(() => Int, { description: '1 to 6.' })
  credibility!: number;
}

/** The coded facts of a report: what a correction has to send again, for what it leaves out is gone. */
@ObjectType({ isAbstract: true })
export abstract class ReportFacts {
  @Field(() => ReportPlace)
  place!: ReportPlace;

  @Field(() => [ReportSubstance])
  substances!: ReportSubstance[];

  @Field({ description: 'MINUTE HOUR DAY MONTH.' })
  occurredAtPrecision!: string;

  @Field(() => [ConcealmentEnum])
  concealment!: string[];

  @Field(() => ConveyanceEnum)
  conveyance!: string;

  @Field(() => ReportRoute, { nullable: true })
  route!: ReportRoute | null;

  @Field(() => [ReportPerson])
  people!: ReportPerson[];

  @Field(() => ReportSource, { nullable: true })
  source!: ReportSource | null;

  @Field(() => [String], { description: 'What partners are not told: CONTRIBUTOR METHOD SIGNATURE.' })
  withhold!: string[];

  @Field({ description: 'How exactly partners see the time: WEEK or DAY.' })
  timePrecision!: string;

  @Field(() => [ID])
  taskForceIds!: string[];
}

@ObjectType({
  description:
    'What your agency submitted. Only your agency ever sees it. Identifiers and their basis are sealed and not read back: a correction sends them again.',
})
@PresentedAs('own-report')
export class SeizureReport extends ReportFacts {
  @Field(() => ID)
  id!: string;

  @Field()
  submitterReference!: string;

  @Field(() => SeizureReportStatusEnum)
  status!: string;

  @Field(() => Int)
  version!: number;

  @Field()
  occurredAt!: Date;

  @Field(() => SharingEnum)
  sharing!: string;

  @Field(() => TlpEnum)
  tlp!: string;

  @Field(() => Date, { nullable: true, description: "The embargo's end." })
  releaseAfter!: Date | null;

  @Field()
  submittedAt!: Date;

  @Field()
  synthetic!: boolean;
}

@ObjectType()
@PresentedAs('own-report')
export class SeizureReportEdge {
  @Field()
  cursor!: string;

  @Field(() => SeizureReport)
  node!: SeizureReport;
}

@ObjectType({ description: 'Reports of your agency, newest submission first.' })
@PresentedAs('own-report')
export class SeizureReportConnection {
  @Field(() => [SeizureReportEdge])
  edges!: SeizureReportEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'A report in the answer to its submission.' })
@PresentedAs('own-report')
export class SubmittedReportSummary {
  @Field(() => ID)
  id!: string;

  @Field()
  submitterReference!: string;

  @Field(() => SeizureReportStatusEnum)
  status!: string;

  @Field(() => Int)
  version!: number;
}

@ObjectType({ description: 'The record that was made of a report.' })
@PresentedAs('own-report')
export class SubmittedRecordSummary {
  @Field(() => ID)
  id!: string;

  @Field(() => Int)
  version!: number;

  @Field(() => PrecisionEnum, { description: 'OWNER: how your agency sees it.' })
  precision!: string;

  @Field(() => TlpEnum)
  tlp!: string;
}

@ObjectType({ description: 'Stored. It is committed when you read this.' })
@PresentedAs('outcome')
export class SeizureReportAccepted {
  @Field({ description: 'The same reference with the same content was submitted before; nothing was stored now.' })
  duplicate!: boolean;

  @Field({ description: 'Proof of receipt: report, version and digest of the content.' })
  receipt!: string;

  @Field(() => [Issue], { description: 'What is odd about it and did not stop it.' })
  warnings!: Issue[];

  @Field(() => SubmittedReportSummary)
  report!: SubmittedReportSummary;

  @Field(() => SubmittedRecordSummary)
  record!: SubmittedRecordSummary;
}

@ObjectType({ description: 'Stored, and waiting for a supervisor of your agency.' })
@PresentedAs('outcome')
export class SeizureReportHeld {
  @Field()
  receipt!: string;

  @Field(() => SubmittedReportSummary)
  report!: SubmittedReportSummary;

  @Field(() => [Issue])
  reasons!: Issue[];
}

@ObjectType({ description: 'Nothing was stored. Every fault is listed.' })
@PresentedAs('outcome')
export class SeizureReportRejected {
  @Field(() => [Issue])
  issues!: Issue[];
}

export const SubmitSeizureReportPayload = createUnionType({
  name: 'SubmitSeizureReportPayload',
  description: 'What became of a submission.',
  types: () => [SeizureReportAccepted, SeizureReportHeld, SeizureReportRejected] as const,
  resolveType: (value: object) =>
    'issues' in value ? SeizureReportRejected : 'reasons' in value ? SeizureReportHeld : SeizureReportAccepted,
});
