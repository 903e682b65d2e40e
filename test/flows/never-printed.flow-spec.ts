import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { personaFacts } from '../../apps/embedded/src/personas.js';
import { runProgram } from '../../apps/cli/src/run-command.js';
import { importFile } from '../../apps/cli/src/watch/import-file.js';
import { watchFolder } from '../../apps/cli/src/watch/watch-folder.js';
import { createConcordClient } from '@concord/client';
import { LABORATORY_COLUMNS } from '@concord/interpretation';
import { flatFile, INCIDENT } from '../../libs/interpretation/src/nibrs/nibrs-files.builder.js';
import { FlowStack } from './stack.builder.js';

/** What names somebody, as people type it; each stands in one cell of every column in turn. */
const PLANTED = [
  ['a telephone number', '619-555-0188'],
  ['a name', 'Wilhelmina Oglethorpe'],
  ['a VIN', '1HGCM82633A004352'],
  ['a plate', '8XYZ777'],
  ['a social security number', '078-05-1120'],
  ['an address of mail', 'w.oglethorpe@example.net'],
] as const;
/** `reference` is the agency's own, and may be said. */
const COLUMNS = ['date', 'county', 'drug', 'quantity', 'unit', 'sharing', 'narrative', 'setting', 'form'] as const;
const GOOD: Readonly<Record<string, string>> = {
  ...{ date: '2026-11-20', county: '06073', drug: 'heroin', quantity: '10', unit: 'g', sharing: 'STATE' },
  ...{ narrative: 'Seen.', setting: 'STREET', form: 'POWDER' },
};

describe('what names somebody in a file', () => {
  let stack: FlowStack;
  let folder: string;
  const agency = personaFacts('local-submitter').agencyOri ?? '';

  beforeAll(async () => {
    stack = await FlowStack.start(undefined, { rates: { factor: 100 } });
    folder = await mkdtemp(join(tmpdir(), 'concord-planted-'));
  }, 60_000);
  afterAll(async () => {
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Everything that the program says, on both streams. */
  async function concord(...args: string[]): Promise<{ code: number; said: string }> {
    let said = '';
    const code = await runProgram(args, {
      env: { CONCORD_URL: stack.origin, CONCORD_TOKEN: stack.as('local-submitter').token },
      print: (text) => void (said += text),
      tell: (line) => void (said += `${line}\n`),
      paint: (_, text) => text,
    });
    return { code, said };
  }
  /** A row for each thing in each column; a heading too that is one. */
  function plantedSheet(prefix: string): string {
    const rows = PLANTED.flatMap(([, planted], which) =>
      COLUMNS.map((column) => {
        const cells = COLUMNS.map((each) => `"${(each === column ? planted : GOOD[each]) ?? ''}"`);
        return [`${prefix}-${which}-${column}`, ...cells].join(',');
      }),
    );
    return [['reference', ...COLUMNS].join(','), ...rows].join('\n');
  }
  const printed = (said: string): string[] =>
    PLANTED.filter(([, planted]) => planted.split(/[ @]/).some((part) => said.includes(part))).map(([what]) => what);

  it.each([
    ['submit --dry-run', ['--dry-run']],
    ['submit --dry-run --json', ['--dry-run', '--json']],
    ['submit', ['--yes']],
    ['submit --json', ['--yes', '--json']],
  ])('is not printed by %s', async (name, more) => {
    const file = join(folder, 'planted.csv');
    await writeFile(file, plantedSheet(name.replaceAll(/[^a-z]/g, '')));
    const { code, said } = await concord('submit', file, '--agency', agency, ...more);
    expect({ code, printed: printed(said) }).toEqual({ code: 1, printed: [] });
    expect(said.length).toBeGreaterThan(500);
  });

  it.each([[[]], [['--dry-run']], [['--json']]])('is not printed by laboratory %j', async (more: string[]) => {
    const rows = PLANTED.flatMap(([, planted]) =>
      LABORATORY_COLUMNS.map(({ name }, at) =>
        LABORATORY_COLUMNS.map((_, n) =>
          n === 0 ? 'NOT-THERE' : n === at && name !== 'reference' ? `"${planted}"` : '',
        ).join(','),
      ),
    );
    const file = join(folder, 'planted-lab.csv');
    await writeFile(file, [LABORATORY_COLUMNS.map(({ name }) => name).join(','), ...rows].join('\n'));
    const { code, said } = await concord('laboratory', file, '--agency', agency, ...more);
    expect({ code, printed: printed(said) }).toEqual({ code: 1, printed: [] });
  });

  it('is not printed by watch', async () => {
    const watched = await mkdtemp(join(folder, 'watched-'));
    await writeFile(join(watched, 'night.csv'), plantedSheet('watch'));
    await writeFile(join(watched, 'broken.csv'), PLANTED.map(([, planted]) => planted).join(','));
    const stop = new AbortController();
    const events: object[] = [];
    const token = stack.as('local-submitter').token;
    const client = createConcordClient({ url: stack.origin, token, agency });
    await watchFolder(
      {
        ...{ folder: watched, settleMs: 0, pollMs: 20, staleLockMs: 2_000, atOnce: 4 },
        retryMs: { first: 100, longest: 100 },
        submitFile: importFile(client, { format: null, mapping: null, timeZone: null, pollMs: 50 }),
        tell: (event) => {
          events.push(event);
          if (events.length === 3) stop.abort();
        },
      },
      stop.signal,
    );
    expect(await readdir(join(watched, 'failed'))).toContain('night.refused.csv');
    expect(printed(JSON.stringify(events))).toEqual([]);
  });

  it('counts what of a NIBRS file is left out, by reason', async () => {
    const file = join(folder, 'night.txt');
    const none = { ...INCIDENT, ori: agency, properties: [{ loss: 7, descriptions: ['77'], drugs: [] }] };
    const more = ['1', '2', '3'].map((number) => ({ ...none, number }));
    await writeFile(file, flatFile([{ ...INCIDENT, ori: agency }, ...more]));
    const how = ['--agency', agency, '--format', 'NIBRS_FLAT', '--time-zone', 'America/Los_Angeles', '--dry-run'];
    const said = ['--set', 'county=06073', '--set', 'sharing=STATE'];
    const shown = await concord('submit', file, ...how, ...said);
    expect(shown.said).toMatch(/left out: 3 \(first in line \d+\): An incident without drugs\. NO_DRUGS\n/);
    const json = await concord('submit', file, ...how, ...said, '--json');
    expect(JSON.parse(json.said.trim().split('\n').at(-1) ?? '')).toMatchObject({
      leftOut: [{ reason: 'NO_DRUGS', count: 3 }],
    });
  });
});
