import { EMPTY_MAPPING, type ColumnMapping, type InterpretationSettings } from '@concord/interpretation';
import { z } from 'zod';

/** What a file of refused rows has besides the columns of the file; passed over when it is sent again. */
export const REFUSED_COLUMNS = ['problem', 'what_would_be_right'] as const;

const settings = z.object({
  stateFips: z.string().nullable(),
  countyFips: z.array(z.string()),
  timeZone: z.string().nullable(),
  now: z.string(),
});

/** As it was stored. The columns that a file of refused rows adds are passed over, whatever the mapping says. */
export function mappingOf(stored: unknown): ColumnMapping {
  const mapping = { ...EMPTY_MAPPING, ...(stored as Partial<ColumnMapping>) };
  const extra = REFUSED_COLUMNS.filter((heading) => !mapping.columns.some((use) => use.heading === heading));
  return { ...mapping, ignored: [...new Set([...mapping.ignored, ...extra])] };
}

export const storedSettings = ({ now, ...rest }: InterpretationSettings) => ({ ...rest, now: now.toISOString() });

/** Of the day on which the import began: read again, a file means the same. */
export function settingsOf(stored: unknown): InterpretationSettings {
  const { now, ...rest } = settings.parse(stored);
  return { ...rest, now: new Date(now) };
}
