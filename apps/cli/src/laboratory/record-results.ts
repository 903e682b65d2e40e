import type { ConcordClient } from '@concord/client';
import { LABORATORY_COLUMNS, type LaboratoryEntry, type LaboratoryFault } from '@concord/interpretation';
import { applyLaboratoryResults, Findings, type LaboratoryResult } from '@concord/submission';

type Substances = Parameters<typeof applyLaboratoryResults>[0];

interface Report {
  readonly status: string;
  readonly version: number;
  readonly substances: Substances;
  readonly versions: readonly { readonly version: number; readonly change: string; readonly substances: Substances }[];
}

/** What became of the rows of one report. `THERE`: it was recorded before. `WOULD`: a dry run found nothing wrong. */
export interface Outcome {
  readonly kind: 'RECORDED' | 'THERE' | 'WOULD' | 'REFUSED';
  readonly entry: LaboratoryEntry;
  readonly faults: readonly LaboratoryFault[];
  /** The substances that the rows are about, as the report has them; empty where it is not known. */
  readonly substances: Substances;
}

/** References that are looked up by one query. */
const AT_ONCE = 500;
/** Reports that are worked on at once. */
const SIDE_BY_SIDE = 4;
const SUBSTANCES = `substances { deaCode name category form quantity quantityReason unit estimated laboratoryStatus purityPercent
  signature adulterants }`;

/**
 * Records the results of a file, report by report, in the order of the file. Sent again they change nothing: what a version
 * of the report has recorded already is not recorded again, also where the report has been corrected since.
 */
export async function* recordResults(
  client: ConcordClient,
  entries: readonly LaboratoryEntry[],
  dryRun: boolean,
): AsyncGenerator<Outcome> {
  let some: LaboratoryEntry[] = [];
  for (const entry of entries) {
    // Of one report one after the other: the second is recorded on the version that the first made.
    if (some.length === AT_ONCE || some.some(({ reference }) => reference === entry.reference)) {
      yield* recordSome(client, some, dryRun);
      some = [];
    }
    some.push(entry);
  }
  yield* recordSome(client, some, dryRun);
}

async function* recordSome(
  client: ConcordClient,
  entries: readonly LaboratoryEntry[],
  dryRun: boolean,
): AsyncGenerator<Outcome> {
  const ids = await findIds(client, [
    ...new Set(entries.map(({ reference }) => reference).filter((one) => one !== '')),
  ]);
  for (let from = 0; from < entries.length; from += SIDE_BY_SIDE)
    yield* await Promise.all(
      entries
        .slice(from, from + SIDE_BY_SIDE)
        .map((entry) => recordOne(client, entry, ids.get(entry.reference), dryRun)),
    );
}

async function findIds(client: ConcordClient, references: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (references.length === 0) return new Map();
  type Answer = {
    readonly submissionOutcomes: readonly {
      readonly submitterReference: string;
      readonly submission: { readonly reportId: string } | null;
    }[];
  };
  const { submissionOutcomes } = await client.request<Answer>(
    'query Find($references: [String!]!) { submissionOutcomes(references: $references) { submitterReference submission { reportId } } }',
    { references },
  );
  return new Map(
    submissionOutcomes.flatMap(({ submitterReference, submission }) =>
      submission === null ? [] : [[submitterReference, submission.reportId] as const],
    ),
  );
}

async function recordOne(
  client: ConcordClient,
  entry: LaboratoryEntry,
  id: string | undefined,
  dryRun: boolean,
): Promise<Outcome> {
  if (entry.faults.length > 0) return { kind: 'REFUSED', entry, faults: entry.faults, substances: [] };
  if (id === undefined)
    return refused(entry, [
      { path: '', code: 'NOT_FOUND', message: 'Must be the reference of a report of your agency.' },
    ]);
  const first = await tryOnce(client, entry, id, dryRun);
  // Somebody changed the report meanwhile: the results are laid over what it says now, once more and no oftener.
  return first.faults.some(({ code }) => code === 'CONFLICT') ? tryOnce(client, entry, id, dryRun) : first;
}

