import {
  SHARING_CODES,
  TIME_PRECISIONS,
  TLP_CODES,
  WITHHOLD_CODES,
  type SharingCode,
  type TimePrecision,
  type TlpCode,
  type WithholdCode,
} from '@concord/codes';
import type { Fault } from './fault.js';

/** What a report of the agency says where it leaves something out. Null, none, false: nothing is filled in. */
export interface ReportDefaults {
  readonly sharing: SharingCode | null;
  readonly tlp: TlpCode | null;
  readonly withhold: readonly WithholdCode[];
  readonly timePrecision: TimePrecision | null;
  /** Hours from the submission to the release; not together with `holdUntilReleased`. */
  readonly embargoHours: number | null;
  readonly holdUntilReleased: boolean;
}

export const NO_DEFAULTS: ReportDefaults = {
  sharing: null,
  tlp: null,
  withhold: [],
  timePrecision: null,
  embargoHours: null,
  holdUntilReleased: false,
};

/** A year. */
export const LONGEST_DEFAULT_EMBARGO_HOURS = 8_760;

type DefaultsIssueCode = 'UNKNOWN_CODE' | 'OUT_OF_RANGE' | 'EMBARGO_TWICE' | 'SHARING_EXCEEDS_TLP';
type Given<T> = T | null | undefined;

/** Defaults as somebody gives them: codes are text, so that every fault is found at once. */
export interface GivenDefaults {
  readonly sharing?: Given<string>;
  readonly tlp?: Given<string>;
  readonly withhold?: Given<readonly string[]>;
  readonly timePrecision?: Given<string>;
  readonly embargoHours?: Given<number>;
  readonly holdUntilReleased?: Given<boolean>;
}

/**
 * The defaults, and what is wrong with them. Whether the agency's agreement allows the sharing is asked of each report: a
 * default that is wider refuses the report as if it had been said in it. Pure.
 */
export function checkReportDefaults(given: GivenDefaults): {
  readonly defaults: ReportDefaults;
  readonly issues: readonly Fault<DefaultsIssueCode>[];
} {
  const issues: Fault<DefaultsIssueCode>[] = [];
  const code = <T extends string>(path: string, value: Given<string>, codes: readonly T[]): T | null => {
    if (value === null || value === undefined) return null;
    const known = codes.find((one) => one === value);
    if (known === undefined)
      issues.push({ path, code: 'UNKNOWN_CODE', message: `Must be one of ${codes.join(', ')}.` });
    return known ?? null;
  };
  const defaults: ReportDefaults = {
    sharing: code('defaults.sharing', given.sharing, SHARING_CODES),
    tlp: code('defaults.tlp', given.tlp, TLP_CODES),
    withhold: WITHHOLD_CODES.filter((one) => (given.withhold ?? []).includes(one)),
    timePrecision: code('defaults.timePrecision', given.timePrecision, TIME_PRECISIONS),
    embargoHours: given.embargoHours ?? null,
    holdUntilReleased: given.holdUntilReleased ?? false,
  };
  (given.withhold ?? []).forEach((one, n) => code(`defaults.withhold.${n}`, one, WITHHOLD_CODES));
  const { embargoHours, holdUntilReleased, sharing, tlp } = defaults;
  if (
    embargoHours !== null &&
    !(Number.isInteger(embargoHours) && 1 <= embargoHours && embargoHours <= LONGEST_DEFAULT_EMBARGO_HOURS)
  )
    issues.push({
      path: 'defaults.embargoHours',
      code: 'OUT_OF_RANGE',
      message: `Must be a whole number from 1 to ${LONGEST_DEFAULT_EMBARGO_HOURS}.`,
    });
  if (embargoHours !== null && holdUntilReleased)
    issues.push({
      path: 'defaults.holdUntilReleased',
      code: 'EMBARGO_TWICE',
      message: 'Give embargoHours or holdUntilReleased, not both.',
    });
  if (tlp === 'RED' && sharing !== null && sharing !== 'AGENCY' && sharing !== 'TASK_FORCES')
    issues.push({
      path: 'defaults.sharing',
      code: 'SHARING_EXCEEDS_TLP',
      message: 'Must be AGENCY or TASK_FORCES when tlp is RED.',
    });
  return { defaults, issues };
}
