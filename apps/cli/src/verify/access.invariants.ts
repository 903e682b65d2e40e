import type { Queryable } from '@concord/platform/database';
import type { Invariant } from './invariant.js';

/** Roles that nobody gives alone; libs/agencies says it the other way round (WORKING_ROLES). */
const DUAL_CONTROL = `array['AGENCY_ADMIN', 'SYSTEM_ADMIN', 'AUDITOR', 'PRIVACY_OFFICER']`;
/** As sets: in which order roles were named is nothing. */
const sameRoles = (one: string, other: string): string => `(${one} <@ ${other} and ${one} @> ${other})`;
const APPROVED_ROLES = `array(select jsonb_array_elements_text(a.payload->'roles'))`;

/** Who lets whom do what: what a second person decided, what was promised, and what came of it. */
export const ACCESS_INVARIANTS: readonly Invariant[] = [
  {
    subject: 'approval',
    message: 'requests were decided by whoever asked',
    from: 'approval a where a.decided_by = a.requested_by',
  },
  {
    subject: 'approval',
    message: 'requests were decided after their time',
    from: 'approval a where a.decided_at > a.expires_at',
  },
  {
    subject: 'approval',
    message: 'roles were approved and are not there',
    from: `approval a where a.kind = 'role.grant' and a.state = 'APPROVED' and not exists (select from membership m where m.approval_id = a.id)`,
  },
  {
    subject: 'approval',
    message: 'invitations were approved and accepted, and are no membership',
    // What was over when it was accepted, or to an agency that had left, came to nothing and rightly so.
    from: `approval a join invitation i on i.approval_id = a.id left join agency g on g.id = i.agency_id
      where a.kind = 'invitation.confirm' and a.state = 'APPROVED' and i.accepted_at is not null
        and (i.valid_until is null or i.valid_until > greatest(i.accepted_at, a.decided_at)) and g.left_at is null
        and not exists (select from membership m where m.invitation_id = i.id)`,
  },
  {
    subject: 'approval',
    message: 'agencies were let go and have not left',
    from: `approval a join agency g on g.id = (a.payload->>'agencyId')::uuid
      where a.kind = 'agency.leave' and a.state = 'APPROVED' and g.left_at is null`,
  },
  {
    subject: 'membership',
    // An operator appoints and the seed seats in nobody's name.
    message: 'roles that need a second person were given by one alone',
    from: `membership m where m.granted_by is not null and (m.roles && ${DUAL_CONTROL} or m.granted_by = m.person_id)
      and not exists (select from approval a where a.id = m.approval_id and a.state = 'APPROVED')`,
  },
  {
    subject: 'membership',
    message: 'memberships are not what a second person approved',
    from: `membership m left join approval a on a.id = m.approval_id left join invitation i on i.id = m.invitation_id
      where m.approval_id is not null and not coalesce(a.state = 'APPROVED' and case a.kind
        when 'role.grant' then a.payload->>'personId' = m.person_id::text
          and (a.payload->>'agencyId')::uuid is not distinct from m.agency_id and ${sameRoles('m.roles', APPROVED_ROLES)}
        when 'invitation.confirm' then a.payload->>'invitationId' = i.id::text end, false)`,
  },
  {
    subject: 'membership',
    message: 'memberships are not what was invited to, or not of whoever accepted',
    from: `membership m join invitation i on i.id = m.invitation_id
      where i.accepted_by is distinct from m.person_id or i.agency_id is distinct from m.agency_id
        or i.withdrawn_at is not null or not ${sameRoles('m.roles', 'i.roles')}`,
  },
  {
    subject: 'invitation',
    message: 'invitations to roles that need a second person wait for none',
    from: `invitation i where i.approval_id is null and i.roles && ${DUAL_CONTROL}`,
  },
];

/** Whether the schema is as new as they are: a backup may be older. */
export async function knowsAccess(db: Queryable): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from pg_attribute where attrelid = to_regclass('public.invitation') and attname = 'withdrawn_at'`,
  );
  return rowCount === 1;
}
