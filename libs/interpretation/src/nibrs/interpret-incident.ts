import type { OccurredAtPrecision } from '@concord/codes';
import type { SubmittedReport } from '@concord/submission';
import type { InterpretedEntry } from '../interpreted-entry.js';
import { noonOn, onClock } from './agency-clock.js';
import { IncidentDraft, type NibrsSettings } from './incident-draft.js';
import { interpretDrugs } from './interpret-drugs.js';
import { LOCATION_TYPES } from './nibrs-codes.data.js';
import { ELEMENTS, type NibrsIncident, type NibrsProperty } from './nibrs-incident.js';
import type { NibrsSkipReason } from './nibrs-questions.data.js';

/** Seized, and not stolen before. */
const SEIZED = '6';
const DRUGS = '10';
const DRUG_VIOLATION = '35A';
const COUNTY = 'place.countyFips';
const DRUG_OFFENSES: readonly string[] = [DRUG_VIOLATION, '35B'];

/** A report to be, with or without questions; or why there is none. */
export type IncidentOutcome =
  { readonly entry: Omit<InterpretedEntry, 'ordinal'> } | { readonly skipped: NibrsSkipReason; readonly line: number };

/**
 * One Group A incident. It is a report only if drugs were seized; if that cannot be said, it is asked. Elements that
 * others may later hold against somebody are not read: people (their part, and whose drugs they were, is not in NIBRS)
 * and criminal activity, which is no basis of suspicion.
 */
export function interpretIncident(incident: NibrsIncident, settings: NibrsSettings): IncidentOutcome {
  const { number, action, rows } = incident;
  const line = rows[0]?.line ?? number.line;
  const draft = new IncidentDraft();
  if (action.text === 'D') {
    if (incident.ori.text === settings.ori) draft.ask(ELEMENTS.action, action, '', 'NIBRS_DELETED');
    else draft.ask(ELEMENTS.ori, incident.ori, '', 'NIBRS_OTHER_AGENCY');
    return { entry: entryOf(incident, draft, { submitterReference: number.text }) };
  }
  const seized = incident.properties.filter(isSeizure);
  const mayHide =
    incident.faults.some(({ mayHideSeizure }) => mayHideSeizure) ||
    incident.properties.some(({ loss }) => !/^[1-8]$/.test(loss.text));
  if (seized.length === 0 && !mayHide) return withoutSeizure(incident, line, draft);

  for (const fault of incident.faults) draft.ask(fault.column, fault, '', fault.code);
  for (const { loss } of incident.properties)
    if (!/^[1-8]$/.test(loss.text)) draft.ask(ELEMENTS.loss, loss, '', 'NIBRS_LOSS');
  // Without a header nothing of it can be understood, and what is wrong has been said.
  if (number.text === '') return { entry: entryOf(incident, draft, {}) };
  return { entry: entryOf(incident, draft, interpretSeizure(incident, seized, draft, settings)) };
}

function isSeizure({ loss, descriptions, drugs }: NibrsProperty): boolean {
  return loss.text === SEIZED && (drugs.length > 0 || descriptions.includes(DRUGS));
}

function withoutSeizure(incident: NibrsIncident, line: number, draft: IncidentDraft): IncidentOutcome {
  const namesDrugs = incident.properties.some(
    ({ descriptions, drugs }) => drugs.length > 0 || descriptions.includes(DRUGS),
  );
  const isOfDrugs = namesDrugs || incident.offenses.some(({ code }) => DRUG_OFFENSES.includes(code.text));
  if (incident.action.text !== 'R') return { skipped: namesDrugs ? 'DRUGS_NOT_SEIZED' : 'NO_DRUGS', line };
  if (!isOfDrugs) return { skipped: 'REPLACED_WITHOUT_DRUGS', line };
  draft.ask(ELEMENTS.action, incident.action, '', 'NIBRS_SEIZURE_TAKEN_BACK');
  return { entry: entryOf(incident, draft, { submitterReference: incident.number.text }) };
}

function interpretSeizure(
  incident: NibrsIncident,
  seized: readonly NibrsProperty[],
  draft: IncidentDraft,
  settings: NibrsSettings,
): SubmittedReport {
  const { ori, number, action } = incident;
  // Only drugs of one ORI are ever stored under its agency: so the number alone is enough to tell them apart.
  if (ori.text !== settings.ori) draft.ask(ELEMENTS.ori, ori, '', 'NIBRS_OTHER_AGENCY');
  if (action.text !== 'I' && action.text !== 'R') draft.ask(ELEMENTS.action, action, '', 'NIBRS_ACTION');
  draft.read(ELEMENTS.incident, number, 'submitterReference', number.text, 'NIBRS_NUMBER');
  askOfProperties(incident, seized, draft);
  const constants = settings.constants(number.line);
  draft.readings.push(...constants.readings);
  draft.questions.push(...constants.questions);
  const isCountySaid = [...constants.readings, ...constants.questions].some(({ path }) => path === COUNTY);
  if (!isCountySaid) draft.ask(ELEMENTS.county, { ...number, text: '' }, COUNTY, 'NIBRS_COUNTY', settings.counties);
  const setting = interpretLocation(incident, draft, settings);
  const substances = interpretDrugs(
    seized.flatMap(({ drugs }) => drugs),
    draft,
    settings,
  );
  return {
    ...constants.report,
    submitterReference: number.text,
    ...interpretTime(incident, draft, settings),
    place: { ...constants.report.place, ...(setting === null ? {} : { setting }) },
    substances,
  };
}

