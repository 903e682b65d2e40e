// Printed by `npm run client` out of schema.graphql and libs/client/documents.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** The level of an agency. COMMUNITY partners are no law-enforcement agencies and have no ORI. */
export type AgencyLevel =
  /** Health, treatment or other partner; no ORI. */
  | 'COMMUNITY'
  /** Acts for the nation. */
  | 'FEDERAL'
  /** Acts for counties, cities or institutions in them. */
  | 'LOCAL'
  /** Acts for a state. */
  | 'STATE'
  /** Acts for a tribe. */
  | 'TRIBAL';

/** Where an alert stands. */
export type AlertState =
  /** You have acknowledged it. */
  | 'ACKNOWLEDGED'
  /** You are done with it. */
  | 'CLOSED'
  /** In your inbox. */
  | 'DELIVERED'
  /** You work on it. */
  | 'IN_WORK'
  /** On its way to your inbox. */
  | 'RAISED'
  /** You have had it on the screen. */
  | 'SEEN';

/** CERTAIN: the view that you may see meets the condition. POSSIBLE: the condition is finer than the view, so it may. */
export type Match =
  /** The view that you may see meets the condition. */
  | 'CERTAIN'
  /** The condition is finer than the view that you may see: it may be met. */
  | 'POSSIBLE';

/** How exactly a record is shown to you, finest first. Each precision is a stored view of its own. */
export type Precision =
  /** Month, state, three bands of quantity. Health and treatment partners under agreement. */
  | 'COMMUNITY'
  /** As reported. Your own agency’s records. */
  | 'OWNER'
  /** Day or week, county, decade bands of quantity. Other agencies under agreement. */
  | 'PARTNER'
  /** Day, H3 cell and port of entry, quantities as measured. Task forces that the record was shared into. */
  | 'TASK_FORCE';

/** A role of a person in one agency. */
export type Role =
  /** Manages the agency and reads what it may read; neither submits nor has alerts. */
  | 'AGENCY_ADMIN'
  /** Searches shared records, saves rules, is alerted. */
  | 'ANALYST'
  /** Reads the books and no record. */
  | 'AUDITOR'
  /** Reads the books for privacy’s sake, and no record. */
  | 'PRIVACY_OFFICER'
  /** Submits and corrects reports; reads those of the own agency and no shared records. */
  | 'SUBMITTER'
  /** As an analyst, and decides for the agency on its reports. */
  | 'SUPERVISOR'
  /** Runs the deployment; belongs to no agency and sees no record. */
  | 'SYSTEM_ADMIN'
  /** Reads shared records and is alerted, around the clock. */
  | 'WATCH_OFFICER';

/** Where a report stands. EMBARGOED turns into RELEASED by the clock, at `releaseAfter`. */
export type SeizureReportStatus =
  /** Returned by a supervisor with a note: correct it, and it is screened again. Nobody else sees it. */
  | 'DRAFT'
  /** Stored; nobody but the agency sees the record before `releaseAfter`, or until it is released by hand. */
  | 'EMBARGOED'
  /** Stored, and waiting for a supervisor of the agency, or of its parent; nobody else sees it. */
  | 'HELD'
  /** Removed at the end of its retention; only the books remember that it was. */
  | 'PURGED'
  /** Taken back: nobody else sees the record any more. */
  | 'RECALLED'
  /** Open to whoever its sharing names. */
  | 'RELEASED';

/** Who gets a record; each includes the ones before it. */
export type Sharing =
  /** Nobody but the agency itself. */
  | 'AGENCY'
  /** And FEDERAL agencies. */
  | 'NATION'
  /** And LOCAL and TRIBAL agencies of the county or region of the seizure. */
  | 'PARTNERS'
  /** And STATE agencies of the state of the seizure. */
  | 'STATE'
  /** And the task forces that are named. */
  | 'TASK_FORCES';

