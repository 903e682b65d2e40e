import { doubted, understood, type Outcome } from '../outcome.js';

/** Parts a cell at semicolons and line ends; what holds one stands in quotation marks, doubled within. Null: not closed. */
export function splitList(text: string): string[] | null {
  const items: string[] = [];
  let item = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? '';
    if (letter === '"' && quoted && text[at + 1] === '"') {
      item += '"';
      at++;
    } else if (letter === '"' && (quoted || item.trim() === '')) {
      quoted = !quoted;
      if (quoted) item = '';
    } else if (/[;\n]/.test(letter) && !quoted) {
      items.push(item.trim());
      item = '';
    } else item += letter;
  }
  if (quoted) return null;
  return [...items, item.trim()].filter((each) => each !== '');
}

/** What {@link splitList} reads back as the same items. */
export const joinList = (items: readonly string[]): string =>
  items.map((item) => (/[";\n]/.test(item) ? `"${item.replaceAll('"', '""')}"` : item)).join('; ');

/** Texts of a cell, as they stand there. */
export function readTexts(text: string): Outcome<readonly string[]> {
  const items = splitList(text);
  if (items === null) return doubted('BROKEN_LIST', 'A quotation mark must be closed.');
  return understood(items, 'LIST');
}
