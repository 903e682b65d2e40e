import { AGENCY_LEAVE, approvalKinds, INVITATION_CONFIRM, ROLE_GRANT } from '@concord/agencies';

/** Everything that a second person decides in this deployment. */
export const APPROVAL_KINDS = approvalKinds(ROLE_GRANT, INVITATION_CONFIRM, AGENCY_LEAVE);
