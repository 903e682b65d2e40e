import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { CommunityBandEnum, PageInfo, SubstanceCategoryEnum } from '../graphql/shared.types.js';

@ObjectType({ description: 'What was seized, by code or class: never in the submitter’s own words.' })
@PresentedAs('community')
export class CommunitySubstance {
  @Field(() => String, { nullable: true, description: 'DEA code; null where there is none (xylazine).' })
  deaCode!: string | null;

  @Field(() => String, { nullable: true, description: 'Name of the DEA code; null where only the class is told.' })
  name!: string | null;

  @Field(() => SubstanceCategoryEnum, { description: 'Its class.' })
  category!: string;
}

@ObjectType({
  description:
    'That one of at least five records, of at least two agencies, is of this state, month, substance and band. Each weekly batch let out five such records of two agencies or none, so what a week adds tells no more than one release would. It does not promise that nobody who knows of a seizure guesses that it is among them, nor that an agency cannot count its own out. A record with several substances is in several rows; a corrected one may be in a row of what was said before, and a recalled one keeps its row until the list begins anew in January. So rows are not seizures, and what has no company is in none.',
})
@PresentedAs('community')
export class CommunityRecord {
  @Field(() => ID, { description: 'Random; of this list alone, and of no record that anybody else sees.' })
  id!: string;

  @Field({ description: 'Two-digit FIPS code of the state.' })
  stateFips!: string;

  @Field({ description: 'YYYY-MM: the month of the seizure, by the clock of the place.' })
  month!: string;

  @Field(() => CommunitySubstance, { description: 'What it was.' })
  substance!: CommunitySubstance;

  @Field(() => CommunityBandEnum, { description: 'How much of it.' })
  band!: string;

  @Field({ description: 'Made up: for demonstrations and measurements. Never in company with what happened.' })
  synthetic!: boolean;
}

@ObjectType({ description: 'One row of a page.' })
@PresentedAs('page')
export class CommunityRecordEdge {
  @Field({ description: 'Place in the list, for `after`.' })
  cursor!: string;

  @Field(() => CommunityRecord, { description: 'The row.' })
  node!: CommunityRecord;
}

@ObjectType({ description: 'A page of what the weekly batches let out.' })
@PresentedAs('page')
export class CommunityRecordConnection {
  @Field(() => [CommunityRecordEdge], { description: 'The rows, oldest batch first, in random order inside it.' })
  edges!: CommunityRecordEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;

  @Field(() => Int, {
    nullable: true,
    description:
      'The year of the list. In January it begins anew, with other ids: rows of two editions are not to be added up. Null before the first batch.',
  })
  edition!: number | null;

  @Field(() => Date, { nullable: true, description: 'When its last batch was made. Null before the first.' })
  asOf!: Date | null;
}
