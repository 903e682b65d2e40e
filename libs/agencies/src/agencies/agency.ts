import type { AgencyLevel } from '@concord/codes';
import type { Fault } from '../fault.js';
import type { Jurisdiction, JurisdictionInput } from './jurisdiction.js';

/** Whom to call there. What is not known is null. */
export interface AgencyContact {
  readonly name: string | null;
  readonly phone: string | null;
  readonly email: string | null;
}

/** What the directory says of an agency. */
export interface Agency {
  readonly id: string;
  /** Nine characters (NCIC); null for COMMUNITY partners. */
  readonly ori: string | null;
  readonly name: string;
  readonly level: AgencyLevel;
  /** LEFT: nobody acts for it any more, and none of its records is left. */
  readonly status: 'ACTIVE' | 'LEFT';
  readonly parent: { readonly id: string; readonly ori: string | null; readonly name: string } | null;
  readonly jurisdiction: Jurisdiction;
  readonly contact: AgencyContact;
  /** Counts up with every change. */
  readonly version: number;
}

/**
 * What an admin asks for, of which nothing has been looked at. In a change, what is absent stays and what is null is
 * taken away.
 */
export interface AgencyInput {
  readonly ori?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly level?: string | null | undefined;
  readonly jurisdiction?: JurisdictionInput | null | undefined;
  readonly parentOri?: string | null | undefined;
  readonly contact?:
    | {
        readonly name?: string | null | undefined;
        readonly phone?: string | null | undefined;
        readonly email?: string | null | undefined;
      }
    | null
    | undefined;
}

/** What an agency is stored as. */
export interface ValidAgency {
  readonly ori: string | null;
  readonly name: string;
  readonly level: AgencyLevel;
  readonly parentId: string | null;
  readonly places: readonly string[];
  readonly contact: AgencyContact;
}

export type AgencyOutcome =
  { readonly kind: 'done'; readonly agency: Agency } | { readonly kind: 'rejected'; readonly faults: readonly Fault[] };
