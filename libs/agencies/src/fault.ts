import { toNfc } from '@concord/platform/text';
/** One thing that is wrong with what an admin asked for: where in the input, a stable code, and what would be right. */
export interface Fault {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** Controls, line separators and marks that make a text read otherwise than it is stored. */
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;

/** One line of text in NFC without space around it, of 1 to `max` characters; null, with its fault added, where it is none. */
export function readLine(path: string, raw: string, max: number, faults: Fault[]): string | null {
  const fault = faultOfLine(path, raw, max);
  if (fault !== null) faults.push(fault);
  return fault === null ? toNfc(raw).trim() : null;
}

function faultOfLine(path: string, raw: string, max: number): Fault | null {
  if (raw.length > 6 * max) return { path, code: 'TOO_LONG', message: `Give at most ${max} characters.` };
  if (!raw.isWellFormed()) return { path, code: 'MALFORMED_TEXT', message: 'The text has half a character in it.' };
  const text = toNfc(raw).trim();
  if (text === '') return { path, code: 'REQUIRED', message: 'Give a text that is not empty.' };
  if (FORBIDDEN.test(text))
    return { path, code: 'FORBIDDEN_CHARACTER', message: 'Leave out control characters and line breaks.' };
  return [...text].length > max ? { path, code: 'TOO_LONG', message: `Give at most ${max} characters.` } : null;
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
