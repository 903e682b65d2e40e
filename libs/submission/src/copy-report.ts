import type { OwnReport, StoredSubstance } from '@concord/records';
import type { SubmittedReport, SubmittedSubstance } from './submitted-report.js';

/**
 * What the next report of the same kind has in common with this one, to begin a draft with: where by county, setting and
 * port, what by substance, form and unit, how it was hidden, carried and packed, and who gets it. Pure.
 *
 * Left out is whatever was true of that one seizure and would be false of the next, or link the two: reference, time, the
 * point on the map, quantities, purity, laboratory, press marks and adulterants, route, people but for their part, identifiers and
 * their basis, grading of the source, narrative, remarks, an embargo's end. So are settings that the agency's defaults filled in: they do so again.
 */
export function copyReport({ content, sharing, tlp, holdUntilReleased }: OwnReport): SubmittedReport {
  const { place, withhold, timePrecision } = content;
  const settings = { sharing, tlp, withhold, timePrecision, ...(holdUntilReleased ? { holdUntilReleased } : {}) };
  const defaulted = new Set<string>(content.defaulted ?? []);
  return {
    ...Object.fromEntries(Object.entries(settings).filter(([field]) => !defaulted.has(field))),
    occurredAtPrecision: content.occurredPrecision,
    place: { countyFips: place.countyFips, setting: place.setting, portOfEntry: place.portOfEntry },
    substances: content.substances.map(copySubstance),
    concealment: [...content.concealment],
    conveyance: content.conveyance,
    packaging: content.packaging ?? null,
    people: content.people.map(({ role }) => ({ role })),
    taskForceIds: [...content.taskForceIds],
  };
}

/** With a DEA code the name and the class are the table's. */
function copySubstance({ deaCode, name, category, form, unit }: StoredSubstance): SubmittedSubstance {
  return { ...(deaCode === null ? { name, category } : { deaCode }), form, unit };
}
