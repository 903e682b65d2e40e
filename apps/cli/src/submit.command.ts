import { ORI } from '@concord/agencies';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { readOptions, UsageError, type Command, type CommandOutcome, type Terminal } from './command.js';
import { followImport } from './submit/follow-import.js';
import {
  ApiError,
  ask,
  IMPORT_FIELDS,
  refusedRows,
  upload,
  type ApiAccess,
  type Import,
  type Rejected,
} from './submit/import-api.js';

const OPTIONS = {
  agency: { type: 'string' },
  mapping: { type: 'string' },
  'time-zone': { type: 'string' },
  'dry-run': { type: 'boolean' },
  'raise-alerts': { type: 'boolean' },
  yes: { type: 'boolean' },
  json: { type: 'boolean' },
  refused: { type: 'string' },
  url: { type: 'string' },
  'token-file': { type: 'string' },
  data: { type: 'string' },
  as: { type: 'string' },
} as const;
type Options = ReturnType<typeof readOptions<typeof OPTIONS>>;

export const submitCommand: Command = {
  name: 'submit',
  help: `submit FILE --agency ORI [--mapping NAME] [--dry-run] [--yes] [--refused FILE] [--json]
    submits a file row by row: .csv, .xlsx, .jsonl, NIBRS .xml. Shows first how it is read. Run again with the same file it goes on
    where it was; Ctrl-C stops following it and not the import; docs/import-jobs.md

    --agency                            the agency that submits, by its ORI
    --mapping                           a mapping that the agency keeps; without it the template’s, or a guess that you confirm
    --time-zone                         of the times in the file: America/Los_Angeles
    --dry-run                           judges every row and stores nothing
    --raise-alerts                      these are news: who watches is alerted
    --yes                               goes on without asking; required where nobody can be asked
    --refused                           where the refused rows are written, to be mended and sent again
    --url            CONCORD_URL        where the API is; default http://127.0.0.1:4000
    --token-file     CONCORD_TOKEN      whose file it is: an access token or an API key
    --data           CONCORD_DATA_DIR   of a running npm start, with --as: its persona's token
    --as                                the persona: local-submitter
    --json                              prints the import as JSON

    Exit codes: 0 everything was accepted or held, 1 something was refused, 2 asked wrongly.`,
  options: OPTIONS,
  examples: [
    'submit seizures.csv --agency CA0371100 --dry-run',
    'submit seizures.csv --agency CA0371100 --refused to-mend.csv',
  ],
  async run([file, ...args], terminal) {
    if (file === undefined || file.startsWith('-')) throw new UsageError('Which file? It comes before the options.');
    const options = readOptions(args, OPTIONS);
    const access = await readAccess(options, terminal);
    const asked = options.json !== true && process.stdin.isTTY && process.stderr.isTTY;
    const received = await receive(access, file, options, terminal);
    const running = received.state === 'READY' ? await confirm(access, received, options, terminal, asked) : received;
    if (running === null) return 'failed';
    const done = await followImport(access, running, process.stderr.isTTY && options.json !== true);
    return conclude(access, done, options, terminal);
  },
};

async function readAccess(options: Options, { env }: Terminal): Promise<ApiAccess> {
  const { agency } = options;
  if (agency === undefined || !ORI.test(agency))
    throw new UsageError('Which agency? Give --agency and its ORI, nine characters.');
  const origin = (options.url ?? env['CONCORD_URL'] ?? 'http://127.0.0.1:4000').replace(/\/(graphql\/?)?$/, '');
  return { origin, agency, token: await readToken(options, env) };
}

async function readToken(options: Options, env: NodeJS.ProcessEnv): Promise<string> {
  if (options.as !== undefined) {
    const directory = options.data ?? env['CONCORD_DATA_DIR'] ?? '.concord';
    const text = await readFile(join(directory, 'personas.json'), 'utf8').catch(() => null);
    if (text === null) throw new UsageError(`There are no personas in ${directory}: is npm start running on it?`);
    const token = findToken(JSON.parse(text), options.as);
    if (token === null) throw new UsageError('There is no persona of this name.');
    return token;
  }
  const file = options['token-file'];
  const token = file === undefined ? env['CONCORD_TOKEN'] : await readFile(file, 'utf8').catch(() => undefined);
  if (!token?.trim()) throw new UsageError('Whose file is it? Give CONCORD_TOKEN, --token-file or --as.');
  return token.trim();
}

