import type { UnitCode } from '@concord/codes';
import { damageOf } from '../cells/text.cell.js';
import { wordsOf } from '../cells/words.js';
import type { Question, Reading } from '../interpreted-entry.js';
import type { ColumnMapping } from '../mapping/column-mapping.js';
import { doubted, type Doubt, type Outcome } from '../outcome.js';
import type { TableRow } from '../sheet/table.js';
import { isBlank } from '../sheet/sheet-row.js';
import { TEMPLATE_COLUMNS, withoutNumber } from '../template.js';

/** A mapping in the form in which rows ask it. */
export interface CompiledMapping {
  readonly mapping: ColumnMapping;
  readonly uses: ReadonlyMap<string, { readonly heading: string; readonly unit: UnitCode | null }>;
  readonly meanings: ReadonlyMap<string, string>;
  /** Numbers of people and of identifiers that some column or constant is of. */
  readonly people: readonly number[];
  readonly identifiers: readonly number[];
}

const keyOf = (column: string, text: string): string => `${withoutNumber(column)} ${wordsOf(text)}`;

const numbersOf = (names: readonly string[], group: string): number[] => {
  const found = names.flatMap((name) => new RegExp(`^${group}_(\\d+)_`).exec(name)?.[1] ?? []).map(Number);
  return [...new Set(found)].sort((a, b) => a - b);
};

export function compileMapping(mapping: ColumnMapping): CompiledMapping {
  const names = [...mapping.columns.map(({ column }) => column), ...Object.keys(mapping.constants)];
  return {
    mapping,
    uses: new Map(mapping.columns.map(({ heading, column, unit }) => [column, { heading, unit: unit ?? null }])),
    meanings: new Map(mapping.vocabulary.map(({ column, text, code }) => [keyOf(column, text), code])),
    people: numbersOf(names, 'person'),
    identifiers: numbersOf(names, 'identifier'),
  };
}

/** A cell, or a constant of the mapping in its place. */
export interface Cell {
  /** Without space around it; never blank. */
  readonly text: string;
  /** Heading of the column; of a constant the template's name for it. */
  readonly heading: string;
  readonly isConstant: boolean;
}

/** One row under a mapping: gives its cells and gathers what each was taken for. */
export class MappedRow {
  readonly readings: Reading[] = [];
  readonly questions: Question[] = [];

  constructor(
    private readonly row: TableRow,
    readonly compiled: CompiledMapping,
    /** Position of what the row is about among the substances of its report: stands for # in paths. */
    private readonly position: number,
  ) {}

  /** What a column says; null where there is neither a cell nor a constant. */
  cell(column: string): Cell | null {
    const heading = this.compiled.uses.get(column)?.heading;
    const text = heading === undefined ? '' : (this.row.cells.get(heading) ?? '');
    if (heading !== undefined && !isBlank(text)) return { text: text.trim(), heading, isConstant: false };
    const constants = this.compiled.mapping.constants;
    if (!Object.hasOwn(constants, column)) return null;
    const constant = constants[column] ?? '';
    return isBlank(constant) ? null : { text: constant.trim(), heading: column, isConstant: true };
  }

  /** Whether a cell, and not only the mapping, says something of what was seized. */
  get hasSubstance(): boolean {
    for (const column of OF_A_SUBSTANCE) if (this.cell(column)?.isConstant === false) return true;
    return false;
  }

  /** The unit that the heading of a column names. */
  unitOf(column: string): UnitCode | null {
    return this.compiled.uses.get(column)?.unit ?? null;
  }

  /** What the agency has said that a text means. */
  meaning(column: string, text: string): string | null {
    return this.compiled.meanings.get(keyOf(column, text)) ?? null;
  }

  /** Reads a cell and notes how; undefined where it is blank or asked about. */
  read<T>(column: string, path: string, reader: (text: string, cell: Cell) => Outcome<T>): T | undefined {
    const cell = this.cell(column);
    if (cell === null) return undefined;
    const outcome = this.judged(column, cell, damageOf(cell.text) ?? reader(cell.text, cell));
    return this.note(cell, path, outcome);
  }

  /** Notes what a cell was taken for. */
  note<T>(cell: Cell, path: string, outcome: Outcome<T>): T | undefined {
    if ('doubt' in outcome) {
      this.ask(cell, path, outcome.doubt);
      return undefined;
    }
    const { value, rule } = outcome;
    const stored = storedAs(value);
    // Whatever the way, what stands there as it is stored is exact.
    const exact = stored === cell.text ? 'EXACT' : rule;
    const why = cell.isConstant ? 'CONSTANT' : exact;
    this.readings.push({
      line: this.row.line,
      column: cell.heading,
      text: cell.text,
      path: this.at(path),
      value: stored,
      rule: why,
    });
    return value;
  }

  ask({ text, heading }: Pick<Cell, 'text' | 'heading'>, path: string, { code, message, suggestions }: Doubt): void {
    this.questions.push({
      line: this.row.line,
      column: heading,
      text,
      path: this.at(path),
      code,
      message,
      suggestions,
    });
  }

  private at(path: string): string {
    return path.replace('#', String(this.position));
  }

  /** Cells that are merged over several rows hold for the report, but not for each thing seized. */
  judged<T>(column: string, { heading }: Cell, outcome: Outcome<T>): Outcome<T> {
    if (!this.row.merged.has(heading) || 'doubt' in outcome) return outcome;
    if (!OF_A_SUBSTANCE.has(column)) return { value: outcome.value, rule: 'MERGED_CELL' };
    return doubted('MERGED_CELLS', 'Must not be merged over several rows: write into each row what is its own.');
  }
}

const OF_A_SUBSTANCE: ReadonlySet<string> = new Set(
  TEMPLATE_COLUMNS.filter((column) => column.of === 'SUBSTANCE').map(({ name }) => name),
);

/** A value as it is shown in a reading. */
export function storedAs(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return JSON.stringify(value);
}
