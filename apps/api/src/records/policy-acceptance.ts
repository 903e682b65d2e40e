import type { AgencyActor } from '@concord/access';
import { findPolicyState } from '@concord/agencies';
import { DomainError } from '@concord/platform/errors';
import type { Queryable } from '@concord/platform/database';

/**
 * Says why there is nothing, where the agency has not accepted the policy text that is in force: its keys to what others
 * share are gone then, whatever was asked for.
 *
 * @throws DomainError POLICY_NOT_ACCEPTED
 */
export async function refuseUntilPolicyAccepted(db: Queryable, actor: AgencyActor): Promise<void> {
  const state = await findPolicyState(db, actor.agency.id);
  if (state?.closed !== true) return;
  throw new DomainError(
    'forbidden',
    'POLICY_NOT_ACCEPTED',
    'Your agency has not accepted the policy text that is in force (`me { policy }`); until its admin does, only its own records are open to you.',
  );
}
