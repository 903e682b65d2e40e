export { matchRows, type RuleMatch } from './match-rows.js';
export { raiseAlerts } from './raise-alerts.js';
export { acknowledgeAlert, type AcknowledgeOutcome } from './acknowledge-alert.js';
export {
  ALERT_CHANGES,
  ALERT_STATES,
  findAlertPage,
  openInbox,
  findInboxEntries,
  findInboxesAhead,
  type AlertCard,
  type AlertChange,
  type AlertPosition,
  type AlertState,
  type InboxEntry,
} from './alert.reader.js';
export { findAlertRulePage, type AlertRuleCard } from './alert-rule.reader.js';
export { createAlertRule, deleteAlertRule, updateAlertRule, type AlertRule } from './alert-rule.store.js';
