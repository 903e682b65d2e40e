import {
  EMPTY_MAPPING,
  guessMapping,
  readHeadings,
  TEMPLATE_COLUMNS,
  type ColumnMapping,
  type FileFormat,
  type InterpretationSettings,
  type MappingGuess,
} from '@concord/interpretation';
import { z } from 'zod';

/** What a file of refused rows has besides the columns of the file; passed over when it is sent again. */
export const REFUSED_COLUMNS = ['problem', 'what_would_be_right'] as const;

const settings = z.object({
  ori: z.string().nullable().optional(),
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

export const storedSettings = ({ ori = null, stateFips, countyFips, timeZone, now }: InterpretationSettings) => ({
  ...{ ori, stateFips, countyFips, timeZone },
  now: now.toISOString(),
});

/** Of the day on which the import began: read again, a file means the same. */
export function settingsOf(stored: unknown): InterpretationSettings {
  const { now, ori = null, ...rest } = settings.parse(stored);
  return { ...rest, ori, now: new Date(now) };
}

/** Formats that have columns; the others say themselves what each place holds. */
const SHEETS: ReadonlySet<FileFormat> = new Set(['CSV', 'XLSX', 'JSON_LINES']);
const ADDED: ReadonlySet<string> = new Set(REFUSED_COLUMNS);

export interface GuessedMapping {
  readonly headings: readonly string[];
  readonly sheets: readonly string[];
  readonly guess: Pick<MappingGuess, 'mapping' | 'unmapped' | 'suggestions'>;
}

/** What a file's columns might be. Columns of a file of refused rows are none of its own. @throws UnreadableFile */
export async function guessedMapping(format: FileFormat, bytes: AsyncIterable<Uint8Array>): Promise<GuessedMapping> {
  if (!SHEETS.has(format))
    return { headings: [], sheets: [], guess: { mapping: EMPTY_MAPPING, unmapped: [], suggestions: [] } };
  const read = await readHeadings(format, bytes);
  const guess = guessMapping(read);
  return {
    headings: read.headings.filter((heading) => !ADDED.has(heading)),
    sheets: read.sheets,
    guess: { ...guess, unmapped: guess.unmapped.filter((heading) => !ADDED.has(heading)) },
  };
}

const TEMPLATE: ReadonlySet<string> = new Set(TEMPLATE_COLUMNS.map(({ name }) => name));
const numberless = (name: string): string => name.replace(/_\d+_/, '_1_');

/** The mapping of a file whose headings are those of the template to the letter; null of any other. @throws UnreadableFile */
export async function templateMapping(
  format: FileFormat,
  bytes: AsyncIterable<Uint8Array>,
): Promise<ColumnMapping | null> {
  const { headings, guess } = await guessedMapping(format, bytes);
  if (!SHEETS.has(format)) return guess.mapping;
  const exact = headings.every(
    (heading) =>
      TEMPLATE.has(numberless(heading)) &&
      guess.mapping.columns.some((use) => use.heading === heading && use.column === heading),
  );
  return exact ? guess.mapping : null;
}
