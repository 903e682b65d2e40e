import { ORI } from '@concord/agencies';
import { resolve } from 'node:path';
import { API_OPTIONS, openClient } from './api-options.js';
import { readOptions, UsageError, type Command, type CommandOutcome, type Terminal } from './command.js';
import { readTarget, TARGET_OPTIONS, withEverything } from './database-target.js';
import { downloadReports } from './export/download-reports.js';
import { exportAgency } from './export/export-agency.js';
import { readRootKey, ROOT_KEY_OPTION } from './key-files.js';
import { showProgress, type Progress } from './progress.js';

const OF_AGENCY = {
  ...TARGET_OPTIONS,
  ...ROOT_KEY_OPTION,
  ori: { type: 'string' },
  out: { type: 'string' },
  json: { type: 'boolean' },
} as const;
/** A moment has its offset: no zone is asked for. */
const { 'time-zone': _, ...OF_API } = API_OPTIONS;
const OF_REPORTS = {
  ...OF_API,
  format: { type: 'string' },
  since: { type: 'string' },
  out: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const exportCommand: Command = {
  name: 'export',
  help: `export reports --agency ORI [--format csv|jsonl] [--out FILE] [--since TIME] [--json]
    gets all of your agency's own reports from the API, whatever their status: csv has the columns of the template, jsonl the
    history too. What broke off is no file: nothing gets the name before all of it is there; docs/own-reports.md

    --agency                            your agency, by its ORI
    --format                            csv or jsonl; without it by the ending of --out, else csv
    --out                               a file that is not there yet; without it to stdout
    --since                             only what was submitted or changed since: a date or 2026-11-23T08:00:00-08:00
    --url            CONCORD_URL        where the API is; default http://127.0.0.1:4000
    --token-file     CONCORD_TOKEN      who asks: an access token or an API key with READ_OWN
    --as                                with --data of a running npm start: a persona, local-submitter
    --json                              prints {"out","format","rows"}; with --out

  export agency --ori ORI --out DIRECTORY [--data DIRECTORY | --database-url URL] [--key-file FILE] [--json]
    for whoever runs Concord: all reports of an agency with their versions, opened, as JSON lines, with a manifest of
    digests. Everything that was sealed is readable in it: hand it to the agency and delete it; docs/agencies.md

    --ori                               which agency; also one that has left
    --out                               a directory that is not there yet
    --data           CONCORD_DATA_DIR   without it: the directory of npm start (.concord), running or stopped
    --database-url   DATABASE_URL       a login as for backup that was granted concord_operator, or a superuser
    --key-file       CONCORD_KEY_FILE   the root key; without it root.key of the data directory
    --json                              prints the manifest`,
  options: { ...OF_AGENCY, ...OF_REPORTS },
  examples: [
    'export reports --agency CA0371100 --out reports.csv',
    'export reports --agency CA0371100 --format jsonl --since 2026-11-01 --out november.jsonl',
    'export agency --ori CA0370100 --out /handover/san-diego',
  ],
  words: ['reports', 'agency'],
  async run([what, ...args], terminal) {
    if (what === 'reports') return exportReports(args, terminal);
    if (what !== 'agency') throw new UsageError('Export what? Say `export reports` or `export agency`.');
    return exportWholeAgency(args, terminal);
  },
};

async function exportReports(args: readonly string[], terminal: Terminal): Promise<CommandOutcome> {
  const options = readOptions(args, OF_REPORTS);
  const { agency, out, since, json } = options;
  if (agency === undefined || !ORI.test(agency))
    throw new UsageError('Which agency? Give --agency and its ORI, nine characters.');
  const format = options.format ?? (out?.endsWith('.jsonl') === true ? 'jsonl' : 'csv');
  if (format !== 'csv' && format !== 'jsonl') throw new UsageError('--format is csv or jsonl.');
  if (json === true && out === undefined) throw new UsageError('--json says what became of a file: give --out.');
  const client = await openClient(options, terminal);
  // How many there are, the service says at the end: a rate, and no time left.
  const unit = format === 'csv' ? 'rows' : 'reports';
  const progress = out === undefined ? null : showProgress({ total: null, unit }, terminal.tell);
  const onRows = (so: number): void => progress?.at(so, so);
  const { rows } = await downloadReports(client, { format, since, out, print: terminal.print, onRows }).finally(() =>
    progress?.end(),
  );
  if (json === true) terminal.print(`${JSON.stringify({ out, format, rows })}\n`);
  else terminal.tell(`${rows} ${format === 'csv' ? 'rows' : 'reports'}, whole${out === undefined ? '' : `: ${out}`}`);
  return 'done';
}

async function exportWholeAgency(args: readonly string[], { env, print, tell }: Terminal): Promise<CommandOutcome> {
  const options = readOptions(args, OF_AGENCY);
  const { ori, out } = options;
  if (ori === undefined || !ORI.test(ori)) throw new UsageError('Which agency? Give --ori and its nine characters.');
  if (!out) throw new UsageError('Where to? Give --out a directory that is not there yet.');
  const target = readTarget(options, env);
  const rootKey = await readRootKey(options, env, target);
  if (rootKey === null) throw new UsageError('Which root key? Name its file with --key-file or CONCORD_KEY_FILE.');
  const directory = resolve(out);
  let progress: Progress | null = null;
  const onLines = (done: number, total: number): void => {
    progress ??= showProgress({ total, unit: 'reports and versions' }, tell);
    progress.at(done, done);
  };
  const manifest = await withEverything(target, (url) =>
    exportAgency(url, { ori, directory, rootKey, onLines }),
  ).finally(() => progress?.end());
  if (options.json) print(`${JSON.stringify(manifest)}\n`);
  else
    print(
      `${directory}: ${manifest.files.map(({ name, rows }) => `${name} ${rows}`).join(', ')}, as of ${manifest.takenAt}\n`,
    );
  if (!options.json) tell('Everything in it is readable: hand it to the agency, and delete it.');
  if (manifest.unopened > 0) tell(`${manifest.unopened} sealed parts do not open any more; each line names its own.`);
  return manifest.unopened > 0 ? 'failed' : 'done';
}
