/** The calendar of statistics: whole months, and what they add up to. The fiscal year 2026 is October 2025 to September 2026. */
export const PERIOD_KINDS = ['MONTH', 'QUARTER', 'YEAR', 'FISCAL_YEAR'] as const;
export type PeriodKind = (typeof PERIOD_KINDS)[number];

/** `2026-03`. */
export type MonthName = string;
/** `2026-03`, `2026-Q1`, `2026` or `FY2026`. */
export type PeriodName = string;

const MONTHS_OF: Readonly<Record<PeriodKind, number>> = { MONTH: 1, QUARTER: 3, YEAR: 12, FISCAL_YEAR: 12 };

/** The period of this kind that a month belongs to. */
export function periodOf(kind: PeriodKind, month: MonthName): PeriodName {
  const [year, number] = parseMonth(month);
  switch (kind) {
    case 'MONTH':
      return month;
    case 'QUARTER':
      return `${year}-Q${Math.ceil(number / 3)}`;
    case 'YEAR':
      return `${year}`;
    case 'FISCAL_YEAR':
      return `FY${number >= 10 ? year + 1 : year}`;
  }
}

/** The months of a period in order. */
export function monthsOf(period: PeriodName): readonly MonthName[] {
  const first = firstMonth(period);
  return Array.from({ length: MONTHS_OF[kindOf(period)] }, (_, after) => monthAfter(first, after));
}

export function kindOf(period: PeriodName): PeriodKind {
  if (/^\d{4}-\d{2}$/.test(period)) return 'MONTH';
  if (/^\d{4}-Q[1-4]$/.test(period)) return 'QUARTER';
  if (/^\d{4}$/.test(period)) return 'YEAR';
  if (/^FY\d{4}$/.test(period)) return 'FISCAL_YEAR';
  throw new RangeError(`no period: ${period}`);
}

/** `2026-12` and 1 is `2027-01`. */
export function monthAfter(month: MonthName, after = 1): MonthName {
  const [year, number] = parseMonth(month);
  const months = year * 12 + number - 1 + after;
  return monthName(Math.floor(months / 12), (months % 12) + 1);
}

/** The periods that are whole once this month is closed, of those months that were closed before. */
export function periodsClosedWith(month: MonthName, closedBefore: ReadonlySet<MonthName>): readonly PeriodName[] {
  const closed = new Set(closedBefore).add(month);
  return PERIOD_KINDS.map((kind) => periodOf(kind, month)).filter((period) =>
    monthsOf(period).every((each) => closed.has(each)),
  );
}

function firstMonth(period: PeriodName): MonthName {
  switch (kindOf(period)) {
    case 'MONTH':
      return period;
    case 'QUARTER':
      return monthName(Number(period.slice(0, 4)), Number(period.slice(6)) * 3 - 2);
    case 'YEAR':
      return monthName(Number(period), 1);
    case 'FISCAL_YEAR':
      return monthName(Number(period.slice(2)) - 1, 10);
  }
}

function monthName(year: number, number: number): MonthName {
  return `${String(year).padStart(4, '0')}-${String(number).padStart(2, '0')}`;
}

function parseMonth(month: MonthName): [year: number, number: number] {
  const parts = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month);
  if (!parts) throw new RangeError(`no month: ${month}`);
  return [Number(parts[1]), Number(parts[2])];
}
