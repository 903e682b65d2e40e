import type { Fault } from '@concord/agencies';
import { toNfc } from '@concord/platform/text';
/** What an opening in imminent danger, or its review, is refused for. */
export type DangerIssueCode =
  | 'FORBIDDEN_CHARACTER'
  | 'INVALID_FORMAT'
  | 'NOT_FOUND'
  | 'OUT_OF_RANGE'
  | 'OWN_ACT'
  | 'TELLS_SOMEBODY'
  | 'TOO_LONG'
  | 'TOO_MANY'
  | 'TOO_SHORT';

/** 28 CFR 23.20(f)(2) is for a danger that is imminent: an hour, in minutes. */
export const LONGEST_DANGER_MINUTES = 60;
const REASON = { min: 20, max: 500 };
const MAX_NOTE = 2_000;

/**
 * What names somebody or something that is followed: a telephone or social security number, an e-mail address, a VIN, a
 * long number, a date of birth. Names it does not know; whoever writes is told to leave them out.
 */
const TELLS = [
  /(?:\(\d{3}\)|\b\d{3})[ ._-]?\d{3}[ ._-]\d{4}\b|\b\d{10,19}\b/,
  /\b\d{3}-\d{2}-\d{4}\b/,
  /\b\d{3}[ .-]\d{4}\b/,
  /[^\s@]+@[^\s@]+\.[^\s@]+/,
  /\b(?=[A-Z0-9]*\d)[A-HJ-NPR-Z0-9]{17}\b/i,
  /\b(?:0?[1-9]|1[0-2])[/-](?:0?[1-9]|[12]\d|3[01])[/-](?:19|20)\d\d\b/,
  /\b(?:plate|license|licence)\s*(?:no\.?|number|#|:)?\s*[A-Z]*\d[A-Z0-9-]{3,}\b/i,
];

/** The reason as it is kept, or its faults. Pure. */
export function checkDangerReason(raw: string): {
  readonly text: string;
  readonly issues: readonly Fault<DangerIssueCode>[];
} {
  const text = toNfc(raw).trim();
  const issues = textFaults('reason', text, REASON.max);
  if ([...text].length < REASON.min)
    issues.push({ path: 'reason', code: 'TOO_SHORT', message: 'Say in a sentence what danger there is, and to whom.' });
  return { text, issues };
}

/** The note of a review as it is kept, or its faults. Pure. */
export function checkReviewNote(raw: string): {
  readonly text: string;
  readonly issues: readonly Fault<DangerIssueCode>[];
} {
  const text = toNfc(raw).trim();
  const issues = textFaults('note', text, MAX_NOTE);
  if (text === '') issues.push({ path: 'note', code: 'TOO_SHORT', message: 'Say what you found.' });
  return { text, issues };
}

function textFaults(path: string, text: string, max: number): Fault<DangerIssueCode>[] {
  // Alone: what is looked for below takes the square of the length, and a body of 256 KiB would stand still for minutes.
  if ([...text].length > max) return [{ path, code: 'TOO_LONG', message: `Must have at most ${max} characters.` }];
  const issues: Fault<DangerIssueCode>[] = [];
  if (/(?!\n)\p{C}/u.test(text))
    issues.push({ path, code: 'FORBIDDEN_CHARACTER', message: 'Leave out control characters.' });
  if (TELLS.some((pattern) => pattern.test(text)))
    issues.push({
      path,
      code: 'TELLS_SOMEBODY',
      message: 'Leave out names, numbers and addresses: it is read by others and kept in the books.',
    });
  return issues;
}
