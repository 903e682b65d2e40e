import { describe, expect, it } from '@jest/globals';
import { liesInCounty } from '@concord/codes';
import { validateReport } from '@concord/submission';
import { CBP_AREAS, COMPONENTS } from './cbp-areas.js';
import { CBP_DRUGS, drugStored } from './cbp-drugs.data.js';
import { COLUMNS, readHeader, readRow, type CbpRow } from './cbp-row.js';
import { fiscalYearOf } from './fiscal-calendar.js';
import { reportsOf, writeReport, type PlannedReport } from './report.model.js';
import { syntheticAgencies } from './synthetic-agencies.js';

const NOW = new Date('2026-11-23T12:00:00Z');
const HEADER = readHeader(Object.values(COLUMNS));
const CONTEXT = { now: NOW, agreementWidestSharing: 'PARTNERS', memberTaskForceIds: new Set<string>() } as const;

/** A row of each area, drugs and months in turn; the land filter both ways. */
const rows: CbpRow[] = CBP_AREAS.flatMap(({ component, name }, index) =>
  ['Land Only', 'Other'].map((land, other) => {
    const drug = CBP_DRUGS[(index + other * 3) % CBP_DRUGS.length]?.wording ?? '';
    const month = ['OCT', 'DEC', 'JAN', 'FEB', 'SEP'][index % 5] ?? 'OCT';
    // Light rows too: nothing at all, and fewer milligrams than events.
    const pounds = [String(index * 3.7), '0', '0.00001'][(index + other) % 3] ?? '0';
    const row = readRow(2, ['2022', month, component, 'Any', land, name, drug, '20', pounds], HEADER, NOW);
    if (!('key' in row)) throw new Error(row.reason);
    return row;
  }),
);
const modelled = rows.map((row) => ({ row, reports: [...reportsOf(row)] }));

/** One assertion for all: expect() itself takes longer than the validation. */
const complaints: unknown[] = [];
const valid = (planned: PlannedReport) => {
  const result = validateReport(writeReport(planned, NOW), CONTEXT);
  complaints.push(...(result.ok ? [] : result.issues), ...result.warnings);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.report;
};

describe('reportsOf', () => {
  it('makes as many reports as events, accepted without a warning, weighing what the row weighs', () => {
    for (const { row, reports } of modelled) {
      expect(reports).toHaveLength(row.events);
      const milligrams = reports.map(valid).map(({ substances }) => substances[0]?.milligrams ?? 0n);
      expect(milligrams.reduce((sum, each) => sum + each, 0n)).toBe(row.milligrams);
    }
    expect(complaints).toEqual([]);
  });

  it('keeps month, drug and county', () => {
    const wrong: unknown[] = [];
    for (const { row, reports } of modelled) {
      const month = `${row.month.year}-${String(row.month.month).padStart(2, '0')}`;
      for (const planned of reports) {
        const { occurred, substances, place } = valid(planned);
        const { latitude, longitude, countyFips } = place;
        const { level, place: jurisdiction } = planned.agency;
        const right =
          writeReport(planned, NOW).occurredAt?.slice(0, 7) === month &&
          fiscalYearOf(occurred.from, occurred.offsetMinutes) === 2022 &&
          drugStored(substances[0]?.deaCode ?? null, substances[0]?.name ?? '') === row.drug &&
          latitude !== null &&
          longitude !== null &&
          liesInCounty({ latitude, longitude }, countyFips) &&
          ['nation:us', `state:${countyFips.slice(0, 2)}`, `county:${countyFips}`].includes(jurisdiction) &&
          (level === 'FEDERAL') === (jurisdiction === 'nation:us');
        if (!right) wrong.push([planned.reference, place, occurred]);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('makes the same again, and another reference for each', () => {
    const [first] = modelled;
    const later = new Date('2030-01-01T00:00:00Z');
    const write = (now: Date) => (planned: PlannedReport) => writeReport(planned, now);
    expect([...reportsOf(first?.row as CbpRow)].map(write(later))).toEqual(first?.reports.map(write(NOW)));
    const references = modelled.flatMap(({ reports }) => reports.map(({ reference }) => reference));
    expect(new Set(references).size).toBe(references.length);
    expect(references[0]).toMatch(/^CBP-2022-[0-9a-f]{12}-1$/);
  });

  it('does not date anything into the future of a year that is running', () => {
    const cells = [
      '2027 (FYTD)',
      'NOV',
      COMPONENTS[0],
      'Any',
      'Other',
      'SAN FRANCISCO FIELD OFFICE',
      'Cocaine',
      '500',
      '9',
    ];
    const row = readRow(2, cells, HEADER, NOW);
    if (!('key' in row)) throw new Error(row.reason);
    for (const one of reportsOf(row)) {
      const { occurred } = valid(one);
      expect(occurred.to.getTime()).toBeLessThanOrEqual(NOW.getTime());
      expect(occurred.from.getTime()).toBeGreaterThanOrEqual(Date.parse('2026-11-01T00:00:00Z'));
    }
  });
});

describe('the synthetic agencies', () => {
  const agencies = syntheticAgencies();

  it('are one an area and at least three in each state, of their own ORI, and evidently invented', () => {
    expect(agencies.filter(({ level }) => level === 'FEDERAL')).toHaveLength(CBP_AREAS.length);
    expect(new Set(agencies.map(({ ori }) => ori)).size).toBe(agencies.length);
    for (const { ori, name } of agencies) {
      expect(ori).toMatch(/^[A-Z]{2}[A-Z0-9]{3}SYNX$/);
      expect(name).toMatch(/^Synthetic /);
    }
    const states = new Map<string, number>();
    for (const { place, level } of agencies) {
      if (level === 'FEDERAL') continue;
      const state = place.replace(/^.*:/, '').slice(0, 2);
      states.set(state, (states.get(state) ?? 0) + 1);
    }
    // The fifty, the District of Columbia, Puerto Rico, Guam and the Virgin Islands.
    expect(states.size).toBe(54);
    expect(Math.min(...states.values())).toBeGreaterThanOrEqual(3);
  });
});
