import { createUnionType, Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { AlertOutcomeEnum } from '../graphql/alert-life.enums.js';
import { PresentedAs } from '../graphql/policy.decorator.js';
import { AlertChangeEnum, AlertStateEnum, Issue, MatchEnum, PageInfo } from '../graphql/shared.types.js';

@ObjectType({ description: 'A rule of yours that a record met.' })
@PresentedAs('own-alert')
export class MatchedRule {
  @Field(() => ID, { description: 'The rule’s.' })
  id!: string;

  @Field({ description: 'As you named it.' })
  name!: string;
}

@ObjectType({ description: 'What you are told about one record, with all rules of yours that met it.' })
@PresentedAs('own-alert')
export class Alert {
  @Field(() => ID, { description: 'Yours alone: another reader’s alert on the same record has another id.' })
  id!: string;

  @Field(() => Int, { description: 'Counts up when the alert changes; each revision has a cursor of its own.' })
  revision!: number;

  @Field({ description: 'When the record first met a rule of yours.' })
  raisedAt!: Date;

  @Field({ description: 'When its latest revision was made.' })
  updatedAt!: Date;

  @Field(() => AlertStateEnum, {
    description: 'A further revision is DELIVERED again, unless the alert is IN_WORK and stays so.',
  })
  state!: string;

  @Field(() => AlertOutcomeEnum, { nullable: true, description: 'What it was good for; null unless it is CLOSED.' })
  outcome!: string | null;

  @Field(() => String, { nullable: true, description: 'The last note that you made on it.' })
  note!: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The colleague who gave it to you last, or did not acknowledge it in time; null: it is by rules of yours alone.',
  })
  assignedBy!: string | null;

  @Field({ description: 'Whether you watch its record.' })
  watched!: boolean;

  @Field(() => AlertChangeEnum, { description: 'What its latest revision is about.' })
  change!: string;

  @Field(() => MatchEnum, { description: 'POSSIBLE: a condition of the rule is finer than your view of the record.' })
  match!: string;

  @Field(() => [MatchedRule], {
    description: 'Every rule of yours that it met; none where only a colleague gave it to you.',
  })
  rules!: MatchedRule[];
}

@ObjectType({ description: 'One alert of a page.' })
@PresentedAs('own-alert')
export class AlertEdge {
  @Field({
    description: 'Place in this list, for `after` of `alerts`. A stream goes by the cursors of its own events.',
  })
  cursor!: string;

  @Field(() => Alert, { description: 'The alert.' })
  node!: Alert;
}

@ObjectType({ description: 'Your alerts, newest first.' })
@PresentedAs('own-alert')
export class AlertConnection {
  @Field(() => [AlertEdge], { description: 'The page.' })
  edges!: AlertEdge[];

  @Field({
    description:
      'Where your inbox stood before this page was read: as `after` of `alertRaised` it gives all that the first page may not have. What is in both has the same id; the higher revision counts.',
  })
  streamCursor!: string;

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'One revision of an alert in your inbox.' })
@PresentedAs('own-alert')
export class AlertEvent {
  @Field({ description: 'Its position in your inbox: send it as `after` to go on from here.' })
  cursor!: string;

  @Field(() => Int, {
    description:
      'Counts the events of your inbox, from 1 and by one: an event whose position is not one more than that of the event before it, or of the cursor that you sent, tells that you have missed what is between.',
  })
  position!: number;

  @Field(() => Alert, { description: 'The alert as it is now.' })
  alert!: Alert;
}

@ObjectType({ description: 'An alert in the answer to an action on it.' })
@PresentedAs('own-alert')
export class AlertSummary {
  @Field(() => ID, { description: 'The alert’s.' })
  id!: string;

  @Field(() => AlertStateEnum, { description: 'Where it stands after the action.' })
  state!: string;
}

@ObjectType({ description: 'It is acknowledged, now or before.' })
@PresentedAs('outcome')
export class AlertAcknowledged {
  @Field(() => AlertSummary, { description: 'The alert.' })
  alert!: AlertSummary;
}

@ObjectType({ description: 'Nothing was changed.' })
@PresentedAs('outcome')
export class AlertActionRejected {
  @Field(() => [Issue], { description: 'Why not.' })
  issues!: Issue[];
}

export const AcknowledgeAlertPayload = createUnionType({
  name: 'AcknowledgeAlertPayload',
  description: 'What became of an acknowledgement.',
  types: () => [AlertAcknowledged, AlertActionRejected] as const,
  resolveType: (value: object) => ('issues' in value ? AlertActionRejected : AlertAcknowledged),
});
