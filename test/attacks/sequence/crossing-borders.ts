import { communityRows, type ValidReport } from '@concord/deidentification';
import { cellToBoundary, latLngToCell } from 'h3-js';
import type { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { proportionOf } from '../proportion.js';
import type { ReleaseResult } from '../release-results.js';
import { viewsOf } from '../release-views.js';
import { seizureOf } from './histories.js';
import { knowledgeOf, sharpened } from './knowledge.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * What two releases tell together where the borders of one cross those of the other. Nobody promises that this is
 * nothing: it is measured, so that whoever changes a precision knows the price.
 */
export function crossingBorders(random: SeededRandom, records: number): ReleaseResult[] {
  const drawn = Array.from({ length: records }, () => seizureOf(random));
  return [
    ...weekWithMonth(drawn),
    ...weekWithRelease(drawn),
    ...otherOffset(drawn, random),
    ...otherCells(random, records),
  ];
}

const partnerOf = (report: ValidReport) => viewsOf(report).filter((it) => it.precision === 'PARTNER');

/** A partner who could tell which row of COMMUNITY a record is would have the part of its week that lies in the month. */
function weekWithMonth(drawn: readonly ValidReport[]): ReleaseResult[] {
  const left = drawn.flatMap((report) => {
    const [month] = communityRows({ ...report, tlp: 'GREEN' }).map((it) => it.month);
    const [view] = partnerOf(report);
    if (month === undefined || view === undefined) return [];
    const offset = view.occurred.offsetMinutes * 60_000;
    const first = Date.parse(`${month}T00:00:00Z`) - offset;
    const end = Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7))) - offset;
    const [from, to] = [Math.max(first, view.occurred.from.getTime()), Math.min(end, view.occurred.to.getTime())];
    return to - from < 7 * DAY_MS ? [(to - from) / DAY_MS] : [];
  });
  return [
    {
      tier: 'PARTNER',
      measure: "records whose week COMMUNITY's month would cut",
      ...proportionOf(left.length, drawn.length),
    },
    { tier: 'PARTNER', measure: 'days of seven left of those, on average', value: mean(left), of: left.length },
  ];
}

/** A record is not released before it happened. Reported so many hours later, at once released. */
function weekWithRelease(drawn: readonly ValidReport[]): ReleaseResult[] {
  return [2, 24, 72].map((hours) => {
    const left = drawn.flatMap((report) =>
      partnerOf(report).map(({ occurred }) => {
        const released = report.occurred.from.getTime() + hours * HOUR_MS;
        return (Math.min(released, occurred.to.getTime()) - occurred.from.getTime()) / DAY_MS;
      }),
    );
    const measure = `days of seven left by the time of release (reported ${hours} hours later), on average`;
    return { tier: 'PARTNER', measure, value: mean(left), of: left.length };
  });
}

/** The same instant, written with another offset from UTC: another calendar's weeks and days. */
function otherOffset(drawn: readonly ValidReport[], random: SeededRandom): ReleaseResult[] {
  return (['WEEK', 'DAY'] as const).map((timePrecision) => {
    const found = drawn.filter((report) => {
      const offsetMinutes = report.occurred.offsetMinutes + random.pick([-60, 60]);
      const versions = [report, { ...report, occurred: { ...report.occurred, offsetMinutes } }];
      const views = versions.flatMap((it) => partnerOf({ ...it, timePrecision }));
      // An hour at the border of every week and day is cut off always; the rest of it is cut off now and then.
      return sharpened(views.map(knowledgeOf)).some(({ path, left }) => path === 'occurred' && (left ?? 1) < 0.5);
    });
    const measure = `records that a correction of the offset by an hour dates to the hour (${timePrecision})`;
    return { tier: 'PARTNER', measure, ...proportionOf(found.length, drawn.length) };
  });
}

/** The cells of two resolutions, where an agency changed its setting between two versions. */
function otherCells(random: SeededRandom, records: number): ReleaseResult[] {
  const left: number[] = [];
  for (let drawn = 0; drawn < records; drawn++) {
    const point = [31 + 10 * random.next(), -118 + 40 * random.next()] as const;
    const [coarse, fine] = [latLngToCell(...point, 6), latLngToCell(...point, 7)];
    const inside = shareInside(fine, coarse, random);
    if (inside < 1) left.push(inside);
  }
  const crossed = left.length;
  return [
    {
      tier: 'TASK_FORCE',
      measure: 'records whose cells of resolution 6 and 7 together are finer',
      ...proportionOf(crossed, records),
    },
    {
      tier: 'TASK_FORCE',
      measure: 'of the finer cell left of those, on average',
      value: mean(left),
      of: crossed,
      unit: 'share',
    },
  ];
}

const POINTS = 60;

/** How much of a cell lies in another one, by points drawn in it. */
function shareInside(fine: string, coarse: string, random: SeededRandom): number {
  const corners = cellToBoundary(fine);
  const [north, east] = [corners.map(([latitude]) => latitude), corners.map(([, longitude]) => longitude)];
  const [south, west] = [Math.min(...north), Math.min(...east)];
  const [height, width] = [Math.max(...north) - south, Math.max(...east) - west];
  let [within, inside] = [0, 0];
  while (within < POINTS) {
    const point = [south + random.next() * height, west + random.next() * width] as const;
    if (latLngToCell(...point, 7) !== fine) continue;
    within += 1;
    if (latLngToCell(...point, 6) === coarse) inside += 1;
  }
  return inside / within;
}

const mean = (values: readonly number[]): number =>
  Number((values.reduce((sum, it) => sum + it, 0) / Math.max(1, values.length)).toFixed(3));
