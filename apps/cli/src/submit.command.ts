import { ORI } from '@concord/agencies';
import type { ConcordClient } from '@concord/client';
import { FILE_FORMATS } from '@concord/interpretation';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { API_OPTIONS, openClient, timeZoneOf } from './api-options.js';
import { readOptions, UsageError, type Command, type CommandOutcome, type Terminal } from './command.js';
import { expectNew, writeNew } from './new-file.js';
import { agreeOnReading } from './submit/agree-on-reading.js';
import { readAnswers, type Answer } from './submit/answers.js';
import { guessMapping, keepMapping, readKept } from './submit/column-mappings.js';
import { comesBackLines } from './submit/comes-back.js';
import { followImport } from './submit/follow-import.js';
import {
  changeImport,
  findImport,
  findProblems,
  IMPORT_FIELDS,
  problemLine,
  refusedRows,
  REJECTED,
  saidOf,
  uploadRest,
  type Import,
  type Rejected,
} from './submit/import-api.js';
import { presentQuestion, type AskedOnce } from './submit/questions.js';
import type { LeftOut } from './submit/show-reading.js';
import { digestOf } from './watch/settled-files.js';

/** How many refused rows are told of at the end; the file of refused rows has all. */
const TOLD_ROWS = 20;

const OPTIONS = {
  ...API_OPTIONS,
  format: { type: 'string' },
  mapping: { type: 'string' },
  'save-mapping': { type: 'string' },
  set: { type: 'string', multiple: true },
  column: { type: 'string', multiple: true },
  means: { type: 'string', multiple: true },
  reads: { type: 'string', multiple: true },
  'dry-run': { type: 'boolean' },
  'raise-alerts': { type: 'boolean' },
  yes: { type: 'boolean' },
  json: { type: 'boolean' },
  refused: { type: 'string' },
} as const;
type Options = ReturnType<typeof readOptions<typeof OPTIONS>>;

export const submitCommand: Command = {
  name: 'submit',
  help: `submit FILE --agency ORI [--means COLUMN:TEXT=CODE] [--mapping NAME] [--dry-run] [--yes] [--refused FILE] [--json]
    submits a file row by row: .csv, .xlsx, .jsonl, NIBRS .xml or flat file. Shows first how it is read. Run again with the same
    file it goes on where it was; Ctrl-C stops following it and not the import; docs/import-jobs.md

    --agency                            the agency that submits, by its ORI
    --set                               what holds for every row: sharing=STATE; may be given several times
    --column                            what a heading is: 'Case No=reference'; several times
    --means                             what a text in a column means: 'drug:blues=9801 PILL_TABLET'; several times
    --reads                             how dates, times and numbers are written: dateOrder=MONTH_FIRST|DAY_FIRST, clock=24_HOUR,
                                        midnight=MIDNIGHT|NO_TIME, decimal=POINT|COMMA, excelDates=1900|1904; several times
    --mapping                           a mapping that the agency keeps; without it the columns are guessed by their headings
    --save-mapping                      keeps how this file is read, and what was answered, for the agency under this name
    --format                            CSV, XLSX, JSON_LINES, NIBRS_FLAT, NIBRS_XML; without it by the ending of the name
    --time-zone                         of the times in the file: America/Los_Angeles; without it that of this machine, unless UTC
    --dry-run                           judges every row and stores nothing; asks nothing
    --raise-alerts                      these are news: who watches is alerted
    --yes                               goes on without asking; required where nobody can be asked
    --refused                           where the refused rows are written, over nothing, to be mended and sent again
    --url            CONCORD_URL        where the API is; default http://127.0.0.1:4000
    --token-file     CONCORD_TOKEN      who submits: an access token or an API key
    --data           CONCORD_DATA_DIR   of a running npm start, with --as: its persona's token
    --as                                the persona: local-submitter
    --json                              prints the import, what is wrong with its first refused rows (problems), what its rows ask, each
                                        once, with the option that answers it (asked), and what of a NIBRS file is no report, such as
                                        incidents without drugs, by reason (leftOut), as JSON

    What is not understood is asked, each thing once: at a terminal by number or code, else with the option to type. What
    nobody answers stays open, and such rows are not submitted.
    Exit codes: 0 everything was accepted, held or known, 1 something was refused or asked about, 2 asked wrongly.`,
  options: OPTIONS,
  examples: [
    'submit seizures.csv --agency CA0371100 --dry-run',
    'submit seizures.csv --agency CA0371100 --refused to-mend.csv',
    "submit seizures.csv --agency CA0371100 --means 'drug:blues=9801 PILL_TABLET' --save-mapping ours",
    'submit nightly.txt --agency CA0371100 --format NIBRS_FLAT --set county=06073 --set sharing=STATE --save-mapping nibrs',
  ],
  async run([file, ...args], terminal) {
    if (file === undefined || file.startsWith('-')) throw new UsageError('Which file? It comes before the options.');
    const options = readOptions(args, OPTIONS);
    const answers = readAnswers(options);
    if (options.agency === undefined || !ORI.test(options.agency))
      throw new UsageError('Which agency? Give --agency and its ORI, nine characters.');
    if (options.yes !== true && options['dry-run'] !== true && (terminal.ask === undefined || options.json === true))
      throw new UsageError('Nobody can be asked here: see how the file is read with --dry-run, then say --yes.');
    if (options.refused !== undefined) await expectNew(options.refused);
    const client = await openClient(options, terminal);
    const stop = new AbortController();
    const onInterrupt = (): void => stop.abort();
    const received = await receive(client, file, options, terminal);
    const going = await setGoing(client, received, answers, { options, terminal });
    if (going === null) return 'failed';
    process.once('SIGINT', onInterrupt);
    try {
      const onTerminal = process.stderr.isTTY && terminal.ask !== undefined && options.json !== true;
      const done = await followImport(client, going.running, { onTerminal, signal: stop.signal });
      return await conclude(client, { ...going, done }, options, terminal);
    } finally {
      process.off('SIGINT', onInterrupt);
    }
  },
};

