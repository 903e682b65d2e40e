/**
 * A text as words are compared: small letters, without accents, dots and dashes, one space between words. Letters of
 * other scripts stay what they are, so that what only looks like a word is not one.
 */
export const wordsOf = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[\u200B-\u200D\u2060\uFEFF]/g, '')
    .toLowerCase()
    .replace(/[.'’`]/g, '')
    .replace(/[\s_\-–—/&,()+:]+/g, ' ')
    .trim();

/** Marks that programs and people put where there is nothing. */
const NOTHING: ReadonlySet<string> = new Set([
  'n/a',
  'na',
  'n.a.',
  '-',
  '--',
  '---',
  '–',
  '—',
  'null',
  '(null)',
  'nil',
  'nan',
  '.',
]);

/** Whether the cell says in so many signs that it says nothing. "None" and "unknown" say something. */
export const isNothing = (text: string): boolean => NOTHING.has(text.trim().toLowerCase());
