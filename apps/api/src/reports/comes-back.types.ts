import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { ObservationKindEnum, ObservationScopeEnum } from '../graphql/shared.types.js';

@ObjectType({
  description:
    'What other records have in common with a report of yours: counted are those that you may list, as you see them, and no others. Who watches for it is nobody’s to know.',
})
@PresentedAs('listed-counts')
export class Observation {
  @Field(() => ObservationKindEnum, { description: 'What they have in common.' })
  kind!: string;

  @Field(() => ObservationScopeEnum, { description: 'How far around.' })
  scope!: string;

  @Field({ description: 'Of the county or state its FIPS code, of the region its id, `us` for the nation.' })
  place!: string;

  @Field({ description: 'Its name.' })
  placeName!: string;

  @Field(() => Int, { description: 'How many other records.' })
  records!: number;

  @Field(() => Int, { description: 'How many of them are of your own agency.' })
  ownAgency!: number;

  @Field(() => Date, { description: 'Counted are records that were released, and whose time reaches, after this.' })
  since!: Date;

  @Field({
    description:
      'True: `since` is 30 days ago. False: you may list more than 1,000 records of the substance; `since` is as far back as the newest 1,000 go.',
  })
  wholeWindow!: boolean;

  @Field(() => [ID], { description: 'The newest five of them, for `seizureRecord`.' })
  recordIds!: string[];

  @Field({ description: 'All that in a sentence. Names nobody.' })
  message!: string;
}
