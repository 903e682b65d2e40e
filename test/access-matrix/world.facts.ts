/** The words of a generated world: plain facts, and nothing that knows how Concord decides. */

export type Level = 'FEDERAL' | 'STATE' | 'LOCAL' | 'TRIBAL' | 'COMMUNITY';
export type Role =
  | 'SUBMITTER'
  | 'ANALYST'
  | 'SUPERVISOR'
  | 'AGENCY_ADMIN'
  | 'SYSTEM_ADMIN'
  | 'AUDITOR'
  | 'PRIVACY_OFFICER'
  | 'WATCH_OFFICER';
export type Sharing = 'AGENCY' | 'TASK_FORCES' | 'STATE' | 'NATION' | 'PARTNERS';
export type Precision = 'OWNER' | 'TASK_FORCE' | 'PARTNER' | 'COMMUNITY';

/** Why shared records are read (28 CFR 23.20(e)); an agreement names those that it is for. */
export const PURPOSES = [
  'INVESTIGATION',
  'DECONFLICTION',
  'TASK_FORCE',
  'ANALYSIS',
  'OFFICER_SAFETY',
  'ADMINISTRATION',
  'AUDIT',
  'TRAINING',
] as const;
export type Purpose = (typeof PURPOSES)[number];

/** Whether something holds at the moment of asking. */
export type Term = 'NOW' | 'ENDED' | 'FUTURE';

export interface AgencyFact {
  readonly id: string;
  readonly name: string;
  readonly level: Level;
  readonly places: readonly string[];
  readonly status: 'ACTIVE' | 'LEFT';
  /** What it has set for its places; 6 unless it says otherwise. */
  readonly h3Resolution: 6 | 7;
  readonly parentId: string | null;
  /**
   * Which policy text it has accepted: the newest, which is not in force yet; the one in force and not the next, for which
   * it has time; or only one that is over.
   */
  readonly policy: 'ACCEPTED' | 'IN_GRACE' | 'OVERDUE';
}

/** A row of memberships: a person may have several, also in one agency. */
export interface SeatFact {
  readonly id: string;
  readonly personId: string;
  /** Null for the deployment. */
  readonly agencyId: string | null;
  readonly roles: readonly Role[];
  readonly term: Term;
}

export interface PersonFact {
  readonly id: string;
  readonly status: 'ACTIVE' | 'DISABLED';
}

export interface AgreementFact {
  readonly id: string;
  readonly name: string;
  readonly parties: readonly string[];
  /** Named and not bound: their admins have not signed. */
  readonly invited: readonly string[];
  /** Parties that have ended it for themselves. */
  readonly withdrawn: readonly string[];
  readonly purposes: readonly Purpose[];
  readonly widest: Sharing;
  readonly term: Term;
}

export interface TaskForceFact {
  readonly id: string;
  readonly name: string;
  readonly leadAgencyId: string;
  readonly term: Term;
  readonly agencies: readonly { readonly agencyId: string; readonly term: Term }[];
  readonly members: readonly { readonly agencyId: string; readonly personId: string; readonly term: Term }[];
}

export interface RegionFact {
  readonly id: string;
  readonly counties: readonly string[];
}

export interface SubstanceFact {
  readonly deaCode: string | null;
  /** Of a substance without a DEA code. */
  readonly name: string | null;
  readonly category: string;
  readonly form: string;
  readonly quantity: number | null;
  readonly unit: 'KG' | 'GM' | 'DU' | 'ML' | null;
  readonly estimated: boolean;
  readonly laboratoryStatus: string;
  readonly purityPercent: number | null;
  readonly signature: string | null;
  readonly adulterants: readonly string[];
}

export interface RecordFact {
  /** Its place in the world, from 0; part of its reference. */
  readonly n: number;
  /** Empty until it is stored. */
  readonly recordId: string;
  readonly agencyId: string;
  /** Who submits it: somebody of the agency, at a time when every term holds. */
  readonly submitterId: string;
  readonly by: 'HTTP' | 'INSIDE' | 'LOAD';
  readonly sharing: Sharing;
  /** Submitted with this sharing and corrected to the one above. */
  readonly sharedBefore: Sharing | null;
  readonly taskForceIds: readonly string[];
  readonly tlp: 'CLEAR' | 'GREEN' | 'AMBER' | 'AMBER_STRICT' | 'RED';
  readonly withhold: readonly ('CONTRIBUTOR' | 'METHOD' | 'SIGNATURE')[];
  readonly timePrecision: 'WEEK' | 'DAY';
  /** LAPSES: in force when it was submitted, over when it is asked for. */
  readonly embargo: 'NONE' | 'IN_FORCE' | 'LAPSES';
  readonly recalled: boolean;
  readonly occurredAt: { readonly ms: number; readonly offsetMinutes: number };
  readonly place: {
    readonly stateFips: string;
    readonly countyFips: string;
    readonly latitude: number;
    readonly longitude: number;
    readonly setting: string;
    readonly portOfEntry: string | null;
  };
  readonly substances: readonly SubstanceFact[];
  readonly concealment: readonly string[];
  readonly conveyance: string;
  readonly packaging: string | null;
  readonly remarks: string | null;
  readonly route: {
    readonly originCountry: string;
    readonly originCountyFips: string | null;
    readonly destinationCountyFips: string | null;
  } | null;
  readonly people: readonly {
    readonly role: string;
    readonly age: number | null;
    readonly citizenship: string;
    readonly affiliation: string;
  }[];
  readonly source: { readonly reliability: string; readonly credibility: number } | null;
  /** What only its own agency may ever read. */
  readonly secret: { readonly narrative: string; readonly phone: string; readonly suspicion: string };
}

/** How somebody comes to the door. */
export type Credential = 'GOOD' | 'REVOKED' | 'EXPIRED' | 'UNKNOWN_SUBJECT' | 'NONE';

/** Somebody who asks, for one agency at a time. */
export interface ActorFact {
  readonly name: string;
  readonly personId: string;
  readonly agencyId: string | null;
  readonly credential: Credential;
  /** What it says that it reads for. */
  readonly purpose: Purpose | 'ANY';
}

/** A machine's key, as its agency's admins list it. */
export interface ApiKeyFact {
  readonly id: string;
  readonly agencyId: string;
  readonly personId: string;
  readonly state: 'ALIVE' | 'REVOKED' | 'EXPIRED';
}

/** What waits, or waited, for a second person. */
export interface ApprovalFact {
  readonly id: string;
  /** Null: of the deployment. */
  readonly agencyId: string | null;
  readonly requestedBy: string;
  readonly decidedBy: string | null;
  readonly state: 'PENDING' | 'EXPIRED' | 'APPROVED' | 'REFUSED';
}

/** A record opened in imminent danger. */
export interface DangerFact {
  readonly id: string;
  readonly agencyId: string;
  readonly personId: string;
  /** Of the record. */
  readonly n: number;
  readonly term: 'NOW' | 'ENDED';
  /** Agencies that have looked at it since. */
  readonly reviewedBy: readonly string[];
}

export interface World {
  readonly seed: number;
  readonly agencies: readonly AgencyFact[];
  readonly persons: readonly PersonFact[];
  readonly seats: readonly SeatFact[];
  readonly agreements: readonly AgreementFact[];
  readonly taskForces: readonly TaskForceFact[];
  readonly regions: readonly RegionFact[];
  readonly actors: readonly ActorFact[];
  readonly records: readonly RecordFact[];
  readonly apiKeys: readonly ApiKeyFact[];
  readonly approvals: readonly ApprovalFact[];
  readonly dangers: readonly DangerFact[];
}
