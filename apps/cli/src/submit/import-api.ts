import type { ConcordClient } from '@concord/client';
import { createReadStream } from 'node:fs';

/** An import as `concord` needs it. */
export interface Import {
  readonly id: string;
  readonly state: 'RECEIVING' | 'READY' | 'RUNNING' | 'PAUSED' | 'DONE' | 'FAILED' | 'CANCELLED';
  readonly reason: string | null;
  readonly format: string;
  readonly bytes: number;
  readonly receivedBytes: number;
  readonly uploadPath: string;
  readonly refusedPath: string;
  readonly lines: number | null;
  readonly entriesDone: number;
  readonly accepted: number;
  readonly held: number;
  readonly refused: number;
  readonly duplicates: number;
  readonly questions: number;
  readonly dryRun: boolean;
}

export const IMPORT_FIELDS = `id state reason format bytes receivedBytes uploadPath refusedPath lines entriesDone accepted held
  refused duplicates questions dryRun`;
export const REJECTED = '... on ImportRejected { issues { path code message } }';

export interface Rejected {
  readonly issues?: readonly { readonly path: string; readonly code: string; readonly message: string }[];
}

/** What the API said no to, in its own words, which name nobody. */
export const saidOf = ({ issues = [] }: Rejected): string =>
  issues.map(({ path, code, message }) => `${path} ${code}: ${message}${TO_DO[code] ?? ''}`).join('\n');

/** What to type, where the service says what is wrong. */
const TO_DO: Readonly<Record<string, string>> = {
  NO_REFERENCE: " Say which it is: --column 'HEADING=reference'.",
};

export async function findImport(client: ConcordClient, id: string, signal?: AbortSignal): Promise<Import> {
  const query = `query Find($id: ID!) { import(id: $id) { ${IMPORT_FIELDS} } }`;
  return (await client.request<{ import: Import }>(query, { id }, signal === undefined ? {} : { signal })).import;
}

/** One step of an import, which done twice is done once. @throws Error with what was said against it */
export async function changeImport(
  client: ConcordClient,
  step: 'confirm' | 'resume' | 'cancel',
  id: string,
  how: { readonly mapping?: unknown; readonly mappingId?: string } = {},
): Promise<Import> {
  const [declared, given] =
    step === 'confirm'
      ? [', $mapping: ColumnMappingInput, $mappingId: ID', ', mapping: $mapping, mappingId: $mappingId']
      : ['', ''];
  const document = `mutation Change($id: ID!${declared}) { changed: ${step}Import(id: $id${given}) {
    ... on ImportChanged { import { ${IMPORT_FIELDS} } } ${REJECTED} } }`;
  type Answer = { readonly changed: Rejected & { readonly import?: Import } };
  const { changed } = await client.request<Answer>(document, { id, ...how }, { repeatable: true });
  if (changed.import === undefined) throw new Error(saidOf(changed));
  return changed.import;
}

/** The file from where the service has it: an upload that broke off goes on. */
export async function uploadRest(
  client: ConcordClient,
  path: string,
  { uploadPath, receivedBytes }: Import,
  signal?: AbortSignal,
): Promise<void> {
  const body = createReadStream(path, { start: receivedBytes }) as AsyncIterable<Uint8Array>;
  const to = `${uploadPath.replace(/^\//, '')}?offset=${receivedBytes}`;
  const how = { contentType: 'application/octet-stream', method: 'PUT' } as const;
  await client.upload(to, body, signal === undefined ? how : { ...how, signal });
}

/** The refused rows as CSV, as they come. */
export const refusedRows = (
  client: ConcordClient,
  { refusedPath }: Import,
  signal?: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> =>
  client.download(refusedPath.replace(/^\//, ''), signal === undefined ? {} : { signal });

/** One thing that is wrong with a row, and where. */
export interface Problem {
  readonly line: number;
  readonly column: string | null;
  readonly code: string;
  readonly message: string;
  readonly suggestions: readonly string[];
}
export const PROBLEM_FIELDS = 'line column code message suggestions';

/** What is wrong with the first rows that do not count. */
export async function findProblems(client: ConcordClient, importId: string, first: number): Promise<Problem[]> {
  type Answer = {
    readonly importEntries: { readonly edges: readonly { readonly node: { readonly issues: readonly Problem[] } }[] };
  };
  const { importEntries } = await client.request<Answer>(
    `query Problems($importId: ID!, $first: Int) { importEntries(importId: $importId, outcome: [REFUSED, QUESTION], first: $first) {
      edges { node { issues { ${PROBLEM_FIELDS} } } } } }`,
    { importId, first },
  );
  return importEntries.edges.flatMap(({ node }) => node.issues);
}

export const problemLine = ({ line, column, code, message, suggestions }: Problem): string =>
  `line ${line}${column === null || column === '' ? '' : `, ${column}`}: ${code}: ${message}${suggestions.length > 0 ? ` Perhaps: ${suggestions.join(', ')}` : ''}`;