/** The file, as far as it is not there yet. */
async function receive(client: ConcordClient, file: string, options: Options, { tell }: Terminal): Promise<Import> {
  const { format } = options;
  if (format !== undefined && !FILE_FORMATS.some((known) => known === format))
    throw new UsageError(`--format is one of ${FILE_FORMATS.join(', ')}.`);
  if (!(await stat(file).catch(() => null))?.isFile()) throw new UsageError('There is no such file.');
  const { digest, bytes } = await digestOf(file);
  const timeZone = timeZoneOf(options);
  if (timeZone !== null) tell(`times without an offset are those of ${timeZone}`);
  const input = {
    ...{ fileName: basename(file), format, bytes, contentDigest: digest, timeZone },
    ...{ dryRun: options['dry-run'], raiseAlerts: options['raise-alerts'] },
  };
  type Answer = { readonly startImport: Rejected & { readonly import?: Import; readonly resumed?: boolean } };
  const { startImport } = await client.request<Answer>(
    `mutation Start($input: StartImportInput!) { startImport(input: $input) {
      ... on ImportStarted { resumed import { ${IMPORT_FIELDS} } } ${REJECTED} } }`,
    { input },
    { repeatable: true },
  );
  const started = startImport.import;
  if (started === undefined)
    throw new UsageError(`${saidOf(startImport)}${format === undefined ? ' --format says what a file is.' : ''}`);
  if (startImport.resumed === true) tell(`This file is known: going on at ${started.state}.`);
  if (started.state !== 'RECEIVING') return started;
  await uploadRest(client, file, started);
  return findImport(client, started.id);
}

interface Going {
  readonly running: Import;
  /** What rows ask that nobody has answered. */
  readonly questions: readonly AskedOnce[];
  /** What of the file is no report, as far as it was looked through just now. */
  readonly leftOut: readonly LeftOut[];
}

/** Shows how the file is read, and asks. Null: nobody said yes. */
async function setGoing(
  client: ConcordClient,
  received: Import,
  answers: readonly Answer[],
  { options, terminal }: { readonly options: Options; readonly terminal: Terminal },
): Promise<Going | null> {
  const { id, state } = received;
  if (state === 'PAUSED') return { running: await changeImport(client, 'resume', id), questions: [], leftOut: [] };
  if (state !== 'READY') return { running: received, questions: [], leftOut: [] };
  const beginning =
    options.mapping === undefined ? await guessMapping(client, received) : await readKept(client, options.mapping);
  // With --yes, and where a dry run is asked for, nobody is kept waiting.
  const mayAsk = options.yes !== true && options.json !== true && options['dry-run'] !== true;
  const { mapping, ...agreed } = await agreeOnReading(client, id, { beginning, answers, terminal, mayAsk });
  if (options.yes !== true && options['dry-run'] !== true) {
    const answer = await terminal.ask?.('Submit all rows like this? [y/N] ');
    if (answer === undefined || !/^y(es)?$/i.test(answer.trim())) {
      await changeImport(client, 'cancel', id);
      terminal.tell('Nothing was submitted.');
      return null;
    }
  }
  const name = options['save-mapping'];
  if (name !== undefined) {
    await keepMapping(client, name, mapping, beginning.kept);
    terminal.tell('How this file is read is kept: --mapping and its name read the next one so.');
  }
  return { running: await changeImport(client, 'confirm', id, { mapping }), ...agreed };
}

async function conclude(
  client: ConcordClient,
  { done, questions, leftOut }: Omit<Going, 'running'> & { readonly done: Import },
  options: Options,
  { print, tell }: Terminal,
): Promise<CommandOutcome> {
  const refused = done.refused + done.questions;
  const problems = refused > 0 ? await findProblems(client, done.id, TOLD_ROWS) : [];
  if (options.json === true)
    print(`${JSON.stringify({ ...done, problems, asked: questions.map(presentQuestion), leftOut })}\n`);
  else print(summaryOf(done));
  if (options.json !== true) for (const line of new Set(problems.map(problemLine))) tell(line);
  // What comes back is a present: what was submitted stands without it.
  if (options.json !== true && done.accepted > 0 && !done.dryRun)
    for (const line of await comesBackLines(client, done.id).catch(() => [])) print(`${line}\n`);
  if (done.state === 'RUNNING') tell('The import goes on without you: the same command follows it again.');
  if (done.state === 'PAUSED') tell('The import stands still: the same command lets it go on.');
  if (refused > 0 && options.refused !== undefined) {
    await writeNew(options.refused, await refusedRows(client, done));
    tell(`The refused rows are in ${options.refused}: mend them and submit that file; what was accepted is not in it.`);
  } else if (refused > 0)
    tell('Submit the same file again with --refused FILE to get the refused rows back; nothing counts twice.');
  return done.state === 'DONE' && refused === 0 ? 'done' : 'failed';
}

function summaryOf(done: Import): string {
  const { dryRun, state, reason } = done;
  const counts = (['accepted', 'held', 'refused', 'questions', 'duplicates'] as const).map(
    (of) => `  ${of.padEnd(12)}${String(done[of]).padStart(8)}`,
  );
  return `${[`${dryRun ? 'dry run, ' : ''}${state}${reason === null ? '' : ` (${reason})`}`, ...counts].join('\n')}\n`;
}
