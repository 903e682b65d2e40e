import type { InstantContext } from '../cells/instant.cell.js';
import { ZoneClock } from '../cells/zone-clock.js';
import type { InterpretationSettings } from '../settings.js';
import type { CompiledMapping } from './mapped-row.js';

/** What every row of a file is read by. */
export interface ReportContext {
  readonly settings: InterpretationSettings;
  readonly instant: InstantContext;
}

/** @throws RangeError where the settings name no time zone. */
export function reportContext({ mapping }: CompiledMapping, settings: InterpretationSettings): ReportContext {
  const clock = settings.timeZone === null ? null : new ZoneClock(settings.timeZone);
  // A day ahead of UTC: on the last of December it may be the next year where the agency is.
  const year = new Date(settings.now.getTime() + 14 * 3_600_000).getUTCFullYear();
  return { settings, instant: { mapping, year, clock } };
}
