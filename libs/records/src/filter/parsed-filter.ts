declare const parsed: unique symbol;

/**
 * A checked filter in normal form. SQL and memory both read `expression`, so that they cannot disagree about what was
 * asked. Made by `parseFilter` and `restoreFilter` alone.
 */
export interface ParsedFilter {
  readonly expression: FilterExpression;
  /** The filter as it was asked, as JSON text without nulls: what is stored with a rule. */
  readonly source: string;
  readonly [parsed]: true;
}

export type FilterExpression =
  | { readonly kind: 'all'; readonly of: readonly FilterExpression[] }
  | { readonly kind: 'any'; readonly of: readonly FilterExpression[] }
  | { readonly kind: 'not'; readonly of: FilterExpression }
  | FilterCondition;

export type FilterCondition =
  | CodedCondition
  | GradedCondition
  | CountyCondition
  | ConcealmentCondition
  | OccurredCondition
  | ReleasedCondition
  | SubstanceCondition;

export interface CodedCondition {
  readonly kind: 'state' | 'setting' | 'conveyance' | 'reliability';
  readonly wanted: readonly string[];
}

/** Of the information, 1 to 6 of the Admiralty grading. */
export interface GradedCondition {
  readonly kind: 'credibility';
  readonly wanted: readonly number[];
}

export interface CountyCondition {
  readonly kind: 'county';
  readonly wanted: readonly string[];
  /** The states of the wanted counties: a view without a county can only be in one of them if its state is here. */
  readonly states: readonly string[];
}

export interface ConcealmentCondition {
  readonly kind: 'concealment';
  readonly wanted: readonly string[];
}

export interface OccurredCondition {
  readonly kind: 'occurred';
  readonly from: Moment | null;
  readonly to: Moment | null;
}

export interface ReleasedCondition {
  readonly kind: 'released';
  /** Milliseconds since 1970, UTC. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** A date is held as the milliseconds of its midnight in UTC; where it begins depends on the offset of the view. */
export interface Moment {
  readonly kind: 'date' | 'instant';
  readonly epochMs: number;
}

/** There is one substance in the record that meets all of this. */
export interface SubstanceCondition extends SubstanceCodes, QuantityBounds {
  readonly kind: 'substance';
}

export interface SubstanceCodes {
  readonly deaCodes: readonly string[] | null;
  readonly categories: readonly string[] | null;
  readonly forms: readonly string[] | null;
  readonly laboratoryStatuses: readonly string[] | null;
}

/** Inclusive. */
export interface QuantityBounds {
  readonly minMilligrams: bigint | null;
  readonly maxMilligrams: bigint | null;
  readonly minUnits: bigint | null;
  readonly maxUnits: bigint | null;
}
