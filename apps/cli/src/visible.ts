/** What has no form of its own: control and format characters, line and paragraph separators, and what is no character yet. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * A text as a terminal may be given it: what is in a file may tell a terminal to do things (ECMA-48), or show a line as
 * another. Such characters are written out: `\u{1b}`. Tabs and line feeds stay.
 */
export const visible = (text: string): string =>
  text.replace(UNSEEN, (character) => (character === '\n' || character === '\t' ? character : writtenOut(character)));

/** The same of one line: what is in a file makes no line of its own. */
export const visibleLine = (text: string): string => visible(text).replaceAll('\n', writtenOut);

const writtenOut = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
