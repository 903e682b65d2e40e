import type { SkippedIncident } from './nibrs/nibrs-incident.js';

/** What a file is read by besides its mapping: where and when its agency is. */
export interface InterpretationSettings {
  /** Two-digit FIPS code of the agency's state: whose "Orange" is meant. Null for an agency of no state. */
  readonly stateFips: string | null;
  /** Five-digit FIPS codes of the agency's counties; they come first among suggestions and decide nothing. */
  readonly countyFips: readonly string[];
  /** IANA name of the zone that the agency's clocks show, `America/Los_Angeles`; null: times without an offset are asked about. */
  readonly timeZone: string | null;
  /** Today: which century a year of two digits is in, and nothing else. */
  readonly now: Date;
  /** ORI of the agency. NIBRS files name whose incident each is: without it every one of them is asked about. */
  readonly ori?: string | null;
  /** Told of what is neither a report nor a question, in the order of the file: from its beginning, also on resuming. */
  readonly tellSkipped?: (skipped: SkippedIncident) => void;
}
