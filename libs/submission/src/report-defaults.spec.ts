import { SHARING_CODES, TIME_PRECISIONS, TLP_CODES, WITHHOLD_CODES } from '@concord/codes';
import type { OriginalSharing } from '@concord/records';
import fc from 'fast-check';
import { asFilledBefore, withDefaults } from './report-defaults.js';
import type { SubmittedReport } from './submitted-report.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const FIELDS = ['sharing', 'tlp', 'withhold', 'timePrecision', 'releaseAfter', 'holdUntilReleased'] as const;

const said = fc.record(
  {
    sharing: fc.constantFrom(...SHARING_CODES, null, ' '),
    tlp: fc.constantFrom(...TLP_CODES, null),
    withhold: fc.option(fc.subarray([...WITHHOLD_CODES])),
    timePrecision: fc.constantFrom(...TIME_PRECISIONS, null),
    releaseAfter: fc.constantFrom('2026-12-01T00:00:00Z', null),
    holdUntilReleased: fc.constantFrom(true, false, null),
    narrative: fc.constantFrom('Invented for a test.', null),
  },
  { requiredKeys: [] },
);
const defaults = fc
  .record(
    {
      sharing: fc.constantFrom(...SHARING_CODES),
      tlp: fc.constantFrom(...TLP_CODES),
      withhold: fc.subarray([...WITHHOLD_CODES], { minLength: 1 }),
      timePrecision: fc.constantFrom(...TIME_PRECISIONS),
      embargoHours: fc.integer({ min: 1, max: 8_760 }),
      holdUntilReleased: fc.constant(true),
    },
    { requiredKeys: [] },
  )
  .filter(({ embargoHours, holdUntilReleased }) => embargoHours === undefined || holdUntilReleased === undefined);

const isSaid = (value: unknown): boolean => value !== null && value !== undefined && value !== ' ';

describe("an agency's standing defaults", () => {
  it('fill in what is left out and change nothing that is said', () => {
    fc.assert(
      fc.property(said, defaults, (input: SubmittedReport, standing) => {
        const filled = withDefaults(input, standing, NOW);
        for (const field of FIELDS)
          if (isSaid(input[field])) expect(filled.input[field]).toEqual(input[field]);
          else if (!filled.defaulted.includes(field)) expect(filled.input[field]).toEqual(input[field]);
          else expect(isSaid(filled.input[field])).toBe(true);
        expect(filled.input.narrative).toEqual(input.narrative);
        for (const field of ['sharing', 'tlp', 'withhold', 'timePrecision'] as const)
          expect(filled.defaulted.includes(field)).toBe(!isSaid(input[field]) && standing[field] !== undefined);
      }),
    );
  });

  it('put no second embargo beside one that is said', () => {
    fc.assert(
      fc.property(said, defaults, (input: SubmittedReport, standing) => {
        fc.pre(!(isSaid(input.releaseAfter) && input.holdUntilReleased === true));
        const { input: filled } = withDefaults(input, standing, NOW);
        expect(isSaid(filled.releaseAfter) && filled.holdUntilReleased === true).toBe(false);
      }),
    );
  });

  it('sent again, a report is filled as it was, whatever the defaults have become', () => {
    fc.assert(
      fc.property(said, defaults, (input: SubmittedReport, standing) => {
        const first = withDefaults(input, standing, NOW);
        const { sharing, tlp, withhold, timePrecision, releaseAfter, holdUntilReleased } = first.input;
        const stored = {
          ...{ sharing, tlp, withhold: withhold ?? [], timePrecision, defaulted: first.defaulted },
          releaseAfter: isSaid(releaseAfter) ? new Date(String(releaseAfter)) : null,
          holdUntilReleased: holdUntilReleased ?? false,
        } as OriginalSharing;
        const again = asFilledBefore(input, stored);
        expect(again.defaulted).toEqual(first.defaulted);
        const read = ({ releaseAfter: at, ...others }: SubmittedReport) => ({
          ...others,
          releaseAfter: isSaid(at) ? new Date(String(at)) : null,
        });
        expect(read(again.input)).toEqual(read(first.input));
      }),
    );
  });

  it.each<[string, SubmittedReport, Parameters<typeof withDefaults>[1], readonly string[]]>([
    ['an empty list says none', { withhold: [] }, { withhold: ['CONTRIBUTOR'] }, []],
    ['null says nothing', { withhold: null }, { withhold: ['CONTRIBUTOR'] }, ['withhold']],
    ['hours become a time', {}, { embargoHours: 48 }, ['releaseAfter']],
    ['false is said', { holdUntilReleased: false }, { holdUntilReleased: true }, []],
    ['a time that is said stands alone', { releaseAfter: '2026-12-01T00:00:00Z' }, { holdUntilReleased: true }, []],
    ['by hand stands alone', { holdUntilReleased: true }, { embargoHours: 48 }, []],
  ])('%s', (_, input, standing, defaulted) => {
    const filled = withDefaults(input, standing, NOW);
    expect(filled.defaulted).toEqual(defaulted);
    if (defaulted.includes('releaseAfter')) expect(filled.input.releaseAfter).toBe('2026-11-22T12:00:00.000Z');
  });
});