/** A seizure report. What is given is honoured or refused, never stored and ignored. */
export type SubmitSeizureReportInput = {
  /** Required when there is an identifier. */
  readonly basis?: SubmittedBasisInput | null | undefined;
  /** VEHICLE_COMPARTMENT VEHICLE_CARGO ON_PERSON IN_BODY BACKPACK LUGGAGE PARCEL COMMERCIAL_FREIGHT HIDDEN_IN_GOODS VESSEL AIRCRAFT_DRONE TUNNEL NONE OTHER UNKNOWN */
  readonly concealment?: ReadonlyArray<string> | null | undefined;
  /** PASSENGER_VEHICLE COMMERCIAL_TRUCK BUS TRAIN PEDESTRIAN PARCEL_SERVICE AIRCRAFT DRONE VESSEL NONE OTHER UNKNOWN */
  readonly conveyance?: string | null | undefined;
  /** Embargo until somebody of your agency releases it by hand (`releaseSeizureReport`). Not together with releaseAfter. */
  readonly holdUntilReleased?: boolean | null | undefined;
  /** What points at somebody; needs a `basis`. */
  readonly identifiers?: ReadonlyArray<SubmittedIdentifierInput> | null | undefined;
  /** Free text that nobody but your agency ever sees; sealed. */
  readonly narrative?: string | null | undefined;
  /** Required. ISO 8601 with offset. */
  readonly occurredAt?: string | null | undefined;
  /** How exactly `occurredAt` is known: MINUTE (default) HOUR DAY MONTH. */
  readonly occurredAtPrecision?: string | null | undefined;
  /** How it was packed, up to 200 characters. Shared with whoever sees the record, unless METHOD is withheld. */
  readonly packaging?: string | null | undefined;
  /** Nothing that names anybody. */
  readonly people?: ReadonlyArray<SubmittedPersonInput> | null | undefined;
  /** Required. */
  readonly place?: SubmittedPlaceInput | null | undefined;
  /** Embargo: before this instant (ISO 8601 with offset) nobody but your agency sees the record. */
  readonly releaseAfter?: string | null | undefined;
  /** Your words to whoever sees the record, up to 2,000 characters; nothing that names anybody. The narrative is for your agency alone. */
  readonly remarks?: string | null | undefined;
  /** Where it came from and where it was going. */
  readonly route?: SubmittedRouteInput | null | undefined;
  /** Required. AGENCY TASK_FORCES STATE NATION PARTNERS; each includes the ones before. */
  readonly sharing?: string | null | undefined;
  /** How far the source is trusted. */
  readonly source?: SubmittedSourceInput | null | undefined;
  /** Required. Your own reference, 1 to 64 characters, unique in your agency: sending the same report again is safe. */
  readonly submitterReference?: string | null | undefined;
  /** Required, 1 to 20. */
  readonly substances?: ReadonlyArray<SubmittedSubstanceInput> | null | undefined;
  /** Task forces of your agency that see it at TASK_FORCE. */
  readonly taskForceIds?: ReadonlyArray<string> | null | undefined;
  /** How exactly partners see the time: WEEK (default) or DAY. */
  readonly timePrecision?: string | null | undefined;
  /** CLEAR GREEN AMBER (default) AMBER_STRICT RED. RED goes no wider than TASK_FORCES. */
  readonly tlp?: string | null | undefined;
  /** What partners are not told: CONTRIBUTOR METHOD SIGNATURE. */
  readonly withhold?: ReadonlyArray<string> | null | undefined;
};

/** Why identifiers may be kept: 28 CFR 23.20(c). Sealed. */
export type SubmittedBasisInput = {
  /** POSSESSION DISTRIBUTION TRAFFICKING MANUFACTURE MONEY_LAUNDERING OTHER */
  readonly activity?: string | null | undefined;
  /** Who decided that the suspicion is reasonable; sealed. */
  readonly decidedBy?: string | null | undefined;
  /** What the suspicion rests on; sealed. */
  readonly reasonableSuspicion?: string | null | undefined;
};

