/** C0 but tab and line feed, DEL, C1, and what turns the direction of a text or hides in it. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * A text as a terminal may be given it: what is in a file may tell a terminal to do things (ECMA-48), or show a line as
 * another. Such characters are written out: `\u{1b}`.
 */
export const visible = (text: string): string =>
  text.replace(UNSEEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
