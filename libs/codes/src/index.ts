export * from './enumerations.js';
export * from './countries.js';
export * from './places.js';
export * from './substances.js';
export * from './units.js';