/** What points at somebody. Sealed at once; needs a `basis` (28 CFR 23.20(c)); never of a person under 18, a victim or an informant. */
export type SubmittedIdentifierInput = {
  /** PHONE PLATE VIN PARCEL ACCOUNT CRYPTO_ADDRESS HANDLE EMAIL DEVICE PERSON */
  readonly kind?: string | null | undefined;
  /** For kind PERSON. */
  readonly person?: SubmittedPersonNameInput | null | undefined;
  /** OPEN CONTACT_ONLY SILENT */
  readonly sensitivity?: string | null | undefined;
  /** For every kind but PERSON. */
  readonly value?: string | null | undefined;
};

/** Somebody who was involved; nothing that names them. */
export type SubmittedPersonInput = {
  /** INDIVIDUAL DOMESTIC_NETWORK FOREIGN_ORGANIZATION UNKNOWN */
  readonly affiliation?: string | null | undefined;
  /** Years. */
  readonly age?: number | null | undefined;
  /** US_CITIZEN NON_CITIZEN UNKNOWN. For aggregates only. */
  readonly citizenship?: string | null | undefined;
  /** COURIER ORGANIZER SUPPLIER BUYER USER OTHER UNKNOWN */
  readonly role?: string | null | undefined;
};

/** A person by name and birth date. Sealed at once. */
export type SubmittedPersonNameInput = {
  /** YYYY-MM-DD. */
  readonly birthDate?: string | null | undefined;
  /** Given name. */
  readonly givenName?: string | null | undefined;
  /** Surname. */
  readonly surName?: string | null | undefined;
};

/** Where it was. Only the county decides who sees the record. */
export type SubmittedPlaceInput = {
  /** Required. Five-digit FIPS code, such as 06073. */
  readonly countyFips?: string | null | undefined;
  /** WGS 84 degrees; with `longitude` or not at all. */
  readonly latitude?: number | null | undefined;
  /** WGS 84 degrees; with `latitude` or not at all. */
  readonly longitude?: number | null | undefined;
  /** At most 80 characters. */
  readonly portOfEntry?: string | null | undefined;
  /** PORT_OF_ENTRY BETWEEN_PORTS CHECKPOINT HIGHWAY STREET RESIDENCE BUSINESS PARCEL_FACILITY AIRPORT SEAPORT RAIL DETENTION OTHER UNKNOWN */
  readonly setting?: string | null | undefined;
};

/** Where it came from and where it was going. Opens the record to nobody. */
export type SubmittedRouteInput = {
  /** ISO 3166-1 alpha-2. */
  readonly destinationCountry?: string | null | undefined;
  /** Five-digit FIPS code. */
  readonly destinationCountyFips?: string | null | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly originCountry?: string | null | undefined;
  /** Five-digit FIPS code. */
  readonly originCountyFips?: string | null | undefined;
};

/** Admiralty grading. */
export type SubmittedSourceInput = {
  /** 1 to 6. */
  readonly credibility?: number | null | undefined;
  /** A to F. */
  readonly reliability?: string | null | undefined;
};

