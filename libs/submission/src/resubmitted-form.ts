import type { OwnReport, StoredSubstance } from '@concord/records';
import type { SubmittedReport, SubmittedSubstance } from './submitted-report.js';

const MINUTE_MS = 60_000;

/**
 * A report as it could be submitted again, to another service, without what is not given back (identifiers and their
 * basis). Pure.
 *
 * What nobody outside its agency may see now comes to be released by hand: a file that is submitted elsewhere must not
 * share anew what was recalled, or what no supervisor has let out.
 */
export function resubmittedForm(report: OwnReport, narrative: string | null): SubmittedReport {
  const { content, status } = report;
  const isKept = status === 'HELD' || status === 'DRAFT' || status === 'RECALLED';
  return {
    submitterReference: report.submitterReference,
    occurredAt: localText(report.occurredAt, report.offsetMinutes),
    occurredAtPrecision: content.occurredPrecision,
    sharing: report.sharing,
    tlp: report.tlp,
    releaseAfter: status === 'EMBARGOED' ? (report.releaseAfter?.toISOString() ?? null) : null,
    holdUntilReleased: isKept || report.holdUntilReleased,
    withhold: content.withhold,
    timePrecision: content.timePrecision,
    place: content.place,
    substances: content.substances.map(asSubmitted),
    concealment: content.concealment,
    conveyance: content.conveyance,
    route: content.route,
    people: content.people,
    source: content.source,
    narrative,
    packaging: content.packaging ?? null,
    remarks: content.remarks ?? null,
    taskForceIds: content.taskForceIds,
  };
}

/** With a DEA code the name and the class are the table's. */
function asSubmitted({ deaCode, name, category, ...substance }: StoredSubstance): SubmittedSubstance {
  const { form, quantity, quantityReason, unit, estimated, laboratoryStatus, purityPercent, signature } = substance;
  return {
    ...(deaCode === null ? { name, category } : { deaCode }),
    ...{ form, quantity, quantityReason, unit, estimated, laboratoryStatus, purityPercent, signature },
    adulterants: substance.adulterants,
  };
}

/** By the clock of the place: 2026-11-20T03:15:00-08:00. */
function localText(at: Date, offsetMinutes: number): string {
  const size = Math.abs(offsetMinutes);
  const two = (part: number): string => String(part).padStart(2, '0');
  const offset = `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${new Date(at.getTime() + offsetMinutes * MINUTE_MS).toISOString().slice(0, 19)}${offset}`;
}
