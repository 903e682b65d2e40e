export {
  changeAgencySettings,
  findAgencySettings,
  type AgencySettings,
  type SettingsChange,
} from './agency-settings.store.js';
export { apiKeyDigest, claimsToBeApiKey } from './api-keys/api-key-text.js';
export {
  createApiKey,
  findApiKeys,
  revokeApiKey,
  type ApiKey,
  type KeyAdmin,
  type KeyCreation,
  type KeyPosition,
  type KeyRefused,
} from './api-keys/api-key.store.js';
export {
  LONGEST_KEY_DAYS,
  NO_SUCH_PERSON,
  readApiKeyRequest,
  type ApiKeyIssue,
  type ApiKeyRequest,
  type SubmittedApiKey,
} from './api-keys/read-api-key-request.js';
