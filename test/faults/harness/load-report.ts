import { TASK_FORCE, type PersonaName } from '../../../apps/embedded/src/personas.js';
import type { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { plainReport } from '../../flows/reports.builder.js';

type LoadSharing = 'AGENCY' | 'TASK_FORCES' | 'STATE' | 'NATION' | 'PARTNERS';
type LoadCounty = 'San Diego' | 'Sacramento';

/** What decides who may see a report of the load. */
export interface LoadReport {
  readonly submitter: PersonaName;
  readonly sharing: LoadSharing;
  readonly county: LoadCounty;
  /** Has a fault: refused whenever it is sent. */
  readonly faulty: boolean;
}

/** Who looks, and at what it must see: written from the prose of docs and design, not from `audienceOf`. */
export interface Recipient {
  readonly persona: PersonaName;
  readonly mayRead: (report: LoadReport) => boolean;
}

const wider = (report: LoadReport, ...sharings: readonly LoadSharing[]): boolean => sharings.includes(report.sharing);

/** Five who see five different parts of the load, and one who sees nothing of it. */
export const RECIPIENTS: readonly Recipient[] = [
  // California: whatever is shared with the state of seizure, or wider.
  { persona: 'state-analyst', mayRead: (report) => wider(report, 'STATE', 'NATION', 'PARTNERS') },
  // Federal: what is shared with the nation, or wider.
  { persona: 'federal-analyst', mayRead: (report) => wider(report, 'NATION', 'PARTNERS') },
  // Another agency of San Diego County: what is shared with partners there.
  {
    persona: 'neighbour-analyst',
    mayRead: (report) => report.county === 'San Diego' && wider(report, 'PARTNERS'),
  },
  // A member of the task force that was named, in a third county.
  { persona: 'taskforce-analyst', mayRead: (report) => wider(report, 'TASK_FORCES') },
  // The agency of one of the two submitters: all of its own, and nothing of the other's.
  { persona: 'local-analyst', mayRead: (report) => report.submitter === 'local-submitter' },
  // Another state: nothing was seized there.
  { persona: 'other-state-analyst', mayRead: () => false },
];

export const SUBMITTERS = ['local-submitter', 'other-local-submitter'] as const satisfies readonly PersonaName[];

/** Of seven, one has a sharing that opens it to its own agency alone; three of a hundred are faulty. */
export function drawReport(random: SeededRandom): LoadReport {
  const submitter = random.pick(SUBMITTERS);
  const sharings = ['AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS', 'PARTNERS', 'PARTNERS'] as const;
  const drawn = random.pick(sharings);
  return {
    submitter,
    county: submitter === 'local-submitter' ? 'San Diego' : 'Sacramento',
    // Only the San Diego agency is in the task force.
    sharing: drawn === 'TASK_FORCES' && submitter !== 'local-submitter' ? 'STATE' : drawn,
    faulty: random.chance(0.03),
  };
}

/** As it is sent; the same for the same reference. */
export function inputOf(reference: string, report: LoadReport): Record<string, unknown> {
  return plainReport({
    submitterReference: reference,
    sharing: report.sharing,
    // The minute it was drawn may not matter: a retry has to say the same.
    occurredAt: OCCURRED,
    taskForceIds: report.sharing === 'TASK_FORCES' ? [TASK_FORCE.id] : [],
    ...(report.county === 'Sacramento' ? { place: SACRAMENTO } : {}),
    ...(report.faulty ? { substances: [] } : {}),
  });
}

const OCCURRED = new Date(Date.now() - 7_200_000).toISOString();
const SACRAMENTO = {
  latitude: 38.58,
  longitude: -121.49,
  countyFips: '06067',
  setting: 'PORT_OF_ENTRY',
  portOfEntry: 'SACRAMENTO',
};
