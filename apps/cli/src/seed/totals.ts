import { CBP_DRUGS, type CbpDrug } from './cbp-drugs.data.js';

const MILLIGRAMS_IN_A_POUND = 453_592.37;

/** Events and weight of one drug in one fiscal year. */
export interface Total {
  readonly fiscalYear: number;
  readonly drug: CbpDrug;
  readonly events: number;
  readonly milligrams: bigint;
}

/** As it is told: pounds to three digits, the drug as the file calls it. */
export interface ToldTotal {
  readonly fiscalYear: number;
  readonly drug: string;
  readonly events: number;
  readonly pounds: number;
}

/** Adds up by fiscal year and drug. */
export class Totals {
  private readonly byKind = new Map<string, Total>();

  add({ fiscalYear, drug, events, milligrams }: Total): void {
    const kind = keyOf(fiscalYear, drug);
    const before = this.byKind.get(kind);
    this.byKind.set(kind, {
      fiscalYear,
      drug,
      events: events + (before?.events ?? 0),
      milligrams: milligrams + (before?.milligrams ?? 0n),
    });
  }

  get events(): number {
    return [...this.byKind.values()].reduce((sum, { events }) => sum + events, 0);
  }

  of(fiscalYear: number, drug: CbpDrug): Total {
    return this.byKind.get(keyOf(fiscalYear, drug)) ?? { fiscalYear, drug, events: 0, milligrams: 0n };
  }

  /** By year, then by the name of the drug. */
  sorted(): Total[] {
    return [...this.byKind.values()].sort(
      (a, b) => a.fiscalYear - b.fiscalYear || CBP_DRUGS.indexOf(a.drug) - CBP_DRUGS.indexOf(b.drug),
    );
  }
}

const keyOf = (fiscalYear: number, drug: CbpDrug): string => `${fiscalYear} ${drug.wording}`;

export const poundsOf = (milligrams: bigint): number =>
  Math.round((Number(milligrams) / MILLIGRAMS_IN_A_POUND) * 1_000) / 1_000;

/** @param wordings how the file at hand writes a drug, where it differs */
export function told(
  { fiscalYear, drug, events, milligrams }: Total,
  wordings: ReadonlyMap<CbpDrug, string>,
): ToldTotal {
  return { fiscalYear, drug: wordings.get(drug) ?? drug.wording, events, pounds: poundsOf(milligrams) };
}

/** A line for each total, file and database side by side, and whether they are equal, to the milligram. */
export function compare(
  file: Totals,
  database: Totals,
  wordings: ReadonlyMap<CbpDrug, string>,
): { readonly equal: boolean; readonly lines: readonly string[] } {
  const all = new Totals();
  for (const total of [...file.sorted(), ...database.sorted()]) all.add(total);
  let equal = true;
  const lines = all.sorted().map(({ fiscalYear, drug }) => {
    const [said, stored] = [file.of(fiscalYear, drug), database.of(fiscalYear, drug)];
    const same = said.events === stored.events && said.milligrams === stored.milligrams;
    equal &&= same;
    const numbers = [said, stored].flatMap((total) => [
      total.events.toLocaleString('en-US').padStart(9),
      poundsOf(total.milligrams).toLocaleString('en-US', { minimumFractionDigits: 3 }).padStart(15),
    ]);
    return `FY${fiscalYear}  ${(wordings.get(drug) ?? drug.wording).padEnd(20)}${numbers.join('')}  ${same ? 'equal' : 'DIFFERENT'}`;
  });
  const head = ['events in file', 'pounds', 'in database', 'pounds'];
  return {
    equal,
    lines: [`${' '.repeat(23)}${head.map((name, i) => name.padStart(i % 2 === 0 ? 14 : 15)).join('')}`, ...lines],
  };
}
