import type { ConcordClient } from '@concord/client';
import { UsageError } from '../command.js';
import { REJECTED, saidOf, type Import, type Rejected } from './import-api.js';

interface Use {
  readonly heading: string;
  readonly column: string;
  readonly unit?: string | null;
}
/** How a file is read. */
export interface Mapping {
  readonly columns: readonly Use[];
  readonly ignored: readonly string[];
  readonly constants: readonly { readonly column: string; readonly value: string }[];
  readonly vocabulary: readonly { readonly column: string; readonly text: string; readonly code: string }[];
}
/** A mapping to begin with, and what of a heading may be meant. */
export interface Beginning {
  readonly mapping: Mapping;
  readonly suggestions: readonly Use[];
  /** Where it comes from what the agency keeps: in which version. */
  readonly kept: Kept | null;
}
interface Guess extends Rejected {
  readonly mapping?: Mapping;
  readonly unmapped?: readonly string[];
  readonly suggestions?: readonly Use[];
}

const MAPPING = `columns { heading column unit } ignored constants { column value } vocabulary { column text code }
  dateOrder clock midnight decimal excelDates sheet`;

/** By the headings. @throws Error where the first row has no heading that is known */
export async function guessMapping(client: ConcordClient, { id, format }: Import): Promise<Beginning> {
  const { guessColumnMapping: made } = await client.request<{ guessColumnMapping: Guess }>(
    `query Guess($importId: ID!) { guessColumnMapping(importId: $importId) {
      ... on ColumnMappingGuessed { mapping { ${MAPPING} } unmapped suggestions { heading column } } ${REJECTED} } }`,
    { importId: id },
  );
  if (made.mapping === undefined) throw new Error(saidOf(made));
  // What stands first in a file without headings is a report: it is not shown.
  if (made.mapping.columns.length < 2 && (format === 'CSV' || format === 'XLSX'))
    throw new Error('No headings are known in this file: give it those of `concord template`, in its first row.');
  return { mapping: made.mapping, suggestions: made.suggestions ?? [], kept: null };
}

/** What each heading is read as, what is left out with what it may be, and what is said of every row. */
export function tellColumns({ mapping, suggestions }: Beginning, tell: (line: string) => void): void {
  for (const { heading, column } of mapping.columns)
    if (heading !== column) tell(`column “${heading}” is read as ${column}`);
  for (const heading of mapping.ignored) {
    const near = nearTo(heading, mapping, suggestions);
    const type = near.map((column) => `--column '${heading.replaceAll("'", "'\\''")}=${column}'`);
    tell(
      `column “${heading}” is LEFT OUT${near.length > 0 ? `; perhaps it is ${near.join(' or ')}: ${type.join(' or ')}` : ''}`,
    );
  }
  for (const { column, value } of mapping.constants) tell(`${column} is “${value}” in every row`);
}

/** Columns that a heading which is left out may be, of those that no other heading is. */
export function nearTo(heading: string, { columns, ignored }: Mapping, suggestions: readonly Use[]): string[] {
  if (!ignored.includes(heading)) return [];
  const near = suggestions.filter((one) => one.heading === heading).map(({ column }) => column);
  return near.filter((column) => !columns.some((use) => use.column === column));
}

export interface Kept {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

async function findKept(client: ConcordClient, signal?: AbortSignal): Promise<readonly Kept[]> {
  const query = 'query Mappings { columnMappings { id name version } }';
  const how = signal === undefined ? {} : { signal };
  return (await client.request<{ columnMappings: readonly Kept[] }>(query, {}, how)).columnMappings;
}

/** A mapping that the agency keeps, whole. @throws UsageError where it keeps none of this name */
export async function readKept(client: ConcordClient, name: string): Promise<Beginning> {
  const id = await keptMapping(client, name);
  const query = `query Kept { columnMappings { id name version mapping { ${MAPPING} } } }`;
  type Whole = Kept & { readonly mapping: Mapping };
  const { columnMappings } = await client.request<{ columnMappings: readonly Whole[] }>(query, {});
  const found = columnMappings.find((one) => one.id === id);
  if (found === undefined) throw new Error('The mapping was there a moment ago and is not now: try again.');
  return { mapping: found.mapping, suggestions: [], kept: found };
}

/** @throws UsageError where the agency keeps none of this name */
export async function keptMapping(client: ConcordClient, name: string, signal?: AbortSignal): Promise<string> {
  const kept = await findKept(client, signal);
  const found = kept.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found.id;
  const names = kept.map((one) => one.name).join(', ') || 'none';
  throw new UsageError(`Your agency keeps no mapping of this name. It has: ${names}.`);
}

/**
 * Kept for the agency, in place of what it had under this name. What was read before is changed in the version that was
 * read: of two who add a word at the same moment one is told.
 */
export async function keepMapping(
  client: ConcordClient,
  name: string,
  mapping: Mapping,
  read: Kept | null,
): Promise<void> {
  const isSame = (one: Kept): boolean => one.name.toLowerCase() === name.toLowerCase();
  const before = read !== null && isSame(read) ? read : (await findKept(client)).find(isSame);
  const input = { name, mapping, ...(before === undefined ? {} : { id: before.id, version: before.version }) };
  const { saveColumnMapping } = await client.request<{ saveColumnMapping: Rejected }>(
    `mutation Keep($input: SaveColumnMappingInput!) { saveColumnMapping(input: $input) {
      __typename ... on ColumnMappingRejected { issues { path code message } } } }`,
    { input },
  );
  if (saveColumnMapping.issues !== undefined) throw new Error(saidOf(saveColumnMapping));
}
