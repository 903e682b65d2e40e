import { daysOf, periodOf } from './local-days.js';

const day = (date: string, zone: string) => {
  const days = daysOf('date', date);
  if (days === null) throw new Error(date);
  const { from, until } = periodOf(days, zone);
  return [from.toISOString(), until.toISOString(), (until.getTime() - from.getTime()) / 3_600_000];
};

test('a day is as long as its clocks make it', () => {
  const zone = 'America/Los_Angeles';
  expect(day('2026-11-20', zone)).toEqual(['2026-11-20T08:00:00.000Z', '2026-11-21T08:00:00.000Z', 24]);
  expect(day('2026-03-08', zone)).toEqual(['2026-03-08T08:00:00.000Z', '2026-03-09T07:00:00.000Z', 23]);
  expect(day('2026-11-01', zone)).toEqual(['2026-11-01T07:00:00.000Z', '2026-11-02T08:00:00.000Z', 25]);
  expect(day('2026-11-01', 'Pacific/Guam')).toEqual(['2026-10-31T14:00:00.000Z', '2026-11-01T14:00:00.000Z', 24]);
});

test('a month has its own days; what is none is none', () => {
  expect(daysOf('month', '2028-02')).toEqual({ firstDay: '2028-02-01', lastDay: '2028-02-29' });
  expect(daysOf('month', '2026-12')).toEqual({ firstDay: '2026-12-01', lastDay: '2026-12-31' });
  for (const none of ['2026-02-30', '2026-13-01', '2026-1-1', '', '20261101']) expect(daysOf('date', none)).toBeNull();
  expect(daysOf('month', '2026-13')).toBeNull();
});
