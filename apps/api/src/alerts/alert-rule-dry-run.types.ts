import { Field, Float, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { RecordCount, SeizureRecord } from '../records/seizure-record.types.js';

@ObjectType({
  description:
    'What a rule would have raised on the records released in the last 30 days, on the views that you may list now: `seizureRecords` under the same filter and `released` finds the same. Records that came in without raising alerts, as old ones of an import do, are counted too.',
})
@PresentedAs('listed-counts')
export class AlertRuleDryRun {
  @Field(() => RecordCount, {
    description: 'Alerts that it would have raised: one a record. Counted up to 1,000 and for two seconds.',
  })
  raised!: RecordCount;

  @Field(() => Int, { description: 'Of those counted: the record meets the filter.' })
  certain!: number;

  @Field(() => Int, { description: 'Of those counted: a condition is finer than your view of the record.' })
  possible!: number;

  @Field(() => Float, {
    description: 'What was counted, by the week, to one decimal. With `raised.atLeast`, as many or more.',
  })
  expectedPerWeek!: number;

  @Field(() => [SeizureRecord], { description: 'Up to 10 of them, newest release first, as you may see them.' })
  samples!: SeizureRecord[];
}
