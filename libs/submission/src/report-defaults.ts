import type { ReportDefaults } from '@concord/agencies';
import type { DefaultedField, OriginalSharing } from '@concord/records';
import type { SubmittedReport } from './submitted-report.js';

/** What may be filled in, as a client would have said it. */
type Fillings = Partial<Pick<SubmittedReport, DefaultedField>>;

/** A report with what it left out, and the names of what was filled in. */
export interface FilledReport {
  readonly input: SubmittedReport;
  readonly defaulted: readonly DefaultedField[];
}

const HOUR_MS = 3_600_000;

/** Null, absent and blank say nothing; an empty list says "none", which is something. */
const isSaid = (value: unknown): boolean =>
  value !== null && value !== undefined && !(typeof value === 'string' && value.trim() === '');

/**
 * Fills in what a report leaves out. What is said wins; of the two embargoes a report says one or the other, so the
 * default of neither comes beside one that is said.
 */
function fill(input: SubmittedReport, fillings: Fillings): FilledReport {
  const embargoIsSaid = isSaid(input.releaseAfter) || input.holdUntilReleased === true;
  const defaulted = (Object.keys(fillings) as DefaultedField[])
    .filter((field) => isSaid(fillings[field]) && !isSaid(input[field]))
    .filter((field) => !(embargoIsSaid && (field === 'releaseAfter' || field === 'holdUntilReleased')))
    .sort();
  if (defaulted.length === 0) return { input, defaulted };
  return { input: { ...input, ...Object.fromEntries(defaulted.map((field) => [field, fillings[field]])) }, defaulted };
}

/** By the agency's standing defaults (`agencySettings { defaults }`); only what is set is there. */
export function withDefaults(input: SubmittedReport, defaults: Partial<ReportDefaults>, now: Date): FilledReport {
  const { embargoHours, ...others } = defaults;
  if (embargoHours === null || embargoHours === undefined) return fill(input, others);
  return fill(input, { ...others, releaseAfter: new Date(now.getTime() + embargoHours * HOUR_MS).toISOString() });
}

/**
 * By what was filled in when the report came in: sent again after the defaults have changed, it is still the same report;
 * and what a correction leaves out stays as it was filled in.
 */
export function asFilledBefore(input: SubmittedReport, stored: OriginalSharing): FilledReport {
  const values: Required<Fillings> = {
    sharing: stored.sharing,
    tlp: stored.tlp,
    withhold: stored.withhold,
    timePrecision: stored.timePrecision,
    releaseAfter: stored.releaseAfter?.toISOString() ?? null,
    holdUntilReleased: stored.holdUntilReleased || null,
  };
  return fill(input, Object.fromEntries(stored.defaulted.map((field) => [field, values[field]])));
}
