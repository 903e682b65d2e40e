import { NIBRS_QUESTIONS, type NibrsQuestionCode } from './nibrs-questions.data.js';

/** The file as a whole, or what follows a line, cannot be read. What was read before it stands. */
export class UnreadableNibrs extends Error {
  override readonly name = 'UnreadableNibrs';

  constructor(
    readonly code: NibrsQuestionCode,
    /** Where reading ended; null where that is not known. */
    readonly line: number | null,
  ) {
    super(NIBRS_QUESTIONS[code]);
  }
}
