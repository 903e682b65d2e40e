import { counties, countyAt } from '@concord/codes';
import { validateReport, type SubmittedReport } from '@concord/submission';
import { machineFacts, numberOption, printResult, round } from './measures.js';

/**
 * `npm run bench -- validate-report [--times 5000]`: processor time of one validation, by where the point lies. Time of
 * the processor and not of the clock, so that what else runs on the machine hardly counts.
 */
const TIMES = numberOption('times', 5_000);

const REPORT: SubmittedReport = {
  submitterReference: 'bench-1',
  occurredAt: '2026-11-20T03:15:00-08:00',
  sharing: 'NATION',
  place: { countyFips: '06073' },
  substances: [
    { deaCode: '9801', form: 'POWDER', quantity: 12.5, unit: 'KG', adulterants: ['xylazine'] },
    { deaCode: '1105', form: 'PILL_TABLET', quantity: 300, unit: 'DU' },
  ],
  concealment: ['VEHICLE_COMPARTMENT'],
  conveyance: 'PASSENGER_VEHICLE',
  route: { originCountry: 'MX', destinationCountyFips: '53033' },
  people: [{ role: 'COURIER', age: 34, citizenship: 'US_CITIZEN', affiliation: 'INDIVIDUAL' }],
  identifiers: [{ kind: 'PHONE', value: '+1 619 555 0100', sensitivity: 'OPEN' }],
  basis: { activity: 'TRAFFICKING', reasonableSuspicion: 'Invented for a measurement.', decidedBy: 'unit 0' },
  source: { reliability: 'B', credibility: 2 },
  narrative: 'Invented for a measurement. '.repeat(40),
};
const CONTEXT = {
  now: new Date('2026-11-30T12:00:00Z'),
  agreementWidestSharing: 'PARTNERS',
  memberTaskForceIds: new Set<string>(),
} as const;

const PLACES = {
  'without a point': { countyFips: '06073' },
  'in its county': { latitude: 32.556, longitude: -117.047, countyFips: '06073' },
  'in the county with the most corners': { latitude: 51.87, longitude: -176.63, countyFips: '02016' },
  'in another county': { latitude: 33.71, longitude: -116.21, countyFips: '06073' },
  'far out at sea': { latitude: 5, longitude: -105, countyFips: '06073' },
};

/** Microseconds of the processor. */
function spent(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const list = spent(() => counties());
const shapes = spent(() => countyAt({ latitude: 40.78, longitude: -73.97 }));
for (let time = 0; time < TIMES; time++) validateReport(REPORT, CONTEXT);
const microseconds = Object.fromEntries(
  Object.entries(PLACES).map(([what, place]) => {
    const validate = (times: number) => {
      for (let time = 0; time < times; time++) validateReport({ ...REPORT, place }, CONTEXT);
    };
    validate(TIMES);
    return [what, round(spent(() => validate(TIMES)) / TIMES, 1)];
  }),
);

printResult({
  machine: machineFacts(),
  times: TIMES,
  onceMs: {
    'list of counties, as before': round(list / 1_000, 1),
    'rectangles and the first shapes': round(shapes / 1_000, 1),
  },
  microsecondsAReport: microseconds,
});
