import { isWeight, type UnitCode } from '@concord/codes';
import type { ColumnMapping } from '../mapping/column-mapping.js';
import { doubted, understood, type Outcome } from '../outcome.js';
import type { ReadingRule } from '../reading-rules.js';
import { UNIT_SUGGESTIONS, UNIT_WORDS } from '../words/unit-words.data.js';
import { asNumber, readDecimal, sum, times, type Decimal } from './decimal.js';
import { closest } from './closest.js';
import { isNothing, wordsOf } from './words.js';

/** What a quantity cell says, its unit where it names one. */
export interface WrittenQuantity {
  readonly quantity: number | null;
  readonly unit: UnitCode | null;
  readonly reason: 'TRACE' | 'PENDING' | 'UNKNOWN' | null;
  /** Whether the cell says that it is estimated. */
  readonly estimated: boolean;
}

export interface QuantityContext {
  readonly decimal: ColumnMapping['decimal'];
  /** What the agency has said that a unit's name means. */
  readonly meaning: (text: string) => string | null;
}

const unitByWords: ReadonlyMap<string, UnitCode> = new Map(
  Object.entries(UNIT_WORDS).flatMap(([unit, words]) => words.map((word) => [word, unit as UnitCode] as const)),
);

/** "Approx", "~", "est.": before or after the number. */
const ESTIMATED_BEFORE =
  /^(?:~|≈|c\.|ca\.?|circa|approx(?:imately|\.)?|apx\.?|appx\.?|about|abt\.?|est(?:imated|\.)?|roughly|around)\s*/i;
const ESTIMATED_AFTER = /\s*\(?(?:approx(?:imately|\.)?|est(?:imated|\.)?|\+\/-|±)\)?$/i;
const REASONS: readonly (readonly [RegExp, 'TRACE' | 'PENDING' | 'UNKNOWN'])[] = [
  [/^(trace|traces|trace amount|residue|residual|residue only)$/i, 'TRACE'],
  [/^(pending|pending lab|pending weight|not yet weighed|tbd|tbw)$/i, 'PENDING'],
  [/^(unk|unkn|unknown|undetermined|\?)$/i, 'UNKNOWN'],
];
const RANGE =
  /^(?:[<>≤≥]|less than|more than|over|under|up to|at least|min\.?|max\.?|between)|\d\s*(?:-|–|—|to|or|\/)\s*\d[\d.,]*\s*[a-z#]*\.?$|\d\s*\+\s*[a-z]*$/i;
/** A number, then what stands after it. */
const NUMBER_AND_REST = /^((?:\d[\d.,' ]*)?(?:\d|[½¼¾⅛⅜⅝⅞⅓⅔])(?: ?[/⁄] ?\d+)?|\.\d+)\s*([a-z#][^\d]*)?$/i;
const POUNDS_AND_OUNCES = /^([\d.,]+)\s*(?:lbs?\.?|pounds?)\s*,?\s*(?:and\s+|&\s*)?([\d.,]+)\s*(?:ozs?\.?|ounces?)$/i;
const OUNCES_IN_A_POUND = 16n;

/** A unit by code, name or abbreviation. */
export function readUnit(text: string, { meaning }: Pick<QuantityContext, 'meaning'>): Outcome<UnitCode | null> {
  const confirmed = meaning(text);
  if (confirmed !== null) return understood(confirmed as UnitCode, 'CONFIRMED');
  if (Object.hasOwn(UNIT_WORDS, text)) return understood(text as UnitCode, 'EXACT');
  const words = wordsOf(text.replace(/\(s\)/gi, 's'));
  const unit = unitByWords.get(words);
  if (unit !== undefined) return understood(unit, 'UNIT_NAME');
  if (isNothing(text)) return understood(null, 'LEFT_OUT');
  const stated = Object.hasOwn(UNIT_SUGGESTIONS, words) ? UNIT_SUGGESTIONS[words] : undefined;
  const near = closest(words, unitByWords.keys()).map((word) => unitByWords.get(word) ?? word);
  const message = `Must be one of ${Object.keys(UNIT_WORDS).join(', ')}, or a name that docs/import-columns.md lists for them.`;
  return doubted('UNIT_NOT_KNOWN', message, stated ?? [...new Set(near)]);
}

/** "12.5kg", "approx 3 oz", "1,234.5", "trace": a quantity as people write it. */
export function readQuantity(text: string, context: QuantityContext): Outcome<WrittenQuantity> {
  const reason = REASONS.find(([pattern]) => pattern.test(text))?.[1];
  if (reason) return understood({ quantity: null, unit: null, reason, estimated: false }, 'QUANTITY_REASON');
  const bare = text.replace(ESTIMATED_BEFORE, '').replace(ESTIMATED_AFTER, '').trim();
  const estimated = bare !== text;
  const both = POUNDS_AND_OUNCES.exec(bare);
  if (both) return poundsAndOunces(both[1] ?? '', both[2] ?? '', estimated, context);
  // 1/2 is a fraction, 2-1/2 may be one or the other.
  if (RANGE.test(bare) && !/^(\d+ +)?\d+ ?[/⁄] ?\d+(?!\d|[-–—/])\D*$/.test(bare)) {
    return doubted('QUANTITY_RANGE', 'Must be one quantity: say how much there was, or give a quantity_reason.');
  }
  const parts = NUMBER_AND_REST.exec(bare);
  if (!parts) return doubted('NUMBER_NOT_KNOWN', 'Must be one number, with or without a unit: 12.5 kg.');
  const [, written = '', rest = ''] = parts;
  const read = readDecimal(written.trim(), context.decimal);
  if ('doubt' in read) return read;
  const number = asNumber(read.value, read.rule);
  if ('doubt' in number) return number;
  if (rest === '') {
    return understood({ quantity: number.value, unit: null, reason: null, estimated }, ruleOf(estimated, read.rule));
  }
  const unit = readUnit(rest.trim(), context);
  if ('doubt' in unit) return unit;
  if (unit.value === null) return doubted('UNIT_NOT_KNOWN', 'Must be a number, with or without a unit.');
  const quantity = { quantity: number.value, unit: unit.value, reason: null, estimated };
  return understood(quantity, ruleOf(estimated, 'QUANTITY_WITH_UNIT'));
}

const ruleOf = (estimated: boolean, rule: ReadingRule): ReadingRule => (estimated ? 'QUANTITY_ESTIMATED' : rule);

function poundsAndOunces(
  pounds: string,
  ounces: string,
  estimated: boolean,
  context: QuantityContext,
): Outcome<WrittenQuantity> {
  const [lb, oz] = [readDecimal(pounds, context.decimal), readDecimal(ounces, context.decimal)];
  if ('doubt' in lb) return lb;
  if ('doubt' in oz) return oz;
  if (Number(oz.value.digits) / 10 ** oz.value.places >= 16) {
    return doubted('QUANTITY_TWICE', 'Must be one quantity: the ounces are a pound or more.');
  }
  const total: Decimal = sum(times(lb.value, OUNCES_IN_A_POUND), oz.value);
  const number = asNumber(total, 'QUANTITY_OF_TWO_UNITS');
  if ('doubt' in number) return number;
  return understood({ quantity: number.value, unit: 'OZ', reason: null, estimated }, 'QUANTITY_OF_TWO_UNITS');
}

/** An ounce of a liquid is of weight or of volume. */
export const isOunceOfWhat = (unit: UnitCode, unitText: string, form: string | null): boolean =>
  form === 'LIQUID' && unit === 'OZ' && isWeight(unit) && unitText !== 'OZ';
