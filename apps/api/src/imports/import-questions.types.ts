import { Field, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';

@ObjectType({ description: 'What a text may mean, or how a setting may be.' })
@PresentedAs('own-agency')
export class ImportAnswer {
  @Field({ description: 'As the mapping keeps it.' })
  code!: string;

  @Field({ description: 'What it would make of the text.' })
  words!: string;
}

@ObjectType({
  description:
    'One thing that rows of a file ask, however many of them. It is answered by the mapping or in the file, and by nobody else.',
})
@PresentedAs('own-agency')
export class ImportQuestion {
  @Field({ description: 'Stable (docs/import-columns.md).' })
  code!: string;

  @Field({ description: 'Heading of the column.' })
  column!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'As it stands in the first such cell. Null where it may name somebody: also a text that stands once and is near to no word.',
  })
  text!: string | null;

  @Field(() => Int, { description: 'Line of the first such cell, from 1.' })
  firstLine!: number;

  @Field(() => Int, { description: 'How many cells ask it, among the entries that were looked through.' })
  count!: number;

  @Field({ description: 'What would be right.' })
  message!: string;

  @Field(() => [ImportAnswer], { description: 'What might be meant, best first; never applied by itself.' })
  choices!: readonly ImportAnswer[];

  @Field(() => String, {
    nullable: true,
    description: 'Column of the template: `vocabulary` takes the answer under it. Null: no vocabulary does.',
  })
  meaningOf!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Setting of the mapping that answers it, `dateOrder`. Null with `meaningOf`: mend the cell.',
  })
  setting!: string | null;
}

@ObjectType({ description: 'Parts of a file that are neither a report nor a question, for one reason.' })
@PresentedAs('own-agency')
export class ImportLeftOut {
  @Field({ description: 'Stable (docs/nibrs.md).' })
  reason!: string;

  @Field({ description: 'What they are.' })
  message!: string;

  @Field(() => Int, { description: 'How many, as far as the file was looked through.' })
  count!: number;

  @Field(() => Int, { description: 'Line of the first, from 1.' })
  firstLine!: number;
}
