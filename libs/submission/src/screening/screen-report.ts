import { IdentifierTraces, type ValidReport } from '@concord/deidentification';
import type { TextKind } from './place.js';
import { screenText } from './screen-text.js';
import { SCREENING_CODES, type ScreeningCode } from './screening-codes.js';

/** A part of a shared text that a supervisor must look at before others see it. Never holds the text itself. */
export interface ScreeningFinding {
  /** Of the text, as in the input: `remarks`, `substances.0.signature`. */
  readonly path: string;
  readonly code: ScreeningCode;
  readonly message: string;
  /** UTF-16 code units of the text as it is stored; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
}

/**
 * The submitter's own words that others may see, and nothing else: coded facts cannot name anybody, and a text that names
 * an identifier of the report is in no view.
 */
export function screenReport(report: ValidReport): ScreeningFinding[] {
  const { submitterReference } = report;
  const traces = new IdentifierTraces(report.identifiers);
  const seen = sharedTexts(report).filter(({ text }) => !traces.areIn(text));
  return seen.flatMap(({ path, text, kind }) =>
    screenText(text, { kind, submitterReference }).map(({ code, from, to }) => ({
      path,
      code,
      message: `${SCREENING_CODES[code]} A supervisor decides.`,
      from,
      to,
    })),
  );
}

interface SharedText {
  readonly path: string;
  readonly text: string;
  readonly kind: TextKind;
}

function sharedTexts(report: ValidReport): SharedText[] {
  const texts: SharedText[] = [];
  const add = (path: string, text: string | null, kind: TextKind): void => {
    if (text !== null && text !== '') texts.push({ path, text, kind });
  };
  add('packaging', report.packaging, 'PROSE');
  add('remarks', report.remarks, 'PROSE');
  add('place.portOfEntry', report.place.portOfEntry, 'MARKS');
  for (const [index, substance] of report.substances.entries()) {
    const path = `substances.${index}`;
    if (substance.deaCode === null) add(`${path}.name`, substance.name, 'MARKS');
    add(`${path}.signature`, substance.signature, 'MARKS');
    for (const [at, adulterant] of substance.adulterants.entries())
      add(`${path}.adulterants.${at}`, adulterant, 'MARKS');
  }
  return texts;
}
