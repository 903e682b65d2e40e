import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { daysCovering, generaliseTime, isoWeeksCovering } from './time.generaliser.js';
import { TIME_LEVELS } from './release-policy/levels.js';
import { TransformationLog } from './transformation-log.js';
import { occurredArbitrary } from './valid-report.arbitrary.js';

const DAY_MS = 86_400_000;

/** The minute that starts at a local time, as [from, to) with its offset. */
function minuteAt(text: string): { interval: { from: Date; to: Date }; offset: number } {
  const from = new Date(text);
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(text) ?? [];
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  return { interval: { from, to: new Date(from.getTime() + 60_000) }, offset };
}

function weekOf(text: string): [string, string] {
  const { interval, offset } = minuteAt(text);
  const { from, to } = isoWeeksCovering(interval, offset);
  return [from.toISOString(), to.toISOString()];
}

function weekBetween(from: string, to: string): [string, string] {
  return [new Date(from).toISOString(), new Date(to).toISOString()];
}

describe('ISO weeks of the submitted offset', () => {
  it.each([
    ['Sunday 23:30 local, Monday in UTC', '2026-03-08T23:30-08:00', '2026-03-02T00:00-08:00', '2026-03-09T00:00-08:00'],
    ['Monday 00:00 local', '2026-03-09T00:00-08:00', '2026-03-09T00:00-08:00', '2026-03-16T00:00-08:00'],
    ['Monday 00:30 local, Sunday in UTC', '2026-03-09T00:30+14:00', '2026-03-09T00:00+14:00', '2026-03-16T00:00+14:00'],
    ['the same instant in UTC', '2026-03-09T07:30+00:00', '2026-03-09T00:00+00:00', '2026-03-16T00:00+00:00'],
    ['half-hour offset', '2026-03-08T23:59+05:30', '2026-03-02T00:00+05:30', '2026-03-09T00:00+05:30'],
    ['2026-W53 holds New Year 2027', '2027-01-01T12:00-05:00', '2026-12-28T00:00-05:00', '2027-01-04T00:00-05:00'],
    ['2026-W53 from its other end', '2026-12-28T00:00-05:00', '2026-12-28T00:00-05:00', '2027-01-04T00:00-05:00'],
    ['2026-W01 starts in 2025', '2025-12-29T09:00-05:00', '2025-12-29T00:00-05:00', '2026-01-05T00:00-05:00'],
    ['2020-W53', '2021-01-03T23:59-10:00', '2020-12-28T00:00-10:00', '2021-01-04T00:00-10:00'],
    ['leap day 2024', '2024-02-29T12:00-06:00', '2024-02-26T00:00-06:00', '2024-03-04T00:00-06:00'],
    ['no leap day in 2100', '2100-02-28T12:00-06:00', '2100-02-22T00:00-06:00', '2100-03-01T00:00-06:00'],
    ['before 1970', '1969-12-31T23:59-08:00', '1969-12-29T00:00-08:00', '1970-01-05T00:00-08:00'],
  ])('%s', (_name, at, from, to) => {
    expect(weekOf(at)).toEqual(weekBetween(from, to));
  });

  it('takes every week that a month touches', () => {
    const february = { from: new Date('2024-02-01T00:00-08:00'), to: new Date('2024-03-01T00:00-08:00') };
    expect(isoWeeksCovering(february, -480)).toEqual({
      from: new Date('2024-01-29T00:00-08:00'),
      to: new Date('2024-03-04T00:00-08:00'),
    });
  });

  it('does not take the week after an interval that ends at Monday 00:00', () => {
    const sunday = { from: new Date('2026-03-08T00:00-08:00'), to: new Date('2026-03-09T00:00-08:00') };
    expect(isoWeeksCovering(sunday, -480).to).toEqual(sunday.to);
  });
});

