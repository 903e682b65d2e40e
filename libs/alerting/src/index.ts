export { matchRows, type RuleMatch } from './match-rows.js';
export { raiseAlerts } from './raise-alerts.js';
export {
  advanceAlert,
  assignAlert,
  type AdvanceAlert,
  type AlertActOutcome,
  type AssignOutcome,
} from './alert-life.store.js';
export { findAlertSteps, type AlertStep, ALERT_STEPS } from './alert-step.reader.js';
export {
  findEscalations,
  setEscalation,
  ESCALATION_ROLES,
  type Escalation,
  type EscalationRole,
} from './escalation.store.js';
export { MOST_WATCHED, unwatchRecord, watchRecord } from './watch-record.js';
export { escalateAlerts, handOverAlerts } from './hand-over.js';
export {
  ALERT_CHANGES,
  ALERT_OUTCOMES,
  ALERT_STATES,
  findAlertPage,
  openInbox,
  findInboxEntries,
  findInboxesAhead,
  type AlertCard,
  type AlertChange,
  type AlertOutcome,
  type AlertPosition,
  type AlertState,
  type InboxEntry,
} from './alert.reader.js';
export { findAlertRulePage, type AlertRuleCard } from './alert-rule.reader.js';
export { createAlertRule, deleteAlertRule, updateAlertRule, type AlertRule } from './alert-rule.store.js';
