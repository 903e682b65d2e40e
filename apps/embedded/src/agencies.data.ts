import type { AgencyLevel } from '@concord/codes';

/** An agency of the embedded mode: invented, and marked so in the database. */
export interface SeedAgency {
  /** Well-formed and held by nobody: the FBI gives no ORI with SYN in it. Absent for COMMUNITY partners. */
  readonly ori: string | null;
  readonly name: string;
  readonly level: AgencyLevel;
  /** Its jurisdiction, as keys. */
  readonly places: readonly string[];
  /** A 555-01xx number: reserved, rings nowhere. */
  readonly phone: string;
  /** Party to the participation agreement: without it an agency neither shares nor reads shared records. */
  readonly agreed: boolean;
}

export const AGENCIES = {
  'san-diego': {
    ori: 'CA037SYN1',
    name: 'Synthetic Police Department, San Diego',
    level: 'LOCAL',
    places: ['county:06073'],
    phone: '+1 619 555 0101',
    agreed: true,
  },
  neighbour: {
    ori: 'CA037SYN2',
    name: 'Synthetic Harbor Police, San Diego County',
    level: 'LOCAL',
    places: ['county:06073'],
    phone: '+1 619 555 0102',
    agreed: true,
  },
  sacramento: {
    ori: 'CA034SYN1',
    name: 'Synthetic Sheriff, Sacramento County',
    level: 'LOCAL',
    places: ['county:06067'],
    phone: '+1 916 555 0103',
    agreed: true,
  },
  'new-york': {
    ori: 'NY030SYN1',
    name: 'Synthetic Police Department, New York County',
    level: 'LOCAL',
    places: ['county:36061'],
    phone: '+1 212 555 0104',
    agreed: true,
  },
  riverside: {
    ori: 'CA033SYN1',
    name: 'Synthetic Sheriff, Riverside County',
    level: 'LOCAL',
    places: ['county:06065'],
    phone: '+1 951 555 0105',
    agreed: true,
  },
  tribal: {
    ori: 'CATRBSYN1',
    name: 'Synthetic Tribal Police, Stone Mesa',
    level: 'TRIBAL',
    places: ['tribe:synthetic-stone-mesa', 'county:06073'],
    phone: '+1 619 555 0106',
    agreed: true,
  },
  california: {
    ori: 'CASTASYN1',
    name: 'Synthetic State Bureau of Narcotics, California',
    level: 'STATE',
    places: ['state:06'],
    phone: '+1 916 555 0107',
    agreed: true,
  },
  washington: {
    ori: 'WASTASYN1',
    name: 'Synthetic State Bureau of Narcotics, Washington',
    level: 'STATE',
    places: ['state:53'],
    phone: '+1 360 555 0108',
    agreed: true,
  },
  federal: {
    ori: 'USFEDSYN1',
    name: 'Synthetic Federal Narcotics Administration',
    level: 'FEDERAL',
    places: ['nation:us'],
    phone: '+1 202 555 0109',
    agreed: true,
  },
  watch: {
    ori: 'USFEDSYN2',
    name: 'Synthetic National Watch Center',
    level: 'FEDERAL',
    places: ['nation:us'],
    phone: '+1 202 555 0110',
    agreed: true,
  },
  // Reads the books and no record, so it is no party to the agreement.
  oversight: {
    ori: 'CAOVRSYN1',
    name: 'Synthetic Office of Oversight, California',
    level: 'STATE',
    places: ['state:06'],
    phone: '+1 916 555 0111',
    agreed: false,
  },
  clinic: {
    ori: null,
    name: 'Synthetic Treatment Clinic, San Diego',
    level: 'COMMUNITY',
    places: ['county:06073'],
    phone: '+1 619 555 0112',
    agreed: true,
  },
} as const satisfies Record<string, SeedAgency>;

export type AgencyName = keyof typeof AGENCIES;

/** Two HIDTAs with their designated counties; no region joins 06073 with 06065, 06067 or 36061. */
export const REGIONS = [
  { id: 'hidta-san-diego-imperial', name: 'San Diego/Imperial Valley HIDTA', counties: ['06073', '06025'] },
  {
    id: 'hidta-central-valley',
    name: 'Central Valley California HIDTA',
    counties: ['06067', '06019', '06029', '06031', '06039', '06047', '06077', '06099', '06107'],
  },
] as const;

/** The participation agreement of every sworn agency above; its digest is what the database keeps. */
export const AGREEMENT = {
  name: 'Synthetic participation agreement',
  widestSharing: 'PARTNERS',
  // Nobody learns the service on what others share.
  purposes: [
    ...['INVESTIGATION', 'DECONFLICTION', 'TASK_FORCE', 'ANALYSIS', 'OFFICER_SAFETY', 'ADMINISTRATION', 'AUDIT'],
  ],
  validFrom: '2020-01-01T00:00:00Z',
  text:
    'Synthetic participation agreement. The parties receive, keep, secure and pass on intelligence by the same rules ' +
    '(28 CFR 23.20(f)(1)) and may share as widely as with partners. It binds nobody: its parties are invented.',
} as const;

/** What the agencies above have accepted; the first version of every embedded database. */
export const POLICY_TEXT = {
  version: 1,
  effectiveFrom: '2020-01-01T00:00:00Z',
  text:
    'Synthetic policy. Criminal intelligence is collected on reasonable suspicion only, shared where there is a need to know ' +
    'and a right to know, kept no longer than its review allows, and every reading of it is on the books (28 CFR Part 23). ' +
    'It binds nobody: whoever has accepted it is invented.',
} as const;
