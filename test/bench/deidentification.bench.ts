import { deidentify, RELEASE_POLICY_1, type ValidReport } from '@concord/deidentification';
import { validateReport, type SubmittedReport } from '@concord/submission';
import { latLngToCell } from 'h3-js';
import { machineFacts, numberOption, printResult, round } from './measures.js';

/**
 * `npm run bench -- deidentification [--times 20000]`: processor time of making the three views of one report; the budget
 * is 0.25 ms. The peers are one H3 cell, which a report with a point cannot do without, and a release as many would write
 * it: a copy of the report with its identifiers, narrative and basis taken out.
 */
const TIMES = numberOption('times', 20_000);
const BUDGET_MS = 0.25;

const SUBMITTED: SubmittedReport = {
  submitterReference: 'bench-1',
  occurredAt: '2026-11-20T03:15:00-08:00',
  sharing: 'PARTNERS',
  place: {
    latitude: 32.556,
    longitude: -117.047,
    countyFips: '06073',
    setting: 'PORT_OF_ENTRY',
    portOfEntry: 'San Ysidro',
  },
  substances: [
    {
      ...{ deaCode: '9801', form: 'POWDER', quantity: 12.5, unit: 'KG', purityPercent: 4.1 },
      ...{ signature: 'stamp: scorpion', adulterants: ['xylazine'] },
    },
    { deaCode: '1105', form: 'PILL_TABLET', quantity: 300, unit: 'DU' },
  ],
  concealment: ['VEHICLE_COMPARTMENT'],
  conveyance: 'PASSENGER_VEHICLE',
  packaging: 'Bricks in brown tape.',
  remarks: 'Press mark like the July lot. '.repeat(10),
  route: { originCountry: 'MX', destinationCountyFips: '53033' },
  people: [{ role: 'COURIER', age: 34, citizenship: 'US_CITIZEN', affiliation: 'INDIVIDUAL' }],
  identifiers: [
    { kind: 'PHONE', value: '+1 619 555 0100', sensitivity: 'OPEN' },
    { kind: 'PLATE', value: 'CA 7ABC123', sensitivity: 'OPEN' },
    {
      kind: 'PERSON',
      person: { givenName: 'Ann', surName: 'Example', birthDate: '1980-02-29' },
      sensitivity: 'SILENT',
    },
  ],
  basis: { activity: 'TRAFFICKING', reasonableSuspicion: 'Invented for a measurement.', decidedBy: 'unit 0' },
  source: { reliability: 'B', credibility: 2 },
  narrative: 'Invented for a measurement. '.repeat(40),
};

function valid(change: SubmittedReport = {}): ValidReport {
  const validation = validateReport(
    { ...SUBMITTED, ...change },
    {
      now: new Date('2026-11-30T12:00:00Z'),
      agreementWidestSharing: 'PARTNERS',
      memberTaskForceIds: new Set<string>(),
    },
  );
  if (!validation.ok) throw new Error(JSON.stringify(validation.issues));
  return validation.report;
}

const settings = { h3Resolution: 6, policy: RELEASE_POLICY_1 } as const;
const whole = valid();
const withoutPoint = valid({ place: { countyFips: '06073' } });
const withoutIdentifiers = valid({ identifiers: [], basis: null });

const WORK: Readonly<Record<string, () => unknown>> = {
  'whole report, three identifiers': () => deidentify(whole, settings),
  'without a point': () => deidentify(withoutPoint, settings),
  'without identifiers': () => deidentify(withoutIdentifiers, settings),
  'peer: one H3 cell': () => latLngToCell(32.556, -117.047, 6),
  'peer: a copy without what is sealed': () => {
    const { identifiers: _1, narrative: _2, basis: _3, ...rest } = whole;
    return structuredClone(rest);
  },
};

/** Microseconds of the processor, each. */
function spent(work: () => unknown): number {
  for (let time = 0; time < TIMES / 4; time++) work();
  const before = process.cpuUsage();
  for (let time = 0; time < TIMES; time++) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / TIMES;
}

const microseconds = Object.fromEntries(Object.entries(WORK).map(([what, work]) => [what, round(spent(work), 1)]));
const slowest = Math.max(...Object.entries(microseconds).map(([what, us]) => (what.startsWith('peer') ? 0 : us)));
printResult({
  machine: machineFacts(),
  times: TIMES,
  microsecondsAReport: microseconds,
  budget: { ms: BUDGET_MS, met: slowest / 1_000 <= BUDGET_MS },
});
