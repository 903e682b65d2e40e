import { toNfc } from '@concord/platform/text';
/** One thing that is wrong with what an admin asked for: where in the input, a stable code, and what would be right. */
export interface Fault<Code extends string = string> {
  readonly path: string;
  /** docs/issue-codes.md has the meanings. */
  readonly code: Code;
  readonly message: string;
}

export type TextFaultCode = 'FORBIDDEN_CHARACTER' | 'MALFORMED_TEXT' | 'TOO_LONG';

/** Controls, line separators, and what nobody sees but what makes a text read otherwise than it is stored. */
const FORBIDDEN = /[\p{C}\p{Zl}\p{Zp}]/u;

/** One line of text in NFC without space around it, of 1 to `max` characters; null, with its fault added, where it is none. */
export function readLine(path: string, raw: string | null | undefined, max: number, faults: Fault[]): string | null {
  const before = faults.length;
  const text = readOptionalLine(path, raw, max, faults);
  if (text === null && faults.length === before)
    faults.push({ path, code: 'REQUIRED', message: `Give 1 to ${max} characters.` });
  return text;
}

/** As {@link readLine}, and nothing is no fault: null. */
export function readOptionalLine(
  path: string,
  raw: string | null | undefined,
  max: number,
  faults: { push(fault: Fault<TextFaultCode>): unknown },
): string | null {
  const fault = faultOfLine(path, raw ?? '', max);
  if (fault !== null) faults.push(fault);
  return fault === null ? toNfc(raw ?? '').trim() || null : null;
}

function faultOfLine(path: string, raw: string, max: number): Fault<TextFaultCode> | null {
  const tooLong = { path, code: 'TOO_LONG', message: `Give at most ${max} characters.` } as const;
  if (raw.length > 6 * max) return tooLong;
  if (!raw.isWellFormed()) return { path, code: 'MALFORMED_TEXT', message: 'The text has half a character in it.' };
  const text = toNfc(raw).trim();
  if (FORBIDDEN.test(text))
    return { path, code: 'FORBIDDEN_CHARACTER', message: 'Leave out control characters and line breaks.' };
  return [...text].length > max ? tooLong : null;
}

/** Optimistic locking: the version that a change was made against has to be the current one. */
export function checkVersion(given: number | null, current: number, faults: Fault[]): void {
  if (given === null) faults.push({ path: 'version', code: 'REQUIRED', message: 'Give the version that you saw.' });
  else if (given !== current) faults.push(conflict(current));
}

/** Somebody else was faster. */
export const conflict = (current: number): Fault => ({
  path: 'version',
  code: 'CONFLICT',
  message: `It has changed since; it is at version ${current} now.`,
});
