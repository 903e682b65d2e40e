import { isCountryCode, isCountyFips, SETTING_CODES } from '@concord/codes';
import type { ValidPlace, ValidRoute } from '@concord/deidentification';
import type { Section } from './section.js';

const PORT_OF_ENTRY = { max: 80 };
/** Longer than any code, so that a wrong one is called unknown rather than long. */
const CODE = { max: 80 };

/** Where it happened. */
export function readPlace(report: Section): ValidPlace | null {
  const place = report.sectionOrEmpty('place');
  if (place === null) return null;
  const countyFips = place.required('countyFips', readCountyFips(place, 'countyFips'));
  const rest = {
    ...readCoordinates(place),
    setting: place.code('setting', SETTING_CODES) ?? 'UNKNOWN',
    portOfEntry: place.text('portOfEntry', PORT_OF_ENTRY),
  };
  return countyFips === null ? null : { ...rest, countyFips, stateFips: countyFips.slice(0, 2) };
}

/** Where it came from and was going; null when nothing of it is known. */
export function readRoute(report: Section): ValidRoute | null {
  const route = report.section('route');
  if (route === null) return null;
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
  const fips = section.text(name, CODE);
  if (fips === null || isCountyFips(fips)) return fips;
  return section.refuse(name, 'UNKNOWN_COUNTY', 'Must be the five-digit FIPS code of a county, as text: 06073.');
}

function readCountry(section: Section, name: string): string | null {
  const country = section.text(name, CODE);
  if (country === null || isCountryCode(country)) return country;
  const message = 'Must be an ISO 3166-1 alpha-2 country code, two plain ASCII capitals: MX.';
  return section.refuse(name, 'UNKNOWN_COUNTRY', message);
}
