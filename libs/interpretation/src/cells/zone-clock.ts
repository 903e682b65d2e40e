const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Offsets are asked by the hour and kept: a file is of a few years. */
const MOST_KEPT = 100_000;

/** A local time on a calendar, without an offset. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Offsets from UTC of an IANA time zone, in minutes, east positive. */
export class ZoneClock {
  private readonly format: Intl.DateTimeFormat;
  private readonly kept = new Map<number, number>();

  /** @throws RangeError for a name that is no time zone. */
  constructor(timeZone: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, calendar: 'iso8601', numberingSystem: 'latn', hourCycle: 'h23' },
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
  }

  /** The offsets at which a clock of the zone showed this time: one, none where it went forward, two where it went back. */
  offsetsAt(local: LocalTime): number[] {
    const wall = Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute, local.second);
    const around = [...new Set([this.offsetAt(wall - 24 * HOUR), this.offsetAt(wall + 24 * HOUR)])];
    return around.filter((offset) => this.offsetAt(wall - offset * MINUTE) === offset).sort((a, b) => b - a);
  }

  /**
   * Noon of a day that is stated to the day, or the middle of a month, with the offset at which the day or the month began:
   * what is widened to the whole of it at that offset begins then, also where the clock changed in between.
   */
  middleOf({
    year,
    month,
    day,
  }: {
    readonly year: number;
    readonly month: number;
    readonly day: number | null;
  }): string {
    const noon: LocalTime = { year, month, day: day ?? 15, hour: 12, minute: 0, second: 0 };
    const [began] = this.offsetsAt({ ...noon, day: day ?? 1, hour: 0 });
    // In some zones the clock goes forward at midnight.
    const [offset = 0] = began === undefined ? this.offsetsAt(noon) : [began];
    return isoText(noon, offset);
  }

  /** At an instant. Zones change on quarters of an hour. */
  private offsetAt(instant: number): number {
    const quarter = Math.floor(instant / (15 * MINUTE));
    const known = this.kept.get(quarter);
    if (known !== undefined) return known;
    const at = quarter * 15 * MINUTE;
    const parts = new Map(this.format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    const offset = Math.round((shown - at) / MINUTE);
    if (this.kept.size >= MOST_KEPT) this.kept.clear();
    this.kept.set(quarter, offset);
    return offset;
  }
}

const two = (number: number): string => String(number).padStart(2, '0');

/** `-08:00`. */
export const offsetText = (minutes: number): string =>
  `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;

/** `2026-11-20T15:15:00-08:00`. */
export const isoText = (local: LocalTime, offset: number): string =>
  `${String(local.year).padStart(4, '0')}-${two(local.month)}-${two(local.day)}T${two(local.hour)}:${two(local.minute)}:${two(local.second)}${offsetText(offset)}`;
