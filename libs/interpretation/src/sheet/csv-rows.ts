import { Readable } from 'node:stream';
import { parse, type CsvError, type Info } from 'csv-parse';
import { UnreadableFile } from '../unreadable-file.js';
import { decodeText } from './decode-text.js';
import type { SheetRow } from './sheet-row.js';

/** What parts the cells of the files that agencies have; the order decides between equals. */
const DELIMITERS = [',', ';', '\t', '|'] as const;
/** A row longer than this is a quotation mark that was never closed. */
const MAX_ROW_CHARACTERS = 1_000_000;
/** From how much of the beginning the delimiter is found. */
const BEGINNING_CHARACTERS = 65_536;
const BEGINNING_LINES = 40;

/** How many of the cells are headings that somebody knows; what is known is the caller's to say. */
export type HeadingScore = (cells: readonly string[]) => number;

/** The rows of a CSV file, titles and heading included, with the line that each begins at. */
export async function* csvRows(bytes: AsyncIterable<Uint8Array>, score: HeadingScore): AsyncGenerator<SheetRow> {
  const { beginning, whole } = await readBeginning(decodeText(bytes));
  const parser = parse({
    delimiter: delimiterOf(beginning, score),
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    // An inch sign in the middle of a cell is no quotation.
    relax_quotes: true,
    max_record_size: MAX_ROW_CHARACTERS,
    info: true,
  });
  // A failure of the source fails the parser: an import must not take the beginning of a file for all of it.
  const source = Readable.from(whole);
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let line = 1;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      yield { line, cells: record };
      // Line ends within quotation marks count, as an editor counts them.
      line = info.lines + 1;
    }
  } catch (error) {
    throw explained(error, line);
  } finally {
    source.destroy();
    parser.destroy();
  }
}

async function readBeginning(
  text: AsyncIterable<string>,
): Promise<{ beginning: string; whole: AsyncIterable<string> }> {
  const iterator = text[Symbol.asyncIterator]();
  let beginning = '';
  let ended = false;
  while (beginning.length < BEGINNING_CHARACTERS && !ended) {
    const next = await iterator.next();
    if (next.done === true) ended = true;
    else beginning += next.value;
  }
  return { beginning, whole: rest() };

  async function* rest(): AsyncGenerator<string> {
    yield beginning;
    if (!ended) yield* { [Symbol.asyncIterator]: () => iterator };
  }
}

/** The delimiter by which a line of the beginning has the most known headings; then the one that parts most evenly. */
export function delimiterOf(beginning: string, score: HeadingScore): string {
  const lines = beginning.split(/\r\n|\n|\r/, BEGINNING_LINES).filter((line) => line.trim() !== '');
  const ranked = DELIMITERS.map((delimiter) => {
    const rows = lines.map((line) => splitLine(line, delimiter));
    const known = Math.max(0, ...rows.map(score));
    const counts = new Map<number, number>();
    for (const { length } of rows) if (length > 1) counts.set(length, (counts.get(length) ?? 0) + 1);
    return { delimiter, known, even: Math.max(0, ...counts.values()) };
  });
  ranked.sort((a, b) => b.known - a.known || b.even - a.even);
  return ranked[0]?.delimiter ?? ',';
}

/** Good enough to find a delimiter: no line ends within quotation marks. */
function splitLine(line: string, delimiter: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (const letter of line) {
    if (letter === '"') quoted = !quoted;
    else if (letter === delimiter && !quoted) {
      cells.push(cell);
      cell = '';
    } else cell += letter;
  }
  return [...cells, cell];
}

function explained(error: unknown, line: number): unknown {
  const code = (error as CsvError | null)?.code;
  if (code === 'CSV_MAX_RECORD_SIZE') {
    const message = `A row must have at most ${MAX_ROW_CHARACTERS} characters: look for a quotation mark that is not closed.`;
    return new UnreadableFile('TOO_LARGE', message, line);
  }
  if (typeof code === 'string' && code.startsWith('CSV_')) {
    const message = 'Look for a quotation mark that is not closed, or that stands alone within a quoted cell.';
    return new UnreadableFile('BROKEN_QUOTES', message, line);
  }
  return error;
}
