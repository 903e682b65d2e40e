import type { AgencyActor } from '@concord/access';
import { asActor } from '@concord/records';
import { submitReport, type SubmissionServices } from '@concord/submission';
import type { Pool } from 'pg';
import { agencyId, type PersonaName } from './personas.js';
import { syntheticReports, type SyntheticReport } from './synthetic-data.js';

const AT_ONCE = 4;

/** What submitting needs, on a pool that enters `concord_api`. */
export type SyntheticServices = SubmissionServices & { readonly db: Pool };

/**
 * Submits the synthetic data set through the front door, marked synthetic. San Diego's first report goes last: where it
 * is there, all of them are, and nothing is done. A start that died half-way is finished by the next one.
 *
 * @returns how many reports were submitted, or found again after such a start; 0 where all of them were there.
 * @throws Error with the issues where a report is rejected: a fault of the model.
 */
export async function loadSynthetic(
  services: SyntheticServices,
  actorOf: (persona: PersonaName) => AgencyActor,
  count: number,
  signal: AbortSignal = new AbortController().signal,
): Promise<number> {
  const [first, ...others] = syntheticReports(await anchorDay(services.db), count);
  if (first === undefined || (await isStored(services.db, actorOf(first.persona), first))) return 0;
  const submit = async ({ persona, report }: SyntheticReport): Promise<void> => {
    const outcome = await submitReport(services, actorOf(persona), report, {
      synthetic: true,
      raisesAlerts: false,
    });
    if (outcome.kind === 'accepted') return;
    const found = outcome.kind === 'held' ? outcome.reasons : outcome.issues;
    const issues = found.map(({ path, code }) => `${path} ${code}`).join(', ');
    throw new Error(`The synthetic report ${report.submitterReference} was ${outcome.kind}: ${issues}`);
  };
  const waiting = others.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const report of waiting) {
        // The next start finishes what this one leaves.
        if (signal.aborted) return;
        await submit(report);
      }
    }),
  );
  if (!signal.aborted) await submit(first);
  return count;
}

/**
 * The day on which this installation began: what the data set is dated by, so that a later start makes the same
 * reports and finds them again.
 */
async function anchorDay(db: Pool): Promise<Date> {
  const { rows } = await db.query<{ created_at: Date }>('select created_at from agency where id = $1', [
    agencyId('san-diego'),
  ]);
  if (rows[0] === undefined) throw new Error('The directory is seeded before the synthetic data set is loaded.');
  return rows[0].created_at;
}

function isStored(db: Pool, actor: AgencyActor, { report }: SyntheticReport): Promise<boolean> {
  return asActor(db, { personId: actor.personId, agencyId: actor.agency.id }, async (tx) => {
    const { rowCount } = await tx.query(
      'select from seizure_report where agency_id = $1 and submitter_reference = $2',
      [actor.agency.id, report.submitterReference],
    );
    return rowCount === 1;
  });
}
