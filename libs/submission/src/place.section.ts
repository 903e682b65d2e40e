import { isCountryCode, isCountyFips, SETTING_CODES } from '@concord/codes';
import type { ValidPlace, ValidRoute } from '@concord/deidentification';
import { judgePlace } from './place-in-county.js';
import type { Section } from './section.js';
import { PLACE_FIELDS, ROUTE_FIELDS } from './submitted-fields.js';

const PORT_OF_ENTRY = { max: 80, characters: 'PRINTABLE' } as const;

/** Where it happened. */
export function readPlace(report: Section): ValidPlace | null {
  const place = report.sectionOrEmpty('place');
  if (place === null) return null;
  place.refuseOthers(PLACE_FIELDS);
  const countyFips = place.required('countyFips', readCountyFips(place, 'countyFips'));
  const coordinates = readCoordinates(place);
  const { latitude, longitude } = coordinates;
  if (countyFips !== null && latitude !== null && longitude !== null) {
    judgePlace(report, { latitude, longitude }, countyFips);
  }
  const rest = {
    ...coordinates,
    setting: place.code('setting', SETTING_CODES) ?? 'UNKNOWN',
    portOfEntry: place.text('portOfEntry', PORT_OF_ENTRY),
  };
  return countyFips === null ? null : { ...rest, countyFips, stateFips: countyFips.slice(0, 2) };
}

/** Where it came from and was going; null when nothing of it is known. */
export function readRoute(report: Section): ValidRoute | null {
  const route = report.section('route');
  if (route === null) return null;
  route.refuseOthers(ROUTE_FIELDS);
  const read: ValidRoute = {
    originCountry: readCountry(route, 'originCountry'),
    originCountyFips: readCountyFips(route, 'originCountyFips'),
    destinationCountry: readCountry(route, 'destinationCountry'),
    destinationCountyFips: readCountyFips(route, 'destinationCountyFips'),
  };
  return Object.values(read).some((part) => part !== null) ? read : null;
}

function readCoordinates(place: Section): Pick<ValidPlace, 'latitude' | 'longitude'> {
  const latitude = place.number('latitude', { min: -90, max: 90 });
  const longitude = place.number('longitude', { min: -180, max: 180 });
  if (place.has('latitude') !== place.has('longitude')) {
    const missing = place.has('latitude') ? 'longitude' : 'latitude';
    place.refuse(missing, 'COORDINATES_INCOMPLETE', 'Give both latitude and longitude, or neither.');
  }
  return { latitude, longitude };
}

function readCountyFips(section: Section, name: string): string | null {
  const rule = 'Must be the five-digit FIPS code of a county, as text: 06073.';
  const fips = section.codeText(name, rule);
  return fips === null || isCountyFips(fips) ? fips : section.refuse(name, 'UNKNOWN_COUNTY', rule);
}

function readCountry(section: Section, name: string): string | null {
  const rule = 'Must be an ISO 3166-1 alpha-2 country code, two plain ASCII capitals: MX.';
  const country = section.codeText(name, rule);
  return country === null || isCountryCode(country) ? country : section.refuse(name, 'UNKNOWN_COUNTRY', rule);
}
