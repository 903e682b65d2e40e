/** What a column of a table that is copied into takes: bytes as hexadecimal, an array of numbers, anything else as JSON. */
export type CopyValue = string | number | boolean | null | undefined | Buffer | readonly number[] | object;

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const TO_ESCAPE = /[\\\t\n\r]/;
const ALL_TO_ESCAPE = /[\\\t\n\r]/g;

/** One row in COPY's text format, with its line feed. */
export function copyLine(values: readonly CopyValue[]): string {
  let line = '';
  for (let column = 0; column < values.length; column += 1) {
    if (column > 0) line += '\t';
    line += copyField(values[column]);
  }
  return `${line}\n`;
}

function copyField(value: CopyValue): string {
  if (value === null || value === undefined) return '\\N';
  if (typeof value === 'string') return escaped(value);
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (Buffer.isBuffer(value)) return `\\\\x${value.toString('hex')}`;
  return escaped(JSON.stringify(value));
}

const escaped = (text: string): string =>
  TO_ESCAPE.test(text) ? text.replace(ALL_TO_ESCAPE, (character) => ESCAPED[character] ?? character) : text;

/** An array of int4. */
export const copyArray = (numbers: readonly number[]): string => `{${numbers.join(',')}}`;
