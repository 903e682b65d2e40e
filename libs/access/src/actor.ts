import type { AgencyLevel, PurposeCode, Role } from '@concord/codes';

/** The agency in whose name an actor acts; one at a time. */
export interface ActorAgency {
  readonly id: string;
  /** Absent for COMMUNITY partners. */
  readonly ori: string | null;
  readonly name: string;
  readonly level: AgencyLevel;
}

/** Why shared records are read: a code and a reference to a case (28 CFR 23.20(e): need to know and right to know). */
export interface Purpose {
  readonly code: PurposeCode;
  readonly reference: string;
}

/**
 * Who asks, in which agency, with which roles, right now. It carries no keys: what opens a record is computed in the
 * statement that reads it, so that a membership which has just ended opens nothing.
 */
export interface Actor {
  readonly personId: string;
  readonly displayName: string;
  /** Absent for a system admin, who belongs to the deployment. */
  readonly agency: ActorAgency | null;
  readonly roles: ReadonlySet<Role>;
  readonly purpose: Purpose | null;
}

/** An actor who acts for an agency: what every reading and submitting action needs. */
export interface AgencyActor extends Actor {
  readonly agency: ActorAgency;
}
