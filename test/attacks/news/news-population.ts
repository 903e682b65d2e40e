import { communityRows, type RecordView } from '@concord/deidentification';
import { validateReport, type ValidationContext } from '@concord/submission';
import type { CbpRow } from '../../../apps/cli/src/seed/cbp-row.js';
import { reportsOf, writeReport, type PlannedReport } from '../../../apps/cli/src/seed/report.model.js';
import { viewsOf } from '../release-views.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What a tier shows of one seizure, as far as news can be compared with it. */
export interface ReleasedRow {
  /** Which seizure it is: what the adversary wants to know. */
  readonly seizure: number;
  /** Days since 1970-01-01 where it happened, between which it lies; `endDay` exclusive. */
  readonly firstDay: number;
  readonly endDay: number;
  readonly place: string;
  /** H3 cell and port of entry, where the tier has them. */
  readonly cell: string | null;
  readonly port: string | null;
  readonly substance: string;
  /** Milligrams, both ends included; null where no quantity is told. */
  readonly least: number | null;
  readonly most: number | null;
  readonly agency: string | null;
}

/** One seizure: what a news release says of it, and what is released of it. */
export interface Seizure {
  readonly news: {
    readonly day: number;
    readonly county: string;
    readonly state: string;
    /** Where the news say "at the port of …": else the town, whose cell the adversary looks up. */
    readonly port: string | null;
    readonly cell: string | null;
    readonly substance: string;
    /** As COMMUNITY calls it. */
    readonly listed: string;
    /** 0 for a trace. */
    readonly milligrams: number;
    readonly agency: string;
  };
  readonly naive: ReleasedRow;
  /** At each tier; null where its sharing keeps it from a reader of the whole nation. */
  readonly taskForce: ReleasedRow | null;
  readonly partner: Readonly<Record<'AS_SET' | 'WEEK' | 'DAY', ReleasedRow>> | null;
  readonly community: { readonly month: string; readonly band: string } | null;
}

/** When everything of the table had happened and been submitted. */
const NOW = new Date('2026-01-01T00:00:00Z');
const CONTEXT: ValidationContext = {
  now: NOW,
  agreementWidestSharing: 'PARTNERS',
  memberTaskForceIds: new Set<string>(),
};

/** The seizures of rows of CBP's table, each walked through validation and de-identification as a submission would be. */
export function seizuresOf(rows: Iterable<CbpRow>): Seizure[] {
  const seizures: Seizure[] = [];
  for (const row of rows) for (const planned of reportsOf(row)) seizures.push(seizureOf(planned, seizures.length));
  return seizures;
}

function seizureOf(planned: PlannedReport, seizure: number): Seizure {
  const checked = validateReport(writeReport(planned, NOW), CONTEXT);
  if (!checked.ok) throw new Error(`the model made what is refused: ${JSON.stringify(checked.issues)}`);
  const { report } = checked;
  const agency = planned.agency.ori;
  const viewsAt = (timePrecision: 'WEEK' | 'DAY'): readonly RecordView[] => viewsOf({ ...report, timePrecision });
  const [, taskForce, week] = viewsAt('WEEK');
  const [owner, , day] = viewsAt('DAY');
  if (!owner || !taskForce || !week || !day) throw new Error('a report has three views');
  const exact = rowOf(owner, seizure, agency);
  const shared = report.sharing === 'NATION' || report.sharing === 'PARTNERS';
  const [community] = communityRows(report);
  const weeks = rowOf(week, seizure, agency);
  const days = rowOf(day, seizure, agency);
  return {
    news: {
      day: exact.firstDay,
      county: report.place.countyFips,
      state: report.place.stateFips,
      port: exact.port,
      cell: exact.cell,
      substance: exact.substance,
      listed: community?.substance ?? exact.substance,
      milligrams: exact.least ?? 0,
      agency,
    },
    naive: { ...exact, cell: null, port: null, agency: null },
    taskForce: shared ? rowOf(taskForce, seizure, agency) : null,
    partner: shared ? { AS_SET: report.timePrecision === 'DAY' ? days : weeks, WEEK: weeks, DAY: days } : null,
    community: community ? { month: community.month, band: community.band } : null,
  };
}

/** What of a view can be compared with news. */
export function rowOf(view: RecordView, seizure: number, agency: string): ReleasedRow {
  const { occurred, place } = view;
  const local = (at: Date): number => at.getTime() + occurred.offsetMinutes * MINUTE_MS;
  const [substance] = view.substances;
  const weight = substance?.quantity?.milligrams ?? null;
  return {
    seizure,
    firstDay: Math.floor(local(occurred.from) / DAY_MS),
    endDay: Math.ceil(local(occurred.to) / DAY_MS),
    place: place.countyFips ?? place.stateFips,
    cell: place.h3,
    port: place.portOfEntry,
    substance: substance?.deaCode ?? substance?.name ?? '',
    least: weight && Number(weight.min),
    most: weight && Number(weight.max),
    agency: view.contributorWithheld ? null : agency,
  };
}
