import type { ConcordClient } from '@concord/client';
import type { Terminal } from '../command.js';
import { withColumn, type Answer } from './answers.js';
import { nearTo, tellColumns, type Beginning, type Mapping } from './column-mappings.js';
import { askFor, tellQuestions, type AskedOnce } from './questions.js';
import { previewReading, showReading, tellLeftOut, type LeftOut } from './show-reading.js';

/** How a file will be read, and what of it is still open. */
export interface Agreed {
  readonly mapping: Mapping;
  /** What rows still ask; they stay asked about, and none of them counts. */
  readonly questions: readonly AskedOnce[];
  /** What of the file is no report. */
  readonly leftOut: readonly LeftOut[];
}

/** An answer may bring up what stood behind it: a date read, its time is asked. Then whoever sits there has had enough. */
const MOST_ROUNDS = 5;

/**
 * Shows how a file is read, and asks each open question once where somebody can be asked. What nobody has answered, by an
 * option or here, stays open: nothing near is ever applied.
 */
export async function agreeOnReading(
  client: ConcordClient,
  id: string,
  {
    beginning,
    answers,
    terminal,
    mayAsk,
  }: {
    readonly beginning: Beginning;
    readonly answers: readonly Answer[];
    readonly terminal: Terminal;
    readonly mayAsk: boolean;
  },
): Promise<Agreed> {
  const { tell } = terminal;
  const ask = mayAsk ? terminal.ask : undefined;
  let mapping = answers.reduce((said, answer) => answer(said), beginning.mapping);
  if (ask !== undefined) mapping = await askForColumns({ ...beginning, mapping }, ask);
  tellColumns({ ...beginning, mapping }, tell);
  let preview = await previewReading(client, id, mapping);
  const asked = new Set<string>();
  for (let round = 1; ask !== undefined && round <= MOST_ROUNDS; round += 1) {
    const before = mapping;
    for (const question of preview.questions) {
      const key = JSON.stringify([question.code, question.column, question.text]);
      if (asked.has(key)) continue;
      asked.add(key);
      const answer = await askFor(question, { ask, tell });
      if (answer !== null) mapping = answer(mapping);
    }
    if (mapping === before) break;
    preview = await previewReading(client, id, mapping);
  }
  showReading(preview, tell);
  tellLeftOut(preview, tell);
  if (preview.questions.length > 0)
    tell(`Asked in the first ${preview.lookedThrough} rows, each once; such rows are not submitted:`);
  tellQuestions(preview.questions, tell);
  return { mapping, questions: preview.questions, leftOut: preview.leftOut };
}

/** Headings that are near to a column of the template: one question each. */
async function askForColumns(
  { mapping, suggestions }: Beginning,
  ask: (question: string) => Promise<string>,
): Promise<Mapping> {
  let said = mapping;
  for (const heading of mapping.ignored) {
    const near = nearTo(heading, said, suggestions);
    if (near.length === 0) continue;
    const ways = near.map((column, at) => `${at + 1} ${column}`).join(', ');
    const answer = (await ask(`Column “${heading}” is left out, or is it ${ways}? Enter leaves it out: `)).trim();
    const column = near[Number(answer) - 1];
    if (column !== undefined) said = withColumn(said, heading, column);
  }
  return said;
}
