import { latLngToCell } from 'h3-js';
import type { IdentifierTraces } from './identifier-traces.js';
import type { ViewContent } from './record-view.js';
import type { Tier } from './tier.js';
import type { TransformationLog } from './transformation-log.js';
import type { ValidPlace } from './valid-report.js';

/** Mean cell area: 36 km² at resolution 6, 5 km² at resolution 7. Nothing finer ever leaves the owner. */
export type H3Resolution = 6 | 7;

/** The cell that contains the point; null for a place that was reported as a county. */
export function cellOf(place: ValidPlace, resolution: H3Resolution): string | null {
  if (place.latitude === null || place.longitude === null) return null;
  return latLngToCell(place.latitude, place.longitude, resolution);
}

/** What the views of one report share; H3 is the dearest step of de-identification. */
export interface PlaceContext {
  readonly cell: string | null;
  readonly resolution: H3Resolution;
  readonly traces: IdentifierTraces;
}

/**
 * OWNER: as reported, with its cell. TASK_FORCE: cell, county and port of entry. PARTNER: county only. The port is the
 * submitter's text, so it is left out where it names one of the report's identifiers.
 */
export function generalisePlace(
  place: ValidPlace,
  { cell, resolution, traces }: PlaceContext,
  tier: Tier,
  log: TransformationLog,
): ViewContent['place'] {
  const { latitude, longitude, countyFips, stateFips, setting } = place;
  const county = { stateFips, countyFips, setting };
  if (tier === 'PARTNER') {
    if (cell !== null) log.note('place', 'point', 'county');
    return { ...county, h3: null, latitude: null, longitude: null, portOfEntry: null };
  }
  const portOfEntry = place.portOfEntry !== null && traces.areIn(place.portOfEntry) ? null : place.portOfEntry;
  if (tier === 'TASK_FORCE') {
    if (cell !== null) log.note('place', 'point', `H3 cell, resolution ${resolution}`);
    return { ...county, h3: cell, latitude: null, longitude: null, portOfEntry };
  }
  if (portOfEntry !== place.portOfEntry) log.note('place.portOfEntry', 'text', 'removed: names an identifier');
  return { ...county, h3: cell, latitude, longitude, portOfEntry };
}
