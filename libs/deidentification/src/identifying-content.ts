import type { ValidBasis, ValidIdentifier, ValidReport } from './valid-report.js';

/** What names somebody, or is the owner's free text. It is sealed, and no part of it is in any view. */
export interface IdentifyingContent {
  readonly identifiers: readonly ValidIdentifier[];
  readonly narrative: string | null;
  /** Its text and its decision-maker are the owner's only. */
  readonly basis: ValidBasis | null;
}

/** The plain parts of a report that must be sealed before they are stored. */
export function identifyingContent(report: ValidReport): IdentifyingContent {
  return { identifiers: report.identifiers, narrative: report.narrative, basis: report.basis };
}
