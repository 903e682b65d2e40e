import type { ConcordClient } from '@concord/client';
import type { Mapping } from './column-mappings.js';
import { PROBLEM_FIELDS, problemLine, REJECTED, saidOf, type Problem, type Rejected } from './import-api.js';
import { QUESTION_FIELDS, type AskedOnce } from './questions.js';

const FIRST_ROWS = 5;
/** Rows that are looked through for questions before anything is submitted. */
const LOOKED_THROUGH = 5_000;

interface Reading {
  readonly column: string;
  /** Null where it may name somebody. */
  readonly text: string | null;
  readonly value: string | null;
  readonly rule: string;
}
interface ShownEntry {
  readonly firstLine: number;
  readonly outcome: string;
  readonly readings: readonly Reading[];
  readonly issues: readonly Problem[];
}
/** How a file is read under a mapping. */
export interface Preview {
  readonly entries: readonly ShownEntry[];
  readonly questions: readonly AskedOnce[];
  readonly lookedThrough: number;
  readonly leftOut: readonly LeftOut[];
}
/** Parts of a file that are no report, and why. */
export interface LeftOut {
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly firstLine: number;
}

export async function previewReading(client: ConcordClient, id: string, mapping: Mapping): Promise<Preview> {
  const { previewImport: made } = await client.request<{ previewImport: Rejected & Partial<Preview> }>(
    `query Preview($id: ID!, $mapping: ColumnMappingInput, $first: Int, $lookThrough: Int) {
      previewImport(id: $id, mapping: $mapping, first: $first, lookThrough: $lookThrough) {
        ... on ImportPreviewed { lookedThrough leftOut { reason message count firstLine } questions { ${QUESTION_FIELDS} }
          entries { firstLine outcome readings { column text value rule } issues { ${PROBLEM_FIELDS} } } }
        ${REJECTED} } }`,
    { id, mapping, first: FIRST_ROWS, lookThrough: LOOKED_THROUGH },
  );
  const { entries, questions, lookedThrough, leftOut } = made;
  if (entries === undefined || questions === undefined || lookedThrough === undefined || leftOut === undefined)
    throw new Error(saidOf(made));
  return { entries, questions, lookedThrough, leftOut };
}

/** How the first rows are read: what is not stored as it stands there, and what is not understood. */
export function showReading({ entries }: Preview, tell: (line: string) => void): void {
  for (const { firstLine, outcome, readings, issues } of entries) {
    tell(`line ${firstLine}: ${outcome}`);
    const lines = readings
      .filter(({ rule, text }) => rule !== 'EXACT' && text !== null)
      .map(({ column, text, value, rule }) => `    ${column}: “${text ?? ''}” is ${value ?? '(not shown)'} (${rule})`);
    // Two rows of one report say the same of it.
    for (const line of new Set(lines)) tell(line);
    for (const line of new Set(issues.map(problemLine))) tell(`  ! ${line}`);
  }
}

/** What of the file is no report and asks nothing: said, so that nobody waits for it. */
export function tellLeftOut({ leftOut, lookedThrough }: Preview, tell: (line: string) => void): void {
  const part = lookedThrough < LOOKED_THROUGH ? '' : `, as far as the first ${lookedThrough} rows`;
  for (const { reason, message, count, firstLine } of leftOut)
    tell(`left out: ${count} (first in line ${firstLine}${part}): ${message} ${reason}`);
}
