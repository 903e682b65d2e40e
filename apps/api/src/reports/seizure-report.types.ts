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
  @Field(() => Float, { nullable: true, description: 'WGS 84 degrees.' })
  latitude!: number | null;

  @Field(() => Float, { nullable: true, description: 'WGS 84 degrees.' })
  longitude!: number | null;

  @Field({ description: 'Five-digit FIPS code.' })
  countyFips!: string;

  @Field(() => SettingEnum, { description: 'What kind of place it was.' })
  setting!: string;

  @Field(() => String, { nullable: true, description: 'Its name.' })
  portOfEntry!: string | null;
}

@ObjectType({ description: 'One substance, as reported.' })
@PresentedAs('own-report')
export class ReportSubstance {
  @Field(() => String, { nullable: true, description: 'DEA code; null where there is none.' })
  deaCode!: string | null;

  @Field({ description: 'Its name.' })
  name!: string;

  @Field(() => SubstanceCategoryEnum, { description: 'Its class.' })
  category!: string;

  @Field(() => FormEnum, { description: 'Powder, pills and so on.' })
  form!: string;

  @Field(() => Float, { nullable: true, description: 'The number as submitted, in `unit`.' })
  quantity!: number | null;

  @Field(() => UnitEnum, { nullable: true, description: 'Unit of `quantity`.' })
  unit!: string | null;

  @Field(() => Float, { nullable: true, description: 'Whole milligrams, only where the unit is a weight.' })
  milligrams!: number | null;

  @Field(() => LaboratoryStatusEnum, { description: 'Whether a laboratory has looked at it.' })
  laboratoryStatus!: string;

  @Field(() => Float, { nullable: true, description: '0 to 100.' })
  purityPercent!: number | null;

  @Field(() => String, { nullable: true, description: 'Why there is no quantity: TRACE PENDING UNKNOWN.' })
  quantityReason!: string | null;

  @Field({ description: 'The quantity is an estimate.' })
  estimated!: boolean;

  @Field(() => String, { nullable: true, description: 'Press mark, stamp or brand.' })
  signature!: string | null;

  @Field(() => [String], { description: 'What it was cut with.' })
  adulterants!: string[];
}

@ObjectType({ description: 'Where it came from and where it was going, as reported.' })
@PresentedAs('own-report')
export class ReportRoute {
  @Field(() => String, { nullable: true, description: 'ISO 3166-1 alpha-2.' })
  originCountry!: string | null;

  @Field(() => String, { nullable: true, description: 'Five-digit FIPS code.' })
  originCountyFips!: string | null;

  @Field(() => String, { nullable: true, description: 'ISO 3166-1 alpha-2.' })
  destinationCountry!: string | null;

  @Field(() => String, { nullable: true, description: 'Five-digit FIPS code.' })
  destinationCountyFips!: string | null;
}

@ObjectType({ description: 'Somebody who was there, without a name, as reported.' })
@PresentedAs('own-report')
export class ReportPerson {
  @Field(() => PersonRoleEnum, { description: 'What part they had.' })
  role!: string;

  @Field(() => Int, { nullable: true, description: 'Years.' })
  age!: number | null;

  @Field(() => CitizenshipEnum, { description: 'An attribute for aggregates.' })
  citizenship!: string;

  @Field(() => AffiliationEnum, { description: 'Whom they worked for, as far as known.' })
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

@ObjectType({ description: 'A part of a text, in UTF-16 code units of the text as it is stored.' })
@PresentedAs('outcome')
export class TextPlace {
  @Field(() => Int, { description: 'Where it begins.' })
  from!: number;

  @Field(() => Int, { description: 'Where it ends, exclusive.' })
  to!: number;
}

@ObjectType({ description: 'Why a report waits for a supervisor.' })
@PresentedAs('outcome')
export class HoldReason {
  @Field({ description: 'Where in the report, such as `substances.0.signature`; empty for the report as a whole.' })
  path!: string;

  @Field({ description: 'Stable code; docs/issue-codes.md has the meanings.' })
  code!: string;

  @Field({ description: 'What it means. Never repeats what was submitted.' })
  message!: string;

  @Field(() => [TextPlace], { description: 'The parts of the text at `path` that it is about.' })
  places!: readonly TextPlace[];
}

/** The coded facts of a report: what a correction has to send again, for what it leaves out is gone. */
@ObjectType({ isAbstract: true })
export abstract class ReportFacts {
  @Field(() => ReportPlace, { description: 'Where it was.' })
  place!: ReportPlace;

  @Field(() => [ReportSubstance], { description: 'What was seized, in the order of the report.' })
  substances!: ReportSubstance[];

  @Field({ description: 'How exactly `occurredAt` is known: MINUTE HOUR DAY MONTH.' })
  occurredAtPrecision!: string;

  @Field(() => [ConcealmentEnum], { description: 'How it was hidden.' })
  concealment!: string[];

  @Field(() => ConveyanceEnum, { description: 'What carried it.' })
  conveyance!: string;

  @Field(() => String, { nullable: true, description: 'How it was packed.' })
  packaging!: string | null;

  @Field(() => String, { nullable: true, description: 'Your words to whoever sees the record.' })
  remarks!: string | null;

