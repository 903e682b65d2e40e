import { wordsOf } from '../cells/words.js';
import { EMPTY_MAPPING, type ColumnMapping, type ColumnUse } from './column-mapping.js';
import { TEMPLATE_HEADINGS } from './heading-words.js';
import type { SheetHeadings } from './read-headings.js';

/** A mapping to look at before it counts. */
export interface MappingGuess {
  readonly mapping: ColumnMapping;
  /** Headings that no column was found for; they are among `mapping.ignored`. */
  readonly unmapped: readonly string[];
  /** What might be meant by a heading that was not found; never applied. */
  readonly suggestions: readonly { readonly heading: string; readonly column: string }[];
}

/** A mapping from the headings and first rows of a file. Only stated names count. */
export function guessMapping({ headings }: Pick<SheetHeadings, 'headings' | 'samples'>): MappingGuess {
  const columns: ColumnUse[] = [];
  for (const heading of headings) {
    const column = TEMPLATE_HEADINGS.get(wordsOf(heading));
    if (column !== undefined && !columns.some((use) => use.column === column)) columns.push({ heading, column });
  }
  const unmapped = headings.filter((heading) => !columns.some((use) => use.heading === heading));
  const isTemplate = columns.length > 0 && unmapped.length === 0;
  const settings = isTemplate
    ? ({ dateOrder: 'MONTH_FIRST', clock: '24_HOUR', midnight: 'MIDNIGHT', decimal: 'POINT' } as const)
    : {};
  return { mapping: { ...EMPTY_MAPPING, ...settings, columns, ignored: unmapped }, unmapped, suggestions: [] };
}
