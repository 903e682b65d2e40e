import type { PlannedReport } from './report.model.js';
import type { SyntheticAgency } from './synthetic-agencies.js';

/** What is handed to the database at once. */
export interface ReportBatch {
  readonly agency: SyntheticAgency;
  readonly reports: readonly PlannedReport[];
}

/** At most so many reports of one agency in a transaction. */
const LARGEST_BATCH = 500;
/** At most so many wait for others of their agency: a hundred bytes each. */
const MOST_WAITING = 20_000;

/** Sorts reports by agency, since a transaction writes for one. */
export class ReportBatches {
  private readonly byAgency = new Map<string, { agency: SyntheticAgency; reports: PlannedReport[] }>();
  private waiting = 0;

  /** @returns a batch that is to be written now: a full one, or the largest where too many wait. */
  add(report: PlannedReport): ReportBatch | null {
    const { agency } = report;
    const batch = this.byAgency.get(agency.id) ?? { agency, reports: [] };
    this.byAgency.set(agency.id, batch);
    batch.reports.push(report);
    this.waiting += 1;
    if (batch.reports.length >= LARGEST_BATCH) return this.take(batch);
    if (this.waiting < MOST_WAITING) return null;
    return this.take([...this.byAgency.values()].reduce((a, b) => (b.reports.length > a.reports.length ? b : a)));
  }

  /** What is left, at the end. */
  *rest(): Generator<ReportBatch> {
    for (const batch of [...this.byAgency.values()]) yield this.take(batch);
  }

  private take(batch: ReportBatch): ReportBatch {
    this.byAgency.delete(batch.agency.id);
    this.waiting -= batch.reports.length;
    return batch;
  }
}
