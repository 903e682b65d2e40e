import type { ConcordClient } from '@concord/client';
import { UsageError } from '../command.js';
import { REJECTED, saidOf, type Import, type Rejected } from './import-api.js';

/** How a file is read: a mapping, or one that the agency keeps. */
export type How = { readonly mapping: Mapping } | { readonly mappingId: string };

interface Use {
  readonly heading: string;
  readonly column: string;
}
interface Mapping {
  readonly columns: readonly Use[];
  readonly constants: readonly { readonly column: string; readonly value: string }[];
}
interface Guess extends Rejected {
  readonly mapping?: Mapping;
  readonly unmapped?: readonly string[];
  readonly suggestions?: readonly Use[];
}

const MAPPING = `columns { heading column unit } ignored constants { column value } vocabulary { column text code }
  dateOrder clock midnight decimal excelDates sheet`;

/** By the headings; what is left out is told too. @throws Error where the first row has no heading that is known */
export async function guessMapping(
  client: ConcordClient,
  { id, format }: Import,
  constants: Mapping['constants'],
  tell: (line: string) => void,
): Promise<{ readonly mapping: Mapping }> {
  const { guessColumnMapping: made } = await client.request<{ guessColumnMapping: Guess }>(
    `query Guess($importId: ID!) { guessColumnMapping(importId: $importId) {
      ... on ColumnMappingGuessed { mapping { ${MAPPING} } unmapped suggestions { heading column } } ${REJECTED} } }`,
    { importId: id },
  );
  if (made.mapping === undefined) throw new Error(saidOf(made));
  const { columns } = made.mapping;
  // What stands first in a file without headings is a report: it is not shown.
  if (columns.length < 2 && (format === 'CSV' || format === 'XLSX'))
    throw new Error('No headings are known in this file: give it those of `concord template`, in its first row.');
  for (const { heading, column } of columns) if (heading !== column) tell(`column “${heading}” is read as ${column}`);
  for (const heading of made.unmapped ?? []) {
    const near = made.suggestions?.filter((one) => one.heading === heading).map(({ column }) => column) ?? [];
    tell(`column “${heading}” is LEFT OUT${near.length > 0 ? `; perhaps it is ${near.join(' or ')}` : ''}`);
  }
  for (const { column, value } of constants) tell(`${column} is “${value}” in every row`);
  return { mapping: { ...made.mapping, constants: [...made.mapping.constants, ...constants] } };
}

interface Kept {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

async function findKept(client: ConcordClient, signal?: AbortSignal): Promise<readonly Kept[]> {
  const query = 'query Mappings { columnMappings { id name version } }';
  const how = signal === undefined ? {} : { signal };
  return (await client.request<{ columnMappings: readonly Kept[] }>(query, {}, how)).columnMappings;
}

/** @throws UsageError where the agency keeps none of this name */
export async function keptMapping(client: ConcordClient, name: string, signal?: AbortSignal): Promise<string> {
  const kept = await findKept(client, signal);
  const found = kept.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found.id;
  const names = kept.map((one) => one.name).join(', ') || 'none';
  throw new UsageError(`Your agency keeps no mapping of this name. It has: ${names}.`);
}

/** Kept for the agency, in place of what it had under this name. */
export async function keepMapping(client: ConcordClient, name: string, mapping: Mapping): Promise<void> {
  const before = (await findKept(client)).find((one) => one.name.toLowerCase() === name.toLowerCase());
  const input = { name, mapping, ...(before === undefined ? {} : { id: before.id, version: before.version }) };
  const { saveColumnMapping } = await client.request<{ saveColumnMapping: Rejected }>(
    `mutation Keep($input: SaveColumnMappingInput!) { saveColumnMapping(input: $input) {
      __typename ... on ColumnMappingRejected { issues { path code message } } } }`,
    { input },
  );
  if (saveColumnMapping.issues !== undefined) throw new Error(saidOf(saveColumnMapping));
}