  @Field(() => ReportRoute, { nullable: true, description: 'Where it came from and where it was going.' })
  route!: ReportRoute | null;

  @Field(() => [ReportPerson], { description: 'Who was involved.' })
  people!: ReportPerson[];

  @Field(() => ReportSource, { nullable: true, description: 'How far the source is trusted.' })
  source!: ReportSource | null;

  @Field(() => [String], { description: 'What partners are not told: CONTRIBUTOR METHOD SIGNATURE.' })
  withhold!: string[];

  @Field({ description: 'How exactly partners see the time: WEEK or DAY.' })
  timePrecision!: string;

  @Field(() => [ID], { description: 'Task forces that see it at TASK_FORCE.' })
  taskForceIds!: string[];
}

@ObjectType({
  description:
    'What your agency submitted. Only your agency ever sees it. Identifiers and their basis are sealed and not read back: a correction sends them again.',
})
@PresentedAs('own-report')
export class SeizureReport extends ReportFacts {
  @Field(() => ID, { description: 'Random.' })
  id!: string;

  @Field({ description: 'Your own reference, unique in your agency.' })
  submitterReference!: string;

  @Field(() => SeizureReportStatusEnum, { description: 'Where it stands.' })
  status!: string;

  @Field(() => Int, { description: 'Counts up with every change; send it back with a change.' })
  version!: number;

  @Field({ description: 'Start of the time that the stated precision leaves open.' })
  occurredAt!: Date;

  @Field(() => SharingEnum, { description: 'Who gets the record.' })
  sharing!: string;

  @Field(() => TlpEnum, { description: 'What readers may do onward.' })
  tlp!: string;

  @Field(() => Date, { nullable: true, description: "The embargo's end." })
  releaseAfter!: Date | null;

  @Field({ description: 'Nobody else sees it until somebody of your agency releases it by hand.' })
  holdUntilReleased!: boolean;

  @Field(() => [HoldReason], {
    nullable: true,
    description: 'Why it waits for a supervisor, or was returned; null where nothing holds it.',
  })
  holdReasons!: readonly HoldReason[] | null;

  @Field({ description: 'When it was first stored.' })
  submittedAt!: Date;

  @Field({ description: 'Made up for demonstration or tests.' })
  synthetic!: boolean;
}

@ObjectType({ description: 'One report of a page.' })
@PresentedAs('own-report')
export class SeizureReportEdge {
  @Field({ description: 'Place in the list, for `after`.' })
  cursor!: string;

  @Field(() => SeizureReport, { description: 'The report.' })
  node!: SeizureReport;
}

@ObjectType({ description: 'Reports of your agency, newest submission first.' })
@PresentedAs('own-report')
export class SeizureReportConnection {
  @Field(() => [SeizureReportEdge], { description: 'The page.' })
  edges!: SeizureReportEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'A report in the answer to its submission.' })
@PresentedAs('own-report')
export class SubmittedReportSummary {
  @Field(() => ID, { description: 'The report’s.' })
  id!: string;

  @Field({ description: 'Your own reference.' })
  submitterReference!: string;

  @Field(() => SeizureReportStatusEnum, { description: 'Where it stands.' })
  status!: string;

  @Field(() => Int, { description: 'Counts up with every change.' })
  version!: number;
}

@ObjectType({ description: 'The record that was made of a report.' })
@PresentedAs('own-report')
export class SubmittedRecordSummary {
  @Field(() => ID, { description: 'The record’s: what others know it by.' })
  id!: string;

  @Field(() => Int, { description: 'Counts up with every change.' })
  version!: number;

  @Field(() => PrecisionEnum, { description: 'OWNER: how your agency sees it.' })
  precision!: string;

  @Field(() => TlpEnum, { description: 'What readers may do onward.' })
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

  @Field(() => SubmittedReportSummary, { description: 'The report as it stands.' })
  report!: SubmittedReportSummary;

  @Field(() => SubmittedRecordSummary, { description: 'The record that others see.' })
  record!: SubmittedRecordSummary;
}

@ObjectType({
  description:
    'Stored, and waiting for a supervisor: nobody outside your agency sees it and nobody is alerted before it is released.',
})
@PresentedAs('outcome')
export class SeizureReportHeld {
  @Field({ description: 'Proof of receipt: report, version and digest of the content.' })
  receipt!: string;

  @Field(() => SubmittedReportSummary, { description: 'The report as it stands.' })
  report!: SubmittedReportSummary;

  @Field(() => [HoldReason], { description: 'What it is held for.' })
  reasons!: HoldReason[];
}

@ObjectType({ description: 'Nothing was stored. Every fault is listed.' })
@PresentedAs('outcome')
export class SeizureReportRejected {
  @Field(() => [Issue], { description: 'Every fault at once.' })
  issues!: Issue[];
}

export const SubmitSeizureReportPayload = createUnionType({
  name: 'SubmitSeizureReportPayload',
  description: 'What became of a submission.',
  types: () => [SeizureReportAccepted, SeizureReportHeld, SeizureReportRejected] as const,
  resolveType: (value: object) =>
    'issues' in value ? SeizureReportRejected : 'reasons' in value ? SeizureReportHeld : SeizureReportAccepted,
});
