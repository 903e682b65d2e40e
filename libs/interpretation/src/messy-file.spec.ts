import { describe, expect, it } from '@jest/globals';
import { milligramsOf, isWeight } from '@concord/codes';
import { validateReport } from '@concord/submission';
import { interpretFile } from './interpret-file.js';
import type { InterpretedEntry } from './interpreted-entry.js';
import { guessMapping } from './mapping/guess-mapping.js';
import { readHeadings } from './mapping/read-headings.js';
import { messyFiles, type MessyFile, type Truth } from './messy-file.builder.js';
import type { InterpretationSettings } from './settings.js';

const SEED = 20261123;
const ROWS = 5_000;
/** Other files as well, smaller: a rule that fits one seed may fit no other. */
const OTHER_SEEDS = 20;
const OTHER_ROWS = 1_000;
/** A slow machine judges fewer of them, and says how many. */
const OTHER_MS = 12_000;
const NOW = new Date('2026-11-23T12:00:00Z');
const SETTINGS: InterpretationSettings = {
  stateFips: '06',
  countyFips: ['06073'],
  timeZone: 'America/Los_Angeles',
  now: NOW,
};
const CONTEXT = { now: NOW, agreementWidestSharing: 'PARTNERS', memberTaskForceIds: new Set<string>() } as const;

/** In pieces that cut letters and line ends. */
async function* pieces({ bytes }: MessyFile): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 4_099) yield bytes.subarray(at, at + 4_099);
}

/** On the clocks of the agency, whatever offset the report states. */
const localTime = new Intl.DateTimeFormat('sv-SE', {
  ...{ timeZone: 'America/Los_Angeles', dateStyle: 'short', timeStyle: 'short' },
} as const);

type Verdict = 'accepted' | 'asked' | 'refused' | 'misread';

/** As validation would take it, held against what the row truly says. */
function judge(entry: InterpretedEntry, truth: Truth | null): Verdict {
  if (entry.questions.length > 0) return 'asked';
  const validation = validateReport(entry.input, CONTEXT);
  if (!validation.ok) return 'refused';
  const { report } = validation;
  const [substance] = report.substances;
  if (truth === null || substance === undefined || report.substances.length !== 1) return 'misread';
  const { occurred } = report;
  const start = localTime.format(occurred.from).replace(' ', 'T');
  const isRight =
    report.submitterReference === truth.reference &&
    start.startsWith(truth.local) &&
    occurred.precision === (truth.local.includes('T') ? 'MINUTE' : 'DAY') &&
    report.place.countyFips === truth.county &&
    substance.deaCode === truth.deaCode &&
    substance.unit === truth.unit &&
    (isWeight(truth.unit)
      ? substance.milligrams === milligramsOf(Number(truth.quantity), truth.unit)
      : substance.quantity === Number(truth.quantity));
  return isRight ? 'accepted' : 'misread';
}

interface Judged {
  readonly counts: Readonly<Record<string, Readonly<Record<Verdict, number>>>>;
  readonly misread: readonly string[];
}

/** Every row of the files of a seed, as its agency's mapping reads it, held against what it truly says. */
async function judgeFiles(seed: number, rows: number): Promise<Judged> {
  const counts: Record<string, Record<Verdict, number>> = {};
  const misread: string[] = [];
  for (const file of messyFiles(seed, rows)) {
    const headings = await readHeadings('CSV', pieces(file));
    const { mapping } = guessMapping(headings);
    // Rows that are on no calendar speak against each other; the agency has said once how it writes dates.
    const saved = file.name.startsWith('liaison') ? ({ dateOrder: 'DAY_FIRST' } as const) : {};
    const count = (counts[file.name] = { accepted: 0, asked: 0, refused: 0, misread: 0 });
    let row = 0;
    const read = { ...mapping, ...saved, constants: { sharing: 'AGENCY' } };
    for await (const entry of interpretFile('CSV', pieces(file), read, SETTINGS)) {
      const source = file.rows[row];
      row += entry.rows.length;
      const verdict = judge(entry, source?.truth ?? null);
      count[verdict]++;
      if (verdict === 'misread')
        misread.push(
          `${seed} ${file.name}: ${source?.mess ?? ''}: ${JSON.stringify(source?.cells)} -> ${JSON.stringify(entry.input)}`,
        );
    }
    expect(row).toBe(file.rows.length);
  }
  return { counts, misread };
}

describe('files as agencies write them', () => {
  it(`understands ${ROWS} rows as they are meant, or asks: none is misread`, async () => {
    const { counts, misread } = await judgeFiles(SEED, ROWS);
    process.stdout.write(`${JSON.stringify(counts)}\n`);
    expect(misread).toEqual([]);
    const all = Object.values(counts);
    const total = (verdict: Verdict): number => all.reduce((sum, count) => sum + count[verdict], 0);
    // Most of what is right is understood: whoever asks about everything misreads nothing.
    expect(total('accepted')).toBeGreaterThan(0.55 * ROWS);
  });

  it(`misreads none of ${OTHER_ROWS} rows of up to ${OTHER_SEEDS} other seeds`, async () => {
    const misread: string[] = [];
    const until = performance.now() + OTHER_MS;
    let seed = 0;
    while (seed < OTHER_SEEDS && performance.now() < until)
      misread.push(...(await judgeFiles((seed += 1), OTHER_ROWS)).misread);
    process.stdout.write(`${seed} other seeds\n`);
    expect(misread).toEqual([]);
  }, 30_000);
});
