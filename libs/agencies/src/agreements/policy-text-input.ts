import { toNfc } from '@concord/platform/text';
import { createHash } from 'node:crypto';
import type { Fault } from '../fault.js';
import type { Publication } from './policy-text.store.js';

const DAY_MS = 86_400_000;
/** So that publishing closes nothing to anybody who answers within a week. */
const GRACE_MS = { least: 7 * DAY_MS, usual: 30 * DAY_MS };
const LONGEST = 100_000;
const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?$/;

/** What a policy text, or its acceptance, is refused for. */
export type PolicyIssueCode =
  'FORBIDDEN_CHARACTER' | 'INVALID_FORMAT' | 'NOT_FOUND' | 'REQUIRED' | 'SUPERSEDED' | 'TOO_LONG' | 'TOO_SOON';

/** A text as it is published, or its faults, all at once. Pure. */
export function validatePublication(
  input: { readonly text?: string | null; readonly effectiveFrom?: string | null },
  now: Date,
): { readonly publication: Publication } | { readonly issues: readonly Fault<PolicyIssueCode>[] } {
  const issues: Fault<PolicyIssueCode>[] = [];
  const text = toNfc(input.text ?? '')
    .replaceAll('\r\n', '\n')
    .trim();
  if (text === '') issues.push({ path: 'text', code: 'REQUIRED', message: 'Give the text.' });
  if ([...text].length > LONGEST)
    issues.push({ path: 'text', code: 'TOO_LONG', message: 'Must have at most 100,000 characters.' });
  if (/(?![\n\t])\p{C}/u.test(text))
    issues.push({ path: 'text', code: 'FORBIDDEN_CHARACTER', message: 'Leave out control characters.' });
  const raw = input.effectiveFrom ?? null;
  const effectiveFrom = raw === null ? new Date(now.getTime() + GRACE_MS.usual) : new Date(raw);
  if (raw !== null && !(DATE.test(raw) && !Number.isNaN(effectiveFrom.getTime())))
    issues.push({
      ...{ path: 'effectiveFrom', code: 'INVALID_FORMAT' },
      message: 'Give a date (2026-12-01) or an instant with its offset.',
    });
  else if (effectiveFrom.getTime() < now.getTime() + GRACE_MS.least)
    issues.push({ path: 'effectiveFrom', code: 'TOO_SOON', message: 'Give the agencies seven days at least.' });
  if (issues.length > 0) return { issues };
  return { publication: { text, digest: createHash('sha256').update(text, 'utf8').digest('hex'), effectiveFrom } };
}
