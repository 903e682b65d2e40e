import { TASK_FORCE } from '../../apps/embedded/src/personas.js';

export const TASK_FORCE_ID: string = TASK_FORCE.id;

/** What names somebody: it may be in no answer to anybody but the owner. */
export const SECRETS = {
  narrative: 'Zephyrine Quagmire told the unit in confidence.',
  phone: '+1 619 555 0177',
  suspicion: 'Watched for weeks by a neighbour.',
} as const;

let references = 0;

/** A complete report of a load at San Ysidro, two hours old, under a reference of its own. */
export function sanDiegoReport(change: Record<string, unknown> = {}): Record<string, unknown> {
  references += 1;
  return {
    submitterReference: `FLOW-${String(references).padStart(6, '0')}`,
    occurredAt: new Date(Date.now() - 2 * 3_600_000).toISOString(),
    sharing: 'PARTNERS',
    tlp: 'AMBER',
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
    identifiers: [{ kind: 'PHONE', value: SECRETS.phone, sensitivity: 'OPEN' }],
    basis: { activity: 'TRAFFICKING', reasonableSuspicion: SECRETS.suspicion, decidedBy: 'unit 4' },
    source: { reliability: 'B', credibility: 2 },
    narrative: SECRETS.narrative,
    taskForceIds: [],
    ...change,
  };
}

/** The same load, met in Riverside County. */
export function riversideReport(change: Record<string, unknown> = {}): Record<string, unknown> {
  return sanDiegoReport({
    place: {
      latitude: 33.71,
      longitude: -116.21,
      countyFips: '06065',
      setting: 'PORT_OF_ENTRY',
      portOfEntry: 'INDIO DEPOT',
    },
    ...change,
  });
}

/** What needs nothing but matching: for tests that submit many. */
export function plainReport(change: Record<string, unknown> = {}): Record<string, unknown> {
  return sanDiegoReport({ identifiers: [], basis: null, narrative: null, people: [], route: null, ...change });
}

/** Seven faults in one report. */
export function faultyReport(): Record<string, unknown> {
  return {
    submitterReference: 'FLOW-FAULTY',
    occurredAt: new Date(Date.now() + 86_400_000).toISOString(),
    sharing: 'EVERYBODY',
    place: { latitude: 32.5, countyFips: '99999' },
    substances: [{ deaCode: '0000', form: 'PILL_TABLET', quantity: 3.5, unit: 'DU' }],
    identifiers: [{ kind: 'PHONE', value: SECRETS.phone }],
  };
}
