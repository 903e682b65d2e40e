import { latLngToCell } from 'h3-js';
import type { ViewContent } from './record-view.js';
import { LEVEL_WORDS, type PlaceLevel } from './release-policy/levels.js';
import type { TransformationLog } from './transformation-log.js';
import type { ValidPlace } from './valid-report.js';
import { isWithheld, type FieldContext } from './withhold.js';

/** Mean cell area: 36 km² at resolution 6, 5 km² at resolution 7. Nothing finer ever leaves the owner. */
export type H3Resolution = 6 | 7;

/** The cell that contains the point; null for a place that was reported as a county. */
export function cellOf(place: ValidPlace, resolution: H3Resolution): string | null {
  if (place.latitude === null || place.longitude === null) return null;
  return latLngToCell(place.latitude, place.longitude, resolution);
}

/** What the views of one report share; H3 is the dearest step of de-identification. */
export interface PlaceContext {
  /** The cell at the resolution that the submitting agency has its records shown at. */
  readonly cell: string | null;
  readonly resolution: H3Resolution;
}

/**
 * The point with its cell; the cell with its county; the county with its state; the state. The cell is of resolution 7
 * where the rule lets agencies choose that and this one did. The port is the submitter's text, so it is left out where
 * it names one of the report's identifiers.
 */
export function generalisePlace(
  place: ValidPlace,
  shared: PlaceContext,
  context: FieldContext,
  log: TransformationLog,
): ViewContent['place'] {
  const { latitude, longitude, countyFips, stateFips } = place;
  const rule = context.rules.place;
  const level = rule.ownerMayChoose === 'H3_7' && shared.resolution === 7 ? 'H3_7' : rule.level;
  const isPoint = level === 'POINT';
  if (!isPoint && (shared.cell !== null || level === 'STATE')) noteFrom(shared.cell, level, log);
  return {
    stateFips,
    countyFips: level === 'STATE' ? null : countyFips,
    h3: cellAt(place, level, shared),
    latitude: isPoint ? latitude : null,
    longitude: isPoint ? longitude : null,
    setting: isWithheld('place.setting', context) ? null : place.setting,
    portOfEntry: isWithheld('place.portOfEntry', context) ? null : portWithout(place.portOfEntry, context, log),
  };
}

function noteFrom(cell: string | null, level: PlaceLevel, log: TransformationLog): void {
  log.note('place', cell === null ? 'county' : 'point', LEVEL_WORDS[level] ?? level);
}

/** The owner gets the cell that the agency has its records shown by. */
function cellAt(place: ValidPlace, level: PlaceLevel, { cell, resolution }: PlaceContext): string | null {
  if (cell === null || level === 'COUNTY' || level === 'STATE') return null;
  const wanted = level === 'POINT' ? resolution : RESOLUTIONS[level];
  return wanted === resolution ? cell : cellOf(place, wanted);
}

const RESOLUTIONS: Readonly<Record<'H3_7' | 'H3_6', H3Resolution>> = { H3_7: 7, H3_6: 6 };

function portWithout(port: string | null, { traces, tier }: FieldContext, log: TransformationLog): string | null {
  if (port === null || !traces.areIn(port)) return port;
  // Only the owner is told: elsewhere the note itself would say that the report names somebody.
  if (tier === 'OWNER') log.note('place.portOfEntry', 'text', 'removed: names an identifier');
  return null;
}
