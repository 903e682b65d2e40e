export * from './enumerations.js';
export * from './countries.js';
export { countyAt, liesInCounty, whereabouts, type GeoPoint, type Whereabouts } from './county-shapes.js';
export { findCountyByName } from './county-names.js';
export * from './places.js';
export * from './time-zones.js';
export * from './substances.js';
export * from './units.js';
