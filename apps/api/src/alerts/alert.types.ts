import { createUnionType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { AlertChangeEnum, AlertStateEnum, Issue, MatchEnum, PageInfo } from '../graphql/shared.types.js';
import { SeizureRecordFilter } from '../records/seizure-record-filter.input.js';

@ObjectType({ description: 'A saved filter of yours that raises alerts.' })
@PresentedAs('own-alert')
export class AlertRule {
  @Field(() => ID)
  id!: string;

  @Field()
  name!: string;

  @Field()
  enabled!: boolean;
}

@ObjectType({ description: 'A rule of yours that a record met.' })
@PresentedAs('own-alert')
export class MatchedRule {
  @Field(() => ID)
  id!: string;

  @Field()
  name!: string;
}

@ObjectType({ description: 'What you are told about one record, with all rules of yours that met it.' })
@PresentedAs('own-alert')
export class Alert {
  @Field(() => ID)
  id!: string;

  @Field(() => Int, { description: 'Counts up when the alert changes; each revision has a cursor of its own.' })
  revision!: number;

  @Field()
  raisedAt!: Date;

  @Field()
  updatedAt!: Date;

  @Field(() => AlertStateEnum, { description: 'A further revision of an acknowledged alert is DELIVERED again.' })
  state!: string;

  @Field(() => AlertChangeEnum)
  change!: string;

  @Field(() => MatchEnum, { description: 'POSSIBLE: a condition of the rule is finer than your view of the record.' })
  match!: string;

  @Field(() => [MatchedRule])
  rules!: MatchedRule[];
}

@ObjectType()
@PresentedAs('own-alert')
export class AlertEdge {
  @Field()
  cursor!: string;

  @Field(() => Alert)
  node!: Alert;
}

@ObjectType({ description: 'Your alerts, newest first.' })
@PresentedAs('own-alert')
export class AlertConnection {
  @Field(() => [AlertEdge])
  edges!: AlertEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'One revision of an alert in your inbox.' })
@PresentedAs('own-alert')
export class AlertEvent {
  @Field({ description: 'Its position in your inbox: send it as `after` to go on from here.' })
  cursor!: string;

  @Field(() => Alert)
  alert!: Alert;
}

@InputType()
export class CreateAlertRuleInput {
  @Field(() => String, { nullable: true, description: 'Required, 1 to 120 characters.' })
  name?: string | null;

  @Field(() => SeizureRecordFilter, {
    nullable: true,
    description: 'Without one the rule fires on every record that you may see.',
  })
  filter?: SeizureRecordFilter | null;
}

@ObjectType()
@PresentedAs('outcome')
export class AlertRuleCreated {
  @Field(() => AlertRule)
  rule!: AlertRule;
}

@ObjectType({ description: 'Nothing was stored.' })
@PresentedAs('outcome')
export class AlertRuleRejected {
  @Field(() => [Issue])
  issues!: Issue[];
}

export const CreateAlertRulePayload = createUnionType({
  name: 'CreateAlertRulePayload',
  types: () => [AlertRuleCreated, AlertRuleRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AlertRuleRejected : AlertRuleCreated),
});

@ObjectType({ description: 'An alert in the answer to an action on it.' })
@PresentedAs('own-alert')
export class AlertSummary {
  @Field(() => ID)
  id!: string;

  @Field(() => AlertStateEnum)
  state!: string;
}

@ObjectType()
@PresentedAs('outcome')
export class AlertAcknowledged {
  @Field(() => AlertSummary)
  alert!: AlertSummary;
}

@ObjectType({ description: 'Nothing was changed.' })
@PresentedAs('outcome')
export class AlertActionRejected {
  @Field(() => [Issue])
  issues!: Issue[];
}

export const AcknowledgeAlertPayload = createUnionType({
  name: 'AcknowledgeAlertPayload',
  types: () => [AlertAcknowledged, AlertActionRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AlertActionRejected : AlertAcknowledged),
});
