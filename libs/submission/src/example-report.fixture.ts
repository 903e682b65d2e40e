import type { SubmittedReport } from './submitted-report.js';
import type { ValidationContext } from './validate-report.js';

/** The clock and the agency of the specs: ten days after the example happened, in two task forces, free to share. */
export const CONTEXT: ValidationContext = {
  now: new Date('2026-11-30T12:00:00Z'),
  agreementWidestSharing: 'PARTNERS',
  memberTaskForceIds: new Set(['tf-1', 'tf-2']),
};

/** A kilo and a bit of fentanyl at San Ysidro, as the operations show it. */
export const EXAMPLE = {
  submitterReference: '2026-000123',
  occurredAt: '2026-11-20T03:15:00-08:00',
  sharing: 'NATION',
  tlp: 'AMBER',
  releaseAfter: null,
  withhold: [],
  place: {
    latitude: 32.556,
    longitude: -117.047,
    countyFips: '06073',
    setting: 'PORT_OF_ENTRY',
    portOfEntry: 'SAN YSIDRO',
  },
  substances: [
    {
      deaCode: '9801',
      form: 'POWDER',
      quantity: 12.5,
      unit: 'KG',
      estimated: false,
      laboratoryStatus: 'PRESUMPTIVE',
      purityPercent: 4.1,
      signature: 'stamp: scorpion',
      adulterants: ['xylazine'],
    },
  ],
  concealment: ['VEHICLE_COMPARTMENT'],
  conveyance: 'PASSENGER_VEHICLE',
  route: { originCountry: 'MX', destinationCountyFips: '53033' },
  people: [{ role: 'COURIER', age: 34, citizenship: 'US_CITIZEN', affiliation: 'INDIVIDUAL' }],
  identifiers: [{ kind: 'PHONE', value: '+1 619 555 0100', sensitivity: 'OPEN' }],
  basis: { activity: 'TRAFFICKING', reasonableSuspicion: 'Arrested with the load.', decidedBy: 'unit 4' },
  source: { reliability: 'B', credibility: 2 },
  narrative: 'Seen by nobody but the agency.',
  taskForceIds: [],
} satisfies SubmittedReport;

/** The least that is accepted. */
export const SMALLEST = {
  submitterReference: '1',
  occurredAt: '2026-11-20T03:15:00-08:00',
  sharing: 'AGENCY',
  place: { countyFips: '06073' },
  substances: [{ deaCode: '9801', quantityReason: 'PENDING' }],
} satisfies SubmittedReport;
