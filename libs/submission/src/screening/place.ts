/** A part of a text: from (inclusive) to (exclusive), in UTF-16 code units of the text as it is stored. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/**
 * What kind of text it is: where press marks stand and letters with digits are expected, such a text that has lost its
 * capitals, or the submitter's prose.
 */
export type TextKind = 'MARKS' | 'FOLDED' | 'PROSE';

/** What a match of a pattern covers. */
export const placeOf = (match: RegExpExecArray): Place => ({ from: match.index, to: match.index + match[0].length });

/** Places that overlap or touch as one, in order. */
export function joined(places: readonly Place[]): Place[] {
  const found: { from: number; to: number }[] = [];
  for (const { from, to } of [...places].sort((a, b) => a.from - b.from || a.to - b.to)) {
    const last = found.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else found.push({ from, to });
  }
  return found;
}
