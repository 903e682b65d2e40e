import type { SubmittedReport } from '@concord/submission';
import { submitReport, type SubmissionServices } from '@concord/submission';
import { personaActor } from '../../apps/embedded/src/personas.js';

/** Who submits, in turn: two agencies, because of one agency eight run at once and of one person six. */
export const SUBMITTERS = ['local-submitter', 'other-local-submitter'] as const;

/** A report as an agency sends it: two substances, a point, a person, and so many identifiers under a basis. */
export function reportOf(reference: string, identifiers = 1): SubmittedReport {
  return {
    submitterReference: reference,
    occurredAt: '2026-11-20T03:15:00-08:00',
    sharing: 'NATION',
    place: { latitude: 32.556, longitude: -117.047, countyFips: '06073', setting: 'PORT_OF_ENTRY' },
    substances: [
      { deaCode: '9801', form: 'POWDER', quantity: 12.5, unit: 'KG', adulterants: ['xylazine'] },
      { deaCode: '1105', form: 'PILL_TABLET', quantity: 300, unit: 'DU' },
    ],
    concealment: ['VEHICLE_COMPARTMENT'],
    conveyance: 'PASSENGER_VEHICLE',
    route: { originCountry: 'MX', destinationCountyFips: '53033' },
    people: [{ role: 'COURIER', age: 34, citizenship: 'US_CITIZEN', affiliation: 'INDIVIDUAL' }],
    ...(identifiers > 0
      ? {
          identifiers: Array.from({ length: identifiers }, (_, n) => ({
            kind: 'PHONE',
            value: `+1 619 555 01${String(n).padStart(2, '0')}`,
            sensitivity: 'OPEN',
          })),
          basis: { activity: 'TRAFFICKING', reasonableSuspicion: 'Invented for a measurement.', decidedBy: 'unit 0' },
        }
      : {}),
    source: { reliability: 'B', credibility: 2 },
    narrative: 'Invented for a measurement. '.repeat(10),
  };
}

class Captured extends Error {
  constructor(readonly form: string) {
    super('captured');
  }
}

/** The argument that the API would have given T1 for this report. Nothing is stored. */
export async function captureForm(services: SubmissionServices, reference: string): Promise<string> {
  const query = (asked: { name?: string; values?: unknown[] }) => {
    if (asked.name === 'submit_seizure_report') throw new Captured(String(asked.values?.[0]));
    return services.db.query(asked as { text: string });
  };
  const db = new Proxy(services.db, {
    get: (pool, name): unknown => (name === 'query' ? query : Reflect.get(pool, name)),
  });
  try {
    await submitReport({ ...services, db }, personaActor(SUBMITTERS[0]), reportOf(reference));
  } catch (error) {
    if (error instanceof Captured) return error.form;
    throw error;
  }
  throw new Error('T1 was not reached');
}
