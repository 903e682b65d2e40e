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
  return screenTexts(report, sharedTexts(report));
}

/**
 * The same of what `report` says otherwise than `before` did: a text that somebody has let through is not asked again,
 * another in its place is.
 */
export function screenChange(before: ValidReport, report: ValidReport): ScreeningFinding[] {
  const stood = new Set(sharedTexts(before).map(whatItSays));
  return screenTexts(
    report,
    sharedTexts(report).filter((shared) => !stood.has(whatItSays(shared))),
  );
}

/** Adulterants are kept in order, so that another one moves them. */
const whatItSays = ({ path, text }: SharedText): string =>
  `${path.replace(/adulterants\.[0-9]+$/, 'adulterants')} ${text}`;

function screenTexts(
  { submitterReference, identifiers }: ValidReport,
  texts: readonly SharedText[],
): ScreeningFinding[] {
  const traces = new IdentifierTraces(identifiers);
  const seen = texts.filter(({ text }) => !traces.areIn(text));
  return seen.flatMap(({ path, text, kind }) =>
    screenText(text, { kind, submitterReference }).map(({ code, from, to }) => ({
      path,
      code,
      message: `${SCREENING_CODES[code]} Take it out by a correction, or a supervisor decides.`,
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
    // Sorted and in small letters, as they are stored.
    for (const [at, adulterant] of substance.adulterants.entries())
      add(`${path}.adulterants.${at}`, adulterant, 'FOLDED');
  }
  return texts;
}
