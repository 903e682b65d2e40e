import { doubted, understood, type Outcome } from '../outcome.js';
import { isNothing } from './words.js';

/** What Excel leaves of formulas, and what stands for a letter that could not be read. */
const FORMULA_ERROR = /^#(REF|N\/A|NAME\?|VALUE|DIV\/0|NULL|NUM|SPILL|CALC)!?$|^#{3,}$/i;
/** 1.2E+10 of a long number, 26-Mar of 3-26, 2026000123.0 of a program that took a number for one with decimals. */
const DAMAGED =
  /^\d(\.\d+)?E\+\d+$|^\d{1,2}-(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)$|^(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{2}$|^\d{4,}\.0$/;

/** What no cell may hold, whatever its column. */
export function damageOf(text: string): Outcome<never> | null {
  if (FORMULA_ERROR.test(text))
    return doubted('FORMULA_ERROR', 'Must be a value: the cell shows the error of a formula.');
  if (text.includes('\uFFFD'))
    return doubted('DAMAGED_LETTERS', 'Must have its letters: save the file again as UTF-8.');
  return null;
}

/** A reference or identifier: every character counts, so one that a spreadsheet has changed is asked about. */
export function readReference(text: string): Outcome<string> {
  if (DAMAGED.test(text)) {
    return doubted(
      'DAMAGED_TEXT',
      'Must stand as it was given: a spreadsheet has made another number or a date of it.',
    );
  }
  return understood(text, 'EXACT');
}

/** Text as it stands there; a mark for nothing is nothing. */
export function readText(text: string): Outcome<string | null> {
  return isNothing(text) ? understood(null, 'LEFT_OUT') : understood(text, 'EXACT');
}
