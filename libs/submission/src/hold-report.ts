import type { ValidReport } from '@concord/deidentification';
import { findReviewers, type HoldReason } from '@concord/records';
import type { Pool } from 'pg';
import { HOLDS, type HoldCode, type Issue } from './issue.js';
import type { ReviewRules } from './report-context.js';
import { screenReport } from './screening/screen-report.js';

/** Why a report waits: as an issue, with the parts of the text that it is about. */
export interface Reason extends Issue {
  readonly code: HoldCode;
  /** Of the text at `path`; empty where the reason is no place in a text. */
  readonly places: readonly { readonly from: number; readonly to: number }[];
}

/** Why a supervisor must look at a report before others do; empty: nothing holds it. Pure. */
export function reasonsToHold(report: ValidReport, rules: ReviewRules): HoldReason[] {
  const reasons: HoldReason[] = [...screenReport(report)];
  const rule = (path: string, code: HoldCode): HoldReason => ({
    path,
    code,
    message: HOLDS[code],
    from: null,
    to: null,
  });
  if (rules.newMember) reasons.push(rule('', 'NEW_MEMBER'));
  if (rules.holdSharingPartners && report.sharing === 'PARTNERS') reasons.push(rule('sharing', 'SHARING_PARTNERS'));
  return reasons;
}

/** As they are stored, one for each text and code, with all their places. */
export function presentReasons(stored: readonly HoldReason[]): Reason[] {
  const reasons = new Map<string, Reason & { places: { from: number; to: number }[] }>();
  for (const { path, code, message, from, to } of stored) {
    const key = `${path} ${code}`;
    const reason = reasons.get(key) ?? { path, code: code as HoldCode, message, places: [] };
    if (from !== null && to !== null) reason.places.push({ from, to });
    reasons.set(key, reason);
  }
  return [...reasons.values()];
}

/** The same for whoever submitted it: says so if there is nobody who could decide. */
export async function reasonsForSubmitter(
  db: Pool,
  as: { readonly personId: string; readonly agencyId: string },
  stored: readonly HoldReason[],
  reportId: string | null,
): Promise<Reason[]> {
  const reasons = presentReasons(stored);
  if ((await findReviewers(db, as, reportId)) !== 'NOBODY') return reasons;
  const message =
    'Nobody can release it now: your agency has no other supervisor, and no parent agency that has one. An admin of your agency can make somebody a supervisor.';
  return [...reasons, { path: '', code: 'NO_REVIEWER', message, places: [] }];
}
