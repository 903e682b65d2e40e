import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { localTime } from '../../../embedded/src/local-time.js';
import { calendarMonthOf, fiscalYearNamed, fiscalYearOf, hasBegun, minuteIn, pastPartOf } from './fiscal-calendar.js';

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const NOW = new Date('2026-11-23T12:00:00Z');

const year = fc.integer({ min: 1971, max: 2026 });
const abbreviation = fc.constantFrom(...MONTHS);
/** Of every clock in the model and some beyond. */
const offset = fc.constantFrom(-600, -540, -480, -420, -360, -300, -240, 0, 330, 600, 840);
const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the fiscal calendar', () => {
  it.each([
    ['2021', 2021],
    ['2026 (FYTD)', 2026],
    [' 2022 ', 2022],
    ['2026 FYTD', null],
    ['', null],
    ['22', null],
    ['1492', null],
    ['20211', null],
  ])('reads the year %j', (text, expected) => expect(fiscalYearNamed(text)).toBe(expected));

  it.each([
    [2022, 'OCT', { year: 2021, month: 10 }],
    [2022, 'DEC', { year: 2021, month: 12 }],
    [2022, 'JAN', { year: 2022, month: 1 }],
    [2022, 'SEP', { year: 2022, month: 9 }],
    [2022, 'oct', { year: 2021, month: 10 }],
    [2022, 'SEPT', null],
    [2022, '', null],
  ])('puts fiscal year %d, %s into %j', (fiscalYear, month, expected) =>
    expect(calendarMonthOf(fiscalYear, month)).toEqual(expected),
  );

  it('draws times that lie in the month on the clock of the place and in UTC, and read back as the fiscal year', () => {
    fc.assert(
      fc.property(year, abbreviation, offset, share, (fiscalYear, name, offsetMinutes, drawn) => {
        const month = calendarMonthOf(fiscalYear, name);
        fc.pre(month !== null && hasBegun(month, NOW));
        const instant = minuteIn(pastPartOf(month, offsetMinutes, NOW), drawn);
        const prefix = `${month.year}-${String(month.month).padStart(2, '0')}`;
        const written = localTime(instant, offsetMinutes);
        expect(written.slice(0, 7)).toBe(prefix);
        expect(new Date(instant).toISOString().slice(0, 7)).toBe(prefix);
        expect(new Date(written).getTime()).toBe(instant);
        expect(instant).toBeLessThan(NOW.getTime());
        expect(fiscalYearOf(new Date(instant), offsetMinutes)).toBe(fiscalYear);
      }),
      { numRuns: 2_000 },
    );
  });

  it('uses the past part of a month that is running, and none of one to come', () => {
    const november = { year: 2026, month: 11 };
    expect(pastPartOf(november, -480, NOW)).toEqual({
      from: Date.parse('2026-11-01T00:00:00-08:00'),
      to: Date.parse('2026-11-23T00:00:00Z'),
    });
    expect(hasBegun(november, NOW)).toBe(true);
    expect(hasBegun(november, new Date('2026-11-01T23:59:00Z'))).toBe(false);
    expect(hasBegun({ year: 2026, month: 12 }, NOW)).toBe(false);
  });
});
