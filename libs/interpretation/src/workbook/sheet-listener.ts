import type { SheetRow } from '../sheet/sheet-row.js';
import { UnreadableFile } from '../unreadable-file.js';
import { numberText, type NumberFormat } from './number-format.js';
import type { XmlListener } from './parse-xml.js';

/** What the cells of a workbook are read by. */
export interface CellContext {
  readonly system: '1900' | '1904';
  readonly formats: readonly NumberFormat[];
  readonly shared: readonly string[];
}

const MAX_COLUMNS = 1_000;
const MAX_CELL_CHARACTERS = 40_000;
const MAX_MERGES = 50_000;

/** `BC12` as [54, 12]: the column counted from 0. */
function placeOf(reference: string): readonly [column: number, row: number] | null {
  const match = /^([A-Z]{1,3})(\d{1,7})$/.exec(reference);
  if (!match) return null;
  let column = 0;
  for (const letter of match[1] ?? '') column = column * 26 + letter.charCodeAt(0) - 64;
  return [column - 1, Number(match[2])];
}

/** Cells that are merged over several rows: by row, the column and the row that has the text. */
export class MergeListener implements XmlListener {
  private readonly ranges: { column: number; from: number; to: number }[] = [];

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name !== 'mergeCell') return;
    const [first, last] = (attributes['ref'] ?? '').split(':').map(placeOf);
    if (!first || !last || first[1] === last[1]) return;
    if (this.ranges.length >= MAX_MERGES)
      throw new UnreadableFile('TOO_LARGE', `There must be at most ${MAX_MERGES} merged cells.`);
    this.ranges.push({ column: first[0], from: first[1], to: last[1] });
  }

  /** Ranges that a row is part of. */
  private byStart: Map<number, { column: number; to: number }[]> | null = null;
  startingAt(row: number): readonly { column: number; to: number }[] {
    this.byStart ??= this.ranges.reduce((map, { column, from, to }) => {
      map.set(from, [...(map.get(from) ?? []), { column, to }]);
      return map;
    }, new Map<number, { column: number; to: number }[]>());
    return this.byStart.get(row) ?? [];
  }
}

/** Gathers the rows of a sheet. */
export class SheetListener implements XmlListener {
  private rows: SheetRow[] = [];
  private line = 0;
  private hidden = false;
  private cells: string[] = [];
  private column = -1;
  private type = 'n';
  private style = 0;
  private text = '';
  private listening = false;
  /** Merged columns that reach down to here: the last row and the text. */
  private readonly merged = new Map<number, { to: number; text: string }>();

  constructor(
    private readonly context: CellContext,
    private readonly merges: MergeListener,
  ) {}

  /** The rows that are complete, once. */
  take(): SheetRow[] {
    const rows = this.rows;
    this.rows = [];
    return rows;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'row') {
      this.line = attributes['r'] === undefined ? this.line + 1 : Number(attributes['r']);
      this.hidden = /^(1|true)$/.test(attributes['hidden'] ?? '');
      this.cells = [];
      this.column = -1;
    } else if (name === 'c') {
      this.column = placeOf(attributes['r'] ?? '')?.[0] ?? this.column + 1;
      if (this.column >= MAX_COLUMNS) {
        throw new UnreadableFile('TOO_MANY_COLUMNS', `There must be at most ${MAX_COLUMNS} columns.`, this.line);
      }
      this.type = attributes['t'] ?? 'n';
      this.style = Number(attributes['s'] ?? 0);
      this.text = '';
    } else if (name === 'v' || (name === 't' && this.type === 'inlineStr')) {
      this.listening = true;
    } else if (name === 'rPh') {
      this.listening = false;
    }
  }

  onText(piece: string): void {
    if (this.listening && this.text.length < MAX_CELL_CHARACTERS) this.text += piece;
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.listening = false;
    else if (name === 'c') {
      while (this.cells.length < this.column) this.cells.push('');
      this.cells[this.column] = this.valueOf();
    } else if (name === 'row') this.endRow();
  }

  private valueOf(): string {
    const { text, type, context } = this;
    if (text === '') return '';
    switch (type) {
      case 's':
        return context.shared[Number(text)] ?? '';
      case 'b':
        return text === '1' ? 'TRUE' : 'FALSE';
      case 'n':
        return numberText(text, context.formats[this.style] ?? { kind: 'PLAIN' }, context.system);
      default:
        // Texts, texts of formulas, errors (#REF!) and dates in ISO 8601.
        return text;
    }
  }

  private endRow(): void {
    const columns = new Set<number>();
    for (const [column, { to, text }] of this.merged) {
      if (this.line > to) this.merged.delete(column);
      else {
        while (this.cells.length <= column) this.cells.push('');
        this.cells[column] = text;
        columns.add(column);
      }
    }
    for (const { column, to } of this.merges.startingAt(this.line)) {
      this.merged.set(column, { to, text: this.cells[column] ?? '' });
      columns.add(column);
    }
    this.rows.push({ line: this.line, cells: this.cells, merged: columns, isPositioned: true, isHidden: this.hidden });
  }
}
