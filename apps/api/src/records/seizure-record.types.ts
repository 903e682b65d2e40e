import { precisionSentence } from '@concord/deidentification';
import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import {
  AffiliationEnum,
  AgencyLevelEnum,
  CitizenshipEnum,
  ConcealmentEnum,
  ConveyanceEnum,
  FormEnum,
  LaboratoryStatusEnum,
  MatchEnum,
  PageInfo,
  PersonRoleEnum,
  PrecisionEnum,
  SettingEnum,
  SubstanceCategoryEnum,
  TlpEnum,
  UnitEnum,
} from '../graphql/shared.types.js';

@ObjectType({ description: 'A half-open period [from, to) that contains the time of the seizure.' })
@PresentedAs('record-view')
export class RecordOccurred {
  @Field({ description: 'Inclusive.' })
  from!: Date;

  @Field({ description: 'Exclusive.' })
  to!: Date;
}

@ObjectType({ description: 'Where it was, as exactly as your precision allows.' })
@PresentedAs('record-view')
export class RecordPlace {
  @Field({ description: 'Two-digit FIPS code of the state.' })
  stateFips!: string;

  @Field(() => String, { nullable: true, description: 'Five-digit FIPS code of the county.' })
  countyFips!: string | null;

  @Field(() => String, {
    nullable: true,
    description: `H3 cell: resolution 6, or 7 where the agency set it. ${precisionSentence('place.h3')}`,
  })
  h3!: string | null;

  @Field(() => Float, { nullable: true, description: `WGS 84 degrees. ${precisionSentence('place.latitude')}` })
  latitude!: number | null;

  @Field(() => Float, { nullable: true, description: `WGS 84 degrees. ${precisionSentence('place.longitude')}` })
  longitude!: number | null;

  @Field(() => SettingEnum, { nullable: true, description: 'What kind of place it was.' })
  setting!: string | null;

  @Field(() => String, { nullable: true, description: precisionSentence('place.portOfEntry') })
  portOfEntry!: string | null;
}

@ObjectType({
  description:
    'How much: both ends equal where your precision shows it exactly, a decade band where not. A count never has grams.',
})
@PresentedAs('record-view')
export class RecordQuantity {
  @Field(() => Float, { nullable: true, description: 'At least this many grams. Null where it was not weighed.' })
  minGrams!: number | null;

  @Field(() => Float, { nullable: true, description: 'At most this many grams; exclusive where it is a band.' })
  maxGrams!: number | null;

  @Field(() => Float, { nullable: true, description: 'At least this many pieces. Null where it was not counted.' })
  minUnits!: number | null;

  @Field(() => Float, { nullable: true, description: 'At most this many pieces; exclusive where it is a band.' })
  maxUnits!: number | null;

  @Field(() => UnitEnum, { nullable: true, description: 'The unit in which it was reported.' })
  unit!: string | null;

  @Field(() => Float, {
    nullable: true,
    description: `The number as reported, in \`unit\`. ${precisionSentence('substances.quantity.amount')}`,
  })
  amount!: number | null;

  @Field({ description: 'Estimated, not measured.' })
  estimated!: boolean;
}

@ObjectType({ description: 'Purity in percent; both ends equal where it is exact.' })
@PresentedAs('record-view')
export class RecordPurity {
  @Field(() => Float, { description: 'At least.' })
  minPercent!: number;

  @Field(() => Float, { description: 'At most.' })
  maxPercent!: number;
}

@ObjectType({ description: 'One substance of the seizure.' })
@PresentedAs('record-view')
export class RecordSubstance {
  @Field(() => String, {
    nullable: true,
    description: 'DEA controlled substance code; null where there is none (xylazine).',
  })
  deaCode!: string | null;

  @Field({ description: 'Its name.' })
  name!: string;

  @Field(() => SubstanceCategoryEnum, { description: 'Its class.' })
  category!: string;

  @Field(() => FormEnum, { nullable: true, description: 'Powder, pills and so on.' })
  form!: string | null;

  @Field(() => LaboratoryStatusEnum, { nullable: true, description: 'Whether a laboratory has looked at it.' })
  laboratoryStatus!: string | null;

  @Field(() => RecordQuantity, { nullable: true, description: 'Null where none was given, or a trace.' })
  quantity!: RecordQuantity | null;

