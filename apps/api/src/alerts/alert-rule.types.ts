import { createUnionType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { GraphQLScalarType } from 'graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { Issue, PageInfo } from '../graphql/shared.types.js';
import { SeizureRecordFilter } from '../records/seizure-record-filter.input.js';

/** Answers only: a filter is sent as SeizureRecordFilter. */
export const SavedRecordFilter = new GraphQLScalarType({
  name: 'SavedRecordFilter',
  description:
    'A filter as it was saved: a JSON object in the form of `SeizureRecordFilter` without nulls. It can be sent again as it is, which an object type could not: `and`, `or` and `not` nest, and a client would have to select as deep as the deepest filter and take out what is null.',
  serialize: (value) => value,
});

@ObjectType({ description: 'A saved filter of yours that raises alerts.' })
@PresentedAs('own-alert')
export class AlertRule {
  @Field(() => ID, { description: 'Random.' })
  id!: string;

  @Field({ description: 'As you named it.' })
  name!: string;

  @Field({ description: 'Whether it raises alerts.' })
  enabled!: boolean;

  @Field(() => SavedRecordFilter, { description: 'As you wrote it; `{}` fires on every record that you may see.' })
  filter!: unknown;

  @Field({ description: 'When it was stored.' })
  createdAt!: Date;

  @Field({ description: 'When it was last changed; where it never was, when it was stored.' })
  updatedAt!: Date;
}

@ObjectType({ description: 'One rule of a page.' })
@PresentedAs('own-alert')
export class AlertRuleEdge {
  @Field({ description: 'Place in this list, for `after`.' })
  cursor!: string;

  @Field(() => AlertRule, { description: 'The rule.' })
  node!: AlertRule;

  @Field(() => Int, {
    description:
      'Alerts of yours that were raised in the last 30 days and that it met; an alert that several rules met counts for each.',
  })
  alertsRaised!: number;
}

@ObjectType({ description: 'Your rules, newest first.' })
@PresentedAs('own-alert')
export class AlertRuleConnection {
  @Field(() => [AlertRuleEdge], { description: 'The page.' })
  edges!: AlertRuleEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}

@InputType({ description: 'A rule to save.' })
export class CreateAlertRuleInput {
  @Field(() => String, { nullable: true, description: 'Required, 1 to 120 characters.' })
  name?: string | null;

  @Field(() => SeizureRecordFilter, {
    nullable: true,
    description: 'Without one the rule fires on every record that you may see.',
  })
  filter?: SeizureRecordFilter | null;
}

@ObjectType({ description: 'It is stored, and raises alerts from now on.' })
@PresentedAs('outcome')
export class AlertRuleCreated {
  @Field(() => AlertRule, { description: 'The rule as it was stored.' })
  rule!: AlertRule;
}

@ObjectType({ description: 'Nothing was stored or changed.' })
@PresentedAs('outcome')
export class AlertRuleRejected {
  @Field(() => [Issue], { description: 'Every fault.' })
  issues!: Issue[];
}

export const CreateAlertRulePayload = createUnionType({
  name: 'CreateAlertRulePayload',
  description: 'What became of a rule.',
  types: () => [AlertRuleCreated, AlertRuleRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AlertRuleRejected : AlertRuleCreated),
});

@InputType({
  description: 'What to change of a rule. What is left out or null stays as it is; something must be given.',
})
export class UpdateAlertRuleInput {
  @Field(() => String, { nullable: true, description: '1 to 120 characters.' })
  name?: string | null;

  @Field(() => SeizureRecordFilter, {
    nullable: true,
    description: 'In place of the whole filter that it had; `{}` fires on every record that you may see.',
  })
  filter?: SeizureRecordFilter | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'False: no record that is released from now on raises an alert by it. What it raised stays.',
  })
  enabled?: boolean | null;
}

@ObjectType({ description: 'It is changed, for every record that is released from now on.' })
@PresentedAs('outcome')
export class AlertRuleUpdated {
  @Field(() => AlertRule, { description: 'The rule as it is now.' })
  rule!: AlertRule;
}

@ObjectType({ description: 'It is in no list any more and raises nothing. Alerts that it raised stay and name it.' })
@PresentedAs('outcome')
export class AlertRuleDeleted {
  @Field(() => ID, { description: 'The rule’s.' })
  id!: string;
}

export const UpdateAlertRulePayload = createUnionType({
  name: 'UpdateAlertRulePayload',
  description: 'What became of a change.',
  types: () => [AlertRuleUpdated, AlertRuleRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AlertRuleRejected : AlertRuleUpdated),
});

export const DeleteAlertRulePayload = createUnionType({
  name: 'DeleteAlertRulePayload',
  description: 'What became of a deletion.',
  types: () => [AlertRuleDeleted, AlertRuleRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AlertRuleRejected : AlertRuleDeleted),
});