/** In the personas' file of the embedded mode, whatever surrounds it. */
function findToken(value: unknown, persona: string): string | null {
  if (Array.isArray(value))
    return value.map((item) => findToken(item, persona)).find((token) => token !== null) ?? null;
  if (typeof value !== 'object' || value === null) return null;
  const one = value as Record<string, unknown>;
  if (one['name'] === persona && typeof one['token'] === 'string') return one['token'];
  const direct = one[persona];
  if (typeof direct === 'string') return direct;
  if (typeof direct === 'object' && direct !== null && 'token' in direct && typeof direct.token === 'string')
    return direct.token;
  return (
    Object.values(one)
      .map((item) => findToken(item, persona))
      .find((token) => token !== null) ?? null
  );
}

/** The file, as far as it is not there yet. */
async function receive(access: ApiAccess, file: string, options: Options, { tell }: Terminal): Promise<Import> {
  const size = await stat(file).catch(() => null);
  if (size === null || !size.isFile()) throw new UsageError('There is no such file.');
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  const input = {
    ...{ fileName: basename(file), bytes: size.size, contentDigest: hash.digest('hex') },
    ...{ timeZone: options['time-zone'], dryRun: options['dry-run'], raiseAlerts: options['raise-alerts'] },
  };
  const { startImport } = await ask<{ startImport: Rejected & { import?: Import; resumed?: boolean } }>(
    access,
    `mutation Start($input: StartImportInput!) { startImport(input: $input) {
      ... on ImportStarted { resumed import { ${IMPORT_FIELDS} } } ... on ImportRejected { issues { path code message } } } }`,
    { input },
  );
  const started = startImport.import;
  if (started === undefined) throw new UsageError(saidOf(startImport));
  if (startImport.resumed === true) tell(`This file is known: going on at ${started.state}.`);
  if (started.state !== 'RECEIVING') return started;
  await upload(
    access,
    started.uploadPath,
    started.receivedBytes,
    createReadStream(file, { start: started.receivedBytes }),
  );
  return find(access, started.id);
}

async function find(access: ApiAccess, id: string): Promise<Import> {
  const query = `query Find($id: ID!) { import(id: $id) { ${IMPORT_FIELDS} } }`;
  return (await ask<{ import: Import }>(access, query, { id })).import;
}

interface Use {
  readonly heading: string;
  readonly column: string;
}
interface Guess extends Rejected {
  readonly mapping?: { readonly columns: readonly Use[] };
  readonly unmapped?: readonly string[];
  readonly suggestions?: readonly Use[];
}
interface Preview extends Rejected {
  readonly entries?: readonly {
    readonly firstLine: number;
    readonly outcome: string;
    readonly readings: readonly { column: string; text: string | null; value: string | null; rule: string }[];
    readonly issues: readonly {
      line: number;
      column: string | null;
      code: string;
      message: string;
      suggestions: readonly string[];
    }[];
  }[];
}

const MAPPING = `columns { heading column unit } ignored constants { column value } vocabulary { column text code }
  dateOrder clock midnight decimal excelDates sheet`;

