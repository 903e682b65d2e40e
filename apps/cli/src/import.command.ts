import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readOptions, UsageError, type Command, type Terminal } from './command.js';
import { readTarget, TARGET_OPTIONS, withEverything } from './database-target.js';
import { readAgencyFile } from './import/agency-file.reader.js';
import type { RefusedRow } from './csv-lines.js';
import type { AgencyRow, Unmatched } from './import/agency-row.js';
import { storeAgencies } from './import/import-agencies.js';
import { storeRegions } from './import/import-regions.js';
import { readRegionFile } from './import/region-file.reader.js';

const OPTIONS = { ...TARGET_OPTIONS, json: { type: 'boolean' } } as const;

export const importCommand: Command = {
  name: 'import',
  help: `import agencies FILE [--data DIRECTORY | --database-url URL] [--json]
    reads the FBI's list of agencies (ori, agency_name, agency_type, county_name, state_abbr) into the directory, all of it
    or nothing; again: what the list says as before is not touched. What cannot be matched is said by row; docs/agencies.md
  import regions FILE [--data DIRECTORY | --database-url URL] [--json]
    the same for regions, a line for each county of each (region_id, region_name, state_abbr, county_name, county_fips)

    --data           CONCORD_DATA_DIR   without it: the directory of npm start (.concord), running or stopped
    --database-url   DATABASE_URL       a login that was granted concord_operator, or owns the database
    --json                              prints {"line","ori" or "region","what","reason"} for what was not matched,
                                        {"line","reason"} for a row of no use, and as the last line {"created","updated",
                                        "unchanged","byHand","left" (agencies),"unmatched","refused"}`,
  options: OPTIONS,
  examples: ['import agencies agencies.csv', 'import regions regions.csv --json'],
  words: ['agencies', 'regions'],
  async run(args, terminal) {
    const [what, path, ...others] = args;
    if (what !== 'agencies' && what !== 'regions')
      throw new UsageError('Import what? Say `import agencies FILE` or `import regions FILE`.');
    if (path === undefined || path.startsWith('-')) throw new UsageError(`From what? Give the file after \`${what}\`.`);
    const options = readOptions(others, OPTIONS);
    const target = readTarget(options, terminal.env);
    const file = resolve(path);
    await access(file, constants.R_OK).catch(() => {
      throw new Error(`${file} cannot be read.`);
    });
    const list = what === 'agencies' ? await readAgencies(file) : await readRegions(file);
    const { unmatched, refused } = list;
    const json = options.json ?? false;
    // Before anything is written, and again at each run: it is what is left to do by hand.
    for (const one of unmatched) tellUnmatched(one, json, terminal);
    for (const one of refused) tellRefused(one, json, terminal);
    const started = performance.now();
    const { 'by hand': byHand, ...counts } = await withEverything(target, list.store);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const { created, updated, unchanged, left } = counts;
    const summary = { ...counts, byHand, unmatched: unmatched.length, refused: refused.length };
    if (json) terminal.print(`${JSON.stringify(summary)}\n`);
    else
      terminal.print(
        `${created} created, ${updated} updated, ${unchanged} unchanged, in ${seconds} s; ` +
          `left alone: ${byHand} that were made by hand${left === undefined ? '' : `, ${left} that have left`}; ` +
          `${unmatched.length} places unmatched, ${refused.length} rows refused\n`,
      );
    return list.isUsable || refused.length === 0 ? 'done' : 'failed';
  },
};

/** What a file says, and how it is written. */
interface ReadList {
  readonly unmatched: readonly (Unmatched | (Omit<Unmatched, 'ori'> & { readonly region: string }))[];
  readonly refused: readonly RefusedRow[];
  readonly isUsable: boolean;
  readonly store: (
    url: string,
  ) => Promise<Readonly<Record<'created' | 'updated' | 'unchanged' | 'by hand', number> & { left?: number }>>;
}

async function readAgencies(file: string): Promise<ReadList> {
  const rows: AgencyRow[] = [];
  const refused: RefusedRow[] = [];
  for await (const read of readAgencyFile(file)) {
    if ('agency' in read) rows.push(read);
    else refused.push(read);
  }
  const agencies = rows.map(({ agency }) => agency);
  return {
    ...{ unmatched: rows.flatMap((row) => row.unmatched), refused, isUsable: rows.length > 0 },
    store: (url) => storeAgencies(url, agencies),
  };
}

async function readRegions(file: string): Promise<ReadList> {
  const { regions, unmatched, refused } = await readRegionFile(file);
  return { unmatched, refused, isUsable: regions.length > 0, store: (url) => storeRegions(url, regions) };
}

function tellUnmatched(one: ReadList['unmatched'][number], json: boolean, { print }: Terminal): void {
  const { line, what, reason } = one;
  const whose = 'ori' in one ? one.ori : one.region;
  print(json ? `${JSON.stringify(one)}\n` : `line ${line} ${whose}: ${what} ${reason}\n`);
}

function tellRefused({ line, reason }: RefusedRow, json: boolean, { print, tell }: Terminal): void {
  if (json) print(`${JSON.stringify({ line, reason })}\n`);
  tell(`line ${line} ${reason}`);
}