  @Field(() => RecordPurity, { nullable: true, description: 'Null where it was not measured or is not carried.' })
  purity!: RecordPurity | null;

  @Field(() => String, { nullable: true, description: 'Press mark, stamp or brand.' })
  signature!: string | null;

  @Field(() => [String], { nullable: true, description: 'What it was cut with; null where withheld or not carried.' })
  adulterants!: readonly string[] | null;
}

@ObjectType({ description: 'The ends of the route at your precision. They open nothing.' })
@PresentedAs('record-view')
export class RecordRoute {
  @Field(() => String, { nullable: true, description: 'ISO 3166-1 alpha-2.' })
  originCountry!: string | null;

  @Field(() => String, { nullable: true, description: 'Two-digit FIPS code.' })
  originStateFips!: string | null;

  @Field(() => String, { nullable: true, description: precisionSentence('route.originCountyFips') })
  originCountyFips!: string | null;

  @Field(() => String, { nullable: true, description: 'ISO 3166-1 alpha-2.' })
  destinationCountry!: string | null;

  @Field(() => String, { nullable: true, description: 'Two-digit FIPS code.' })
  destinationStateFips!: string | null;

  @Field(() => String, { nullable: true, description: precisionSentence('route.destinationCountyFips') })
  destinationCountyFips!: string | null;
}

@ObjectType({ description: 'Somebody who was involved; nothing that names them.' })
@PresentedAs('record-view')
export class RecordPerson {
  @Field(() => PersonRoleEnum, { description: 'What part they had.' })
  role!: string;

  @Field(() => Int, {
    nullable: true,
    description: `Youngest possible age in years; a band at TASK_FORCE. ${precisionSentence('people.age')}`,
  })
  minAge!: number | null;

  @Field(() => Int, { nullable: true, description: 'Oldest possible age in years.' })
  maxAge!: number | null;

  @Field(() => CitizenshipEnum, {
    nullable: true,
    description: `${precisionSentence('people.citizenship')} An attribute for aggregates.`,
  })
  citizenship!: string | null;

  @Field(() => AffiliationEnum, { nullable: true, description: precisionSentence('people.affiliation') })
  affiliation!: string | null;
}

@ObjectType({ description: 'Admiralty grading; F and 6 mean that there is no basis to judge.' })
@PresentedAs('record-view')
export class RecordSource {
  @Field({ description: 'A to F.' })
  reliability!: string;

  @Field(() => Int, { description: '1 to 6.' })
  credibility!: number;
}

@ObjectType({ description: 'The agency that the record came from.' })
@PresentedAs('record-view')
export class RecordContributor {
  @Field(() => String, { nullable: true, description: 'Null where it is withheld.' })
  name!: string | null;

  @Field(() => AgencyLevelEnum, { nullable: true, description: 'Null where it is withheld.' })
  level!: string | null;

  @Field({ description: 'Whether the owner withholds the name at your precision.' })
  withheld!: boolean;

  @Field(() => ID, {
    nullable: true,
    description:
      'What to call a contributor who is withheld: random, of this record alone, the same in all its versions and for everybody who is not told the name. Null where the name is shown, in a preview, and in records from before 0.5 until their next version.',
  })
  handle!: string | null;
}

@ObjectType({ description: 'How to reach whoever knows more.' })
@PresentedAs('record-view')
export class RecordContact {
  @Field(() => String, { nullable: true, description: 'Null where the contributor is withheld.' })
  agencyName!: string | null;

  @Field(() => String, { nullable: true, description: 'Null where the contributor is withheld, or gave none.' })
  phone!: string | null;

  @Field({ description: 'The contributor is withheld: contact goes through this record.' })
  brokered!: boolean;
}

@ObjectType({ description: 'Whether its identifiers are known from elsewhere.' })
@PresentedAs('record-view')
export class RecordLinks {
  @Field({ description: 'Whether an identifier of this record occurs in another that is open to you.' })
  linked!: boolean;

  @Field(() => Int, { nullable: true, description: 'In how many. OWNER and TASK_FORCE.' })
  count!: number | null;
}

@ObjectType({ description: 'What was done to a field before you saw it.' })
@PresentedAs('record-view')
export class RecordTransformation {
  @Field({ description: 'Path of the field.' })
  field!: string;

  @Field({ description: 'How exactly it was reported.' })
  from!: string;

