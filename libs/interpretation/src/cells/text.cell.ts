import { doubted, understood, type Outcome } from '../outcome.js';

/** What Excel leaves of formulas, and what stands for a letter that could not be read. */
const FORMULA_ERROR = /^#(REF|N\/A|NAME\?|VALUE|DIV\/0|NULL|NUM|SPILL|CALC)!?$|^#{3,}$/i;
/** 1.2E+10 of a long number, 26-Mar of 3-26, 2026000123.0 of a program that took a number for one with decimals. */
const DAMAGED =
  /^\d(\.\d+)?E\+\d+$|^\d{1,2}-(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)$|^(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{2}$|^\d{4,}\.0$/;

/** What programs write for nothing: as they write it, for Null is a name too. */
const PLACEHOLDER = /^(NULL|null|\(null\)|nil|NaN|nan|None|undefined)$/;

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
  return PLACEHOLDER.test(text) ? placeholder() : understood(text, 'EXACT');
}

/** Text as it stands there. A dash is nothing; "null" may be a program's word for nothing, or somebody's name. */
export function readText(text: string): Outcome<string | null> {
  if (/^(-+|–|—|\.|n\/a|n\.a\.)$/i.test(text)) return understood(null, 'LEFT_OUT');
  return PLACEHOLDER.test(text) ? placeholder() : understood(text, 'EXACT');
}

const placeholder = (): Outcome<never> =>
  doubted('PLACEHOLDER', 'Must be blank where there is nothing: the cell holds what programs write for it.');