/** One substance: what and how much. */
export type SubmittedSubstanceInput = {
  /** What it was cut with. */
  readonly adulterants?: ReadonlyArray<string> | null | undefined;
  /** FENTANYL HEROIN OTHER_OPIOID COCAINE METHAMPHETAMINE OTHER_STIMULANT CANNABIS HALLUCINOGEN DEPRESSANT PRECURSOR ADULTERANT OTHER UNKNOWN */
  readonly category?: string | null | undefined;
  /** DEA code, such as 9801; or `name` and `category`. */
  readonly deaCode?: string | null | undefined;
  /** Estimated, not measured. */
  readonly estimated?: boolean | null | undefined;
  /** POWDER PILL_TABLET CAPSULE CRYSTAL LIQUID PLANT RESIN PATCH OTHER UNKNOWN */
  readonly form?: string | null | undefined;
  /** NONE PRESUMPTIVE CONFIRMED REFUTED */
  readonly laboratoryStatus?: string | null | undefined;
  /** Its name, where there is no DEA code; with `category`. */
  readonly name?: string | null | undefined;
  /** 0 to 100. */
  readonly purityPercent?: number | null | undefined;
  /** In `unit`. Absent or 0 only with a `quantityReason`. */
  readonly quantity?: number | null | undefined;
  /** TRACE PENDING UNKNOWN */
  readonly quantityReason?: string | null | undefined;
  /** Press mark, stamp or brand; at most 120 characters. */
  readonly signature?: string | null | undefined;
  /** KG GM LB OZ LT ML GL FO DU NP XX. Pieces (DU) never become grams. */
  readonly unit?: string | null | undefined;
};

/** TLP 2.0: what you may do onward with what you see. */
export type Tlp =
  /** May be passed on, need to know, within your organization and to its clients. */
  | 'AMBER'
  /** May be passed on, need to know, within your organization only. */
  | 'AMBER_STRICT'
  /** May be passed on to anybody. */
  | 'CLEAR'
  /** May be passed on within the community of those who fight the same thing; not in public. */
  | 'GREEN'
  /** For you alone: not to be passed on to anybody. Goes no wider than task forces. */
  | 'RED';

export type AlertRaisedSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type AlertRaisedSubscription = { readonly alertRaised: { readonly cursor: string, readonly alert: { readonly id: string, readonly revision: number, readonly raisedAt: string, readonly updatedAt: string, readonly state: AlertState, readonly match: Match, readonly rules: ReadonlyArray<{ readonly id: string, readonly name: string }>, readonly record: { readonly id: string, readonly version: number, readonly precision: Precision, readonly substances: ReadonlyArray<{ readonly deaCode: string | null, readonly name: string }>, readonly place: { readonly countyFips: string | null, readonly stateFips: string } } | null } } };

export type MeQueryVariables = Exact<{ [key: string]: never; }>;


export type MeQuery = { readonly me: { readonly id: string, readonly displayName: string, readonly roles: ReadonlyArray<Role>, readonly agency: { readonly ori: string | null, readonly name: string, readonly level: AgencyLevel } | null } };

