import type { Role } from '@concord/codes';
import type { Queryable } from '@concord/platform/database';
import { issue } from '../administration.js';
import type { Fault } from '../fault.js';
import type { AdminSeat } from '../seat.js';
import { findAdministeredAgency, type AdministeredAgency } from './directory.reader.js';
import { faultsOfGiver } from './duties.js';

/** Where somebody shall become something, and what is wrong with that. */
export interface TargetAgency {
  /** Null: the deployment, or nothing that this seat administers. */
  readonly agency: AdministeredAgency | null;
  readonly faults: readonly Fault[];
}

/** Finds the agency that is meant, and judges whether this seat gives these roles there. */
export async function findTargetAgency(
  tx: Queryable,
  who: AdminSeat,
  { agencyOri, roles }: { readonly agencyOri: string | null; readonly roles: readonly Role[] },
): Promise<TargetAgency> {
  if (who.agencyId === null && agencyOri === null) return { agency: null, faults: faultsOfGiver(who, null, roles) };
  const agency = await findAdministeredAgency(tx, who, agencyOri);
  if (agency === null)
    return {
      agency,
      faults: [issue('agencyOri', 'NOT_FOUND', 'There is no agency for you to administer under that ORI.')],
    };
  const faults = faultsOfGiver(who, agency.id, roles);
  if (who.agencyId === null && agency.hasAdmin)
    faults.push(issue('agencyOri', 'AGENCY_HAS_ADMIN', 'It has an admin, who brings in everybody else.'));
  return { agency, faults };
}
