import type { Role } from '@concord/codes';
import type { Queryable } from '@concord/platform/database';
import { isId } from '@concord/platform/ids';
import type { Pool } from 'pg';
import { administer, issue, RefusedAct, type Administered, type BookActs } from '../administration.js';
import { findAgencyById } from '../agencies/agency.reader.js';
import type { AdminSeat } from '../seat.js';
import { approvalKind, type Approval, type ApprovalKind } from '../approvals/approval.js';
import { findPendingRequest, requestApproval } from '../approvals/approval.store.js';
import { findKnownPerson, type AdministeredAgency, type KnownPerson } from './directory.reader.js';
import { faultsOf, faultsOfDuties, needsSecondPerson, type WantedMembership } from './duties.js';
import { findMembership } from './membership.reader.js';
import { storeApprovedMembership, storeMembership } from './membership.store.js';
import type { Membership } from './membership.js';
import { findTargetAgency } from './target-agency.js';

/** Who shall get which roles, where and for how long. */
export interface GrantRole extends WantedMembership {
  readonly personId: string;
  /** Null: the own agency; for a system admin the deployment. */
  readonly agencyOri: string | null;
}

/** Granted at once, or asked of a second person. */
export type RoleOutcome =
  | { readonly kind: 'granted'; readonly membership: Membership }
  | { readonly kind: 'requested'; readonly approval: Approval };

/** Gives roles, or asks a second person for them; all faults at once. */
export async function grantRole(
  pool: Pool,
  who: AdminSeat,
  wanted: GrantRole,
  { now, book }: { readonly now: Date; readonly book: BookActs },
): Promise<Administered<RoleOutcome>> {
  return administer(pool, who, async (tx) => {
    const { agency, person } = await judge(tx, who, wanted, now);
    const roles = [...new Set(wanted.roles)];
    const agencyId = agency?.id ?? null;
    // An admin who could become a supervisor alone could open in imminent danger alone.
    if (person.id === who.personId || needsSecondPerson(roles, person.elsewhere)) {
      const request = {
        kind: 'role.grant',
        agencyId: who.agencyId,
        subjectIds: [person.id, ...(agencyId === null ? [] : [agencyId])],
        payload: {
          personId: person.id,
          agencyId,
          roles: [...roles].sort(),
          from: wanted.from,
          until: wanted.until,
          elsewhere: person.elsewhere,
        } satisfies GrantPayload,
        summary: summaryOf(roles, agency, person, wanted),
      };
      // Of two who ask for it at the same moment the second waits for lock_person, and finds the first one's.
      const pending = await findPendingRequest(tx, who, request, 'person');
      if (pending !== null) return { kind: 'requested', approval: pending };
      const approval = await requestApproval(tx, who, request);
      await book(tx, [
        {
          action: 'role.request',
          subjects: [
            { kind: 'approval', id: approval.id },
            { kind: 'person', id: person.id },
          ],
        },
      ]);
      return { kind: 'requested', approval };
    }
    const id = await storeMembership(tx, { personId: person.id, roles, from: wanted.from, until: wanted.until });
    await book(tx, [granted(id, person.id)]);
    return { kind: 'granted', membership: await stored(tx, id) };
  });
}

async function judge(
  tx: Queryable,
  who: AdminSeat,
  wanted: GrantRole,
  now: Date,
): Promise<{ agency: AdministeredAgency | null; person: KnownPerson }> {
  const { agency, faults: ofTarget } = await findTargetAgency(tx, who, wanted);
  const faults = [...faultsOf(wanted, now), ...ofTarget];
  const period = faults.some(({ path }) => path === 'from' || path === 'until') ? { from: null, until: null } : wanted;
  // Before looking: what another agency's admin gives at the same moment is seen, and not missed.
  if (isId(wanted.personId)) await tx.query('select lock_person($1)', [wanted.personId]);
  const person = await findKnownPerson(tx, wanted.personId, agency?.id ?? null, period);
  if (person === null) faults.push(issue('personId', 'NOT_FOUND', 'There is nobody active under that id.'));
  else {
    faults.push(...faultsOfDuties(wanted.roles, person.held, person));
    if (wanted.roles.length > 0 && wanted.roles.every((role) => person.covered.includes(role)))
      faults.push(issue('roles', 'ALREADY_HELD', 'The person holds all of these roles for all of that time already.'));
  }
  if (person === null || faults.length > 0) throw new RefusedAct(faults);
  return { agency, person };
}

/** As JSON makes it: times are text once it is read again. */
interface GrantPayload {
  readonly personId: string;
  readonly agencyId: string | null;
  readonly roles: readonly Role[];
  readonly from: Date | null;
  readonly until: Date | null;
  /** Whether whoever decides is told that the person acts for somebody else too. */
  readonly elsewhere: boolean;
}

function summaryOf(
  roles: readonly Role[],
  agency: AdministeredAgency | null,
  person: KnownPerson,
  { until }: WantedMembership,
): string {
  const where = agency === null ? 'the deployment' : agency.name;
  const end = until === null ? '' : `, until ${until.toISOString()}`;
  return `${roles.join(', ')} in ${where} for ${person.displayName}${person.elsewhere ? ', who acts for somebody else too' : ''}${end}`;
}

const granted = (membershipId: string, personId: string) =>
  ({
    action: 'role.grant',
    subjects: [
      { kind: 'membership', id: membershipId },
      { kind: 'person', id: personId },
    ],
  }) as const;

async function stored(tx: Queryable, id: string): Promise<Membership> {
  const membership = await findMembership(tx, id);
  if (membership === null) throw new Error('what was stored is there');
  return membership;
}

const timeOf = (text: string | null): Date | null => (text === null ? null : new Date(text));

/** Roles that a second person has agreed to. What has changed since it was asked for is looked at again. */
export const ROLE_GRANT: ApprovalKind = approvalKind({
  kind: 'role.grant',
  parse: (payload) =>
    payload as {
      personId: string;
      agencyId: string | null;
      roles: Role[];
      from: string | null;
      until: string | null;
      elsewhere?: boolean;
    },
  apply: async (tx, { id, payload }) => {
    const { personId, agencyId, roles, elsewhere } = payload;
    const [from, until] = [timeOf(payload.from), timeOf(payload.until)];
    const now = new Date();
    await tx.query('select lock_person($1)', [personId]);
    const person = await findKnownPerson(tx, personId, agencyId, {
      from: from !== null && from > now ? from : null,
      until,
    });
    if (person === null)
      return { kind: 'rejected', issues: [issue('id', 'NOT_FOUND', 'The person is not active any more. Refuse it.')] };
    const faults = faultsOfDuties(roles, person.held, person);
    if (agencyId !== null && (await findAgencyById(tx, agencyId))?.status !== 'ACTIVE')
      faults.push(issue('id', 'NOT_FOUND', 'The agency has left. Refuse it.'));
    if (person.elsewhere && elsewhere !== true)
      faults.push(issue('id', 'OTHER_SEATS', 'By now the person acts for somebody else too. Refuse it; ask again.'));
    if (roles.every((role) => person.covered.includes(role)))
      faults.push(issue('id', 'ALREADY_HELD', 'The person holds all of it by now. Refuse it.'));
    if (until !== null && until <= now) faults.push(issue('id', 'IN_THE_PAST', 'It would be over already. Refuse it.'));
    if (faults.length > 0) return { kind: 'rejected', issues: faults };
    return { kind: 'applied', acts: [granted(await storeApprovedMembership(tx, id), personId)] };
  },
});
