import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { COMMUNITY_BANDS, communityBand, communityRows } from './community.generaliser.js';
import { SECRET_MARK, amountArbitrary, validReportArbitrary } from './valid-report.arbitrary.js';
import type { ValidReport, ValidSubstance } from './valid-report.js';

const [some] = fc.sample(validReportArbitrary, { numRuns: 1, seed: 1 }) as [ValidReport];
const fentanyl: ValidSubstance = {
  ...some.substances[0]!,
  ...{ deaCode: '9801', name: 'Fentanyl', category: 'FENTANYL', laboratoryStatus: 'NONE' },
  ...{ quantity: 250, quantityReason: null, unit: 'GM', milligrams: 250_000n, units: null },
};
const open: ValidReport = {
  ...some,
  ...{ sharing: 'PARTNERS', tlp: 'AMBER' },
  occurred: during('2026-03-31T23:30:00-08:00', '2026-03-31T23:31:00-08:00'),
  place: { ...some.place, countyFips: '06073', stateFips: '06' },
  substances: [fentanyl],
};

function during(from: string, to: string): ValidReport['occurred'] {
  return { from: new Date(from), to: new Date(to), offsetMinutes: -480, precision: 'MINUTE' };
}

describe('rows of COMMUNITY', () => {
  it('are state, month of the submitted offset, substance and band, and nothing else', () => {
    expect(communityRows(open)).toEqual([
      { ordinal: 0, stateFips: '06', month: '2026-03-01', substance: '9801', band: 'MEDIUM' },
    ]);
  });

  it.each([
    ['the month as a whole', '2026-03-01T00:00:00-08:00', '2026-04-01T00:00:00-08:00', ['2026-03-01']],
    ['an hour that runs into the next month', '2026-03-31T23:30:00-08:00', '2026-04-01T00:30:00-08:00', []],
    ['the last minute of a year', '2026-12-31T23:59:00-08:00', '2027-01-01T00:00:00-08:00', ['2026-12-01']],
  ])('%s', (_what, from, to, months) => {
    expect(communityRows({ ...open, occurred: during(from, to) }).map(({ month }) => month)).toEqual(months);
  });

  it('are none unless sharing is PARTNERS and TLP at most AMBER', () => {
    fc.assert(
      fc.property(validReportArbitrary, (report) => {
        const may = report.sharing === 'PARTNERS' && ['CLEAR', 'GREEN', 'AMBER'].includes(report.tlp);
        fc.pre(!may);
        expect(communityRows(report)).toEqual([]);
      }),
    );
  });

  it('name a substance without a DEA code by its class, never by the submitter’s words', () => {
    const named = { ...fentanyl, deaCode: null, name: 'tranq of J. Doe', category: 'ADULTERANT' } as const;
    const unknown = { ...named, category: 'UNKNOWN' } as const;
    expect(communityRows({ ...open, substances: [named, unknown] }).map(({ substance }) => substance)).toEqual([
      'name:ADULTERANT',
      'UNKNOWN',
    ]);
  });

  it('count two bags of one class once, and leave out what a laboratory refuted', () => {
    const second = { ...fentanyl, quantity: 300, milligrams: 300_000n };
    const large = { ...fentanyl, quantity: 2000, milligrams: 2_000_000n };
    const refuted = { ...fentanyl, deaCode: '9200', laboratoryStatus: 'REFUTED' } as const;
    expect(communityRows({ ...open, substances: [refuted, fentanyl, second, large] })).toMatchObject([
      { ordinal: 1, band: 'MEDIUM' },
      { ordinal: 3, band: 'LARGE' },
    ]);
  });

  it('hold no text of the report, whatever it says', () => {
    fc.assert(
      fc.property(validReportArbitrary, (report) => {
        const rows = communityRows({ ...report, sharing: 'PARTNERS', tlp: 'GREEN' });
        expect(JSON.stringify(rows)).not.toContain(SECRET_MARK);
        for (const row of rows) {
          expect(Object.keys(row).sort()).toEqual(['band', 'month', 'ordinal', 'stateFips', 'substance']);
          expect(row.month).toMatch(/^\d{4}-\d\d-01$/);
          expect(row.substance).toMatch(/^(\d{4}|name:[A-Z_]+|UNKNOWN)$/);
        }
        const classes = rows.map(({ substance, band }) => `${substance} ${band}`);
        expect(new Set(classes).size).toBe(classes.length);
      }),
    );
  });
});

describe('bands of COMMUNITY', () => {
  const none = { quantity: null, quantityReason: null, unit: null, milligrams: null, units: null };
  it.each<[string, Partial<ValidSubstance>, (typeof COMMUNITY_BANDS)[number]]>([
    ['99.999 g', { quantity: 99.999, unit: 'GM', milligrams: 99_999n }, 'SMALL_OR_UNKNOWN'],
    ['100 g', { quantity: 100, unit: 'GM', milligrams: 100_000n }, 'MEDIUM'],
    ['999.999 g', { quantity: 999.999, unit: 'GM', milligrams: 999_999n }, 'MEDIUM'],
    ['1 kg', { quantity: 1, unit: 'KG', milligrams: 1_000_000n }, 'LARGE'],
    ['999 pills', { quantity: 999, unit: 'DU', units: 999n }, 'SMALL_OR_UNKNOWN'],
    ['1,000 pills', { quantity: 1_000, unit: 'DU', units: 1_000n }, 'MEDIUM'],
    ['10,000 pills', { quantity: 10_000, unit: 'DU', units: 10_000n }, 'LARGE'],
    ['100 plants', { quantity: 100, unit: 'NP', units: 100n }, 'MEDIUM'],
    ['1,000 plants', { quantity: 1_000, unit: 'NP', units: 1_000n }, 'LARGE'],
    ['a gallon', { quantity: 1, unit: 'GL' }, 'LARGE'],
    ['a trace', { quantityReason: 'TRACE' }, 'SMALL_OR_UNKNOWN'],
    ['not reported', { unit: 'XX', quantityReason: 'PENDING' }, 'SMALL_OR_UNKNOWN'],
  ])('%s', (_what, amount, band) => {
    expect(communityBand({ ...fentanyl, ...none, ...amount })).toBe(band);
  });

  it('are a total function that never falls as the quantity grows', () => {
    fc.assert(
      fc.property(amountArbitrary, fc.integer({ min: 1, max: 1_000 }), (amount, factor) => {
        const scaled = {
          ...amount,
          quantity: amount.quantity === null ? null : amount.quantity * factor,
          milligrams: amount.milligrams === null ? null : amount.milligrams * BigInt(factor),
          units: amount.units === null ? null : amount.units * BigInt(factor),
        };
        const rank = (it: typeof amount): number => COMMUNITY_BANDS.indexOf(communityBand({ ...fentanyl, ...it }));
        expect(rank(amount)).toBeGreaterThanOrEqual(0);
        expect(rank(scaled)).toBeGreaterThanOrEqual(rank(amount));
      }),
    );
  });
});
