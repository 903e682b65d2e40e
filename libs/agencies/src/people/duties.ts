import type { Role } from '@concord/codes';
import { issue } from '../administration.js';
import type { Fault } from '../fault.js';
import type { AdminSeat } from '../seat.js';

/** Roles that an agency's admin gives alone; every other one needs a second person. SQL says the same. */
export const WORKING_ROLES: readonly Role[] = ['SUBMITTER', 'ANALYST', 'SUPERVISOR', 'WATCH_OFFICER'];

/** A membership as somebody would like to give it. */
export interface WantedMembership {
  readonly roles: readonly Role[];
  /** Absent: from now on. */
  readonly from: Date | null;
  /** Absent: without an end. */
  readonly until: Date | null;
}

/** Whether a second person has to agree. @param elsewhere the person has, or will have, a seat somewhere else */
export const needsSecondPerson = (roles: readonly Role[], elsewhere: boolean): boolean =>
  elsewhere || roles.some((role) => !WORKING_ROLES.includes(role));

/** What is wrong with a membership whoever gives it; pure. A clock that is a minute off is forgiven. */
export function faultsOf({ roles, from, until }: WantedMembership, now: Date): Fault[] {
  const faults: Fault[] = [];
  if (roles.length === 0) faults.push(issue('roles', 'EMPTY_LIST', 'Give at least one role.'));
  if (from !== null && Number.isNaN(from.getTime())) faults.push(issue('from', 'INVALID_FORMAT', NO_TIME));
  else if (from !== null && from.getTime() < now.getTime() - 60_000)
    faults.push(issue('from', 'IN_THE_PAST', 'A membership begins now or later.'));
  if (until !== null && Number.isNaN(until.getTime())) faults.push(issue('until', 'INVALID_FORMAT', NO_TIME));
  else if (until !== null && until <= now)
    faults.push(issue('until', 'IN_THE_PAST', 'A membership ends later than now.'));
  else if (until !== null && from !== null && until <= from)
    faults.push(issue('until', 'RANGE_REVERSED', 'A membership ends after it begins.'));
  return faults;
}

const NO_TIME = 'Give a time such as 2027-06-30T00:00:00Z.';

/**
 * Whether the seat may give, or ask a second person for, these roles in that agency; pure. An admin gives the roles of
 * the own agency; a system admin makes system admins and an agency's admin, and nobody who reads.
 */
export function faultsOfGiver(who: AdminSeat, agencyId: string | null, roles: readonly Role[]): Fault[] {
  const forDeployment = roles.includes('SYSTEM_ADMIN');
  if (forDeployment && roles.length > 1) return [separate('SYSTEM_ADMIN goes with no other role.')];
  const [only] = roles;
  const mayGive =
    who.agencyId === null
      ? roles.length === 1 && only === (agencyId === null ? 'SYSTEM_ADMIN' : 'AGENCY_ADMIN')
      : !forDeployment;
  return mayGive || roles.length === 0
    ? []
    : [
        issue(
          'roles',
          'NOT_YOUR_ROLE_TO_GIVE',
          'An agency’s admin gives every role of the agency. A system admin gives SYSTEM_ADMIN, without an agency, and AGENCY_ADMIN of an agency without one; nothing else.',
        ),
      ];
}

/**
 * Whether one person may hold all of these (CJIS AC-5, separation of duties); pure. Nobody audits what they do
 * themselves, and whoever runs the deployment acts for no agency.
 * @param held roles that the person has, or will have, in this agency
 */
export function faultsOfDuties(
  roles: readonly Role[],
  held: readonly Role[],
  { systemAdmin, elsewhere }: { readonly systemAdmin: boolean; readonly elsewhere: boolean },
): Fault[] {
  const all = new Set([...roles, ...held]);
  if (all.has('AUDITOR') && all.size > 1) return [separate('AUDITOR goes with no other role in the same agency.')];
  if (roles.includes('SYSTEM_ADMIN') ? elsewhere : systemAdmin)
    return [separate('Whoever is SYSTEM_ADMIN acts for no agency.')];
  return [];
}

const separate = (message: string): Fault => issue('roles', 'SEPARATE_DUTIES', message);
