import type { ReleasePolicy } from './release-policy.js';

/**
 * The first release policy: the table of design.md, section 6. The database got the same document with the migration
 * that made its table (`release_policy`); a test compares them. It is never changed: a change is a further version.
 */
export const RELEASE_POLICY_1: ReleasePolicy = {
  version: 1,
  tiers: {
    TASK_FORCE: {
      occurred: { level: 'DAY' },
      place: { level: 'H3_6', ownerMayChoose: 'H3_7' },
      'place.setting': { level: 'AS_REPORTED' },
      'place.portOfEntry': { level: 'AS_REPORTED' },
      'substances.form': { level: 'AS_REPORTED' },
      'substances.laboratoryStatus': { level: 'AS_REPORTED' },
      'substances.quantity': { level: 'EXACT' },
      'substances.purity': { level: 'EXACT' },
      'substances.signature': { level: 'AS_REPORTED' },
      'substances.adulterants': { level: 'AS_REPORTED' },
      concealment: { level: 'AS_REPORTED' },
      conveyance: { level: 'AS_REPORTED' },
      packaging: { level: 'AS_REPORTED' },
      remarks: { level: 'AS_REPORTED' },
      route: { level: 'COUNTY' },
      'people.role': { level: 'AS_REPORTED' },
      'people.age': { level: 'BAND_10' },
      source: { level: 'AS_REPORTED' },
      contributor: { level: 'AS_REPORTED' },
    },
    PARTNER: {
      occurred: { level: 'ISO_WEEK', ownerMayChoose: 'DAY' },
      place: { level: 'COUNTY' },
      'place.setting': { level: 'AS_REPORTED' },
      'substances.form': { level: 'AS_REPORTED' },
      'substances.laboratoryStatus': { level: 'AS_REPORTED' },
      'substances.quantity': { level: 'DECADE' },
      'substances.purity': { level: 'BAND_10' },
      'substances.signature': { level: 'AS_REPORTED', withheldBy: 'SIGNATURE' },
      'substances.adulterants': { level: 'AS_REPORTED', withheldBy: 'SIGNATURE' },
      concealment: { level: 'AS_REPORTED', withheldBy: 'METHOD' },
      conveyance: { level: 'AS_REPORTED', withheldBy: 'METHOD' },
      packaging: { level: 'AS_REPORTED', withheldBy: 'METHOD' },
      remarks: { level: 'AS_REPORTED' },
      route: { level: 'STATE' },
      'people.role': { level: 'AS_REPORTED' },
      source: { level: 'AS_REPORTED' },
      contributor: { level: 'AS_REPORTED', withheldBy: 'CONTRIBUTOR' },
    },
    COMMUNITY: {
      occurred: { level: 'MONTH' },
      place: { level: 'STATE' },
      'substances.quantity': { level: 'THREE_BANDS' },
    },
  },
};
