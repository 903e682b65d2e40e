import type { ConcordClient } from '@concord/client';
import type { How } from './column-mappings.js';
import { PROBLEM_FIELDS, problemLine, REJECTED, saidOf, type Problem, type Rejected } from './import-api.js';

const FIRST_ROWS = 5;

interface Reading {
  readonly column: string;
  /** Null where it may name somebody. */
  readonly text: string | null;
  readonly value: string | null;
  readonly rule: string;
}
interface Preview extends Rejected {
  readonly entries?: readonly {
    readonly firstLine: number;
    readonly outcome: string;
    readonly readings: readonly Reading[];
    readonly issues: readonly Problem[];
  }[];
}

/** How the first rows are read: what is not stored as it stands there, and what is not understood. */
export async function showReading(
  client: ConcordClient,
  id: string,
  how: How,
  tell: (line: string) => void,
): Promise<void> {
  const { previewImport } = await client.request<{ previewImport: Preview }>(
    `query Preview($id: ID!, $mapping: ColumnMappingInput, $mappingId: ID, $first: Int) {
      previewImport(id: $id, mapping: $mapping, mappingId: $mappingId, first: $first) {
        ... on ImportPreviewed { entries { firstLine outcome readings { column text value rule } issues { ${PROBLEM_FIELDS} } } }
        ${REJECTED} } }`,
    { id, ...how, first: FIRST_ROWS },
  );
  if (previewImport.entries === undefined) throw new Error(saidOf(previewImport));
  for (const { firstLine, outcome, readings, issues } of previewImport.entries) {
    tell(`line ${firstLine}: ${outcome}`);
    const lines = readings
      .filter(({ rule, text }) => rule !== 'EXACT' && text !== null)
      .map(({ column, text, value, rule }) => `    ${column}: “${text ?? ''}” is ${value ?? '(not shown)'} (${rule})`);
    // Two rows of one report say the same of it.
    for (const line of new Set(lines)) tell(line);
    for (const line of new Set(issues.map(problemLine))) tell(`  ! ${line}`);
  }
}
