/** The door of de-identification: a valid report in, the views of a record and what must be sealed out. Pure. */
export { COMMUNITY_BANDS, COMMUNITY_THRESHOLDS, communityRows } from './community.generaliser.js';
export type { CommunityBand, CommunityRow } from './community.generaliser.js';
export { deidentify } from './deidentify.js';
export type { DeidentificationSettings } from './deidentify.js';
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
export { checkReleasePolicy } from './release-policy/check-release-policy.js';
export type { CheckedPolicy, PolicyIssue, PolicyIssueCode } from './release-policy/check-release-policy.js';
export { changesBetween } from './release-policy/compare-views.js';
export type { RuleChange } from './release-policy/compare-views.js';
export { LEVEL_WORDS } from './release-policy/levels.js';
export { RELEASE_POLICY_1 } from './release-policy/release-policy-1.js';
export { entriesOf, pathsOfRule, POLICY_RULES, POLICY_TIERS, rulesAt } from './release-policy/release-policy.js';
export type { PolicyRule, PolicyTier, ReleasePolicy, RuleEntry } from './release-policy/release-policy.js';
export { BESIDE_THE_VIEW, mayExist, pathsUnder, precisionSentence, VIEW_FIELDS, VIEW_PATHS } from './view-fields.js';
export type { ViewField, ViewFieldKind, ViewFilter, ViewPath } from './view-fields.js';
