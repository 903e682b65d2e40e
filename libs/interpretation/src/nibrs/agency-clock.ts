const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes east of UTC that clocks of an IANA zone show at an instant. */
function offsetAt(instant: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Math.round((Date.UTC(year, month - 1, day, hour, minute, second) - instant) / MINUTE);
}

/**
 * ISO 8601 with its offset of a full hour by the clocks of a zone; null where the clocks showed that hour twice, or not
 * at all, and for what is on no calendar.
 */
export function onClock(date: string, hour: string, timeZone: string): string | null {
  const local = Date.parse(`${date}T${hour}:00:00Z`);
  if (Number.isNaN(local) || new Date(local).toISOString().slice(0, 10) !== date) return null;
  // No zone changes its clocks twice within two days.
  const offsets = [offsetAt(local - DAY, timeZone), offsetAt(local + DAY, timeZone)];
  // An hour is a whole one only if its beginning and its end are on the same clock.
  const fitting = [...new Set(offsets)].filter((offset) =>
    [local, local + HOUR - 1].every((moment) => offsetAt(moment - offset * MINUTE, timeZone) === offset),
  );
  const [offset] = fitting;
  return fitting.length === 1 && offset !== undefined ? `${date}T${hour}:00:00${offsetText(offset)}` : null;
}

function offsetText(minutes: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const distance = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(distance / 60))}:${two(distance % 60)}`;
}
