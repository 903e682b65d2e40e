import { deidentify, RELEASE_POLICY_1, type RecordView, type ValidReport } from '@concord/deidentification';

/** What is released of a report, by the settings that an agency has if it changes none. */
export const viewsOf = (report: ValidReport): RecordView[] =>
  deidentify(report, { h3Resolution: 6, policy: RELEASE_POLICY_1 });
