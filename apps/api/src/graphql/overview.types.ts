import { Field, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from './policy.decorator.js';

@ObjectType({ description: 'How many records that you can list hold a substance.' })
@PresentedAs('listed-counts')
export class SubstanceCount {
  @Field(() => String, { nullable: true })
  deaCode!: string | null;

  @Field()
  name!: string;

  @Field(() => Int)
  records!: number;
}

@ObjectType({ description: 'How many records that you can list are of a place.' })
@PresentedAs('listed-counts')
export class PlaceCount {
  @Field({ description: 'FIPS code of the county or state.' })
  fips!: string;

  @Field(() => Int)
  records!: number;
}
