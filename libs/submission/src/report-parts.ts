import { audienceOf, type AgencyActor } from '@concord/access';
import { auditEntry } from '@concord/audit';
import type { KeyHolder } from '@concord/blinding';
import { communityRows, deidentify, type ValidReport } from '@concord/deidentification';
import type { Clock } from '@concord/platform/clock';
import { newId } from '@concord/platform/ids';
import type { DefaultedField, ReportParts } from '@concord/records';
import { precisionSettings, releaseFacts, type ReportContext } from './report-context.js';
import { sealReport } from './sealed-report.js';

/** How a report came in, as the books have it: by a person's request, or with a file. */
export type Entrance = 'report.submit' | 'report.load';

export interface PartsOptions {
  readonly contentDigest: string;
  readonly synthetic: boolean;
  readonly raisesAlerts: boolean;
  readonly entrance: Entrance;
  readonly defaulted?: readonly DefaultedField[];
  readonly hold: ReportParts['hold'];
}

/** The record that is made of a valid report: its views, who opens each, and what of it COMMUNITY may get. Pure. */
export function recordOf(
  agencyId: string,
  report: ValidReport,
  context: ReportContext,
): Pick<ReportParts, 'views' | 'audiences' | 'community'> {
  const views = deidentify(report, precisionSettings(context));
  const facts = releaseFacts(agencyId, report, context);
  return {
    views,
    audiences: views.map((view) => audienceOf(view.precision, facts)),
    community: communityRows(report),
  };
}

/** Everything that is stored with a valid report: its views and who opens them, its sealed parts, its entry in the books. */
export async function makeReportParts(
  services: { readonly keyHolder: KeyHolder; readonly clock: Clock },
  actor: AgencyActor,
  report: ValidReport,
  context: ReportContext,
  { entrance, ...options }: PartsOptions,
): Promise<ReportParts> {
  const reportId = newId();
  const recordId = newId();
  const sealed = await sealReport(services.keyHolder, actor.agency.id, reportId, report);
  return {
    personId: actor.personId,
    agencyId: actor.agency.id,
    reportId,
    recordId,
    ...options,
    ...recordOf(actor.agency.id, report, context),
    ...sealed,
    audit: auditEntry({
      at: services.clock.now(),
      personId: actor.personId,
      agencyId: actor.agency.id,
      roles: [...actor.roles],
      keyId: actor.key?.id,
      action: entrance,
      outcome: 'DONE',
      purpose: actor.purpose,
      subjects: [
        { kind: 'report', id: reportId, version: 1 },
        { kind: 'record', id: recordId, version: 1 },
      ],
    }),
  };
}
