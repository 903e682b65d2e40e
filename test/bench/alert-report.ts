import { COUNTY, isWide, SUBSTANCES, WIDE_COUNTY } from './alert-rules.js';

/** As the demo's: with an identifier, a basis and a narrative to seal. */
export function reportOf(n: number, reference: number): Record<string, unknown> {
  return {
    submitterReference: `BENCH-${reference}`,
    occurredAt: new Date(Date.now() - 2 * 3_600_000).toISOString().replace('Z', '+00:00'),
    sharing: 'PARTNERS',
    tlp: 'AMBER',
    place: { countyFips: isWide(n) ? WIDE_COUNTY : COUNTY, setting: 'HIGHWAY' },
    substances: [
      {
        deaCode: SUBSTANCES[n % SUBSTANCES.length],
        form: 'POWDER',
        quantity: 12.5,
        unit: 'KG',
        estimated: false,
        laboratoryStatus: 'PRESUMPTIVE',
      },
    ],
    concealment: ['VEHICLE_COMPARTMENT'],
    conveyance: 'PASSENGER_VEHICLE',
    people: [{ role: 'COURIER', age: 34, citizenship: 'US_CITIZEN', affiliation: 'INDIVIDUAL' }],
    identifiers: [{ kind: 'PHONE', value: '+1 619 555 0100', sensitivity: 'OPEN' }],
    basis: { activity: 'TRAFFICKING', reasonableSuspicion: 'Arrested with the load.', decidedBy: 'unit 4' },
    narrative: 'Seen by nobody but the agency.',
  };
}
