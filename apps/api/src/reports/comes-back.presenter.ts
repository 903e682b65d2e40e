import { countyName, stateName } from '@concord/codes';
import type { Observation, ObservationKind } from '@concord/records';
import type { Observation as PresentedObservation } from './comes-back.types.js';

const COMMON = {
  SIGNATURE: 'with this press mark or signature',
  PACKAGING: 'packed like this',
  ROUTE: 'on this route',
  METHOD: 'carried and hidden like this',
  SUBSTANCE: 'of the same substance',
} as const satisfies Record<ObservationKind, string>;

export function presentObservation({ shown, ...it }: Observation): PresentedObservation {
  const placeName = nameOf(it);
  const others = it.records === 1 ? '1 other' : `${it.records} others`;
  const when = it.wholeWindow
    ? 'in the last 30 days'
    : `since ${it.since.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const own = it.ownAgency === 0 ? '' : `; ${it.ownAgency === it.records ? 'all' : it.ownAgency} of your own agency`;
  return {
    ...{ ...it, placeName, recordIds: shown.map(({ id }) => id) },
    message: `${others} ${COMMON[it.kind]} in ${placeName} ${when}${own}.`,
  };
}

function nameOf({ scope, place, placeName }: Omit<Observation, 'shown'>): string {
  if (scope === 'COUNTY') return `${countyName(place) ?? `county ${place}`} (${stateName(place.slice(0, 2)) ?? ''})`;
  if (scope === 'REGION') return `the region ${placeName ?? place}`;
  return scope === 'STATE' ? (stateName(place) ?? `state ${place}`) : 'the nation';
}
