import { ORI } from '@concord/agencies';
import { REFUSED_COLUMNS } from '@concord/imports';
import { csvLine, interpretLaboratory, type LaboratoryEntry } from '@concord/interpretation';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { API_OPTIONS, openClient } from './api-options.js';
import { readOptions, UsageError, type Command, type CommandOutcome, type Terminal } from './command.js';
import { recordResults, type Outcome } from './laboratory/record-results.js';
import { expectNew, writeNew } from './new-file.js';
import { showProgress } from './progress.js';
import { problemLine } from './submit/import-api.js';

/** How many rows are told of; the file of refused rows and `--json` have all. */
const TOLD_ROWS = 20;

const OPTIONS = {
  agency: API_OPTIONS.agency,
  url: API_OPTIONS.url,
  'token-file': API_OPTIONS['token-file'],
  data: API_OPTIONS.data,
  as: API_OPTIONS.as,
  'dry-run': { type: 'boolean' },
  refused: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const laboratoryCommand: Command = {
  name: 'laboratory',
  help: `laboratory FILE --agency ORI [--dry-run] [--refused FILE] [--json]
    records what a laboratory found, row by row, on reports that were submitted: .csv or .xlsx with the columns of
    \`concord template --laboratory\`. Sent again, a result that is there makes no second version; docs/own-reports.md

    --agency                            the agency whose reports they are, by its ORI
    --dry-run                           shows how the rows are understood and what would be refused; records nothing
    --refused                           where the refused rows are written, over nothing, to be mended and sent again
    --url            CONCORD_URL        where the API is; default http://127.0.0.1:4000
    --token-file     CONCORD_TOKEN      who records: an access token, or an API key with SUBMIT, CORRECT and READ_OWN
    --data           CONCORD_DATA_DIR   of a running npm start, with --as: its persona's token
    --as                                the persona: local-submitter
    --json                              prints counts and the outcome of each row as JSON

    Exit codes: 0 everything was recorded or there, 1 something was refused, 2 asked wrongly.`,
  options: OPTIONS,
  examples: [
    'laboratory results.csv --agency CA0371100 --dry-run',
    'laboratory results.xlsx --agency CA0371100 --refused to-mend.csv',
  ],
  async run([file, ...args], terminal) {
    if (file === undefined || file.startsWith('-')) throw new UsageError('Which file? It comes before the options.');
    const options = readOptions(args, OPTIONS);
    const { agency, refused } = options;
    if (agency === undefined || !ORI.test(agency))
      throw new UsageError('Which agency? Give --agency and its ORI, nine characters.');
    if (!(await stat(file).catch(() => null))?.isFile()) throw new UsageError('There is no such file.');
    if (refused !== undefined) await expectNew(refused);
    const format = /\.xlsx$/i.test(file) ? 'XLSX' : 'CSV';
    const open = (): AsyncIterable<Uint8Array> => createReadStream(file) as AsyncIterable<Uint8Array>;
    const client = await openClient(options, terminal);
    const { headings, entries } = await interpretLaboratory(format, open, REFUSED_COLUMNS);
    const report = new Report(headings, options['dry-run'] === true, terminal);
    const read: LaboratoryEntry[] = [];
    for await (const entry of entries) read.push(entry);
    const total = read.reduce((sum, { rows }) => sum + rows.length, 0);
    const progress = showProgress({ total, unit: 'rows' }, terminal.tell);
    let done = 0;
    try {
      for await (const outcome of recordResults(client, read, options['dry-run'] === true)) {
        done += outcome.entry.rows.length;
        progress.at(done, done);
        report.add(outcome);
      }
    } finally {
      progress.end();
      report.tellRows();
    }
    if (refused !== undefined && report.mend.length > 0) {
      const lines = [[...headings, ...REFUSED_COLUMNS], ...report.mend].map(csvLine);
      await writeNew(refused, lines.join(''));
      terminal.tell(`The refused rows are in ${refused}: mend them and send that file.`);
    }
    return report.conclude(options.json === true);
  },
};

/** What became of the rows, as it is told at the end. */
class Report {
  /** The refused rows to the letter, with what is wrong and what would be right. */
  readonly mend: string[][] = [];
  readonly #counts = { recorded: 0, there: 0, would: 0, refused: 0 };
  readonly #rows: object[] = [];
  /** Said when the bar is gone. */
  readonly #toTell: string[] = [];

  constructor(
    private readonly headings: readonly string[],
    private readonly dryRun: boolean,
    private readonly terminal: Terminal,
  ) {}

  add({ kind, entry, faults, substances }: Outcome): void {
    this.#counts[kind.toLowerCase() as Lowercase<Outcome['kind']>] += entry.rows.length;
    for (const [index, { line, cells }] of entry.rows.entries()) {
      const own = faults.filter((fault) => fault.line === line);
      const said = own.length > 0 ? own : faults;
      this.#rows.push({ line, outcome: kind, faults: said });
      const result = entry.results[index];
      const substance = substances[index];
      if (this.dryRun && kind !== 'REFUSED' && result !== undefined && substance !== undefined) {
        const found = LABORATORY_FIELDS.flatMap((field) => {
          const value = result[field];
          return value === null || value === undefined
            ? []
            : [Array.isArray(value) ? value.join('; ') || 'none' : value];
        });
        const was = `${substance.name}, ${substance.form}`;
        this.#tell(`line ${line}: ${was}: ${found.join(', ')}${kind === 'THERE' ? ' (is there)' : ''}`);
      }
      if (kind !== 'REFUSED') continue;
      for (const fault of own) this.#tell(problemLine({ ...fault, suggestions: fault.suggestions }));
      this.mend.push([
        ...this.headings.map((heading) => cells.get(heading) ?? ''),
        said.map(({ column, code }) => `${column}: ${code}`).join('; '),
        said.map(({ message }) => message).join('; '),
      ]);
    }
  }

  conclude(json: boolean): CommandOutcome {
    const { recorded, there, would, refused } = this.#counts;
    const counts = this.dryRun ? { wouldBeRecorded: would, there, refused } : { recorded, there, refused };
    if (json) this.terminal.print(`${JSON.stringify({ dryRun: this.dryRun, ...counts, rows: this.#rows })}\n`);
    else
      for (const [name, count] of Object.entries(counts))
        this.terminal.print(`  ${name.padEnd(16)}${String(count).padStart(8)}\n`);
    return refused > 0 ? 'failed' : 'done';
  }

  /** What was found at the rows so far, also where the rest could not be sent. */
  tellRows(): void {
    for (const line of this.#toTell) this.terminal.tell(line);
  }

  #tell(line: string): void {
    if (this.#toTell.length < TOLD_ROWS) this.#toTell.push(line);
    else if (this.#toTell.length === TOLD_ROWS) this.#toTell.push('and more: --json has them all');
  }
}

const LABORATORY_FIELDS = [
  ...([
    'laboratoryStatus',
    'deaCode',
    'name',
    'category',
    'quantity',
    'unit',
    'quantityReason',
    'purityPercent',
  ] as const),
  'adulterants',
] as const;
