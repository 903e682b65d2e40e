type Codes = readonly string[] | null;

/**
 * The filter as clients send it, for search, rules and exports alike. Null and absent mean the same, and so does a
 * group without conditions. Conditions of one object and of its nested `and`s form one conjunction; in a conjunction
 * every `substance` is joined with all `quantity` conditions, on one and the same substance of the record.
 */
export interface SeizureRecordFilter {
  readonly and?: readonly SeizureRecordFilter[] | null;
  readonly or?: readonly SeizureRecordFilter[] | null;
  readonly not?: SeizureRecordFilter | null;
  readonly substance?: {
    /** DEA controlled substance codes: four digits. */
    readonly deaCodes?: Codes;
    readonly categories?: Codes;
    readonly forms?: Codes;
    readonly laboratoryStatuses?: Codes;
  } | null;
  /** All bounds are inclusive. A count has no grams and a weight no units: such a condition is unknown. */
  readonly quantity?: {
    readonly minGrams?: number | null;
    readonly maxGrams?: number | null;
    readonly minUnits?: number | null;
    readonly maxUnits?: number | null;
  } | null;
  readonly place?: {
    readonly stateFips?: Codes;
    readonly countyFips?: Codes;
    readonly settings?: Codes;
  } | null;
  /** A date is the local calendar date where it happened. */
  readonly occurred?: FilterPeriod | null;
  /** A date is a UTC date. */
  readonly released?: FilterPeriod | null;
  readonly concealment?: Codes;
  readonly conveyance?: Codes;
  /** A to F of the Admiralty grading, as the view carries it. F is a grade like the others. */
  readonly sourceReliability?: Codes;
  /** 1 to 6 of the Admiralty grading, as the view carries it. 6 is a grade like the others. */
  readonly sourceCredibility?: readonly number[] | null;
}

/** Each end a date (`2026-11-20`) or an instant with its offset (`2026-11-20T03:15:00-08:00`). */
export interface FilterPeriod {
  /** Inclusive. */
  readonly from?: string | null;
  /** Exclusive. */
  readonly to?: string | null;
}
