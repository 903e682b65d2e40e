/** A published number with where it comes from: seizures that U.S. Customs and Border Protection counted. */
export interface PublishedTotal {
  readonly fiscalYear: number;
  readonly substance: SubstanceName;
  /** PORTS: Office of Field Operations. BETWEEN_PORTS: U.S. Border Patrol, with its checkpoints. ALL: both. */
  readonly component: 'PORTS' | 'BETWEEN_PORTS' | 'ALL';
  /** One of CBP's areas; the nation where there is none. */
  readonly area?: string;
  readonly pounds: number;
  /** Not in every table that the project has seen. */
  readonly events?: number;
  readonly source: keyof typeof SOURCES;
}

export type SubstanceName = 'FENTANYL' | 'METHAMPHETAMINE' | 'COCAINE' | 'HEROIN' | 'MARIJUANA';

/**
 * Fiscal years run from October to September. Seizures measure enforcement as much as flow; the seized share of the flow
 * is unknown, and what a checkpoint seizes may have crossed at a port (CRS R45812).
 */
export const SOURCES = {
  'CBP-FY23-FY25':
    'CBP, Drug Seizure Statistics, nationwide drugs FY2023-FY2025 (cbp.gov/document/stats/nationwide-drug-seizures)',
  'CBP-FY19-FY22':
    'CBP, Drug Seizure Statistics, nationwide drugs FY2019-FY2022, summed over months and areas (same page)',
  'USSC-FY23': 'U.S. Sentencing Commission, Quick Facts: Drug Trafficking Offenses, FY2023 (ussc.gov)',
} as const;

/** Published totals that the synthetic data set is made from, and beside them those that show the trend. */
export const PUBLISHED_TOTALS: readonly PublishedTotal[] = [
  // Fentanyl, at and between ports of entry; between them: what is left of both together (27,023, 21,889 and 12,027).
  { fiscalYear: 2023, substance: 'FENTANYL', component: 'PORTS', pounds: 24_182, source: 'CBP-FY23-FY25' },
  { fiscalYear: 2023, substance: 'FENTANYL', component: 'BETWEEN_PORTS', pounds: 2_841, source: 'CBP-FY23-FY25' },
  { fiscalYear: 2024, substance: 'FENTANYL', component: 'PORTS', pounds: 18_900, source: 'CBP-FY23-FY25' },
  { fiscalYear: 2024, substance: 'FENTANYL', component: 'BETWEEN_PORTS', pounds: 2_989, source: 'CBP-FY23-FY25' },
  { fiscalYear: 2025, substance: 'FENTANYL', component: 'PORTS', pounds: 10_340, source: 'CBP-FY23-FY25' },
  { fiscalYear: 2025, substance: 'FENTANYL', component: 'BETWEEN_PORTS', pounds: 1_687, source: 'CBP-FY23-FY25' },
  // The two field offices with most fentanyl.
  {
    ...{ fiscalYear: 2024, substance: 'FENTANYL', component: 'PORTS', area: 'TUCSON FIELD OFFICE' },
    ...{ pounds: 11_995, events: 228, source: 'CBP-FY23-FY25' },
  },
  {
    ...{ fiscalYear: 2024, substance: 'FENTANYL', component: 'PORTS', area: 'SAN DIEGO FIELD OFFICE' },
    ...{ pounds: 5_731, events: 299, source: 'CBP-FY23-FY25' },
  },
  // Fentanyl before.
  { fiscalYear: 2019, substance: 'FENTANYL', component: 'ALL', pounds: 2_803.6, events: 814, source: 'CBP-FY19-FY22' },
  {
    fiscalYear: 2020,
    substance: 'FENTANYL',
    component: 'ALL',
    pounds: 4_791.1,
    events: 1_174,
    source: 'CBP-FY19-FY22',
  },
  {
    fiscalYear: 2021,
    substance: 'FENTANYL',
    component: 'ALL',
    pounds: 11_201.3,
    events: 1_515,
    source: 'CBP-FY19-FY22',
  },
  {
    fiscalYear: 2022,
    substance: 'FENTANYL',
    component: 'ALL',
    pounds: 14_699.9,
    events: 1_496,
    source: 'CBP-FY19-FY22',
  },
  // The other drugs, in the newest year that the project has them for.
  ...fiscalYear2022('METHAMPHETAMINE', { pounds: 157_061.6, events: 3_397 }, { pounds: 18_348.4, events: 827 }),
  ...fiscalYear2022('COCAINE', { pounds: 57_824, events: 2_424 }, { pounds: 12_469.3, events: 414 }),
  ...fiscalYear2022('HEROIN', { pounds: 1_538.5, events: 532 }, { pounds: 332.5, events: 88 }),
  ...fiscalYear2022('MARIJUANA', { pounds: 76_626.1, events: 12_340 }, { pounds: 78_171.2, events: 2_680 }),
];

/**
 * Of those sentenced for trafficking any drug, how many were US citizens. A share of people: it says nothing about
 * kilograms, and the model draws citizenship without looking at the quantity.
 */
export const PUBLISHED_CITIZEN_SHARE = { fiscalYear: 2023, share: 0.819, source: 'USSC-FY23' } as const;

interface Seized {
  readonly pounds: number;
  readonly events: number;
}

function fiscalYear2022(substance: SubstanceName, ports: Seized, between: Seized): PublishedTotal[] {
  const common = { fiscalYear: 2022, substance, source: 'CBP-FY19-FY22' } as const;
  return [
    { ...common, component: 'PORTS', ...ports },
    { ...common, component: 'BETWEEN_PORTS', ...between },
  ];
}
