import { OCCURRED_AT_PRECISIONS } from '@concord/codes';
import type { Occurred } from '@concord/deidentification';
import { intervalOf } from './instant.js';
import type { Section } from './section.js';

/** Clocks differ; more than this is a wrong date. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** A digit of the year is soon wrong; what is older is loaded rather than reported. */
const LONG_AGO_YEARS = 20;

/** When it happened: the submitted instant widened to the stated precision. */
export function readOccurred(report: Section, now: Date): Occurred | null {
  const precision = report.code('occurredAtPrecision', OCCURRED_AT_PRECISIONS) ?? 'MINUTE';
  const submitted = report.required('occurredAt', report.instant('occurredAt'));
  if (submitted === null) return null;
  const interval = intervalOf(submitted, precision);
  // Whoever states no more than the day may send its noon in the morning.
  const earliest = precision === 'DAY' || precision === 'MONTH' ? interval.from : submitted.instant;
  if (earliest.getTime() > now.getTime() + CLOCK_TOLERANCE_MS) {
    return report.refuse('occurredAt', 'TIME_IN_FUTURE', 'Must not lie in the future.');
  }
  if (submitted.instant.getTime() < 0) {
    return report.refuse('occurredAt', 'TIME_TOO_EARLY', 'Must not be before 1970-01-01T00:00:00Z.');
  }
  const longAgo = new Date(now);
  longAgo.setUTCFullYear(longAgo.getUTCFullYear() - LONG_AGO_YEARS);
  if (submitted.instant < longAgo) {
    report.warn('occurredAt', 'TIME_LONG_AGO', `This is more than ${LONG_AGO_YEARS} years ago; check the year.`);
  }
  return { ...interval, offsetMinutes: submitted.offsetMinutes, precision };
}
