/** A row of a sheet as it lies in the file: cells by position. */
export interface SheetRow {
  readonly line: number;
  readonly cells: readonly string[];
  /** Positions of cells that are merged with cells of other rows; their text stands in each row. */
  readonly merged?: ReadonlySet<number>;
  /** Each cell says by itself which column it is of, so that there may be fewer than the heading has. */
  readonly isPositioned?: boolean;
  /** Filtered out or folded away: whoever looks at the sheet does not see it. */
  readonly isHidden?: boolean;
}

/** Whether a row says nothing: blanks of every width, and what is invisible. */
export const isBlank = (text: string): boolean => !/[^\s\u200B-\u200D\u2060]/.test(text);
