import type { ConcordClient } from '@concord/client';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keptMapping } from '../submit/column-mappings.js';
import { findImport, IMPORT_FIELDS, refusedRows, REJECTED, uploadRest, type Import } from '../submit/import-api.js';
import type { SubmitFile, SubmittedFile } from './submit-file.js';

/** What is the same for every file of a folder. */
export interface ImportOptions {
  /** CSV, XLSX, JSON_LINES, NIBRS_FLAT or NIBRS_XML; null: by the ending of the name. */
  readonly format: string | null;
  /** Name of a mapping that the agency keeps; null: the template's. */
  readonly mapping: string | null;
  /** IANA zone of the times in the files; null: times without an offset are asked about. */
  readonly timeZone: string | null;
  /** How often the import is looked at. */
  readonly pollMs: number;
}

interface Issue {
  readonly code: string;
  readonly message: string;
}
type Payload = { readonly import: Import } | { readonly issues: readonly [Issue, ...Issue[]] };

const START = `mutation Start($input: StartImportInput!) {
  startImport(input: $input) { ... on ImportStarted { import { ${IMPORT_FIELDS} } } ${REJECTED} } }`;
const CONFIRM = `mutation Confirm($id: ID!, $mappingId: ID) {
  confirmImport(id: $id, mappingId: $mappingId) { ... on ImportChanged { import { ${IMPORT_FIELDS} } } ${REJECTED} } }`;

/** The agency has as many open imports as it may: later there will be room. */
const LATER = 'TOO_MANY_IMPORTS';

/**
 * Files as imports of the API. The content's digest makes the server answer the same request with the same import while
 * it goes on; it counts only once it is confirmed, and that comes after `begun` has ended. Reports of a file that is sent
 * once more in spite of all that are known by their references.
 */
export function importFile(client: ConcordClient, options: ImportOptions): SubmitFile {
  return async (file, begun, signal) => {
    const mappingId = options.mapping === null ? null : await keptMapping(client, options.mapping, signal);
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
    } else found = await findImport(client, file.importId, signal);
    for (;;) {
      switch (found.state) {
        case 'RECEIVING':
          await uploadRest(client, file.path, found, signal);
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
        case 'PAUSED':
          return {
            kind: 'waiting',
            message: `The import is paused (${found.reason ?? 'BY_HAND'}): resume or cancel it.`,
          };
        case 'RUNNING':
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
      found = await findImport(client, found.id, signal);
    }
  };
}

function judged(client: ConcordClient, found: Import): SubmittedFile {
  const { accepted, held, refused, duplicates, questions } = found;
  return {
    ...{ kind: 'judged', importId: found.id, counts: { accepted, held, refused, duplicates, questions } },
    refusedRows: refused + questions > 0 ? (signal) => refusedRows(client, found, signal) : null,
  };
}

/** @throws Error for what passes by itself */
function failed({ code, message }: Issue): SubmittedFile {
  if (code === LATER) throw new Error(message);
  return { kind: 'failed', code, message };
}
