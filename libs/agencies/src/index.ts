export {
  changeAgencySettings,
  findAgencySettings,
  type AgencySettings,
  type SettingsChange,
} from './agency-settings.store.js';
export type { Agency, AgencyInput, AgencyOutcome } from './agencies/agency.js';
export { findAgencies, findAgency, wordsOf, type AgencyPosition } from './agencies/agency.reader.js';
export { changeAgency, createAgency } from './agencies/agency.store.js';
export { LONGEST_NAME, ORI } from './agencies/check-agency.js';
export { endAgency, findStanding, leaveAgency } from './agencies/departure.store.js';
export type { Fault } from './fault.js';
export { importAgencies, type ImportOutcome, type ImportedAgency, type ListedAgency } from './agencies/import.store.js';
export { placeKeys, type Jurisdiction } from './agencies/jurisdiction.js';
export type { Region, RegionInput, RegionWarning } from './regions/region.js';
export { changeRegion, createRegion, findRegions } from './regions/region.store.js';
