import { Field, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from './policy.decorator.js';

@ObjectType({ description: 'How many records that you can list hold a substance.' })
@PresentedAs('listed-counts')
export class SubstanceCount {
  @Field(() => String, { nullable: true, description: 'DEA code; null where there is none.' })
  deaCode!: string | null;

  @Field({ description: 'Its name.' })
  name!: string;

  @Field(() => Int, { description: 'How many.' })
  records!: number;
}

@ObjectType({ description: 'How many records that you can list are of a place.' })
@PresentedAs('listed-counts')
export class PlaceCount {
  @Field({ description: 'FIPS code of the county or state.' })
  fips!: string;

  @Field(() => Int, { description: 'How many.' })
  records!: number;
}
