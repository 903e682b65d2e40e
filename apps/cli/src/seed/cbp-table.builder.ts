import { COLUMNS } from './cbp-row.js';

export type Cells = Partial<Record<keyof typeof COLUMNS, string | number>>;

/** A row that can be used, unless it is told otherwise. */
const USUAL: Required<Cells> = {
  fiscalYear: '2021',
  month: 'OCT',
  component: 'Office of Field Operations',
  region: 'Southwest Border',
  landFilter: 'Land Only',
  area: 'SAN DIEGO FIELD OFFICE',
  drug: 'Fentanyl',
  events: 3,
  pounds: '12.5',
};

/** CBP's table, as it is published: CRLF, the columns in their order. */
export function cbpTable(rows: readonly (Cells | string)[]): string {
  const columns = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];
  const lines = rows.map((row) =>
    typeof row === 'string' ? row : columns.map((column) => String(row[column] ?? USUAL[column])).join(','),
  );
  return [Object.values(COLUMNS).join(','), ...lines, ''].join('\r\n');
}