  @Field({ description: 'How exactly you see it.' })
  to!: string;
}

@ObjectType({ description: 'How the view that you see was made.' })
@PresentedAs('record-view')
export class RecordRelease {
  @Field(() => Int, { description: 'Version of the release policy by which it was made.' })
  policyVersion!: number;

  @Field(() => [RecordTransformation], { description: 'What was coarsened for you, and how.' })
  transformations!: RecordTransformation[];
}

@ObjectType({
  description:
    'A seizure as you may see it: the finest stored view that a key of yours opens. It never contains an identifier. A field that is null is not carried at your precision, was withheld or was not reported; which of these is not told.',
})
@PresentedAs('record-view')
export class SeizureRecord {
  @Field(() => ID, { description: 'Random; the same for everybody who sees the record.' })
  id!: string;

  @Field(() => Int, { description: 'Counts up with every correction.' })
  version!: number;

  @Field(() => PrecisionEnum, { description: 'How exactly you see it.' })
  precision!: string;

  @Field(() => TlpEnum, { description: 'What you may do onward with it.' })
  tlp!: string;

  @Field({ description: 'When it became visible; the order of lists. 31 December 9999: it has yet to be released.' })
  releasedAt!: Date;

  @Field({ description: 'Made up for demonstration or tests; never mixed with real figures.' })
  synthetic!: boolean;

  @Field(() => RecordOccurred, { description: 'When it happened.' })
  occurred!: RecordOccurred;

  @Field(() => RecordPlace, { description: 'Where it was.' })
  place!: RecordPlace;

  @Field(() => [RecordSubstance], { description: 'What was seized.' })
  substances!: RecordSubstance[];

  @Field(() => [ConcealmentEnum], {
    nullable: true,
    description: 'How it was hidden; null where withheld or not known.',
  })
  concealment!: readonly string[] | null;

  @Field(() => ConveyanceEnum, { nullable: true, description: 'What carried it; null where withheld or not known.' })
  conveyance!: string | null;

  @Field(() => String, { nullable: true, description: 'How it was packed; null where withheld or not told.' })
  packaging!: string | null;

  @Field(() => String, { nullable: true, description: "The contributor's words to whoever sees the record." })
  remarks!: string | null;

  @Field(() => RecordRoute, { nullable: true, description: 'Where it came from and where it was going.' })
  route!: RecordRoute | null;

  @Field(() => [RecordPerson], { description: 'Who was involved, without names.' })
  people!: RecordPerson[];

  @Field(() => RecordSource, { nullable: true, description: 'How far the source is trusted.' })
  source!: RecordSource | null;

  @Field(() => RecordContributor, { nullable: true, description: 'The agency that it came from.' })
  contributor!: RecordContributor | null;

  @Field(() => RecordContact, { nullable: true, description: 'How to reach whoever knows more.' })
  contact!: RecordContact | null;

  @Field(() => RecordLinks, {
    nullable: true,
    description: 'Null until identifiers are linked, which this version does not do yet.',
  })
  links!: RecordLinks | null;

  @Field(() => [RecordTransformation], { description: 'What was coarsened for you, and how; as in `release`.' })
  transformations!: RecordTransformation[];

  @Field(() => RecordRelease, { description: 'By which policy the view that you see was made, and what it did.' })
  release!: RecordRelease;
}

@ObjectType({ description: 'How many there are that you can list.' })
@PresentedAs('listed-counts')
export class RecordCount {
  @Field(() => Int, { description: 'Counted up to 1,000.' })
  value!: number;

  @Field({ description: 'There are more than `value`, or may be: counting ended before all had been looked at.' })
  atLeast!: boolean;
}

@ObjectType({ description: 'One record of a page.' })
@PresentedAs('record-view')
export class SeizureRecordEdge {
  @Field({ description: 'Place in the list, for `after`.' })
  cursor!: string;

  @Field(() => MatchEnum, {
    description:
      'Whether the record surely meets the filter, or may: a condition finer than your view of it is unknown.',
  })
  match!: string;

  @Field(() => SeizureRecord, { description: 'The record.' })
  node!: SeizureRecord;
}

@ObjectType({ description: 'Records, newest release first.' })
@PresentedAs('page')
export class SeizureRecordConnection {
  @Field(() => [SeizureRecordEdge], { description: 'The page.' })
  edges!: SeizureRecordEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}
