import type { ConcordClient } from '@concord/client';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FileCounts, SubmitFile, SubmittedFile } from './submit-file.js';

/** What is the same for every file of a folder. */
export interface ImportOptions {
  /** CSV, XLSX, JSON_LINES, NIBRS_FLAT or NIBRS_XML; null: by the ending of the name. */
  readonly format: string | null;
  /** Name of a mapping that the agency keeps; null: the template's. */
  readonly mapping: string | null;
  /** IANA zone of the times in the files. */
  readonly timeZone: string;
  /** How often the import is looked at. */
  readonly pollMs: number;
}

interface Import extends FileCounts {
  readonly id: string;
  readonly state: 'RECEIVING' | 'READY' | 'RUNNING' | 'PAUSED' | 'DONE' | 'FAILED' | 'CANCELLED';
  readonly reason: string | null;
  readonly receivedBytes: number;
  readonly bytes: number;
  readonly uploadPath: string;
  readonly refusedPath: string;
}
interface Issue {
  readonly code: string;
  readonly message: string;
}
type Payload = { readonly import: Import } | { readonly issues: readonly [Issue, ...Issue[]] };

const FIELDS = `id state reason receivedBytes bytes uploadPath refusedPath accepted held refused duplicates questions`;
const PAYLOAD = `... on ImportRejected { issues { code message } }`;
const START = `mutation Start($input: StartImportInput!) {
  startImport(input: $input) { ... on ImportStarted { import { ${FIELDS} } } ${PAYLOAD} } }`;
const CONFIRM = `mutation Confirm($id: ID!, $mappingId: ID) {
  confirmImport(id: $id, mappingId: $mappingId) { ... on ImportChanged { import { ${FIELDS} } } ${PAYLOAD} } }`;
const FIND = `query Find($id: ID!) { import(id: $id) { ${FIELDS} } }`;
const MAPPINGS = `query Mappings { columnMappings { id name } }`;

/** The agency has as many open imports as it may: later there will be room. */
const LATER = 'TOO_MANY_IMPORTS';

/**
 * Files as imports of the API. The content's digest makes the server answer the same request with the same import while
 * it goes on; it counts only once it is confirmed, and that comes after `begun` has ended. Reports of a file that is sent
 * once more in spite of all that are known by their references.
 */
export function importFile(client: ConcordClient, options: ImportOptions): SubmitFile {
  return async (file, begun, signal) => {
    const mappingId = options.mapping === null ? null : await findMapping(client, options.mapping, signal);
    let found: Import;
    if (file.importId === null) {
      const { format, timeZone } = options;
      const input = { format, timeZone, fileName: basename(file.path), bytes: file.bytes, contentDigest: file.digest };
      const { startImport } = await client.request<{ startImport: Payload }>(
        START,
        { input },
        { signal, repeatable: true },
      );
      if ('issues' in startImport) return failed(startImport.issues[0]);
      found = startImport.import;
      await begun(found.id);
    } else found = await find(client, file.importId, signal);
    for (;;) {
      switch (found.state) {
        case 'RECEIVING':
          await upload(client, file.path, found, signal);
          break;
        case 'READY': {
          const variables = { id: found.id, mappingId };
          const { confirmImport } = await client.request<{ confirmImport: Payload }>(CONFIRM, variables, {
            signal,
            repeatable: true,
          });
          if ('issues' in confirmImport) return failed(confirmImport.issues[0]);
          break;
        }
        case 'RUNNING':
        case 'PAUSED':
          await sleep(options.pollMs, undefined, { signal });
          break;
        case 'DONE':
          return judged(client, found);
        case 'FAILED':
        case 'CANCELLED':
          return {
            kind: 'failed',
            code: found.reason ?? found.state,
            message: 'The import has ended without its end.',
          };
      }
      found = await find(client, found.id, signal);
    }
  };
}

async function find(client: ConcordClient, id: string, signal: AbortSignal): Promise<Import> {
  return (await client.request<{ import: Import }>(FIND, { id }, { signal })).import;
}

async function findMapping(client: ConcordClient, name: string, signal: AbortSignal): Promise<string> {
  type Answer = { readonly columnMappings: readonly { readonly id: string; readonly name: string }[] };
  const { columnMappings } = await client.request<Answer>(MAPPINGS, {}, { signal });
  const found = columnMappings.find((mapping) => mapping.name === name);
  if (found === undefined) throw new Error('The agency keeps no mapping of this name.');
  return found.id;
}

/** From where the server has it: an upload that broke off goes on. */
async function upload(client: ConcordClient, path: string, found: Import, signal: AbortSignal): Promise<void> {
  const body = createReadStream(path, { start: found.receivedBytes }) as AsyncIterable<Uint8Array>;
  const at = `${found.uploadPath.replace(/^\//, '')}?offset=${found.receivedBytes}`;
  await client.upload(at, body, { contentType: 'application/octet-stream', method: 'PUT', signal });
}

function judged(client: ConcordClient, found: Import): SubmittedFile {
  const { accepted, held, refused, duplicates, questions } = found;
  const download = (): Promise<AsyncIterable<Uint8Array>> => client.download(found.refusedPath.replace(/^\//, ''));
  return {
    ...{ kind: 'judged', importId: found.id, counts: { accepted, held, refused, duplicates, questions } },
    refusedRows: refused + questions > 0 ? download : null,
  };
}

/** @throws Error for what passes by itself */
function failed({ code, message }: Issue): SubmittedFile {
  if (code === LATER) throw new Error(message);
  return { kind: 'failed', code, message };
}
