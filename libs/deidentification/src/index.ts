/** The door of de-identification: a valid report in, the views of a record and what must be sealed out. Pure. */
export { COMMUNITY_BANDS, COMMUNITY_THRESHOLDS, communityRows } from './community.generaliser.js';
export type { CommunityBand, CommunityRow } from './community.generaliser.js';
export { deidentify } from './deidentify.js';
export type { DeidentificationSettings } from './deidentify.js';
export { POLICY_VERSION } from './policy-version.js';
export { IdentifierTraces } from './identifier-traces.js';
export { identifyingContent } from './identifying-content.js';
export type { IdentifyingContent } from './identifying-content.js';
export type { H3Resolution } from './place.generaliser.js';
export { PRECISIONS, precisionRank } from './record-view.js';
export type {
  PersonView,
  Precision,
  QuantityView,
  RecordView,
  RouteView,
  SubstanceView,
  Transformation,
  ViewContent,
} from './record-view.js';
export type {
  Occurred,
  ValidBasis,
  ValidIdentifier,
  ValidPerson,
  ValidPlace,
  ValidReport,
  ValidRoute,
  ValidSource,
  ValidSubstance,
} from './valid-report.js';
