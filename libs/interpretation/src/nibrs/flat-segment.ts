import type { FlatLine } from './flat-lines.reader.js';
import { ELEMENTS, type NibrsFault, type NibrsProperty, type Stated, type StatedQuantity } from './nibrs-incident.js';
import type { NibrsQuestionCode } from './nibrs-questions.data.js';

/** The lengths that segments of each level have, descriptor included: technical specification 2019.1, pages 14 and 15. */
const LENGTHS: Readonly<Record<string, readonly number[]>> = {
  0: [43],
  1: [87, 88],
  2: [63, 71],
  3: [307],
  4: [129, 141],
  5: [45, 46],
  6: [110],
  7: [66],
};
const STATE_LEVELS = ['8', '9'];
const PROPERTY_LEVEL = '3';
/** As UTF-8 editors put it before the first line. */
const BYTE_ORDER_MARK = '\u00EF\u00BB\u00BF';

/** One line, its header read; padded to its length, since blanks at the end are often cut off. */
export interface FlatSegment {
  readonly line: number;
  /** As it stands, to the letter. */
  readonly source: string;
  readonly level: string;
  readonly action: string;
  readonly ori: string;
  readonly number: string;
  readonly faults: readonly NibrsFault[];
  /** Text between two positions, counted from 1, both included: as the specification gives them. */
  readonly at: (from: number, to: number) => string;
}

/** Whether a file can be of this format at all, by its first line that is not empty. */
export function looksLikeSegment(text: string): boolean {
  return /^\d{4}[0-9A-Z]/.test(withoutMark(text));
}

export function readSegment({ line, text, isTooLong }: FlatLine): FlatSegment {
  const source = withoutMark(text);
  const stated = Number(/^\d{4}/.exec(source)?.[0] ?? '0');
  const padded = source.padEnd(stated);
  const at = (from: number, to: number): string => padded.slice(from - 1, to);
  const level = at(5, 5);
  const fault = (code: NibrsQuestionCode, mayHideSeizure: boolean): NibrsFault => ({
    code,
    column: ELEMENTS.segment,
    line,
    text: source,
    mayHideSeizure,
  });
  const faults: NibrsFault[] = [];
  const isProperty = level === PROPERTY_LEVEL;
  const lengths = LENGTHS[level];
  if (/[^\x20-\x7e]/.test(source)) faults.push(fault('NIBRS_CHARACTER', isProperty));
  if (lengths === undefined && !STATE_LEVELS.includes(level)) faults.push(fault('NIBRS_LEVEL', true));
  if (lengths !== undefined && (isTooLong || !lengths.includes(stated) || padded.trimEnd().length > stated))
    faults.push(fault('NIBRS_LENGTH', isProperty));
  const [ori, number] = [at(17, 25), at(26, 37)];
  if (!/^[A-Z]{2}[A-Z0-9]{7}$/.test(ori) || !/^[A-Z0-9-]+ *$/.test(number)) faults.push(fault('NIBRS_HEADER', false));
  return { line, source, level, action: at(6, 6), ori, number: number.trimEnd(), faults, at };
}

/** Elements 14, 15 and 20 to 22 of a segment of level 3. */
export function readProperty({ line, at }: FlatSegment): NibrsProperty {
  const descriptions = Array.from({ length: 10 }, (_, group) => at(39 + 19 * group, 40 + 19 * group));
  const drugs = [233, 248, 263]
    .map((from) => ({
      type: stated(line, at(from, from)),
      quantity: thousandths(line, at(from + 1, from + 12)),
      unit: stated(line, at(from + 13, from + 14)),
    }))
    .filter(({ type, quantity, unit }) => [type, quantity, unit].some(({ text }) => text !== ''));
  return { loss: stated(line, at(38, 38)), descriptions: descriptions.filter((code) => code.trim() !== ''), drugs };
}

export function stated(line: number, text: string): Stated {
  return { line, text: text.trimEnd() };
}

/**
 * Element 21: nine digits and three of thousandths. Either part may be blank for zero; a part that is blank in part is
 * none, since cutting the blanks off would make 0.5 of what was 0.005.
 */
function thousandths(line: number, text: string): StatedQuantity {
  const [, whole, fraction] = /^(\d{9}| {9})(\d{3}| {3})$/.exec(text) ?? [];
  const isGiven = text.trim() !== '' && whole !== undefined && fraction !== undefined;
  const digits = isGiven ? `${Number(whole)}.${fraction.replaceAll(' ', '0')}` : null;
  return {
    line,
    text: text.trim() === '' ? '' : text,
    decimal: digits?.replace(/\.?0+$/, '') ?? null,
    rule: 'NIBRS_THOUSANDTHS',
    isDoubtful: false,
  };
}

function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
}
