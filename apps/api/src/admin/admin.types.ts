import { Field, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { Issue } from '../graphql/shared.types.js';

@ObjectType({ description: 'Nothing was changed.' })
@PresentedAs('outcome')
export class AdminRejected {
  @Field(() => [Issue], { description: 'Every fault at once.' })
  issues!: Issue[];
}
