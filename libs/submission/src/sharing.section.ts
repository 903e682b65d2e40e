import {
  SHARING_CODES,
  TIME_PRECISIONS,
  TLP_CODES,
  WITHHOLD_CODES,
  type SharingCode,
  type TlpCode,
} from '@concord/codes';
import type { ValidReport } from '@concord/deidentification';
import type { Section } from './section.js';

const MAX_RELEASE_YEARS = 5;
const MAX_TASK_FORCES = 50;
const MAX_TASK_FORCE_ID = 100;

/** What the submitting agency may share, and with which task forces it can. */
export interface SharingLimits {
  readonly agreementWidestSharing: SharingCode;
  /** Of the API key that a machine submits by; null or absent for people. */
  readonly keyWidestSharing?: SharingCode | null;
  readonly memberTaskForceIds: ReadonlySet<string>;
}

type Sharing = Pick<
  ValidReport,
  'sharing' | 'tlp' | 'releaseAfter' | 'holdUntilReleased' | 'withhold' | 'timePrecision' | 'taskForceIds'
>;

/** Who gets the record, when, and what is kept from them. */
export function readSharing(report: Section, limits: SharingLimits, now: Date): Sharing | null {
  const sharing = report.required('sharing', report.code('sharing', SHARING_CODES));
  const tlp = report.code('tlp', TLP_CODES) ?? 'AMBER';
  const rest = {
    ...readEmbargo(report, now),
    withhold: report.codes('withhold', WITHHOLD_CODES),
    timePrecision: report.code('timePrecision', TIME_PRECISIONS) ?? 'WEEK',
  };
  const named = readTaskForceIds(report, limits.memberTaskForceIds);
  if (sharing === null) return null;
  refuseTooWide(report, sharing, tlp, limits);
  return { sharing, tlp, ...rest, taskForceIds: sharedTaskForceIds(report, sharing, named) };
}

function refuseTooWide(report: Section, sharing: SharingCode, tlp: TlpCode, limits: SharingLimits): void {
  const { agreementWidestSharing: widest, keyWidestSharing: keyWidest = null } = limits;
  if (isWider(sharing, widest)) {
    const message = `Must not be wider than ${widest}, the widest sharing in your agency's agreement.`;
    report.refuse('sharing', 'SHARING_EXCEEDS_AGREEMENT', message);
  }
  if (keyWidest !== null && isWider(sharing, keyWidest)) {
    const message = `Must not be wider than ${keyWidest}, the widest sharing of this API key.`;
    report.refuse('sharing', 'SHARING_EXCEEDS_KEY', message);
  }
  if (tlp === 'RED' && isWider(sharing, 'TASK_FORCES')) {
    const message = 'Must be AGENCY or TASK_FORCES when tlp is RED, which is for named recipients only.';
    report.refuse('sharing', 'SHARING_EXCEEDS_TLP', message);
  }
}

export function isWider(sharing: SharingCode, other: SharingCode): boolean {
  return SHARING_CODES.indexOf(sharing) > SHARING_CODES.indexOf(other);
}

/** Until a time, or until somebody of the owner releases it: not both, because it would not be told which one counts. */
function readEmbargo(report: Section, now: Date): Pick<ValidReport, 'releaseAfter' | 'holdUntilReleased'> {
  const releaseAfter = readReleaseAfter(report, now);
  const holdUntilReleased = report.flag('holdUntilReleased') ?? false;
  if (holdUntilReleased && releaseAfter !== null) {
    const message = 'Give releaseAfter or holdUntilReleased, not both.';
    report.refuse('holdUntilReleased', 'EMBARGO_TWICE', message);
  }
  return { releaseAfter, holdUntilReleased };
}

/** A release that has passed is none, so that what follows need not ask the clock. */
function readReleaseAfter(report: Section, now: Date): Date | null {
  const submitted = report.instant('releaseAfter');
  if (submitted === null) return null;
  if (submitted.instant <= now) {
    report.warn('releaseAfter', 'RELEASE_PASSED', 'The time has passed: there is no embargo.');
    return null;
  }
  const latest = new Date(now);
  latest.setUTCFullYear(latest.getUTCFullYear() + MAX_RELEASE_YEARS);
  if (submitted.instant <= latest) return submitted.instant;
  return report.refuse('releaseAfter', 'RELEASE_TOO_LATE', `Must be at most ${MAX_RELEASE_YEARS} years ahead.`);
}

function readTaskForceIds(report: Section, members: ReadonlySet<string>): string[] {
  const ids = report.texts('taskForceIds', { max: MAX_TASK_FORCE_ID }, MAX_TASK_FORCES);
  for (const { at, text } of ids) {
    if (members.has(text)) continue;
    const message = 'Must be the id of a task force to which your agency belongs; `me { keyring }` lists them.';
    if (report.plain(at, text, message) !== null) report.refuse(at, 'UNKNOWN_TASK_FORCE', message);
  }
  return [...new Set(ids.map(({ text }) => text))].sort();
}

function sharedTaskForceIds(report: Section, sharing: SharingCode, named: string[]): string[] {
  if (sharing === 'AGENCY' && named.length > 0) {
    const message = 'The task forces named will not see the record, because sharing is AGENCY.';
    report.warn('taskForceIds', 'TASK_FORCES_NOT_SHARED', message);
    return [];
  }
  if (sharing === 'TASK_FORCES' && named.length === 0) {
    report.warn('taskForceIds', 'NO_TASK_FORCE_NAMED', 'Nobody else will see the record until a task force is named.');
  }
  return named;
}
