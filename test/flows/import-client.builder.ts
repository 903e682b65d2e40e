import type { PersonaName } from '../../apps/embedded/src/personas.js';
import { eventually, type Issue } from './flow-client.builder.js';
import type { FlowStack } from './stack.builder.js';

const IMPORT = `id state reason format bytes receivedBytes contentDigest uploadPath refusedPath entriesDone accepted held refused
  duplicates questions lines dryRun startedByYou`;
const START = `mutation Start($input: StartImportInput!) { startImport(input: $input) { __typename
  ... on ImportStarted { resumed import { ${IMPORT} } } ... on ImportRejected { issues { path code message } } } }`;
export const IMPORT_BY_ID = `query Import($id: ID!) { import(id: $id) { ${IMPORT} } }`;
export const IMPORTS = `query Imports($first: Int, $after: String) { imports(first: $first, after: $after) {
  pageInfo { hasNextPage endCursor } edges { node { ${IMPORT} } } } }`;
const ENTRIES = `query Entries($importId: ID!, $outcome: [ImportOutcome!], $first: Int, $after: String) {
  importEntries(importId: $importId, outcome: $outcome, first: $first, after: $after) { pageInfo { hasNextPage endCursor }
    edges { node { ordinal firstLine lastLine outcome reportId issues { line column path code message suggestions } } } } }`;
const PREVIEW = `query Preview($id: ID!, $mapping: ColumnMappingInput, $mappingId: ID) { previewImport(id: $id, mapping: $mapping, mappingId: $mappingId) {
  __typename ... on ImportPreviewed { entries { ordinal firstLine outcome readings { line column path text value rule } issues { code column } } }
  ... on ImportRejected { issues { path code message } } } }`;
const CHANGE = (name: string, more = '', given = ''): string =>
  `mutation Change($id: ID!${more}) { ${name}(id: $id${given}) { __typename ... on ImportChanged { import { ${IMPORT} } }
    ... on ImportRejected { issues { path code message } } } }`;

export interface Import {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly bytes: number;
  readonly receivedBytes: number;
  readonly uploadPath: string;
  readonly refusedPath: string;
  readonly entriesDone: number;
  readonly accepted: number;
  readonly held: number;
  readonly refused: number;
  readonly duplicates: number;
  readonly questions: number;
  readonly lines: number | null;
}

export interface Started {
  readonly __typename: string;
  readonly resumed?: boolean;
  readonly import?: Import;
  readonly issues?: readonly Issue[];
}

export interface Entry {
  readonly ordinal: number;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly outcome: string;
  readonly reportId: string | null;
  readonly issues: readonly { readonly line: number; readonly column: string | null; readonly code: string }[];
}

/** The columns of the files here, read as the template has them. */
export const MAPPING = {
  columns: ['reference', 'date', 'county', 'drug', 'quantity', 'unit', 'sharing', 'narrative'].map((column) => ({
    heading: column,
    column,
  })),
};

/** A persona with files. */
export class ImportClient {
  constructor(
    private readonly stack: FlowStack,
    readonly persona: PersonaName,
    private readonly token: string = stack.as(persona).token,
  ) {}

  async run<T>(document: string, variables: Record<string, unknown>): Promise<T> {
    return this.stack.as(this.persona).with({ token: this.token }).run<T>(document, variables);
  }

  async start(input: Record<string, unknown>): Promise<Started> {
    return (await this.run<{ startImport: Started }>(START, { input })).startImport;
  }

  /** What must be taken. */
  async started(input: Record<string, unknown>): Promise<Import> {
    const { import: started, issues } = await this.start(input);
    if (started === undefined) throw new Error(JSON.stringify(issues));
    return started;
  }

  async change(
    step: 'confirm' | 'pause' | 'resume' | 'cancel',
    id: string,
    mapping: Record<string, unknown> = MAPPING,
  ): Promise<Started> {
    const document =
      step === 'confirm'
        ? CHANGE('confirmImport', ', $mapping: ColumnMappingInput', ', mapping: $mapping')
        : CHANGE(`${step}Import`);
    const answer = await this.run<Record<string, Started>>(document, step === 'confirm' ? { id, mapping } : { id });
    const changed = answer[`${step}Import`];
    if (changed === undefined) throw new Error('no answer');
    return changed;
  }

  async find(id: string): Promise<Import> {
    return (await this.run<{ import: Import }>(IMPORT_BY_ID, { id })).import;
  }

  async preview(id: string, mapping: Record<string, unknown> = MAPPING): Promise<Record<string, unknown>> {
    return (await this.run<{ previewImport: Record<string, unknown> }>(PREVIEW, { id, mapping })).previewImport;
  }

  async entries(importId: string, outcome: readonly string[] | null = null, first = 200): Promise<Entry[]> {
    const nodes: Entry[] = [];
    for (let after: string | null = null; ;) {
      const page: EntryPage = await this.run<EntryPage>(ENTRIES, { importId, outcome, first, after });
      nodes.push(...page.importEntries.edges.map(({ node }) => node));
      if (!page.importEntries.pageInfo.hasNextPage) return nodes;
      after = page.importEntries.pageInfo.endCursor;
    }
  }

  /** Waits for a state. */
  reaches(id: string, states: readonly string[], patienceMs = 60_000): Promise<Import> {
    return eventually(
      `the import is ${states.join(' or ')}`,
      async () => {
        const found = await this.find(id);
        return states.includes(found.state) ? found : null;
      },
      patienceMs,
    );
  }

  async put(
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
  ): Promise<{ status: number; answer: Record<string, unknown> }> {
    const response = await fetch(`${this.stack.origin}${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'text/csv' },
      body,
    });
    return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
  }

  async refused(path: string): Promise<{ status: number; text: string }> {
    const headers = { authorization: `Bearer ${this.token}` };
    const response = await fetch(`${this.stack.origin}${path}`, { headers });
    return { status: response.status, text: await response.text() };
  }

  /** From a text to the end of its import. */
  async through(text: string, more: Record<string, unknown> = {}): Promise<Import> {
    const { id } = await this.started({ format: 'CSV', text, ...more });
    await this.change('confirm', id);
    return this.reaches(id, ['DONE']);
  }
}

interface EntryPage {
  readonly importEntries: {
    readonly edges: readonly { readonly node: Entry }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

export const HEADING = 'reference,date,county,drug,quantity,unit,sharing,narrative';

/** A row that is accepted, unless it is changed. */
export function row(reference: string, change: Readonly<Record<string, string>> = {}): string {
  const cells: Record<string, string> = {
    ...{ reference, date: '2026-10-20T15:15:00-07:00', county: '06073', drug: '9801', quantity: '12.5', unit: 'GM' },
    ...{ sharing: 'NATION', narrative: '' },
    ...change,
  };
  return HEADING.split(',')
    .map((column) => cells[column] ?? '')
    .join(',');
}

export const sheet = (rows: readonly string[]): string => `${[HEADING, ...rows].join('\r\n')}\r\n`;
