import { wordsOf } from '../cells/words.js';
import { TEMPLATE_COLUMNS } from '../template.js';

/** The template's own headings, as words. Synonyms: heading-words.data.ts. */
export const TEMPLATE_HEADINGS: ReadonlyMap<string, string> = new Map(
  TEMPLATE_COLUMNS.map(({ name }) => [wordsOf(name), name]),
);
