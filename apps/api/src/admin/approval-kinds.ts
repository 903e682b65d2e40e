import { approvalKinds } from '@concord/agencies';

/** Everything that a second person decides in this deployment. */
export const APPROVAL_KINDS = approvalKinds();
