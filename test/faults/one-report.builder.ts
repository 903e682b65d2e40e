import { eventually } from '../flows/flow-client.builder.js';
import type { ApiMember, Fleet } from './harness/fleet.builder.js';
import type { Journal } from './harness/journal.js';
import { inputOf, type LoadReport } from './harness/load-report.js';
import { send, type Answer } from './harness/load.builder.js';

/** Shared as widely as it goes. */
export const OPEN: LoadReport = {
  submitter: 'local-submitter',
  sharing: 'PARTNERS',
  county: 'San Diego',
  faulty: false,
};

export interface OneReport {
  readonly api?: ApiMember;
  readonly change?: Record<string, unknown>;
}

/** Sends a report once, and writes down what came of it. */
export async function sendOnce(
  fleet: Fleet,
  journal: Journal<LoadReport>,
  reference: string,
  { api = fleet.api, change = {} }: OneReport = {},
): Promise<Answer> {
  const end = journal.begin(reference, OPEN, 'one');
  const answer = await send(api, fleet.token(OPEN.submitter), { ...inputOf(reference, OPEN), ...change });
  end(answer.ending, answer);
  return answer;
}

/** Sends it until it is stored, and gives the record. */
export async function sendUntilStored(
  fleet: Fleet,
  journal: Journal<LoadReport>,
  reference: string,
  one: OneReport = {},
  patienceMs = 60_000,
): Promise<string> {
  return eventually(
    `${reference} is stored`,
    async () => {
      const { id } = await sendOnce(fleet, journal, reference, one);
      return id ?? null;
    },
    patienceMs,
  );
}

export const NO_FAULTS = { lost: 0, unexpected: 0, duplicated: 0, leaked: 0 } as const;