export type MySeizureReportsQueryVariables = Exact<{
  status?: ReadonlyArray<SeizureReportStatus> | SeizureReportStatus | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type MySeizureReportsQuery = { readonly mySeizureReports: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly id: string, readonly submitterReference: string, readonly status: SeizureReportStatus, readonly version: number, readonly occurredAt: string, readonly submittedAt: string, readonly sharing: Sharing, readonly holdReasons: ReadonlyArray<{ readonly path: string, readonly code: string, readonly message: string }> | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type SubmitSeizureReportMutationVariables = Exact<{
  input: SubmitSeizureReportInput;
}>;


export type SubmitSeizureReportMutation = { readonly submitSeizureReport:
    | { readonly __typename: 'SeizureReportAccepted', readonly duplicate: boolean, readonly receipt: string, readonly warnings: ReadonlyArray<{ readonly path: string, readonly code: string, readonly message: string }>, readonly report: { readonly id: string, readonly submitterReference: string, readonly status: SeizureReportStatus, readonly version: number }, readonly record: { readonly id: string, readonly version: number, readonly precision: Precision, readonly tlp: Tlp } }
    | { readonly __typename: 'SeizureReportHeld', readonly receipt: string, readonly report: { readonly id: string, readonly submitterReference: string, readonly status: SeizureReportStatus, readonly version: number }, readonly reasons: ReadonlyArray<{ readonly path: string, readonly code: string, readonly message: string }> }
    | { readonly __typename: 'SeizureReportRejected', readonly issues: ReadonlyArray<{ readonly path: string, readonly code: string, readonly message: string }> }
   };

export type SubmitSeizureReportsMutationVariables = Exact<{
  inputs: ReadonlyArray<SubmitSeizureReportInput> | SubmitSeizureReportInput;
}>;


export type SubmitSeizureReportsMutation = { readonly submitSeizureReports:
    | { readonly __typename: 'SeizureReportRejected', readonly issues: ReadonlyArray<{ readonly path: string, readonly code: string, readonly message: string }> }
    | { readonly __typename: 'SeizureReportsSubmitted', readonly accepted: number, readonly held: number, readonly rejected: number, readonly results: ReadonlyArray<{ readonly index: number, readonly submitterReference: string | null, readonly outcome:
          | { readonly __typename: 'SeizureReportAccepted', readonly duplicate: boolean, readonly receipt: string, readonly warnings: ReadonlyArray<{ readonly path: string, readonly code: string, readonly message: string }>, readonly report: { readonly id: string, readonly submitterReference: string, readonly status: SeizureReportStatus, readonly version: number }, readonly record: { readonly id: string, readonly version: number, readonly precision: Precision, readonly tlp: Tlp } }
          | { readonly __typename: 'SeizureReportHeld', readonly receipt: string, readonly report: { readonly id: string, readonly submitterReference: string, readonly status: SeizureReportStatus, readonly version: number }, readonly reasons: ReadonlyArray<{ readonly path: string, readonly code: string, readonly message: string }> }
          | { readonly __typename: 'SeizureReportRejected', readonly issues: ReadonlyArray<{ readonly path: string, readonly code: string, readonly message: string }> }
         }> }
   };

export type SubmissionOutcomesQueryVariables = Exact<{
  references: ReadonlyArray<string> | string;
}>;


export type SubmissionOutcomesQuery = { readonly submissionOutcomes: ReadonlyArray<{ readonly submitterReference: string, readonly submission: { readonly reportId: string, readonly recordId: string, readonly status: SeizureReportStatus, readonly version: number, readonly reasons: ReadonlyArray<{ readonly path: string, readonly code: string, readonly message: string }> } | null }> };

type Submission_SeizureReportAccepted_Fragment = { readonly __typename: 'SeizureReportAccepted', readonly duplicate: boolean, readonly receipt: string, readonly warnings: ReadonlyArray<{ readonly path: string, readonly code: string, readonly message: string }>, readonly report: { readonly id: string, readonly submitterReference: string, readonly status: SeizureReportStatus, readonly version: number }, readonly record: { readonly id: string, readonly version: number, readonly precision: Precision, readonly tlp: Tlp } };

type Submission_SeizureReportHeld_Fragment = { readonly __typename: 'SeizureReportHeld', readonly receipt: string, readonly report: { readonly id: string, readonly submitterReference: string, readonly status: SeizureReportStatus, readonly version: number }, readonly reasons: ReadonlyArray<{ readonly path: string, readonly code: string, readonly message: string }> };

type Submission_SeizureReportRejected_Fragment = { readonly __typename: 'SeizureReportRejected', readonly issues: ReadonlyArray<{ readonly path: string, readonly code: string, readonly message: string }> };

export type SubmissionFragment =
  | Submission_SeizureReportAccepted_Fragment
  | Submission_SeizureReportHeld_Fragment
  | Submission_SeizureReportRejected_Fragment
;

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const SubmissionFragmentDoc = new TypedDocumentString(`
    fragment Submission on SubmitSeizureReportPayload {
  __typename
  ... on SeizureReportAccepted {
    duplicate
    receipt
    warnings {
      path
      code
      message
    }
    report {
      id
      submitterReference
      status
      version
    }
    record {
      id
      version
      precision
      tlp
    }
  }
  ... on SeizureReportHeld {
    receipt
    report {
      id
      submitterReference
      status
      version
    }
    reasons {
      path
      code
      message
    }
  }
  ... on SeizureReportRejected {
    issues {
      path
      code
      message
    }
  }
}
    `, {"fragmentName":"Submission"}) as unknown as TypedDocumentString<SubmissionFragment, unknown>;
export const AlertRaisedDocument = new TypedDocumentString(`
    subscription AlertRaised($after: String) {
  alertRaised(after: $after) {
    cursor
    alert {
      id
      revision
      raisedAt
      updatedAt
      state
      match
      rules {
        id
        name
      }
      record {
        id
        version
        precision
        substances {
          deaCode
          name
        }
        place {
          countyFips
          stateFips
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AlertRaisedSubscription, AlertRaisedSubscriptionVariables>;
export const MeDocument = new TypedDocumentString(`
    query Me {
  me {
    id
    displayName
    agency {
      ori
      name
      level
    }
    roles
  }
}
    `) as unknown as TypedDocumentString<MeQuery, MeQueryVariables>;
export const MySeizureReportsDocument = new TypedDocumentString(`
    query MySeizureReports($status: [SeizureReportStatus!], $first: Int, $after: String) {
  mySeizureReports(status: $status, first: $first, after: $after) {
    edges {
      cursor
      node {
        id
        submitterReference
        status
        version
        occurredAt
        submittedAt
        sharing
        holdReasons {
          path
          code
          message
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<MySeizureReportsQuery, MySeizureReportsQueryVariables>;
export const SubmitSeizureReportDocument = new TypedDocumentString(`
    mutation SubmitSeizureReport($input: SubmitSeizureReportInput!) {
  submitSeizureReport(input: $input) {
    ...Submission
  }
}
    fragment Submission on SubmitSeizureReportPayload {
  __typename
  ... on SeizureReportAccepted {
    duplicate
    receipt
    warnings {
      path
      code
      message
    }
    report {
      id
      submitterReference
      status
      version
    }
    record {
      id
      version
      precision
      tlp
    }
  }
  ... on SeizureReportHeld {
    receipt
    report {
      id
      submitterReference
      status
      version
    }
    reasons {
      path
      code
      message
    }
  }
  ... on SeizureReportRejected {
    issues {
      path
      code
      message
    }
  }
}`) as unknown as TypedDocumentString<SubmitSeizureReportMutation, SubmitSeizureReportMutationVariables>;
export const SubmitSeizureReportsDocument = new TypedDocumentString(`
    mutation SubmitSeizureReports($inputs: [SubmitSeizureReportInput!]!) {
  submitSeizureReports(inputs: $inputs) {
    __typename
    ... on SeizureReportsSubmitted {
      accepted
      held
      rejected
      results {
        index
        submitterReference
        outcome {
          ...Submission
        }
      }
    }
    ... on SeizureReportRejected {
      issues {
        path
        code
        message
      }
    }
  }
}
    fragment Submission on SubmitSeizureReportPayload {
  __typename
  ... on SeizureReportAccepted {
    duplicate
    receipt
    warnings {
      path
      code
      message
    }
    report {
      id
      submitterReference
      status
      version
    }
    record {
      id
      version
      precision
      tlp
    }
  }
  ... on SeizureReportHeld {
    receipt
    report {
      id
      submitterReference
      status
      version
    }
    reasons {
      path
      code
      message
    }
  }
  ... on SeizureReportRejected {
    issues {
      path
      code
      message
    }
  }
}`) as unknown as TypedDocumentString<SubmitSeizureReportsMutation, SubmitSeizureReportsMutationVariables>;
export const SubmissionOutcomesDocument = new TypedDocumentString(`
    query SubmissionOutcomes($references: [String!]!) {
  submissionOutcomes(references: $references) {
    submitterReference
    submission {
      reportId
      recordId
      status
      version
      reasons {
        path
        code
        message
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SubmissionOutcomesQuery, SubmissionOutcomesQueryVariables>;
