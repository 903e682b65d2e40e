import type { SourceRow } from '../interpreted-entry.js';
import type { NibrsQuestionCode, NibrsSkipReason } from './nibrs-questions.data.js';

/** Where a value stands, for readings and questions: by the template's column where it has one. */
export const ELEMENTS = {
  segment: 'segment',
  action: 'action',
  /** Element 1. */
  ori: 'ori',
  /** Element 2. */
  incident: 'reference',
  /** Element 3. */
  date: 'date',
  /** Element 6. */
  offense: 'offense',
  /** Element 9. */
  location: 'setting',
  /** Element 14. */
  loss: 'loss',
  /** Element 15. */
  description: 'description',
  /** Element 20. */
  drug: 'drug',
  /** Element 21. */
  quantity: 'quantity',
  /** Element 22. */
  unit: 'unit',
  /** Not in NIBRS. */
  county: 'county',
} as const;
export type Element = (typeof ELEMENTS)[keyof typeof ELEMENTS];

/** A text and the line on which it stands; empty where the file has nothing. */
export interface Stated {
  readonly text: string;
  readonly line: number;
}

/** Element 21 as the format writes it, read without rounding. */
export interface StatedQuantity extends Stated {
  /** `43.95`: a decimal without needless zeros; null where there is none, or what stands there is none. */
  readonly decimal: string | null;
  readonly rule: 'NIBRS_THOUSANDTHS' | 'NIBRS_DECIMAL';
  /** It may be 1,000 times too large, because it looks as if a flat file's digits had been copied. */
  readonly isDoubtful: boolean;
}

export interface NibrsDrug {
  readonly type: Stated;
  readonly quantity: StatedQuantity;
  readonly unit: Stated;
}

/** A segment of level 3, or in XML one item or substance. */
export interface NibrsProperty {
  /** The digit of element 14. */
  readonly loss: Stated;
  readonly descriptions: readonly string[];
  readonly drugs: readonly NibrsDrug[];
}

export interface NibrsOffense {
  readonly code: Stated;
  readonly isAttempted: boolean;
  readonly location: Stated;
}

/** What is wrong with the form of an incident, before what it says is looked at. */
export interface NibrsFault extends Stated {
  readonly code: NibrsQuestionCode;
  readonly column: Element;
  /** Whether a seizure may hide behind it: of other faults nothing is said where there are no drugs. */
  readonly mayHideSeizure: boolean;
}

/** A Group A incident as either format says it; nothing of it is judged yet. */
export interface NibrsIncident {
  readonly ori: Stated;
  readonly number: Stated;
  /** I, D, R; anything else is asked about. R also stands for a D that an I follows. */
  readonly action: Stated;
  /** YYYY-MM-DD, or as it stands where it is not of that form. */
  readonly date: Stated;
  /** 00 to 23, with an offset where one was written; empty when unknown. */
  readonly hour: string;
  /** `+00:00` where the file states one, which NIBRS does not ask for. */
  readonly offset: string | null;
  readonly isReportDate: boolean;
  readonly offenses: readonly NibrsOffense[];
  readonly properties: readonly NibrsProperty[];
  /** In a flat file two segments of one loss are one too many; in XML each drug stands by itself. */
  readonly hasOneSegmentForEachLoss: boolean;
  readonly faults: readonly NibrsFault[];
  readonly rows: readonly SourceRow[];
}

/** What a file holds beside Group A incidents, by its first line. */
export interface NibrsOther {
  readonly line: number;
  readonly reason: 'GROUP_B_ARREST' | 'ZERO_REPORT' | 'STATE_SEGMENT';
}

export type NibrsRead = NibrsIncident | NibrsOther;

/** Something in a NIBRS file that is no report and no question: told, so that every incident is accounted for. */
export interface SkippedIncident {
  readonly line: number;
  readonly reason: NibrsSkipReason;
}
