import { inTransaction } from '@concord/platform/database';
import type { Pool, PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { pipeline } from 'node:stream/promises';
import { copyArray, copyLine, type CopyValue } from './copy-text.js';
import {
  communityRow,
  contentOf,
  policyVersionOf,
  substanceRow,
  viewRow,
  type ReadyReport,
} from './persisted-report.js';
import type { ActAs } from './record.reader.js';
import { outcomeOf, type PersistOutcome, type StoredReportRow } from './report.store.js';

const STAGES = {
  staged_report: [
    ...['id', 'record_id', 'submitter_reference', 'content_digest', 'sharing', 'tlp', 'release_after'],
    ...['occurred_from', 'occurred_to', 'offset_minutes', 'content', 'sealed_narrative'],
    ...['hold_until_released', 'hold_reasons', 'delay_ms'],
    ...['audit_id', 'audit_at', 'audit_action', 'audit_outcome', 'audit_canonical'],
  ],
  staged_basis: ['report_id', 'activity', 'sealed'],
  staged_identifier: ['id', 'report_id', 'kind', 'sensitivity', 'sealed'],
  staged_view: ['record_id', 'release_after', 'unreleased', 'delay_ms', 'audience'],
  staged_substance: ['record_id'],
  staged_concealment: ['record_id', 'rank', 'concealment'],
  staged_community: ['record_id', 'ordinal', 'state_fips', 'month', 'substance', 'band', 'policy_version'],
} as const;
type Stage = keyof typeof STAGES;

const VIEW_COLUMNS = [
  ...(['precision', 'rank', 'tlp', 'occurred_from', 'occurred_to', 'offset_minutes', 'state_fips'] as const),
  ...(['county_fips', 'h3', 'latitude', 'longitude', 'setting', 'port_of_entry', 'conveyance', 'route'] as const),
  ...(['people', 'source_reliability', 'source_credibility', 'contributor_withheld', 'transformations'] as const),
  ...(['packaging', 'remarks', 'policy_version'] as const),
];
const SUBSTANCE_COLUMNS = [
  ...(['rank', 'ordinal', 'dea_code', 'name', 'category', 'form', 'laboratory_status', 'unit', 'amount'] as const),
  ...(['min_milligrams', 'max_milligrams', 'min_units', 'max_units', 'estimated', 'purity_min'] as const),
  ...(['purity_max', 'signature', 'adulterants'] as const),
];

const COLUMNS: Readonly<Record<Stage, readonly string[]>> = {
  ...STAGES,
  staged_view: [...STAGES.staged_view, ...VIEW_COLUMNS],
  staged_substance: [...STAGES.staged_substance, ...SUBSTANCE_COLUMNS],
};

/** What is to be copied into each staging table, in COPY's text format. */
export type StagedRows = Record<Stage, string>;

/**
 * Stores the reports of one agency, all or none, with no alert for any of them: staged by COPY, then written by one SQL
 * function as T1 would have written each. References must differ. When this resolves it is committed.
 *
 * @param pool as the role `concord_loader`.
 * @returns by reference, what was not written because the agency had a report under it: as that is stored.
 */
export async function persistReports(
  pool: Pool,
  as: ActAs,
  ready: readonly ReadyReport[],
  options: { readonly synthetic: boolean },
): Promise<ReadonlyMap<string, PersistOutcome>> {
  if (ready.length === 0) return new Map();
  return inTransaction(pool, async (tx) => {
    const rows = stagedRows(ready, await beginLoad(tx, as, ready));
    for (const stage of Object.keys(COLUMNS) as Stage[]) await copyInto(tx, stage, rows[stage]);
    return loadStaged(tx, as, options.synthetic);
  });
}

/** The keys that open the reports' views, by name. */
async function beginLoad(
  tx: PoolClient,
  as: ActAs,
  ready: readonly ReadyReport[],
): Promise<ReadonlyMap<string, number>> {
  const names = [...new Set(ready.flatMap(({ parts }) => parts.audiences.flat()))].sort();
  const { rows } = await tx.query<{ ids: number[] }>({
    name: 'begin_report_load',
    text: 'select begin_report_load($1, $2, $3) as ids',
    values: [as.personId, as.agencyId, names],
  });
  const ids = rows[0]?.ids ?? [];
  if (ids.length !== names.length) throw new Error('every access key has an id after it was made');
  return new Map(names.map((name, index) => [name, ids[index] ?? 0]));
}

/** Exported for the benchmark. */
export function stagedRows(ready: readonly ReadyReport[], keyIds: ReadonlyMap<string, number>): StagedRows {
  const rows: StagedRows = {
    ...{ staged_report: '', staged_basis: '', staged_identifier: '' },
    ...{ staged_view: '', staged_substance: '', staged_concealment: '', staged_community: '' },
  };
  for (const one of ready) {
    stageReport(rows, one);
    stageViews(rows, one, keyIds);
  }
  return rows;
}

function stageReport(rows: StagedRows, { report, parts, delayMs = 0 }: ReadyReport): void {
  const { reportId, audit } = parts;
  rows.staged_report += copyLine([
    ...[reportId, parts.recordId, report.submitterReference, parts.contentDigest, report.sharing, report.tlp],
    report.releaseAfter?.toISOString(),
    ...[report.occurred.from.toISOString(), report.occurred.to.toISOString(), report.occurred.offsetMinutes],
    ...[contentOf(report, parts.defaulted), parts.sealedNarrative, report.holdUntilReleased, parts.hold, delayMs],
    ...[audit.id, audit.at, audit.action, audit.outcome, audit.canonical],
  ]);
  // As T1: identifiers are kept only where there is a basis for them.
  if (report.basis === null || parts.sealedBasis === null) return;
  rows.staged_basis += copyLine([reportId, report.basis.activity, parts.sealedBasis]);
  for (const { id, kind, sensitivity, sealed } of parts.sealedIdentifiers)
    rows.staged_identifier += copyLine([id, reportId, kind, sensitivity, sealed]);
}

function stageViews(
  rows: StagedRows,
  { report, parts, delayMs = 0 }: ReadyReport,
  keyIds: ReadonlyMap<string, number>,
): void {
  const { recordId } = parts;
  const releaseAfter = report.releaseAfter?.toISOString();
  const unreleased = parts.hold !== null || report.holdUntilReleased;
  parts.views.forEach((view, index) => {
    const audience = parts.audiences[index] ?? [];
    // In the order of their numbers, as access_key_ids has them.
    const ids = audience.map((key) => keyIds.get(key) ?? 0).sort((a, b) => a - b);
    const row = viewRow(view, audience);
    const columns: CopyValue[] = [recordId, releaseAfter, unreleased, delayMs, copyArray(ids)];
    for (const column of VIEW_COLUMNS) columns.push(row[column]);
    rows.staged_view += copyLine(columns);
    view.substances.forEach((substance, ordinal) => {
      const line = substanceRow(view, substance, ordinal);
      const values: CopyValue[] = [recordId];
      for (const column of SUBSTANCE_COLUMNS) values.push(line[column]);
      rows.staged_substance += copyLine(values);
    });
    for (const concealment of view.concealment ?? [])
      rows.staged_concealment += copyLine([recordId, row.rank, concealment]);
  });
  for (const candidate of parts.community) {
    const { ordinal, state_fips, month, substance, band, policy_version } = communityRow(
      candidate,
      policyVersionOf(parts),
    );
    rows.staged_community += copyLine([recordId, ordinal, state_fips, month, substance, band, policy_version]);
  }
}

async function copyInto(tx: PoolClient, stage: Stage, rows: string): Promise<void> {
  if (rows === '') return;
  const stream = tx.query(copyFrom(`copy pg_temp.${stage} (${COLUMNS[stage].join(', ')}) from stdin`));
  await pipeline([Buffer.from(rows, 'utf8')], stream);
}

async function loadStaged(tx: PoolClient, as: ActAs, synthetic: boolean): Promise<ReadonlyMap<string, PersistOutcome>> {
  const { rows } = await tx.query<StoredReportRow & { readonly submitter_reference: string }>({
    name: 'load_staged_reports',
    text: 'select * from load_staged_reports($1, $2, $3)',
    values: [as.personId, as.agencyId, synthetic],
  });
  return new Map(rows.map((row) => [row.submitter_reference, outcomeOf('EXISTS', row)]));
}
