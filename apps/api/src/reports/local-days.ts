import type { ActivityPeriod } from '@concord/records';

const DAY_MS = 86_400_000;

/** Calendar days, YYYY-MM-DD, both inclusive. */
export interface Days {
  readonly firstDay: string;
  readonly lastDay: string;
}

/** The days of a date or a month as people write it; null for what is none. */
export function daysOf(of: 'date' | 'month', text: string): Days | null {
  if (!(of === 'date' ? /^20\d\d-\d\d-\d\d$/ : /^20\d\d-\d\d$/).test(text)) return null;
  const firstDay = of === 'date' ? text : `${text}-01`;
  const first = new Date(`${firstDay}T00:00:00Z`);
  // 30 February is a day in March to Date.
  if (Number.isNaN(first.getTime()) || dayOf(first) !== firstDay) return null;
  if (of === 'date') return { firstDay, lastDay: firstDay };
  const next = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 1);
  return { firstDay, lastDay: dayOf(new Date(next - DAY_MS)) };
}

/** From the midnight that begins the first day there to the one that ends the last. */
export function periodOf({ firstDay, lastDay }: Days, timeZone: string): ActivityPeriod {
  const end = dayOf(new Date(Date.parse(`${lastDay}T00:00:00Z`) + DAY_MS));
  return { from: midnight(firstDay, timeZone), until: midnight(end, timeZone) };
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** Clocks of the United States change at two in the morning: midnight is once on every day. */
function midnight(day: string, timeZone: string): Date {
  const written = Date.parse(`${day}T00:00:00Z`);
  const first = written - offsetMs(written, timeZone);
  return new Date(written - offsetMs(first, timeZone));
}

/** How far the clocks there are ahead of UTC at an instant. */
function offsetMs(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  }).formatToParts(at);
  const part = (type: string): number => Number(parts.find((it) => it.type === type)?.value);
  const [year, month, day] = [part('year'), part('month'), part('day')];
  return Date.UTC(year, month - 1, day, part('hour'), part('minute'), part('second')) - at;
}
