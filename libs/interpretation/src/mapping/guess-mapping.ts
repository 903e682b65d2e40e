import { closest } from '../cells/closest.js';
import { EMPTY_MAPPING, type ColumnMapping, type ColumnUse } from './column-mapping.js';
import { guessHabits, type Evidence } from './guess-habits.js';
import { headingsKnown, headingWords, knownHeading } from './heading-words.js';
import type { SheetHeadings } from './read-headings.js';

/** A mapping to look at before it counts. */
export interface MappingGuess {
  readonly mapping: ColumnMapping;
  /** Headings that no column was found for; they are among `mapping.ignored`. */
  readonly unmapped: readonly string[];
  /** What might be meant by a heading that was not found; never applied. */
  readonly suggestions: readonly { readonly heading: string; readonly column: string }[];
  /** What the rows say of the order of dates, the clock and the decimals: the setting, and the row that shows it. */
  readonly evidence: readonly Evidence[];
}

/** A mapping from the headings and first rows of a file. Only stated names count, and only rows that can mean one thing. */
export function guessMapping({ headings, samples }: Pick<SheetHeadings, 'headings' | 'samples'>): MappingGuess {
  const columns: ColumnUse[] = [];
  const constants: Record<string, string> = {};
  let identifiers = 0;
  for (const heading of headings) {
    const known = knownHeading(heading);
    if (known === null) continue;
    let column = known.column;
    if (known.identifierKind !== null) {
      while (headings.some((each) => knownHeading(each)?.column.startsWith(`identifier_${identifiers + 1}_`)))
        identifiers++;
      column = `identifier_${++identifiers}_value`;
      constants[`identifier_${identifiers}_kind`] = known.identifierKind;
    }
    // Of two columns for one thing, neither is surely the one.
    if (columns.some((use) => use.column === column)) continue;
    columns.push({ heading, column, ...(known.unit === null ? {} : { unit: known.unit }) });
  }
  const used = new Set(columns.map(({ heading }) => heading));
  const unmapped = headings.filter((heading) => !used.has(heading));
  const { habits, evidence } = guessHabits(columns, headings, samples);
  return {
    mapping: { ...EMPTY_MAPPING, ...habits, columns, constants, ignored: unmapped },
    unmapped,
    suggestions: unmapped.flatMap(suggestionsFor),
    evidence,
  };
}

function suggestionsFor(heading: string): { heading: string; column: string }[] {
  const known = headingsKnown();
  const columns = closest(headingWords(heading), known.keys()).flatMap((words) => known.get(words) ?? []);
  return [...new Set(columns)].map((column) => ({ heading, column }));
}
