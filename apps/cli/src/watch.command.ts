import { FILE_FORMATS } from '@concord/interpretation';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { API_OPTIONS, openClient, timeZoneOf } from './api-options.js';
import { readOptions, UsageError, type Command } from './command.js';
import { importFile } from './watch/import-file.js';
import { watchFolder } from './watch/watch-folder.js';
import type { WatchEvent } from './watch/watch-options.js';

const OPTIONS = {
  ...API_OPTIONS,
  format: { type: 'string' },
  mapping: { type: 'string' },
  settle: { type: 'string' },
  'at-once': { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const watchCommand: Command = {
  name: 'watch',
  help: `watch DIRECTORY [--agency ORI] [--format FORMAT] [--mapping NAME] [--time-zone ZONE] [--settle SECONDS]
        [--at-once FILES] [--url URL] [--token-file FILE | --data DIRECTORY --as PERSONA] [--json]
    sends every file that comes to lie in the directory, each content once, and puts it into done/ or failed/ there, with
    the rows to be mended beside it; until it is stopped (docs/nibrs.md)

    --format       CSV, XLSX, JSON_LINES, NIBRS_FLAT or NIBRS_XML; without it by the ending of the name
    --mapping      a mapping that the agency keeps, by its name
    --time-zone    of the times in the files; without it that of this machine, unless UTC
    --settle       how long a file must stand still before it is taken; 10 without it
    --at-once      how many files are sent at the same time, 1 to 4; 4 without it. 1 where a later file changes what an earlier says
    --url          CONCORD_URL, or http://127.0.0.1:4000
    --token-file   is read before every request, so that the token may change; without it CONCORD_TOKEN
    --json         prints a line of JSON for each event in place of words`,
  options: OPTIONS,
  examples: ['watch /srv/nibrs --agency CA0371100 --format NIBRS_FLAT --mapping nibrs --time-zone America/Los_Angeles'],
  async run(args, terminal) {
    const [folder, ...others] = args;
    if (folder === undefined || folder.startsWith('-')) throw new UsageError('Which directory? Give it after `watch`.');
    const options = readOptions(others, OPTIONS);
    const { format = null, mapping = null, settle = '10', 'at-once': atOnce = '4' } = options;
    if (format !== null && !FILE_FORMATS.some((known) => known === format))
      throw new UsageError(`--format is one of ${FILE_FORMATS.join(', ')}.`);
    const seconds = Number(settle);
    if (!(seconds >= 0 && seconds <= 3_600)) throw new UsageError('--settle is a number of seconds, up to 3600.');
    if (!/^[1-4]$/.test(atOnce)) throw new UsageError('--at-once is a number of files, 1 to 4.');
    const path = resolve(folder);
    if (!(await stat(path).catch(() => null))?.isDirectory()) throw new UsageError(`${path} is no directory.`);
    const timeZone = timeZoneOf(options);
    const client = await openClient(options, terminal);
    terminal.tell(`times without an offset ${timeZone === null ? 'are asked about' : `are those of ${timeZone}`}`);
    const stop = new AbortController();
    const onSignal = (): void => stop.abort();
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, onSignal);
    try {
      await watchFolder(
        {
          ...{ folder: path, settleMs: seconds * 1_000, pollMs: 2_000, staleLockMs: 10_000 },
          retryMs: { first: 5_000, longest: 300_000 },
          atOnce: Number(atOnce),
          submitFile: importFile(client, { format, mapping, timeZone, pollMs: 1_000 }),
          tell: (event) => {
            if (options.json === true)
              terminal.print(`${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`);
            else terminal.tell(wordsFor(event, path));
          },
        },
        stop.signal,
      );
    } finally {
      for (const name of ['SIGTERM', 'SIGINT'] as const) process.off(name, onSignal);
    }
    return 'done';
  },
};

/** Names of files may hold anything: as JSON they cannot write over the terminal. */
function wordsFor(event: WatchEvent, folder: string): string {
  switch (event.event) {
    case 'watching':
      return `watching ${folder}`;
    case 'sent': {
      const counts = Object.entries(event.counts).map(([what, count]) => `${count} ${what}`);
      const mend = event.refusedRows === null ? '' : `; rows to mend: failed/${JSON.stringify(event.refusedRows)}`;
      return `${event.to}/${JSON.stringify(event.file)}: ${counts.join(', ')}${mend}`;
    }
    case 'failed':
      return `failed/${JSON.stringify(event.file)}: ${event.code}: ${event.message}`;
    case 'known':
      return `${event.to}/${JSON.stringify(event.file)}: sent before, not sent again`;
    case 'retry':
      return `${JSON.stringify(event.file)} stays: ${event.message} Again in ${event.seconds} s.`;
  }
}
