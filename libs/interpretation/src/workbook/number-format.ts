import { excelDay, dayText } from '../cells/date.cell.js';
import { decimalText, plainText, readDecimal, times } from '../cells/decimal.js';

/** What of a number format changes what a cell says. */
export type NumberFormat =
  | { readonly kind: 'PLAIN' }
  | { readonly kind: 'DATE' }
  | { readonly kind: 'PERCENT' }
  /** `00000`: zeros in front up to so many digits. */
  | { readonly kind: 'PADDED'; readonly digits: number };

/** Formats that every workbook has without saying so: ECMA-376 part 1, 18.8.30. */
const BUILT_IN_DATES = [
  14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 45, 46, 47, 50, 51, 52, 53, 54, 55, 56,
  57, 58,
];
const BUILT_IN_PERCENTS = [9, 10];
const PLAIN: NumberFormat = { kind: 'PLAIN' };
/** Excel keeps and shows fifteen digits; what stands behind them in the file is dust of binary numbers. */
const EXCEL_DIGITS = 15;
const TOO_LARGE = 1e15;

/** Of a number's format by its id and, where the workbook declares it, its code. */
export function numberFormat(id: number, code: string | undefined): NumberFormat {
  if (code === undefined) {
    if (BUILT_IN_DATES.includes(id)) return { kind: 'DATE' };
    return BUILT_IN_PERCENTS.includes(id) ? { kind: 'PERCENT' } : PLAIN;
  }
  const bare = code.replace(/"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]|_./gi, '').split(';')[0] ?? '';
  if (/^general$/i.test(bare.trim())) return PLAIN;
  if (/[ymdhs]/i.test(bare)) return { kind: 'DATE' };
  if (bare.includes('%')) return { kind: 'PERCENT' };
  return /^0{2,}$/.test(bare) ? { kind: 'PADDED', digits: bare.length } : PLAIN;
}

/**
 * A stored number as text: dates year first with their time, percentages with their sign, everything else in its digits.
 * A whole number of more digits than Excel keeps is written as a power of ten, so that nobody takes it for one.
 */
export function numberText(stored: string, format: NumberFormat, system: '1900' | '1904'): string {
  const number = Number(stored);
  if (!Number.isFinite(number)) return stored;
  if (format.kind === 'DATE') return dateText(number, system) ?? stored;
  if (Math.abs(number) >= TOO_LARGE) return number.toExponential().toUpperCase();
  const size = decimalText(Number(Math.abs(number).toPrecision(EXCEL_DIGITS)));
  const sign = number < 0 ? '-' : '';
  if (format.kind === 'PERCENT') {
    const read = readDecimal(size, 'POINT');
    return 'value' in read ? `${sign}${plainText(times(read.value, 100n))}%` : stored;
  }
  return format.kind === 'PADDED' ? `${sign}${size.padStart(format.digits, '0')}` : `${sign}${size}`;
}

function dateText(serial: number, system: '1900' | '1904'): string | null {
  // The days before March 1900 are off by one, and nothing was seized then.
  if (serial < 0 || serial > 2_958_465 || (serial >= 1 && serial < 61)) return null;
  const { date, rest } = excelDay(serial, system);
  if (serial < 1) return rest === '' ? '00:00:00' : rest.trim();
  return `${dayText(date)}${rest}`;
}
