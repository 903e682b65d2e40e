import type { RouteView } from './record-view.js';
import type { Tier } from './tier.js';
import type { TransformationLog } from './transformation-log.js';
import type { ValidRoute } from './valid-report.js';

/**
 * OWNER and TASK_FORCE: counties and countries. PARTNER: states and countries. The state is the county's first two
 * digits and is given at every tier, so that a condition on states means the same in each. A route that says nothing
 * is none.
 */
export function generaliseRoute(route: ValidRoute | null, tier: Tier, log: TransformationLog): RouteView | null {
  if (route === null || Object.values(route).every((end) => end === null)) return null;
  const { originCountry, originCountyFips, destinationCountry, destinationCountyFips } = route;
  const toStates = tier === 'PARTNER';
  if (toStates && (originCountyFips !== null || destinationCountyFips !== null)) log.note('route', 'county', 'state');
  return {
    originCountry,
    originStateFips: stateOf(originCountyFips),
    originCountyFips: toStates ? null : originCountyFips,
    destinationCountry,
    destinationStateFips: stateOf(destinationCountyFips),
    destinationCountyFips: toStates ? null : destinationCountyFips,
  };
}

function stateOf(countyFips: string | null): string | null {
  return countyFips === null ? null : countyFips.slice(0, 2);
}
