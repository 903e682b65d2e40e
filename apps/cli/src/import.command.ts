import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readOptions, UsageError, type Command, type Terminal } from './command.js';
import { readTarget, TARGET_OPTIONS, withEverything } from './database-target.js';
import { readAgencyFile } from './import/agency-file.reader.js';
import type { AgencyRow, RefusedRow, Unmatched } from './import/agency-row.js';
import { storeAgencies } from './import/import-agencies.js';

export const importCommand: Command = {
  name: 'import',
  help: `import agencies FILE [--data DIRECTORY | --database-url URL] [--json]
    reads the FBI's list of agencies (ori, agency_name, agency_type, county_name, state_abbr) into the directory, all of it
    or nothing; again: what the list says as before is not touched. What cannot be matched is said by row; docs/agencies.md

    --data           CONCORD_DATA_DIR   without it: the directory of npm start (.concord), running or stopped
    --database-url   DATABASE_URL       a login that was granted concord_operator, or owns the database
    --json                              prints {"line","ori","what","reason"} for what was not matched, {"line","reason"}
                                        for a row of no use, and as the last line {"created","updated","unchanged",
                                        "byHand","left","unmatched","refused"}`,
  async run(args, terminal) {
    const [what, path, ...others] = args;
    if (what !== 'agencies') throw new UsageError('Import what? Say `import agencies FILE`.');
    if (path === undefined || path.startsWith('-')) throw new UsageError('From what? Give the file after `agencies`.');
    const options = readOptions(others, { ...TARGET_OPTIONS, json: { type: 'boolean' } });
    const json = options.json ?? false;
    const target = readTarget(options, terminal.env);
    const file = resolve(path);
    await access(file, constants.R_OK).catch(() => {
      throw new Error(`${file} cannot be read.`);
    });
    const { rows, unmatched, refused } = await readAll(file);
    // Before anything is written, and again at each run: it is what is left to do by hand.
    for (const one of unmatched) tellUnmatched(one, json, terminal);
    for (const one of refused) tellRefused(one, json, terminal);
    const started = performance.now();
    const counts = await withEverything(target, (url) =>
      storeAgencies(
        url,
        rows.map(({ agency }) => agency),
      ),
    );
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const { created, updated, unchanged, left, 'by hand': byHand } = counts;
    const summary = { created, updated, unchanged, byHand, left, unmatched: unmatched.length, refused: refused.length };
    if (json) terminal.print(`${JSON.stringify(summary)}\n`);
    else
      terminal.print(
        `${created} created, ${updated} updated, ${unchanged} unchanged, in ${seconds} s; ` +
          `left alone: ${byHand} that were made by hand, ${left} that have left; ` +
          `${unmatched.length} places unmatched, ${refused.length} rows refused\n`,
      );
    return rows.length > 0 || refused.length === 0 ? 'done' : 'failed';
  },
};

async function readAll(file: string): Promise<{ rows: AgencyRow[]; unmatched: Unmatched[]; refused: RefusedRow[] }> {
  const rows: AgencyRow[] = [];
  const refused: RefusedRow[] = [];
  for await (const read of readAgencyFile(file)) {
    if ('agency' in read) rows.push(read);
    else refused.push(read);
  }
  return { rows, unmatched: rows.flatMap((row) => row.unmatched), refused };
}

function tellUnmatched({ line, ori, what, reason }: Unmatched, json: boolean, { print }: Terminal): void {
  print(json ? `${JSON.stringify({ line, ori, what, reason })}\n` : `line ${line} ${ori}: ${what} ${reason}\n`);
}

function tellRefused({ line, reason }: RefusedRow, json: boolean, { print, tell }: Terminal): void {
  if (json) print(`${JSON.stringify({ line, reason })}\n`);
  tell(`line ${line} ${reason}`);
}
