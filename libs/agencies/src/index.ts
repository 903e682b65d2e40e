export {
  changeAgencySettings,
  findAgencySettings,
  type AgencySettings,
  type SettingsChange,
} from './agency-settings.store.js';
export * from './agreements/index.js';
