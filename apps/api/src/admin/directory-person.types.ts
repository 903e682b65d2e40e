import { Field, ID, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';

@ObjectType({ description: 'Somebody whom the directory knows.' })
@PresentedAs('administered')
export class Person {
  @Field(() => ID, { description: 'In this deployment.' })
  id!: string;

  @Field({ description: 'The name as the directory has it.' })
  displayName!: string;
}
