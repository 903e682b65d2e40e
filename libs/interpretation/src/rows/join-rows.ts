import { faultOf } from '../fault-of.js';
import type { InterpretedEntry, Question, Reading, SourceRow } from '../interpreted-entry.js';
import { doubted } from '../outcome.js';
import type { InterpretationSettings } from '../settings.js';
import type { TableRow } from '../sheet/table.js';
import { compileMapping, MappedRow, storedAs, type CompiledMapping } from './mapped-row.js';
import { readReport } from './read-report.js';
import { readSubstance } from './read-substance.js';
import { reportContext, type ReportContext } from './report-context.js';
import type { ColumnMapping } from '../mapping/column-mapping.js';

type Loose = Record<string, unknown>;

/** More rows of one reference than a report may have substances, by far: what follows is an entry of its own. */
const MOST_ROWS = 200;

/** Makes reports of rows: those with one reference that follow each other are one. */
export class RowJoiner {
  private readonly compiled: CompiledMapping;
  private readonly context: ReportContext;
  private open: OpenEntry | null = null;
  private ordinal = 0;

  /** @throws RangeError where the settings name no time zone. */
  constructor(mapping: ColumnMapping, settings: InterpretationSettings) {
    this.compiled = compileMapping(mapping);
    this.context = reportContext(this.compiled, settings);
  }

  /** Takes a row in; gives the entry that ends before it, if one does. */
  push(row: TableRow): InterpretedEntry | null {
    const reference = referenceOf(row, this.compiled);
    const ended = this.open?.takes(reference) ? null : this.end();
    this.open ??= new OpenEntry(reference);
    this.open.add(row, this.compiled, this.context);
    return ended;
  }

  /** The entry that is open, if one is. */
  end(): InterpretedEntry | null {
    const ended = this.open?.close(this.ordinal) ?? null;
    if (ended !== null) this.ordinal++;
    this.open = null;
    return ended;
  }

  /** An entry that needed no reading, in its place. */
  whole(entry: Omit<InterpretedEntry, 'ordinal'>): InterpretedEntry {
    return { ...entry, ordinal: this.ordinal++ };
  }
}

/** The rows of a table as reports. */
export async function* joinRows(
  rows: AsyncIterable<TableRow>,
  mapping: ColumnMapping,
  settings: InterpretationSettings,
): AsyncGenerator<InterpretedEntry> {
  const joiner = new RowJoiner(mapping, settings);
  for await (const row of rows) {
    const entry = joiner.push(row);
    if (entry !== null) yield entry;
  }
  const last = joiner.end();
  if (last !== null) yield last;
}

function referenceOf(row: TableRow, compiled: CompiledMapping): string | null {
  const cell = new MappedRow(row, compiled, 0).cell('reference');
  return cell === null || cell.isConstant ? null : cell.text;
}

class OpenEntry {
  private readonly rows: SourceRow[] = [];
  private readonly readings: Reading[] = [];
  private readonly questions: Question[] = [];
  private readonly report: Loose = {};
  private readonly substances: Loose[] = [];
  private readonly seen = new Map<string, number>();
  private fault: Error | null = null;

  constructor(private readonly reference: string | null) {}

  takes(reference: string | null): boolean {
    return reference !== null && reference === this.reference && this.rows.length < MOST_ROWS;
  }

  add(row: TableRow, compiled: CompiledMapping, context: ReportContext): void {
    this.rows.push({ line: row.line, cells: row.cells });
    if (row.doubt !== null) {
      this.questions.push({ line: row.line, column: '', text: '', path: '', ...row.doubt });
      return;
    }
    this.askIfRepeated(row);
    try {
      this.read(row, compiled, context);
    } catch (error) {
      this.fault ??= faultOf(error);
    }
  }

  private read(row: TableRow, compiled: CompiledMapping, context: ReportContext): void {
    const mapped = new MappedRow(row, compiled, this.substances.length);
    const report = readReport(mapped, context) as Loose;
    const substance = readSubstance(mapped) as Loose;
    if (mapped.hasSubstance) this.substances.push(substance);
    this.merge(this.report, report, '', mapped);
    this.readings.push(...mapped.readings);
    this.questions.push(...mapped.questions);
  }

  close(ordinal: number): InterpretedEntry {
    const { rows, readings, questions, fault } = this;
    if (fault !== null) return { ordinal, rows, input: {}, readings: [], questions: [], fault };
    const substances = this.substances.length > 0 ? { substances: this.substances } : {};
    return { ordinal, rows, input: { ...this.report, ...substances }, readings, questions };
  }

  /** Two bags of the same, or a line pasted twice? Only the agency knows. */
  private askIfRepeated(row: TableRow): void {
    if (this.reference === null) return;
    const key = JSON.stringify([...row.cells.values()].map((cell) => cell.trim()));
    const before = this.seen.get(key);
    if (before === undefined) {
      this.seen.set(key, row.line);
      return;
    }
    const message = `Says the same as line ${before}: leave one out, or write one row with what there was in all.`;
    this.questions.push({ line: row.line, column: '', text: '', path: '', ...doubted('ROW_REPEATED', message).doubt });
  }

  /** What a row says of the whole report must be what the rows before it said; what they left open, it may say. */
  private merge(target: Loose, source: Loose, path: string, row: MappedRow): void {
    for (const [name, value] of Object.entries(source)) {
      const at = path === '' ? name : `${path}.${name}`;
      const there = target[name];
      if (there === undefined) target[name] = value;
      else if (isSection(there) && isSection(value)) {
        const own = { ...there };
        target[name] = own;
        this.merge(own, value, at, row);
      } else if (storedAs(there) !== storedAs(value)) {
        const reading = row.readings.find((each) => each.path === at || each.path.startsWith(`${at}.`));
        const message = 'Must say what the rows before it with the same reference say, or be blank.';
        row.ask(
          { text: reading?.text ?? '', heading: reading?.column ?? '' },
          at,
          doubted('ROWS_DISAGREE', message, isSection(there) || Array.isArray(there) ? [] : [storedAs(there)]).doubt,
        );
      }
    }
  }
}

const isSection = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
