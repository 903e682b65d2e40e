import { meaningFor } from '@concord/interpretation';
import type { Terminal } from '../command.js';
import { withMeaning, withSetting, type Answer } from './answers.js';

/** One thing that rows of the file ask, however many of them. */
export interface AskedOnce {
  readonly code: string;
  readonly column: string;
  /** Null where it may name somebody. */
  readonly text: string | null;
  readonly firstLine: number;
  readonly count: number;
  readonly message: string;
  readonly choices: readonly { readonly code: string; readonly words: string }[];
  readonly meaningOf: string | null;
  readonly setting: string | null;
}

export const QUESTION_FIELDS = `code column text firstLine count message choices { code words } meaningOf setting`;

/** So many are shown, and asked at a terminal; what most rows ask comes first. */
const MOST_SHOWN = 30;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** What to type to answer it with a choice; null where it is mended in the file. */
export function optionFor({ meaningOf, setting, text }: AskedOnce, code: string): string | null {
  if (setting !== null) return `--reads ${setting}=${code}`;
  if (meaningOf === null) return null;
  return `--means ${quoted(`${meaningOf}:${text ?? 'TEXT'}=${code}`)}`;
}

/** A question as data: with `answers`, each as it would be typed. */
export const presentQuestion = (asked: AskedOnce) => ({
  ...asked,
  choices: asked.choices.map((choice) => ({ ...choice, option: optionFor(asked, choice.code) })),
});

/** Lines for one question: what, how often, where first, and what would answer it. */
export function questionLines(asked: AskedOnce): string[] {
  const { code, column, text, firstLine, count, message, choices } = asked;
  const what = text === null ? '' : ` “${text}”`;
  const often = count === 1 ? `line ${firstLine}` : `${count} times, first in line ${firstLine}`;
  const ways = choices.map((choice, at) => {
    const option = optionFor(asked, choice.code);
    const says = choice.words === choice.code ? choice.code : `${choice.code}: ${choice.words}`;
    return `    ${at + 1}  ${says}${option === null ? '' : `   ${option}`}`;
  });
  const open = choices.length === 0 ? optionFor(asked, 'CODE') : null;
  return [
    `? ${column}${what}: ${code}, ${often}. ${message}`,
    ...ways,
    ...(open === null ? [] : [`    ${open}`]),
    ...(asked.meaningOf === null && asked.setting === null ? ['    mend it in the file'] : []),
  ];
}

/** Told each once; at most thirty of them. */
export function tellQuestions(questions: readonly AskedOnce[], tell: (line: string) => void): void {
  for (const asked of questions.slice(0, MOST_SHOWN)) for (const line of questionLines(asked)) tell(line);
  const more = questions.length - MOST_SHOWN;
  if (more > 0) tell(`? and ${more} more: answer these first.`);
}

/**
 * Asks whoever sits there. A number takes a choice, a code or a word that is read exactly is that, anything else and
 * nothing leave the question open: its rows stay asked about.
 */
export async function askFor(
  asked: AskedOnce,
  { ask, tell }: Pick<Terminal, 'tell'> & { readonly ask: (question: string) => Promise<string> },
): Promise<Answer | null> {
  const { choices, meaningOf, setting, text } = asked;
  if (setting === null && (meaningOf === null || text === null)) return null;
  for (const line of questionLines(asked)) tell(line);
  const numbers = choices.length === 0 ? '' : `1-${choices.length}, `;
  const said = (await ask(`  ${numbers}${setting === null ? 'a code, ' : ''}or Enter to leave it open: `)).trim();
  if (said === '') return null;
  const chosen = /^\d{1,2}$/.test(said) ? choices[Number(said) - 1]?.code : undefined;
  if (setting !== null) {
    const code = chosen ?? choices.find((choice) => choice.code === said)?.code;
    return code === undefined ? notTaken(tell) : withSetting(setting, code);
  }
  const code = chosen ?? (meaningOf === null ? null : meaningFor(meaningOf, said));
  if (code === null || meaningOf === null || text === null) return notTaken(tell);
  return withMeaning(meaningOf, text, code);
}

function notTaken(tell: (line: string) => void): null {
  tell('  That is none of them and no code: it stays open.');
  return null;
}