/** Shows how the file is read, and asks. Null: nobody said yes. */
async function confirm(
  access: ApiAccess,
  { id }: Import,
  options: Options,
  terminal: Terminal,
  asked: boolean,
): Promise<Import | null> {
  const how = options.mapping === undefined ? await guess(access, id, terminal) : await saved(access, options.mapping);
  const { previewImport: preview } = await ask<{ previewImport: Preview }>(
    access,
    `query Preview($id: ID!, $mapping: ColumnMappingInput, $mappingId: ID) { previewImport(id: $id, mapping: $mapping, mappingId: $mappingId, first: 5) {
      ... on ImportPreviewed { entries { firstLine outcome readings { column text value rule } issues { line column code message suggestions } } }
      ... on ImportRejected { issues { path code message } } } }`,
    { id, ...how },
  );
  if (preview.entries === undefined) throw new ApiError(saidOf(preview));
  for (const { firstLine, outcome, readings, issues } of preview.entries) {
    terminal.tell(`line ${firstLine}: ${outcome}`);
    for (const { column, text, value, rule } of readings)
      if (rule !== 'EXACT' || text === null)
        terminal.tell(
          `    ${column}: ${text === null ? '(not shown)' : `“${text}” is ${value ?? '(not shown)'}`} (${rule})`,
        );
    for (const { column, code, message, suggestions } of issues)
      terminal.tell(
        `    ! ${column ?? ''} ${code}: ${message}${suggestions.length > 0 ? ` Perhaps: ${suggestions.join(', ')}` : ''}`,
      );
  }
  if (options.yes !== true) {
    if (!asked) throw new UsageError('Nobody can be asked here: say --yes once you have seen how the file is read.');
    const reader = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await reader.question(
      options['dry-run'] === true ? 'Judge all rows like this? [y/N] ' : 'Submit all rows like this? [y/N] ',
    );
    reader.close();
    if (!/^y(es)?$/i.test(answer.trim())) return null;
  }
  const { confirmImport } = await ask<{ confirmImport: Rejected & { import?: Import } }>(
    access,
    `mutation Confirm($id: ID!, $mapping: ColumnMappingInput, $mappingId: ID) { confirmImport(id: $id, mapping: $mapping, mappingId: $mappingId) {
      ... on ImportChanged { import { ${IMPORT_FIELDS} } } ... on ImportRejected { issues { path code message } } } }`,
    { id, ...how },
  );
  if (confirmImport.import === undefined) throw new ApiError(saidOf(confirmImport));
  return confirmImport.import;
}

async function guess(access: ApiAccess, importId: string, { tell }: Terminal): Promise<{ mapping: unknown }> {
  const { guessColumnMapping: made } = await ask<{ guessColumnMapping: Guess }>(
    access,
    `query Guess($importId: ID!) { guessColumnMapping(importId: $importId) {
      ... on ColumnMappingGuessed { mapping { ${MAPPING} } unmapped suggestions { heading column } }
      ... on ImportRejected { issues { path code message } } } }`,
    { importId },
  );
  if (made.mapping === undefined) throw new ApiError(saidOf(made));
  for (const { heading, column } of made.mapping.columns)
    if (heading !== column) tell(`column “${heading}” is read as ${column}`);
  for (const heading of made.unmapped ?? []) {
    const meant = made.suggestions?.filter((one) => one.heading === heading).map(({ column }) => column) ?? [];
    tell(`column “${heading}” is LEFT OUT${meant.length > 0 ? `; perhaps it is ${meant.join(' or ')}` : ''}`);
  }
  return { mapping: made.mapping };
}

async function saved(access: ApiAccess, name: string): Promise<{ mappingId: string }> {
  const { columnMappings } = await ask<{ columnMappings: { id: string; name: string }[] }>(
    access,
    '{ columnMappings { id name } }',
  );
  const found = columnMappings.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found === undefined)
    throw new UsageError(
      `Your agency keeps no mapping of this name. It has: ${columnMappings.map((one) => one.name).join(', ') || 'none'}.`,
    );
  return { mappingId: found.id };
}

async function conclude(
  access: ApiAccess,
  done: Import,
  options: Options,
  { print, tell }: Terminal,
): Promise<CommandOutcome> {
  const refused = done.refused + done.questions;
  if (options.json === true) print(`${JSON.stringify(done)}\n`);
  else
    print(
      [
        `${done.dryRun ? 'dry run, ' : ''}${done.state}${done.reason === null ? '' : ` (${done.reason})`}`,
        ...(['accepted', 'held', 'refused', 'questions', 'duplicates'] as const).map(
          (of) => `  ${of.padEnd(12)}${String(done[of]).padStart(8)}`,
        ),
        '',
      ].join('\n'),
    );
  if (refused > 0 && options.refused !== undefined) {
    await writeFile(options.refused, await refusedRows(access, done.refusedPath), { mode: 0o600 });
    tell(`The refused rows are in ${options.refused}: mend them and submit that file; what was accepted is not in it.`);
  } else if (refused > 0) tell('Say --refused FILE and submit the same file again to get the refused rows back.');
  return done.state === 'DONE' && refused === 0 ? 'done' : 'failed';
}

const saidOf = ({ issues = [] }: Rejected): string =>
  issues.map(({ path, code, message }) => `${path} ${code}: ${message}`).join('\n');