async function tryOnce(client: ConcordClient, entry: LaboratoryEntry, id: string, dryRun: boolean): Promise<Outcome> {
  const { seizureReport: report } = await client.request<{ seizureReport: Report }>(
    `query Report($id: ID!) { seizureReport(id: $id) { status version ${SUBSTANCES} versions { version change ${SUBSTANCES} } } }`,
    { id },
  );
  const only = report.substances.length === 1 ? 0 : null;
  const results = entry.results.map((result) => ({ ...result, substance: result.substance ?? only }));
  const substances = results.flatMap(({ substance }) => report.substances[substance ?? -1] ?? []);
  const isMissing = (result: LaboratoryResult): boolean => !isThere(result, report);
  const missing = results.filter(isMissing);
  if (missing.length === 0) return { kind: 'THERE', entry, faults: [], substances };
  // Faults are told by the place among the results that are sent.
  const places = results.flatMap((result, index) => (isMissing(result) ? [index] : []));
  const issues = dryRun
    ? report.status === 'RECALLED'
      ? [{ path: '', code: 'REPORT_RECALLED', message: 'The report was recalled: it takes no results.' }]
      : checked(report.substances, missing)
    : await send(client, id, report.version, missing);
  if (issues === 'DUPLICATE') return { kind: 'THERE', entry, faults: [], substances };
  if (issues.length > 0) return { ...refused(entry, issues, places), substances };
  return { kind: dryRun ? 'WOULD' : 'RECORDED', entry, faults: [], substances };
}

interface Said {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** As the service would: but not whether a text names somebody. */
function checked(substances: Substances, results: readonly LaboratoryResult[]): readonly Said[] {
  const findings = new Findings();
  applyLaboratoryResults(substances, results, findings);
  return findings.issues;
}

async function send(
  client: ConcordClient,
  id: string,
  version: number,
  results: readonly LaboratoryResult[],
): Promise<readonly Said[] | 'DUPLICATE'> {
  type Answer = {
    readonly recordLaboratoryResult: { readonly duplicate?: boolean; readonly issues?: readonly Said[] };
  };
  const { recordLaboratoryResult: made } = await client.request<Answer>(
    `mutation Record($id: ID!, $version: Int!, $results: [LaboratoryResultInput!]!) {
      recordLaboratoryResult(id: $id, version: $version, results: $results) { ... on SeizureReportAccepted { duplicate }
        ... on SeizureReportRejected { issues { path code message } } } }`,
    { id, version, results },
    // The same results on the same version are recorded once.
    { repeatable: true },
  );
  return made.duplicate === true ? 'DUPLICATE' : (made.issues ?? []);
}

/** Whether the report says so now, or a laboratory's answer of before said so: then what came after it stands. */
function isThere(result: LaboratoryResult, { substances, versions }: Report): boolean {
  const index = result.substance ?? -1;
  const recorded = versions.filter(({ change }) => change === 'LABORATORY_RESULT').map((one) => one.substances);
  return [substances, ...recorded].some((list) => {
    const substance = list[index];
    return substance !== undefined && agrees(result, substance);
  });
}

function agrees(result: LaboratoryResult, substance: Substances[number]): boolean {
  const { substance: _, adulterants, ...fields } = result;
  const said = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  if (!said.every(([field, value]) => Reflect.get(substance, field) === value)) return false;
  if (result.deaCode == null && result.name != null && substance.deaCode !== null) return false;
  return adulterants == null || adulterants.join('\n') === substance.adulterants.join('\n');
}

const columnOf = (field: string): string =>
  LABORATORY_COLUMNS.find((column) => column.field !== '' && column.field === field)?.name ?? 'reference';

/** Faults by line and column. `places`: which row each result of the request was of. */
function refused(entry: LaboratoryEntry, issues: readonly Said[], places: readonly number[] = []): Outcome {
  const faults = issues.map(({ path, code, message }): LaboratoryFault => {
    const [, index, field] = /^(?:results|substances)\.(\d+)(?:\.([a-zA-Z]+))?/.exec(path) ?? [];
    const row = entry.rows[places[Number(index ?? 0)] ?? 0];
    return { line: row?.line ?? 0, column: columnOf(field ?? ''), code, message, suggestions: [] };
  });
  return { kind: 'REFUSED', entry, faults, substances: [] };
}