function askOfProperties(incident: NibrsIncident, seized: readonly NibrsProperty[], draft: IncidentDraft): void {
  const violation = incident.offenses.find(({ code }) => code.text === DRUG_VIOLATION);
  const [first, second] = seized;
  if (first === undefined) return;
  if (violation === undefined || violation.isAttempted)
    draft.ask(ELEMENTS.offense, violation?.code ?? { ...first.loss, text: '' }, '', 'NIBRS_NO_DRUG_OFFENSE');
  for (const { descriptions, drugs, loss } of seized) {
    if (!descriptions.includes(DRUGS))
      draft.ask(ELEMENTS.description, { ...loss, text: descriptions.join(' ') }, '', 'NIBRS_DESCRIPTION');
    if (drugs.length === 0) draft.ask(ELEMENTS.drug, { ...loss, text: '' }, 'substances', 'NIBRS_NO_DRUG_TYPE');
  }
  if (second !== undefined && incident.hasOneSegmentForEachLoss)
    draft.ask(ELEMENTS.loss, second.loss, '', 'NIBRS_SEIZED_TWICE');
}

/** Where the drug violation was; other offenses of the incident may have been elsewhere. */
function interpretLocation(incident: NibrsIncident, draft: IncidentDraft, settings: NibrsSettings): string | null {
  const location = incident.offenses.find(({ code }) => code.text === DRUG_VIOLATION)?.location;
  if (location === undefined || location.text === '') return null;
  const text = { ...location, text: `NIBRS ${location.text}` };
  const confirmed = settings.meaning(ELEMENTS.location, text.text);
  const setting = confirmed ?? LOCATION_TYPES[location.text.padStart(2, '0')]?.setting;
  if (setting === undefined) {
    draft.ask(ELEMENTS.location, text, 'place.setting', 'NIBRS_LOCATION', ['OTHER', 'UNKNOWN']);
    return null;
  }
  draft.read(ELEMENTS.location, text, 'place.setting', setting, confirmed === null ? 'NIBRS_CODE' : 'NIBRS_CONFIRMED');
  return setting;
}

interface Time {
  readonly occurredAt?: string;
  readonly occurredAtPrecision?: OccurredAtPrecision;
}

function interpretTime(incident: NibrsIncident, draft: IncidentDraft, { clock, meaning }: NibrsSettings): Time {
  const { date, hour, offset } = incident;
  const stated = { ...date, text: hour === '' ? date.text : `${date.text} ${hour}` };
  const refuse = (): Time => {
    draft.ask(ELEMENTS.date, stated, 'occurredAt', 'NIBRS_DATE');
    return {};
  };
  const noon = clock === null ? null : noonOn(date.text, clock);
  if (clock === null || noon === null || !/^([01]\d|2[0-3])?$/.test(hour)) return refuse();
  if (incident.isReportDate && meaning(ELEMENTS.date, 'NIBRS R') !== 'DAY') {
    draft.ask(ELEMENTS.date, { ...date, text: 'NIBRS R' }, 'occurredAt', 'NIBRS_REPORT_DATE', ['DAY']);
    return {};
  }
  const exact = hour === '' || incident.isReportDate ? null : onClock(date.text, hour, clock);
  if (exact !== null) {
    if (offset !== null && !exact.endsWith(offset)) return refuse();
    draft.read(ELEMENTS.date, stated, 'occurredAt', exact, 'NIBRS_HOUR');
    return { occurredAt: exact, occurredAtPrecision: 'HOUR' };
  }
  const isHourKnown = hour !== '' && !incident.isReportDate;
  const rule = isHourKnown ? 'NIBRS_DAY_OF_CLOCK_CHANGE' : 'NIBRS_DAY';
  draft.read(ELEMENTS.date, stated, 'occurredAt', noon, incident.isReportDate ? 'NIBRS_CONFIRMED' : rule);
  return { occurredAt: noon, occurredAtPrecision: 'DAY' };
}

function entryOf(
  { rows }: NibrsIncident,
  { readings, questions }: IncidentDraft,
  input: SubmittedReport,
): Omit<InterpretedEntry, 'ordinal'> {
  return { rows, input, readings, questions };
}