describe('days of the submitted offset', () => {
  it.each([
    ['23:59 on a leap day', '2024-02-29T23:59-08:00', '2024-02-29T00:00-08:00', '2024-03-01T00:00-08:00'],
    [
      '00:00 belongs to the day that begins',
      '2026-01-01T00:00-08:00',
      '2026-01-01T00:00-08:00',
      '2026-01-02T00:00-08:00',
    ],
  ])('%s', (_name, at, from, to) => {
    const { interval, offset } = minuteAt(at);
    expect(daysCovering(interval, offset)).toEqual({ from: new Date(from), to: new Date(to) });
  });

  it('takes both days of an interval that crosses midnight', () => {
    const hour = { from: new Date('2026-01-01T23:30-08:00'), to: new Date('2026-01-02T00:30-08:00') };
    const { from, to } = daysCovering(hour, -480);
    expect(to.getTime() - from.getTime()).toBe(2 * DAY_MS);
  });
});

describe('laws of time', () => {
  const covers = (outer: { from: Date; to: Date }, inner: { from: Date; to: Date }): boolean =>
    outer.from <= inner.from && inner.to <= outer.to;

  it('weeks cover days, days cover the interval, each as tightly as whole units can', () => {
    fc.assert(
      fc.property(occurredArbitrary, (occurred) => {
        const days = daysCovering(occurred, occurred.offsetMinutes);
        const weeks = isoWeeksCovering(occurred, occurred.offsetMinutes);
        expect(covers(days, occurred)).toBe(true);
        expect(covers(weeks, days)).toBe(true);
        expect(days.from.getTime()).toBeGreaterThan(occurred.from.getTime() - DAY_MS);
        expect(days.to.getTime()).toBeLessThan(occurred.to.getTime() + DAY_MS);
        expect(weeks.from.getTime()).toBeGreaterThan(occurred.from.getTime() - 7 * DAY_MS);
        expect(weeks.to.getTime()).toBeLessThan(occurred.to.getTime() + 7 * DAY_MS);
      }),
    );
  });

  it('starts weeks at Monday 00:00 and days at 00:00 of the offset', () => {
    fc.assert(
      fc.property(occurredArbitrary, (occurred) => {
        const localOf = (instant: Date): Date => new Date(instant.getTime() + occurred.offsetMinutes * 60_000);
        const weeks = isoWeeksCovering(occurred, occurred.offsetMinutes);
        const days = daysCovering(occurred, occurred.offsetMinutes);
        for (const edge of [weeks.from, weeks.to]) expect(localOf(edge).getUTCDay()).toBe(1);
        for (const edge of [weeks.from, weeks.to, days.from, days.to]) {
          expect(localOf(edge).toISOString()).toContain('T00:00:00.000Z');
        }
      }),
    );
  });

  it('changes nothing the second time, and weeks of days are the weeks', () => {
    fc.assert(
      fc.property(occurredArbitrary, (occurred) => {
        const { offsetMinutes } = occurred;
        const days = daysCovering(occurred, offsetMinutes);
        const weeks = isoWeeksCovering(occurred, offsetMinutes);
        expect(daysCovering(days, offsetMinutes)).toEqual(days);
        expect(isoWeeksCovering(weeks, offsetMinutes)).toEqual(weeks);
        expect(isoWeeksCovering(days, offsetMinutes)).toEqual(weeks);
      }),
    );
  });

  it('notes a change exactly where the interval changed', () => {
    fc.assert(
      fc.property(occurredArbitrary, fc.constantFrom('DAY' as const, 'WEEK' as const), (occurred, timePrecision) => {
        for (const level of TIME_LEVELS) {
          const log = new TransformationLog();
          const { from, to } = generaliseTime(occurred, { level }, timePrecision, log);
          const same = from.getTime() === occurred.from.getTime() && to.getTime() === occurred.to.getTime();
          expect(log.entries()).toHaveLength(same ? 0 : 1);
        }
      }),
    );
  });
});
