import type { AffiliationCode, PersonRole } from '@concord/codes';

/** How often somebody has which part. Invented. */
export const ROLE_WEIGHTS: readonly (readonly [PersonRole, number])[] = [
  ['COURIER', 7],
  ['SUPPLIER', 1],
  ['USER', 1],
  ['UNKNOWN', 1],
];

/** How often somebody worked for whom. Invented. */
export const AFFILIATION_WEIGHTS: readonly (readonly [AffiliationCode, number])[] = [
  ['INDIVIDUAL', 5],
  ['DOMESTIC_NETWORK', 3],
  ['FOREIGN_ORGANIZATION', 1],
  ['UNKNOWN', 3],
];
