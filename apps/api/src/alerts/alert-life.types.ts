import { createUnionType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { AlertOutcomeEnum, AlertStepEnum, EscalationRoleEnum } from '../graphql/alert-life.enums.js';
import { AlertActionRejected, AlertSummary } from './alert.types.js';
import { AlertRuleRejected } from './alert-rule.types.js';

@ObjectType({ description: 'Something that happened to an alert of yours after it reached your inbox.' })
@PresentedAs('own-alert')
export class AlertHistoryStep {
  @Field({ description: 'When.' })
  at!: Date;

  @Field(() => AlertStepEnum, { description: 'What.' })
  step!: string;

  @Field(() => ID, { nullable: true, description: 'Who did it; null: Concord itself.' })
  personId!: string | null;

  @Field(() => ID, { nullable: true, description: 'To which colleague it went, or from whom it came.' })
  otherPersonId!: string | null;

  @Field(() => AlertOutcomeEnum, { nullable: true, description: 'Of CLOSED.' })
  outcome!: string | null;

  @Field(() => String, { nullable: true, description: 'What was noted with it.' })
  note!: string | null;
}

@ObjectType({ description: 'It is done, now or before.' })
@PresentedAs('outcome')
export class AlertUpdated {
  @Field(() => AlertSummary, { description: 'The alert.' })
  alert!: AlertSummary;
}

export const AlertActionPayload = createUnionType({
  name: 'AlertActionPayload',
  description: 'What became of an act on an alert.',
  types: () => [AlertUpdated, AlertActionRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AlertActionRejected : AlertUpdated),
});

@ObjectType({ description: 'You watch it no more.' })
@PresentedAs('outcome')
export class RecordUnwatched {
  @Field(() => ID, { description: 'The record’s.' })
  recordId!: string;
}

export const UnwatchRecordPayload = createUnionType({
  name: 'UnwatchRecordPayload',
  description: 'What became of it.',
  types: () => [RecordUnwatched, AlertActionRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AlertActionRejected : RecordUnwatched),
});

@InputType({
  description: 'Whom to tell next: a colleague, or everybody who has a role at that moment. One of the two.',
})
export class EscalationTargetInput {
  @Field(() => ID, { nullable: true, description: 'A colleague who is alerted in this agency.' })
  personId?: string | null;

  @Field(() => EscalationRoleEnum, { nullable: true, description: 'Everybody of your agency who has it then.' })
  role?: string | null;
}

@InputType({ description: 'What happens to an alert of a rule that nobody acknowledges.' })
export class AlertEscalationInput {
  @Field(() => Int, {
    nullable: true,
    description: 'Required, 1 to 10,080 minutes: before the first is told, and between one and the next.',
  })
  afterMinutes?: number | null;

  @Field(() => [EscalationTargetInput], { nullable: true, description: 'Required: 1 to 10, in this order.' })
  targets?: EscalationTargetInput[] | null;
}

@ObjectType({ description: 'Whom to tell next: a colleague or a role, the other is null.' })
@PresentedAs('own-alert')
export class EscalationTarget {
  @Field(() => ID, { nullable: true, description: 'The colleague.' })
  personId!: string | null;

  @Field(() => EscalationRoleEnum, { nullable: true, description: 'Everybody of your agency who has it then.' })
  role!: string | null;
}

@ObjectType({
  description:
    'What happens to an alert of a rule that nobody acknowledges: each of these gets one of their own on the same record, with their own keys, until its owner or one of them acknowledges it.',
})
@PresentedAs('own-alert')
export class AlertEscalation {
  @Field(() => Int, { description: 'Minutes before the first is told, and between one and the next.' })
  afterMinutes!: number;

  @Field(() => [EscalationTarget], { description: 'In this order.' })
  targets!: EscalationTarget[];
}

@ObjectType({ description: 'It holds for alerts that are delivered from now on.' })
@PresentedAs('outcome')
export class AlertEscalationSet {
  @Field(() => ID, { description: 'The rule’s.' })
  ruleId!: string;

  @Field(() => AlertEscalation, { nullable: true, description: 'Null: nobody is told any more.' })
  escalation!: AlertEscalation | null;
}

export const SetAlertEscalationPayload = createUnionType({
  name: 'SetAlertEscalationPayload',
  description: 'What became of it.',
  types: () => [AlertEscalationSet, AlertRuleRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AlertRuleRejected : AlertEscalationSet),
});
