/** Left out, or null: both mean the same. */
type Given<T> = T | null | undefined;
type GivenList<T> = Given<readonly Given<T>[]>;

/**
 * A report as a client sends it: nothing is required and codes are plain text, so that validation can answer with every
 * fault at once instead of the schema stopping at the first. The names are those of the GraphQL input.
 */
export interface SubmittedReport {
  readonly submitterReference?: Given<string>;
  /** ISO 8601 with an offset. */
  readonly occurredAt?: Given<string>;
  readonly occurredAtPrecision?: Given<string>;
  readonly sharing?: Given<string>;
  readonly tlp?: Given<string>;
  /** ISO 8601 with an offset. */
  readonly releaseAfter?: Given<string>;
  readonly holdUntilReleased?: Given<boolean>;
  readonly withhold?: GivenList<string>;
  readonly timePrecision?: Given<string>;
  readonly place?: Given<SubmittedPlace>;
  readonly substances?: GivenList<SubmittedSubstance>;
  readonly concealment?: GivenList<string>;
  readonly conveyance?: Given<string>;
  readonly route?: Given<SubmittedRoute>;
  readonly people?: GivenList<SubmittedPerson>;
  readonly identifiers?: GivenList<SubmittedIdentifier>;
  readonly basis?: Given<SubmittedBasis>;
  readonly source?: Given<SubmittedSource>;
  readonly narrative?: Given<string>;
  readonly packaging?: Given<string>;
  readonly remarks?: Given<string>;
  readonly taskForceIds?: GivenList<string>;
}

/** Where it happened. */
export interface SubmittedPlace {
  readonly latitude?: Given<number>;
  readonly longitude?: Given<number>;
  readonly countyFips?: Given<string>;
  readonly setting?: Given<string>;
  readonly portOfEntry?: Given<string>;
}

/** What was seized: a DEA code, or a name and a category. */
export interface SubmittedSubstance {
  readonly deaCode?: Given<string>;
  readonly name?: Given<string>;
  readonly category?: Given<string>;
  readonly form?: Given<string>;
  readonly quantity?: Given<number>;
  readonly quantityReason?: Given<string>;
  readonly unit?: Given<string>;
  readonly estimated?: Given<boolean>;
  readonly laboratoryStatus?: Given<string>;
  readonly purityPercent?: Given<number>;
  readonly signature?: Given<string>;
  readonly adulterants?: GivenList<string>;
}

/** Where it came from and where it was going. */
export interface SubmittedRoute {
  readonly originCountry?: Given<string>;
  readonly originCountyFips?: Given<string>;
  readonly destinationCountry?: Given<string>;
  readonly destinationCountyFips?: Given<string>;
}

/** Somebody who was there, without a name. */
export interface SubmittedPerson {
  readonly role?: Given<string>;
  readonly age?: Given<number>;
  readonly citizenship?: Given<string>;
  readonly affiliation?: Given<string>;
}

/** What points at somebody: a value, or for kind PERSON a name with a birth date. */
export interface SubmittedIdentifier {
  readonly kind?: Given<string>;
  readonly value?: Given<string>;
  readonly person?: Given<SubmittedPersonName>;
  readonly sensitivity?: Given<string>;
}

/** The parts that tell one person from another. */
export interface SubmittedPersonName {
  readonly givenName?: Given<string>;
  readonly surName?: Given<string>;
  /** YYYY-MM-DD. */
  readonly birthDate?: Given<string>;
}

/** Why identifiers may be kept: 28 CFR 23.20(c). */
export interface SubmittedBasis {
  readonly activity?: Given<string>;
  readonly reasonableSuspicion?: Given<string>;
  readonly decidedBy?: Given<string>;
}

/** How far the source and what it says are trusted (Admiralty). */
export interface SubmittedSource {
  readonly reliability?: Given<string>;
  readonly credibility?: Given<number>;
}
