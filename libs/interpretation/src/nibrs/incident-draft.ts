import type { SubmittedReport } from '@concord/submission';
import type { ZoneClock } from '../cells/zone-clock.js';
import type { Question, Reading } from '../interpreted-entry.js';
import type { Element, Stated } from './nibrs-incident.js';
import { NIBRS_QUESTIONS, type NibrsQuestionCode, type NibrsReadingRule } from './nibrs-questions.data.js';

/** What an agency has said of its files beyond what they say: from its mapping and its settings. */
export interface NibrsSettings {
  /** The agency's own; incidents of any other are never stored under it. */
  readonly ori: string | null;
  readonly clock: ZoneClock | null;
  /** Counties of its jurisdiction: suggested, and no more. */
  readonly counties: readonly string[];
  /** What the agency has confirmed a text of a column to mean; null where it has said nothing. */
  readonly meaning: (column: Element, text: string) => string | null;
  /** What its mapping says of every incident: the county above all, and how it is shared. */
  readonly constants: (line: number) => Constants;
}

export interface Constants {
  readonly report: SubmittedReport;
  readonly readings: readonly Reading[];
  readonly questions: readonly Question[];
}

/** Gathers what is read of one incident and what is asked. */
export class IncidentDraft {
  readonly readings: Reading[] = [];
  readonly questions: Question[] = [];

  read(column: Element, { line, text }: Stated, path: string, value: string, rule: NibrsReadingRule): void {
    this.readings.push({ line, column, text, path, value, rule });
  }

  ask(
    column: Element,
    { line, text }: Stated,
    path: string,
    code: NibrsQuestionCode,
    suggestions: readonly string[] = [],
  ): void {
    this.questions.push({ line, column, text, path, code, message: NIBRS_QUESTIONS[code], suggestions });
  }
}
