import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FORM_CODES, isCount, isWeight, milligramsOf, UNIT_CODES, type WeightUnit } from '@concord/codes';
import { CONTEXT, SMALLEST } from './example-report.fixture.js';
import type { IssueCode } from './issue.js';
import { validateReport } from './validate-report.js';

const validate = (substance: object) => validateReport({ ...SMALLEST, substances: [substance] }, CONTEXT);
const found = (substance: object) => {
  const result = validate(substance);
  return result.ok ? [] : result.issues.map(({ path, code }) => `${path.replace('substances.0.', '')} ${code}`);
};
const pills = { deaCode: '9801', form: 'PILL_TABLET', quantity: 30_000, unit: 'DU' };
const kilos = (quantity: unknown) => ({ deaCode: '9801', form: 'POWDER', quantity, unit: 'KG' });
const unnamed = { name: 'unknown powder', category: 'UNKNOWN', quantityReason: 'TRACE' };

describe('a substance', () => {
  it.each<[what: string, substance: object, found?: `${string} ${IssueCode}`]>([
    ['nothing', { quantityReason: 'TRACE' }, 'deaCode REQUIRED'],
    ['a name and a category', unnamed],
    ['a name', { ...unnamed, category: null }, 'category REQUIRED'],
    ['a category', { ...unnamed, name: '' }, 'name REQUIRED'],
    ['a number for a code', { ...pills, deaCode: 9801 }, 'deaCode WRONG_TYPE'],
    ['no such code', { ...pills, deaCode: '9999' }, 'deaCode UNKNOWN_DEA_CODE'],
    ['full-width digits', { ...pills, deaCode: '９８０１' }, 'deaCode LOOKALIKE_CHARACTER'],
    ['pills', pills],
    ['half a pill', { ...pills, quantity: 0.5 }, 'quantity NOT_A_WHOLE_NUMBER'],
    ['powder in pieces', { ...pills, form: 'POWDER' }, 'unit UNIT_DOES_NOT_FIT_FORM'],
    ['pills as plants', { ...pills, unit: 'NP' }, 'unit UNIT_DOES_NOT_FIT_FORM'],
    ['something as plants', { ...pills, form: null, unit: 'NP' }, 'unit UNIT_DOES_NOT_FIT_FORM'],
    ['plants', { ...pills, form: 'PLANT', unit: 'NP' }],
    ['a wrong form only', { ...pills, form: 'BRICK', unit: 'NP' }, 'form UNKNOWN_CODE'],
    ['pills by weight', { ...pills, unit: 'KG' }],
    ['no unit', { ...pills, unit: null }, 'unit REQUIRED'],
    ['no quantity', { ...pills, quantity: null }, 'quantity MISSING_QUANTITY'],
    ['zero', { ...pills, quantity: 0 }, 'quantity MISSING_QUANTITY'],
    ['zero with a reason', { ...pills, quantity: 0, quantityReason: 'TRACE' }],
    ['less than half a milligram', kilos(4e-7), 'quantity MISSING_QUANTITY'],
    ['less than half a microlitre', { deaCode: '2010', quantity: 1e-7, unit: 'LT' }, 'quantity MISSING_QUANTITY'],
    ['minus nothing', kilos(-0), 'quantity MISSING_QUANTITY'],
    ['a reason for a quantity', { ...pills, quantityReason: 'PENDING' }, 'quantityReason QUANTITY_WITH_REASON'],
    ['a wrong reason', { ...pills, quantity: null, quantityReason: 'LOST' }, 'quantityReason UNKNOWN_CODE'],
    ['a quantity not reported', { ...pills, unit: 'XX' }, 'unit UNIT_NEEDS_REASON'],
    ['not reported, with a reason', { deaCode: '9801', unit: 'XX', quantityReason: 'PENDING' }],
    ['less than nothing', kilos(-1), 'quantity OUT_OF_RANGE'],
    ['text', kilos('12.5'), 'quantity WRONG_TYPE'],
    ['infinity', kilos(Infinity), 'quantity WRONG_TYPE'],
    ['100 tonnes', kilos(100_000)],
    ['more', kilos(100_000.1), 'quantity QUANTITY_IMPLAUSIBLE'],
    ['a billion pills', { ...pills, quantity: 1e9 }],
    ['far too many pills', { ...pills, quantity: 1e300 }, 'quantity QUANTITY_IMPLAUSIBLE'],
    ['a lake', { deaCode: '2010', form: 'LIQUID', quantity: 1e6 + 1, unit: 'LT' }, 'quantity QUANTITY_IMPLAUSIBLE'],
    ['more than pure', { ...pills, purityPercent: 100.1 }, 'purityPercent OUT_OF_RANGE'],
    ['a long signature', { ...pills, signature: 'x'.repeat(121) }, 'signature TOO_LONG'],
    ['11 adulterants', { ...pills, adulterants: Array.from({ length: 11 }, () => 'x') }, 'adulterants TOO_MANY_ITEMS'],
    ['a long adulterant', { ...pills, adulterants: ['x', 'x'.repeat(61)] }, 'adulterants.1 TOO_LONG'],
    ['estimated as text', { ...pills, estimated: 'yes' }, 'estimated WRONG_TYPE'],
  ])('%s', (_what, substance, ...faults) => {
    expect(found(substance)).toEqual(faults);
  });

  it('comes 1 to 20 times', () => {
    const count = (length: number) => ({ ...SMALLEST, substances: Array.from({ length }, () => pills) });
    expect(validateReport(count(20), CONTEXT)).toMatchObject({ ok: true });
    expect(validateReport(count(21), CONTEXT)).toMatchObject({
      issues: [{ path: 'substances', code: 'TOO_MANY_ITEMS' }],
    });
    expect(validateReport(count(0), CONTEXT)).toMatchObject({ issues: [{ path: 'substances', code: 'REQUIRED' }] });
  });

  it('is warned of above 10 tonnes', () => {
    expect(validate(kilos(10_000)).warnings).toEqual([]);
    expect(validate(kilos(10_001))).toMatchObject({
      ok: true,
      warnings: [{ path: 'substances.0.quantity', code: 'QUANTITY_LARGE' }],
    });
  });

  it('is judged by its weight whatever the unit', () => {
    const PER_TONNE: Readonly<Record<WeightUnit, number>> = {
      KG: 1_000,
      GM: 1_000_000,
      LB: 1 / 0.00045359237,
      OZ: 16 / 0.00045359237,
    };
    const units = fc.constantFrom(...UNIT_CODES.filter(isWeight));
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1e6, noNaN: true }), units, (tonnes, unit) => {
        fc.pre(Math.abs(tonnes - 10) > 1e-6 && Math.abs(tonnes - 100) > 1e-6);
        const result = validate({ deaCode: '9801', form: 'POWDER', quantity: tonnes * PER_TONNE[unit], unit });
        const said = [...(result.ok ? [] : result.issues), ...result.warnings].map(({ code }) => code);
        const expected = tonnes > 100 ? ['QUANTITY_IMPLAUSIBLE'] : tonnes > 10 ? ['QUANTITY_LARGE'] : [];
        expect(said.filter((code) => code !== 'QUANTITY_TOO_FINE')).toEqual(expected);
      }),
    );
    for (const [unit, large, most] of [
      ['KG', 10_000, 100_000],
      ['GM', 10_000_000, 100_000_000],
    ] as const) {
      const said = (quantity: number) => validate({ deaCode: '9801', form: 'POWDER', quantity, unit });
      expect([said(large), said(most)]).toMatchObject([
        { ok: true, warnings: [] },
        { ok: true, warnings: [{}] },
      ]);
      expect([said(large + 1).warnings.length, said(most + 1).ok]).toEqual([1, false]);
    }
  });

  it('fits every form by its weight, and is counted only where there is something to count', () => {
    const countable = { DU: ['PILL_TABLET', 'CAPSULE', 'PATCH', 'OTHER', 'UNKNOWN'], NP: ['PLANT'] };
    for (const form of FORM_CODES) {
      for (const unit of UNIT_CODES.filter(isWeight)) {
        expect(validate({ deaCode: '9801', form, unit, quantity: 2 })).toMatchObject({ ok: true, warnings: [] });
      }
      for (const unit of UNIT_CODES.filter(isCount)) {
        expect(validate({ deaCode: '9801', form, unit, quantity: 2 }).ok).toBe(countable[unit].includes(form));
      }
    }
  });

  it('is called and filed as the table says where it has a code', () => {
    expect(validate({ ...pills, name: 'oxy', category: 'HEROIN' })).toMatchObject({
      report: { substances: [{ name: 'Fentanyl', category: 'FENTANYL' }] },
      warnings: [{ path: 'substances.0.category', code: 'DEA_CODE_PREVAILS' }],
    });
    expect(validate({ ...pills, name: 'fentanyl', category: 'FENTANYL' }).warnings).toEqual([]);
  });

  it('has adulterants once, in lower case and in order', () => {
    expect(validate({ ...pills, adulterants: ['Xylazine ', 'caffeine', '', 'XYLAZINE'] })).toMatchObject({
      report: { substances: [{ adulterants: ['caffeine', 'xylazine'] }] },
    });
  });

  it('has milligrams only by weight and units only by count', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FORM_CODES),
        fc.constantFrom(...UNIT_CODES),
        fc.integer({ min: 1, max: 1_000_000 }),
        (form, unit, quantity) => {
          const result = validate({ deaCode: '9801', form, unit, quantity });
          if (!result.ok) return;
          expect(result.report.substances[0]).toMatchObject({
            quantity,
            milligrams: isWeight(unit) ? milligramsOf(quantity, unit) : null,
            units: isCount(unit) ? BigInt(quantity) : null,
          });
        },
      ),
    );
  });
});
