import { Field, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { ObservationKindEnum, PrecisionEnum } from '../graphql/shared.types.js';

@ObjectType({ description: 'Records of yours that others could see.' })
@PresentedAs('own-agency')
export class RecordsLeft {
  @Field(() => PrecisionEnum, { description: 'How exactly.' })
  precision!: string;

  @Field({
    description: 'By which kind of key: STATE NATION COUNTY REGION TRIBE TASKFORCE COMMUNITY.',
  })
  audience!: string;

  @Field(() => Int, { description: 'How many records. One that several kinds of key open is in each of their rows.' })
  records!: number;
}

@ObjectType({ description: 'What another agency was shown of yours. Which of its people it was is in its own books.' })
@PresentedAs('own-agency')
export class AgencyReads {
  @Field(() => String, { nullable: true, description: 'The agency’s ORI.' })
  ori!: string | null;

  @Field({ description: 'The agency’s name.' })
  name!: string;

  @Field({ description: 'The purpose that its reader named.' })
  purpose!: string;

  @Field(() => PrecisionEnum, { description: 'How exactly it was shown.' })
  precision!: string;

  @Field(() => Int, { description: 'How many answers held records of yours.' })
  answers!: number;

  @Field(() => Int, { description: 'How many records of yours they held; one that was shown twice counts twice.' })
  records!: number;
}

@ObjectType({ description: 'Records of yours that another agency opened in imminent danger.' })
@PresentedAs('own-agency')
export class AgencyOpenings {
  @Field(() => String, { nullable: true, description: 'The agency’s ORI.' })
  ori!: string | null;

  @Field({ description: 'The agency’s name.' })
  name!: string;

  @Field(() => Int, { description: 'How many openings; `imminentDangerOpenings` has each with its reason.' })
  openings!: number;
}

@ObjectType({ description: 'A day of your agency.' })
@PresentedAs('own-agency')
export class ActivityDay {
  @Field({ description: 'YYYY-MM-DD, in the time zone of the period.' })
  day!: string;

  @Field(() => Int, { description: 'Reports that were stored for the first time.' })
  received!: number;

  @Field(() => Int, { description: 'Records that others could see from a moment of the day on, as they stand.' })
  recordsLeft!: number;

  @Field(() => Int, {
    description: 'Answers to other agencies that held records of yours, as far as reads are counted.',
  })
  answers!: number;
}

@ObjectType({ description: 'Records of yours that have something in common with others.' })
@PresentedAs('listed-counts')
export class ActivityMatch {
  @Field(() => ObservationKindEnum, { description: 'What they have in common.' })
  kind!: string;

  @Field(() => Int, { description: 'How many records of yours.' })
  records!: number;
}

@ObjectType({
  description:
    'How many of your records of a period have something in common, more than the substance, with records of other agencies that you may list, released in the last 30 days: a press mark, packaging, a route, or how it was carried and hidden. The same as `comesBack` of each of them, counted. Which ones: `comesBack` of each report.',
})
@PresentedAs('listed-counts')
export class ActivityMatches {
  @Field(() => Int, { description: 'Your records of reports received in the period that still stand.' })
  records!: number;

  @Field(() => Int, { description: 'The newest of them, at most 100, that were looked at.' })
  lookedAt!: number;

  @Field(() => Int, { description: 'Those of them that have something in common with another agency’s.' })
  matched!: number;

  @Field(() => [ActivityMatch], { description: 'The same by what it is; a record may be in several.' })
  byKind!: ActivityMatch[];
}

@ObjectType({
  description:
    'What became of your agency’s reports in a period, what left it and which agencies read it. It is about your own data: nothing in it is suppressed for being small. What others were alerted to is not in it: who watches is nobody’s to know.',
})
@PresentedAs('own-agency')
export class AgencyActivity {
  @Field({ description: 'The first day, YYYY-MM-DD.' })
  firstDay!: string;

  @Field({ description: 'The last day, inclusive.' })
  lastDay!: string;

  @Field({ description: 'Whose days these are: IANA name.' })
  timeZone!: string;

  @Field(() => Date, { description: 'Where the first day begins.' })
  from!: Date;

  @Field(() => Date, { description: 'Where the day after the last begins.' })
  until!: Date;

  @Field(() => Date, { description: 'When this was counted: a period that is not over counts up to here.' })
  asOf!: Date;

  @Field(() => Int, { description: 'Reports that were stored for the first time.' })
  received!: number;

  @Field(() => Int, { description: 'Corrections and laboratory results.' })
  corrected!: number;

  @Field(() => Int, { description: 'How often a report, new or corrected, was held for a supervisor.' })
  held!: number;

  @Field(() => Int, { description: 'Held reports that a supervisor released.' })
  released!: number;

  @Field(() => Int, { description: 'Held reports that a supervisor returned.' })
  returned!: number;

  @Field(() => Int, { description: 'Reports that were recalled.' })
  recalled!: number;

  @Field(() => Int, {
    description:
      'Records that others could see from a moment of the period on, each once; recalled since, it is in none.',
  })
  recordsLeft!: number;

  @Field(() => [RecordsLeft], { description: 'The same by precision and kind of audience, as they stand.' })
  left!: RecordsLeft[];

  @Field(() => [AgencyReads], {
    description:
      'Which agencies were shown records of yours by searches and by id, whenever those were released; the most first.',
  })
  reads!: AgencyReads[];

  @Field(() => Date, { description: 'Reads are counted since then: what was read earlier is not in `reads`.' })
  readsCountedSince!: Date;

  @Field(() => Date, { description: 'Reads that were booked up to then are counted; later ones are counted shortly.' })
  readsCountedUntil!: Date;

  @Field(() => Int, { description: 'Requests for contact about records of yours.' })
  contactRequests!: number;

  @Field(() => [AgencyOpenings], { description: 'Openings of records of yours in imminent danger.' })
  imminentDangerOpenings!: AgencyOpenings[];

  @Field(() => Int, {
    description:
      'Weekly batches for community partners that were let out. Whether records of yours are in them nobody is told: it would tell of other agencies’.',
  })
  communityBatches!: number;
}
