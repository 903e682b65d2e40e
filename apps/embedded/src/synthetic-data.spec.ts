import { describe, expect, it } from '@jest/globals';
import { validateReport } from '@concord/submission';
import { AGENCIES } from './agencies.data.js';
import { PERSONAS, TASK_FORCE } from './personas.js';
import { PUBLISHED_TOTALS, syntheticReports } from './synthetic-data.js';
import { strataOf } from './synthetic-quantities.js';

const NOW = new Date('2026-11-22T15:00:00Z');
const POUND = 453.59237;
const DEA_CODES = { FENTANYL: '9801', METHAMPHETAMINE: '1105', COCAINE: '9041', HEROIN: '9200', MARIJUANA: '7360' };

const reports = syntheticReports(NOW, 300);

/** As the agency of the persona would be judged at that moment. */
const validated = reports.map(({ persona, report }) => {
  const joined = TASK_FORCE.agencies.some((agency) => agency === PERSONAS[persona].agency);
  const result = validateReport(report, {
    now: NOW,
    agreementWidestSharing: 'PARTNERS',
    memberTaskForceIds: new Set(joined ? [TASK_FORCE.id] : []),
  });
  return { persona, result };
});

describe('syntheticReports', () => {
  it('is the same for the same day and count, and another for another day', () => {
    expect(syntheticReports(new Date('2026-11-22T00:00:00Z'), 300)).toEqual(reports);
    expect(syntheticReports(new Date('2026-11-23T00:00:00Z'), 300)).not.toEqual(reports);
  });

  it('makes reports that are accepted without an issue or a warning', () => {
    for (const { result } of validated) {
      expect([...(result.ok ? [] : result.issues), ...result.warnings]).toEqual([]);
    }
  });

  it('lies in the 365 days before the day of now, whatever the offset', () => {
    for (const { report } of reports) {
      const age = Date.parse('2026-11-22T00:00:00Z') - Date.parse(report.occurredAt ?? '');
      expect(age).toBeGreaterThan(0);
      expect(age).toBeLessThanOrEqual(365 * 86_400_000);
    }
  });

  it.each(Object.entries(DEA_CODES))('shares out of %s what was published, to the gram', (substance, deaCode) => {
    for (const [component, published] of [
      ['PORTS', substance === 'FENTANYL' ? 10_340 : newestPounds(substance, 'PORTS')],
      ['BETWEEN_PORTS', substance === 'FENTANYL' ? 1_687 : newestPounds(substance, 'BETWEEN_PORTS')],
    ] as const) {
      const atPort = component === 'PORTS';
      const milligrams = validated.flatMap(({ result }) => {
        if (
          !result.ok ||
          ['PORT_OF_ENTRY', 'AIRPORT', 'PARCEL_FACILITY'].includes(result.report.place.setting) !== atPort
        )
          return [];
        return result.report.substances.filter((s) => s.deaCode === deaCode).map((s) => s.milligrams ?? 0n);
      });
      const grams = Number(milligrams.reduce((sum, each) => sum + each, 0n)) / 1_000;
      expect(grams).toBe(Math.round((published * POUND) / 100));
    }
  });

  it('gives pills a count and no grams, and xylazine no code', () => {
    const substances = validated.flatMap(({ result }) => (result.ok ? result.report.substances : []));
    const pills = substances.filter(({ form }) => form === 'PILL_TABLET');
    expect(pills.length).toBeGreaterThan(20);
    expect(pills.every(({ units, milligrams }) => units !== null && milligrams === null)).toBe(true);
    expect(substances.some(({ deaCode, name }) => deaCode === null && name === 'Xylazine')).toBe(true);
  });

  it('uses every sharing, mostly NATION and PARTNERS, and every agency that submits', () => {
    const bySharing = new Map<string, number>();
    for (const { report } of reports)
      bySharing.set(report.sharing ?? '', (bySharing.get(report.sharing ?? '') ?? 0) + 1);
    expect([...bySharing.keys()].sort()).toEqual(['AGENCY', 'NATION', 'PARTNERS', 'STATE', 'TASK_FORCES']);
    expect((bySharing.get('NATION') ?? 0) + (bySharing.get('PARTNERS') ?? 0)).toBeGreaterThan(200);
    expect(new Set(reports.map(({ persona }) => persona)).size).toBe(9);
  });

  it('places local seizures inside the county of the agency, states inside the state', () => {
    for (const { persona, report } of reports) {
      const { agency } = PERSONAS[persona];
      if (agency === null) throw new Error('a persona without an agency submits nothing');
      const county = report.place?.countyFips ?? '';
      const keys: readonly string[] = AGENCIES[agency].places;
      expect([`county:${county}`, `state:${county.slice(0, 2)}`, 'nation:us'].some((key) => keys.includes(key))).toBe(
        true,
      );
    }
  });

  it.each([0, 1, 2, 7, 30, 301])('makes exactly %d reports, numbered, the first of San Diego', (count) => {
    const some = syntheticReports(NOW, count);
    expect(some.map(({ report }) => report.submitterReference)).toEqual(
      Array.from({ length: count }, (_, index) => `SYN-${index + 1}`),
    );
    expect(some[0]?.persona ?? 'local-submitter').toBe('local-submitter');
    expect(strataOf(count).reduce((sum, { reports: n }) => sum + n, 0)).toBeLessThanOrEqual(count);
  });
});

function newestPounds(substance: string, component: string): number {
  const found = PUBLISHED_TOTALS.find((t) => t.substance === substance && t.component === component);
  if (found === undefined) throw new Error(`${substance} ${component} is published`);
  return found.pounds;
}
