import type { RouteView } from './record-view.js';
import { LEVEL_WORDS, type RouteLevel } from './release-policy/levels.js';
import type { TransformationLog } from './transformation-log.js';
import type { ValidRoute } from './valid-report.js';

/**
 * Countries, and the ends within the country by county or state. The state is the county's first two digits and is given
 * with it too, so that a condition on states means the same at each level. A route that says nothing is none.
 */
export function generaliseRoute(route: ValidRoute | null, level: RouteLevel, log: TransformationLog): RouteView | null {
  if (route === null || level === 'ABSENT') return null;
  const { originCountry, originCountyFips, destinationCountry, destinationCountyFips } = route;
  const toCounties = level === 'COUNTY';
  const toStates = toCounties || level === 'STATE';
  const view = {
    originCountry,
    originStateFips: toStates ? stateOf(originCountyFips) : null,
    originCountyFips: toCounties ? originCountyFips : null,
    destinationCountry,
    destinationStateFips: toStates ? stateOf(destinationCountyFips) : null,
    destinationCountyFips: toCounties ? destinationCountyFips : null,
  };
  if (Object.values(view).every((end) => end === null)) return null;
  if (!toCounties && (originCountyFips !== null || destinationCountyFips !== null))
    log.note('route', 'county', LEVEL_WORDS[level] ?? level);
  return view;
}

function stateOf(countyFips: string | null): string | null {
  return countyFips === null ? null : countyFips.slice(0, 2);
}
