import { toNfc } from '@concord/platform/text';
import type { RefusalCode } from './issue.js';

/** What a text field takes. */
export interface TextRule {
  /** In Unicode code points, as PostgreSQL counts. */
  readonly max: number;
  /** LINE: one line; LINES: also line feeds and tabs; PRINTABLE: one line of visible characters and spaces. */
  readonly characters?: 'LINE' | 'LINES' | 'PRINTABLE';
}

/** A text in its one spelling, or what is wrong with it. */
export type CheckedText =
  | { readonly text: string }
  | {
      readonly code: Extract<RefusalCode, 'TOO_LONG' | 'FORBIDDEN_CHARACTER' | 'MALFORMED_TEXT'>;
      readonly message: string;
    };

const LONE_SURROGATE = /\p{Cs}/u;

/** Controls, and what makes a text read otherwise than it is stored: line separators and marks that reorder. */
const FORBIDDEN: Readonly<Record<NonNullable<TextRule['characters']>, RegExp>> = {
  LINE: /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u,
  LINES: /[\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]|(?![\n\t])\p{Cc}/u,
  PRINTABLE: /[\p{C}\p{Zl}\p{Zp}]/u,
};

/**
 * Text in NFC, without space around it and with line feeds for line ends, so that what looks the same is the same.
 * Nothing is taken out of the middle: what does not belong there is refused.
 */
export function checkText(raw: string, rule: TextRule): CheckedText {
  const tooLong = { code: 'TOO_LONG', message: `Must have at most ${rule.max} characters.` } as const;
  // Before any work that grows with the text. A code point has up to 2 units, and NFC makes up to 3 into one.
  if (raw.length > 6 * rule.max + 1_000) return tooLong;
  if (LONE_SURROGATE.test(raw)) return { code: 'MALFORMED_TEXT', message: 'Must be valid Unicode text.' };
  const characters = rule.characters ?? 'LINE';
  const lines = characters === 'LINES' ? raw.replaceAll('\r\n', '\n') : raw;
  const text = toNfc(lines).trim();
  if (FORBIDDEN[characters].test(text)) {
    const allowed = characters === 'LINES' ? ' other than line feeds and tabs' : '';
    return { code: 'FORBIDDEN_CHARACTER', message: `Must not hold control or reordering characters${allowed}.` };
  }
  // Code points are at most as many as units: most texts need not be taken apart.
  return text.length > rule.max && [...text].length > rule.max ? tooLong : { text };
}
