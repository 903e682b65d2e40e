import type { AgencyLevel, ApiKeyCapability, PurposeCode, Role, SharingCode } from '@concord/codes';

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

/** The API key that somebody's machine showed: it can do what both the key and the person may. */
export interface ActorKey {
  readonly id: string;
  readonly capabilities: ReadonlySet<ApiKeyCapability>;
  /** What the machine submits may be shared no more widely. */
  readonly widestSharing: SharingCode;
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
  /** Absent for people. */
  readonly key?: ActorKey;
}

/** An actor who acts for an agency: what every reading and submitting action needs. */
export interface AgencyActor extends Actor {
  readonly agency: ActorAgency;
}
