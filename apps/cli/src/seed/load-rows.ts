import { asActor, findStoredReferences } from '@concord/records';
import { loadReports, type SubmissionServices } from '@concord/submission';
import type { CbpRow } from './cbp-row.js';
import { ReportBatches, type ReportBatch } from './report-batches.js';
import { reportsOf, writeReport } from './report.model.js';
import { LOADER, loaderOf } from './synthetic-agencies.js';

/** While PostgreSQL writes one batch, the next one is validated and de-identified. */
export const BATCHES_IN_FLIGHT = 2;

export interface LoadedCounts {
  /** Stored now. */
  readonly loaded: number;
  /** Found stored, and left as they were. */
  readonly present: number;
}

export interface LoadRows {
  readonly services: SubmissionServices;
  readonly rows: AsyncIterable<CbpRow>;
  readonly now: Date;
  /** Told after each batch how many reports are through, and how many of them were written now. */
  readonly onBatch: (counts: LoadedCounts) => void;
  /** Aborted: what has begun is finished, and nothing more is begun. */
  readonly signal: AbortSignal;
}

/**
 * Loads the reports of rows, batch by batch, never holding more than some batches. What is stored already is asked for by
 * reference and not made again, so that a load that was killed goes on where it was.
 *
 * @throws Error where the model makes a report that is refused, or a reference is stored with other content
 */
export async function loadRows({ services, rows, now, onBatch, signal }: LoadRows): Promise<void> {
  const batches = new ReportBatches();
  const inFlight = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | null = null;
  const start = async (batch: ReportBatch): Promise<void> => {
    while (inFlight.size >= BATCHES_IN_FLIGHT) await Promise.race(inFlight);
    if (failure !== null || signal.aborted) return;
    const writing: Promise<void> = loadBatch(services, batch, now)
      .then(onBatch, (error: unknown) => {
        failure ??= { error };
      })
      .finally(() => inFlight.delete(writing));
    inFlight.add(writing);
  };
  const stopped = (): boolean => failure !== null || signal.aborted;
  for await (const row of rows) {
    for (const report of reportsOf(row)) {
      const batch = batches.add(report);
      if (batch !== null) await start(batch);
    }
    if (stopped()) break;
  }
  if (!stopped()) for (const batch of batches.rest()) await start(batch);
  await Promise.all(inFlight);
  if (failure !== null) throw (failure as { readonly error: unknown }).error;
}

/** Made up, so nobody has to be protected: whoever tries it out sees all of it. */
const AT_ONCE = { synthetic: true, spreadMs: 0 };

async function loadBatch(
  services: SubmissionServices,
  { agency, reports }: ReportBatch,
  now: Date,
): Promise<LoadedCounts> {
  const references = reports.map(({ reference }) => reference);
  const stored = await asActor(services.db, { personId: LOADER.id, agencyId: agency.id }, (tx) =>
    findStoredReferences(tx, agency.id, references),
  );
  const missing = reports.filter(({ reference }) => !stored.has(reference)).map((report) => writeReport(report, now));
  if (missing.length === 0) return { loaded: 0, present: stored.size };
  const { loaded, present, refused } = await loadReports(services, loaderOf(agency), missing, AT_ONCE);
  const [first] = refused;
  if (first !== undefined) {
    const issues = first.issues.map(({ path, code }) => `${path} ${code}`).join(', ');
    throw new Error(`The synthetic report ${first.reference} was refused: ${issues}`);
  }
  return { loaded, present: present + stored.size };
}
