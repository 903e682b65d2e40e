import { ALERT_OUTCOMES, ALERT_STEPS, ESCALATION_ROLES } from '@concord/alerting';
import { schemaEnum } from './schema-enum.js';

export const AlertOutcomeEnum = schemaEnum(ALERT_OUTCOMES, 'AlertOutcome', 'What a closed alert was good for.', {
  USEFUL: 'It led to something, or told you what you did not know.',
  NOT_USEFUL: 'It was not what the rule is for: noise.',
  DUPLICATE: 'You knew of the event from another alert or from elsewhere.',
});

export const AlertStepEnum = schemaEnum(ALERT_STEPS, 'AlertHistoryStepKind', 'What happened to an alert.', {
  SEEN: 'Its owner had it on the screen.',
  ACKNOWLEDGED: 'Its owner took note of it.',
  IN_WORK: 'Its owner began to work on it.',
  CLOSED: 'Its owner is done with it.',
  NOTED: 'Its owner changed the note.',
  REVISED: 'A further revision came; unless it is in work it is to be acknowledged again.',
  ASSIGNED: 'Its owner gave it to a colleague.',
  ESCALATED: 'Nobody had acknowledged it in time, and it went to a colleague too.',
  RECEIVED: 'A colleague gave it to its owner, or did not acknowledge it in time.',
  NOT_HANDED_OVER:
    'The colleague to whom it went may not see the record, or is not alerted here any more, and got nothing.',
});

export const EscalationRoleEnum = schemaEnum(
  ESCALATION_ROLES,
  'EscalationRole',
  'Roles that are alerted: whoever of your agency has it at that moment.',
  {
    ANALYST: 'The desk: every analyst.',
    SUPERVISOR: 'Every supervisor.',
    WATCH_OFFICER: 'Every watch officer.',
  },
);
