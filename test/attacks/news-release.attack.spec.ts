import { cbpTable } from '../../apps/cli/src/seed/cbp-table.builder.js';
import { readHeader, readRow, type CbpRow } from '../../apps/cli/src/seed/cbp-row.js';
import { communityRelease, COMMUNITY_RULE } from './news/community-batches.js';
import { measureNews } from './news/news-measures.js';
import { seizuresOf } from './news/news-population.js';
import { proportionOf } from './proportion.js';

/** Four months of two areas: enough that some classes of COMMUNITY are full and some are not. */
function rowsOfTwoAreas(): CbpRow[] {
  const table = cbpTable(
    ['OCT', 'NOV', 'DEC', 'JAN'].flatMap((month) =>
      ['SAN DIEGO FIELD OFFICE', 'TUCSON FIELD OFFICE'].flatMap((area) => [
        { month, area, drug: 'Fentanyl', events: 60, pounds: '400' },
        { month, area, drug: 'Cocaine', events: 12, pounds: '90' },
        { month, area, drug: 'Heroin', events: 3, pounds: '4' },
      ]),
    ),
  );
  const [head = '', ...lines] = table.split('\r\n').filter((line) => line !== '');
  const header = readHeader(head.split(','));
  return lines.map((line, at) => {
    const row = readRow(at + 2, line.split(','), header, new Date('2026-01-01T00:00:00Z'));
    if (!('key' in row)) throw new Error(row.reason);
    return row;
  });
}

describe('an adversary who reads the news', () => {
  const seizures = seizuresOf(rowsOfTwoAreas());
  const options = { seed: 1, targets: 200 };
  const { broken, results } = measureNews(seizures, options);
  const valueOf = (tier: string, measure: string): number =>
    results.find((it) => it.tier === tier && it.measure === measure)?.value ?? Number.NaN;

  it('finds nearly every row of a naive release, and of a task force', () => {
    expect(valueOf('NAIVE', 'expected (county, day, exact weight; exact news)')).toBeGreaterThan(0.9);
    expect(valueOf('TASK_FORCE', 'expected (cell, day, weight; exact news)')).toBeGreaterThan(0.9);
  });

  it('finds fewer of partners the coarser the time, and at COMMUNITY no more than one of five', () => {
    const [week, day] = [
      valueOf('PARTNER', 'expected (week; exact news)'),
      valueOf('PARTNER', 'expected (day; exact news)'),
    ];
    expect(week).toBeLessThan(day);
    expect(day).toBeLessThan(1);
    const largest = valueOf('COMMUNITY', 'largest chance of all rows (weekly batches; exact news)');
    expect(largest).toBeGreaterThan(0);
    expect(largest).toBeLessThanOrEqual(1 / 5);
    expect(broken).toEqual([]);
  });

  it('is seen through where COMMUNITY lets rows out alone', () => {
    const leaky = measureNews(seizures, { ...options, rule: { records: 1, agencies: 1 } });
    expect(leaky.broken).not.toEqual([]);
  });

  it('meets batches that each have five records of two agencies, of what was due', () => {
    const { editions } = communityRelease(seizures, COMMUNITY_RULE, true);
    expect(editions.length).toBe(2);
    const increments = new Map<string, string[]>();
    for (const [edition, { place, substance, least, firstDay, endDay, seizure }] of editions.flatMap((rows, at) =>
      rows.map((row) => [at, row] as const),
    )) {
      const name = [edition, place, substance, least, firstDay, endDay].join();
      increments.set(name, [...(increments.get(name) ?? []), seizures[seizure]?.news.agency ?? '']);
      const day = seizures[seizure]?.news.day ?? 0;
      expect(day >= firstDay && day < endDay).toBe(true);
    }
    expect(increments.size).toBeGreaterThan(5);
    for (const agencies of increments.values()) {
      expect(agencies.length).toBeGreaterThanOrEqual(5);
      expect(new Set(agencies).size).toBeGreaterThanOrEqual(2);
    }
  });

  it('gives the intervals of Wilson', () => {
    // Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, 15 of 148, 0 of 20.
    const rounded = (hits: number, of: number): readonly number[] =>
      proportionOf(hits, of).interval.map((end) => Number(end.toFixed(4)));
    expect(rounded(81, 263)).toEqual([0.2553, 0.3662]);
    expect(rounded(15, 148)).toEqual([0.0624, 0.1605]);
    expect(rounded(0, 20)).toEqual([0, 0.1611]);
    expect(rounded(20, 20)).toEqual([0.8389, 1]);
  });
});
