export {
  changeAgencySettings,
  findAgencySettings,
  type AgencySettings,
  type SettingsChange,
} from './agency-settings.store.js';
export { checkReportDefaults, type ReportDefaults } from './report-defaults.js';
export type { Agency, AgencyInput, AgencyOutcome } from './agencies/agency.js';
export { findAgencies, findAgency, wordsOf, type AgencyPosition } from './agencies/agency.reader.js';
export { changeAgency, changeAgencyContact, createAgency } from './agencies/agency.store.js';
export { LONGEST_NAME, ORI } from './agencies/check-agency.js';
export { endAgency, findStanding } from './agencies/departure.store.js';
export { AGENCY_LEAVE, requestDeparture } from './agencies/leave-agency.js';
export type { Fault } from './fault.js';
export { importAgencies, type ImportOutcome, type ImportedAgency, type ListedAgency } from './agencies/import.store.js';
export { placeKeys, type Jurisdiction } from './agencies/jurisdiction.js';
export type { Region, RegionInput, RegionWarning } from './regions/region.js';
export {
  importRegions,
  type ImportedRegion,
  type ListedRegion,
  type RegionImportOutcome,
} from './regions/import.store.js';
export { LONGEST_REGION_NAME, MOST_COUNTIES, REGION_ID } from './regions/region.js';
export { changeRegion, createRegion, findRegions } from './regions/region.store.js';
export {
  administer,
  issue,
  RefusedAct,
  type Administered,
  type AdministrativeAct,
  type Book,
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
export {
  acceptInvitation,
  findTokenSubject,
  type AcceptedInvitation,
  type TokenSubject,
} from './people/accept-invitation.js';
export { grantRole, ROLE_GRANT, type GrantRole, type RoleOutcome } from './people/grant-role.js';
export { INVITATION_CONFIRM, invitePerson, type InvitedPerson, type InvitePerson } from './people/invite-person.js';
export { findOpenInvitations, type OpenInvitation } from './people/invitation.reader.js';
export { withdrawInvitation } from './people/invitation.store.js';
export { findMembers, findOwnMemberships } from './people/membership.reader.js';
export { endMembership } from './people/membership.store.js';
export type { Membership } from './people/membership.js';
export { setPersonStatus, type DirectoryPerson } from './people/person.store.js';
export * from './agreements/index.js';
export { apiKeyDigest, claimsToBeApiKey } from './api-keys/api-key-text.js';
export {
  createApiKey,
  endApiKey,
  findApiKeys,
  revokeApiKey,
  type ApiKey,
  type EndedApiKey,
  type KeyAdmin,
  type KeyCreation,
  type KeyPosition,
  type KeyRefused,
} from './api-keys/api-key.store.js';
export {
  LONGEST_KEY_DAYS,
  NO_SUCH_PERSON,
  readApiKeyRequest,
  type ApiKeyRequest,
  type SubmittedApiKey,
} from './api-keys/read-api-key-request.js';
export { enterSeat, inSeat, type AdminSeat } from './seat.js';
