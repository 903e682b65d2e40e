import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UNIT_CODES } from './enumerations.js';
import {
  isCount,
  isFinerThanMilligram,
  isVolume,
  isWeight,
  milligramsOf,
  millilitresOf,
  type WeightUnit,
} from './units.js';

/** Milligrams in one unit, as a fraction. */
const FACTORS: Readonly<Record<WeightUnit, readonly [bigint, bigint]>> = {
  KG: [1_000_000n, 1n],
  GM: [1_000n, 1n],
  LB: [45_359_237n, 100n],
  OZ: [45_359_237n, 1_600n],
};
const WEIGHT_UNITS = Object.keys(FACTORS) as WeightUnit[];

describe('units', () => {
  it('are a weight, a volume or a count, XX is none', () => {
    const kinds = UNIT_CODES.map((unit) => [isWeight(unit), isVolume(unit), isCount(unit)].filter(Boolean).length);
    expect(kinds).toEqual(UNIT_CODES.map((unit) => (unit === 'XX' ? 0 : 1)));
    expect(UNIT_CODES.filter(isWeight)).toEqual(['KG', 'GM', 'LB', 'OZ']);
    expect(UNIT_CODES.filter(isCount)).toEqual(['DU', 'NP']);
  });

  it.each<[number, WeightUnit, bigint]>([
    [12.5, 'KG', 12_500_000n],
    [0.1, 'KG', 100_000n],
    [1, 'LB', 453_592n],
    [100, 'LB', 45_359_237n],
    [1, 'OZ', 28_350n],
    [16, 'OZ', 453_592n],
    [0.0005, 'GM', 0n],
    [0.0015, 'GM', 2n],
    [0.0025, 'GM', 2n],
    [1e-9, 'KG', 0n],
    [1e21, 'GM', 10n ** 24n],
    [1.5e300, 'GM', 15n * 10n ** 302n],
    [5e-324, 'KG', 0n],
    [0, 'KG', 0n],
    [-0, 'KG', 0n],
  ])('%d %s is %d mg', (quantity, unit, milligrams) => {
    expect(milligramsOf(quantity, unit)).toBe(milligrams);
  });

  it.each([NaN, Infinity, -Infinity, -1])('refuses %d', (quantity) => {
    expect(() => milligramsOf(quantity, 'KG')).toThrow(RangeError);
  });

  it('are exact: half a milligram from the fraction at most, and at the half to even', () => {
    fc.assert(
      fc.property(
        fc.nat(10_000_000),
        fc.integer({ min: 0, max: 9 }),
        fc.constantFrom(...WEIGHT_UNITS),
        (digits, decimals, unit) => {
          const milligrams = milligramsOf(Number(`${digits}e-${decimals}`), unit);
          const [over, under] = FACTORS[unit];
          const bottom = 10n ** BigInt(decimals) * under;
          const error = 2n * (milligrams * bottom - BigInt(digits) * over);
          const size = error < 0n ? -error : error;
          expect(size <= bottom).toBe(true);
          if (size === bottom) expect(milligrams % 2n).toBe(0n);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('grow with the quantity, and agree on what is the same weight', () => {
    const weight = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(weight, weight, fc.constantFrom(...WEIGHT_UNITS), (one, other, unit) => {
        const [low, high] = one < other ? [one, other] : [other, one];
        expect(milligramsOf(low, unit) <= milligramsOf(high, unit)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.nat(), (grams) => {
        expect(milligramsOf(grams / 1000, 'KG')).toBe(milligramsOf(grams, 'GM'));
      }),
    );
  });

  it.each<[number, WeightUnit, boolean]>([
    [12.5, 'KG', false],
    [0.000001, 'KG', false],
    [12.3456789, 'KG', true],
    [1e-7, 'KG', true],
    [0.001, 'GM', false],
    [0.0015, 'GM', true],
    [0.00001, 'LB', false],
    [27.557783, 'LB', true],
    [0.0001, 'OZ', false],
    [0.00001, 'OZ', true],
    [1e21, 'GM', false],
    [0, 'KG', false],
  ])('%d %s is written finer than a milligram: %s', (quantity, unit, finer) => {
    expect(isFinerThanMilligram(quantity, unit)).toBe(finer);
  });

  it('knows volumes well enough to judge them', () => {
    expect(millilitresOf(2, 'LT')).toBe(2000);
    expect(millilitresOf(128, 'FO')).toBeCloseTo(millilitresOf(1, 'GL'), 6);
  });
});
