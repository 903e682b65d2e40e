import type { RecordView, ValidReport } from '@concord/deidentification';
import { validateReport, type ValidationContext } from '@concord/submission';
import type { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { viewsOf } from '../release-views.js';

const DAY_MS = 86_400_000;
const NOW = new Date('2026-01-01T12:00:00Z');
const CONTEXT: ValidationContext = {
  now: NOW,
  agreementWidestSharing: 'PARTNERS',
  memberTaskForceIds: new Set<string>(),
};

/** How the views of a version are made; another one to see that the attack finds it out. */
export type MakeViews = (report: ValidReport) => readonly RecordView[];
export const OUR_VIEWS: MakeViews = (report) => viewsOf(report);

/** A seizure, drawn; every control at its default. */
export function seizureOf(random: SeededRandom): ValidReport {
  const at = new Date(NOW.getTime() - random.between(1, 700) * DAY_MS - random.between(0, 1439) * 60_000);
  const point = random.pick<readonly [latitude: number, longitude: number, countyFips: string]>([
    [32.556, -117.047, '06073'],
    [32.7157, -117.1611, '06073'],
    [33.71, -116.21, '06065'],
  ]);
  const unit = random.pick(['GM', 'KG', 'DU']);
  const checked = validateReport(
    {
      submitterReference: 'SEQUENCE-1',
      occurredAt: `${new Date(at.getTime() - 8 * 3_600_000).toISOString().slice(0, 16)}:00-08:00`,
      occurredAtPrecision: random.pick(['MINUTE', 'HOUR', 'DAY']),
      ...{ sharing: 'PARTNERS', tlp: 'AMBER' },
      place: {
        ...{ latitude: point[0], longitude: point[1], countyFips: point[2], setting: 'PORT_OF_ENTRY' },
        portOfEntry: 'SAN YSIDRO',
      },
      substances: [
        {
          ...{ deaCode: '9801', form: unit === 'DU' ? 'PILL_TABLET' : 'POWDER', unit },
          quantity: random.between(1, 99_999),
          purityPercent: random.between(0, 100),
          ...{ signature: 'stamp: scorpion', adulterants: ['xylazine'], laboratoryStatus: 'CONFIRMED' },
        },
      ],
      ...{ conveyance: 'PASSENGER_VEHICLE', concealment: ['VEHICLE_COMPARTMENT'], packaging: 'vacuum bags' },
      route: { originCountry: 'MX', destinationCountyFips: '53033' },
      people: [{ role: 'COURIER', age: random.between(18, 70), citizenship: 'UNKNOWN', affiliation: 'UNKNOWN' }],
      source: { reliability: 'B', credibility: 2 },
    },
    CONTEXT,
  );
  if (!checked.ok) throw new Error(`what was drawn is refused: ${JSON.stringify(checked.issues)}`);
  return checked.report;
}

/** Versions of one report whose owner changes their mind about the controls, and about nothing that happened. */
export function versionsOf(random: SeededRandom): ValidReport[] {
  const first = seizureOf(random);
  return Array.from({ length: random.between(2, 8) }, (_, at) =>
    at === 0
      ? first
      : {
          ...first,
          timePrecision: random.pick(['DAY', 'WEEK']),
          withhold: (['CONTRIBUTOR', 'METHOD', 'SIGNATURE'] as const).filter(() => random.chance(0.4)),
          sharing: random.pick(['AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS']),
          remarks: random.chance(0.3) ? `Said at ${at}.` : null,
        },
  );
}

/** Which readers keep what they see: of one tier, or two of two agencies who put theirs together. */
export const READERS = {
  PARTNER: ['PARTNER'],
  TASK_FORCE: ['TASK_FORCE'],
  'PARTNER with TASK_FORCE': ['PARTNER', 'TASK_FORCE'],
} as const satisfies Readonly<Record<string, readonly RecordView['precision'][]>>;

const WIDTH = ['AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS'];

/** The views of all versions that these readers could ever see: PARTNER from STATE on, TASK_FORCE from TASK_FORCES on. */
export function seenBy(
  tiers: readonly RecordView['precision'][],
  versions: readonly ValidReport[],
  make: MakeViews,
): RecordView[] {
  return versions.flatMap((version) =>
    make(version).filter(({ precision }) => {
      const needed = precision === 'TASK_FORCE' ? 'TASK_FORCES' : 'STATE';
      return tiers.includes(precision) && WIDTH.indexOf(version.sharing) >= WIDTH.indexOf(needed);
    }),
  );
}
