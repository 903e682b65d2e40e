export {
  changeAgencySettings,
  findAgencySettings,
  type AgencySettings,
  type SettingsChange,
} from './agency-settings.store.js';
export {
  administer,
  issue,
  readRequired,
  readText,
  RefusedAct,
  type Administered,
  type AdministrationIssue,
  type Administrator,
  type AdministrativeAct,
  type BookActs,
} from './administration.js';
export {
  APPROVAL_NEEDS,
  APPROVAL_STATES,
  approvalKind,
  approvalKinds,
  type Applied,
  type Approval,
  type ApprovalKind,
  type ApprovalKinds,
  type ApprovalNeeds,
  type ApprovalRequest,
  type ApprovalState,
  type ApprovedRequest,
} from './approvals/approval.js';
export { findApprovals } from './approvals/approval.reader.js';
export { decideApproval, requestApproval, type ApprovalDecision } from './approvals/approval.store.js';
