import { auditEntry, appendAudit, type AuditSubject } from '@concord/audit';
import { SealBrokenError, type KeyHolder } from '@concord/blinding';
import {
  communityRows,
  deidentify,
  type H3Resolution,
  type ReleasePolicy,
  type ValidReport,
} from '@concord/deidentification';
import type { Clock } from '@concord/platform/clock';
import { inTransaction } from '@concord/platform/database';
import {
  applyReleasePolicy,
  findReportsToRelease,
  ReportChangedError,
  type AppliedPolicy,
  type ReportToRelease,
  type Rereleased,
} from '@concord/records';
import { getResolution } from 'h3-js';
import type { Pool } from 'pg';
import { openIdentifiers, plainContent } from './sealed-report.js';

export interface RereleaseServices {
  /** As `concord_publisher`. */
  readonly db: Pool;
  readonly keyHolder: KeyHolder;
  readonly clock: Clock;
}

export interface RereleasedBatch {
  /** Records of which something was left to do, and is not now. */
  readonly records: number;
  /** Views of them that say something else than before. */
  readonly changedViews: number;
  /** Reports whose identifiers do not open: what repeats one could not be left out, so their views stay as they are. */
  readonly unopened: readonly string[];
}

/** Somebody who corrects reports as fast as they are read is given up on, and found again by the next run. */
const MOST_READS = 5;

/**
 * Computes the views of reports anew, from the reports and by a policy, and stores them, all or none; beside them what
 * records of before 0.5 lack. What is sealed is opened in the service and shown to nobody; the books say so first. Doing it
 * twice changes nothing, and it may end at any line: what is not committed is found again by what is stored.
 */
export async function rereleaseReports(
  services: RereleaseServices,
  policy: ReleasePolicy,
  reportIds: readonly string[],
): Promise<RereleasedBatch> {
  for (let read = 1; ; read += 1) {
    const reports = await findReportsToRelease(services.db, reportIds, policy.version);
    await bookOpening(services, reports);
    const unopened: string[] = [];
    const made: Rereleased[] = [];
    for (const report of reports) {
      const one = await rereleased(services, report, policy);
      if (one === null) unopened.push(report.reportId);
      else made.push(one);
    }
    try {
      const { recordIds, changedViews } = await store(services, policy, made);
      return { records: recordIds.length, changedViews, unopened };
    } catch (error) {
      if (!(error instanceof ReportChangedError) || read === MOST_READS) throw error;
    }
  }
}

/** The books name what something was done to, and nothing where another run had done it. */
async function store(
  { db, clock }: RereleaseServices,
  policy: ReleasePolicy,
  made: readonly Rereleased[],
): Promise<AppliedPolicy> {
  if (made.length === 0) return { recordIds: [], changedViews: 0 };
  return inTransaction(db, async (tx) => {
    const applied = await applyReleasePolicy(tx, policy.version, made);
    const subjects = applied.recordIds.map((id): AuditSubject => ({ kind: 'record', id }));
    if (subjects.length > 0)
      await appendAudit(tx, [entryOf(clock, 'release-policy.apply', [policySubject(policy), ...subjects])]);
    return applied;
  });
}

export const policySubject = ({ version }: ReleasePolicy): AuditSubject => ({
  kind: 'release-policy',
  id: String(version),
  version,
});

/** In nobody's name: whoever may enter `concord_publisher` is known to the machine and not to Concord. */
const entryOf = (clock: Clock, action: string, subjects: readonly AuditSubject[]) =>
  auditEntry({
    ...{ at: clock.now(), personId: null, agencyId: null, roles: [], purpose: null },
    ...{ action, outcome: 'DONE', subjects },
  });

async function bookOpening({ db, clock }: RereleaseServices, reports: readonly ReportToRelease[]): Promise<void> {
  const sealed = reports.filter(({ identifiers }) => identifiers.length > 0);
  if (sealed.length === 0) return;
  const subjects = sealed.flatMap(({ reportId, version, identifiers }): AuditSubject[] => [
    { kind: 'report', id: reportId, version },
    ...identifiers.map(({ id }) => ({ kind: 'identifier' as const, id })),
  ]);
  await appendAudit(db, [entryOf(clock, 'report.reopen', subjects)]);
}

/** Null: an identifier of it does not open. */
async function rereleased(
  { keyHolder }: RereleaseServices,
  stored: ReportToRelease,
  policy: ReleasePolicy,
): Promise<Rereleased | null> {
  const { recordId, version } = stored;
  const report = reportOf(stored);
  const community = communityRows(report);
  if (!stored.older) return { recordId, version, views: [], community };
  try {
    const identifiers = await openIdentifiers(keyHolder, stored.agencyId, stored.identifiers);
    const views = deidentify({ ...report, identifiers }, { h3Resolution: resolutionOf(stored), policy });
    return { recordId, version, views, community };
  } catch (error) {
    if (error instanceof SealBrokenError) return null;
    throw error;
  }
}

/** The report without what is sealed: narrative and basis are in no view, identifiers are for leaving out what repeats them. */
export function reportOf({ occurred, content, sharing, tlp }: ReportToRelease): ValidReport {
  const { occurredPrecision, ...said } = plainContent(content);
  return {
    ...said,
    ...{ sharing, tlp, submitterReference: '', releaseAfter: null, holdUntilReleased: false },
    occurred: { ...occurred, precision: occurredPrecision },
    ...{ narrative: null, basis: null, identifiers: [] },
  };
}

/** At which a record was released, whatever its agency has chosen since: cells of two sizes tell more than either. */
export const resolutionOf = ({ h3 }: Pick<ReportToRelease, 'h3'>): H3Resolution =>
  h3 !== null && getResolution(h3) === 7 ? 7 : 6;
