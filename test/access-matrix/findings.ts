/** Ways in which the API is asked. */
export type Way =
  | 'root field'
  | 'list'
  | 'field'
  | 'filter'
  | 'by id'
  | 'count'
  | 'keyring'
  | 'report'
  | 'alert'
  | 'live'
  | 'administration';

/** Of each way. */
const MOST_KEPT = 8;

/** What a run of the matrix has decided, and where the API and the oracle differ. */
export class Findings {
  readonly decisions: Partial<Record<Way, number>> = {};
  /** Sentences; the first of each way. */
  readonly counterexamples: string[] = [];
  /** How many there were, by way. */
  readonly differing: Partial<Record<Way, number>> = {};
  /** How often the oracle said what, so that a run that saw little shows. */
  readonly seen: Record<string, number> = {};

  decide(way: Way, agrees: boolean, tell: () => string): void {
    this.decisions[way] = (this.decisions[way] ?? 0) + 1;
    if (agrees) return;
    this.differing[way] = (this.differing[way] ?? 0) + 1;
    if ((this.differing[way] ?? 0) <= MOST_KEPT) this.counterexamples.push(`[${way}] ${tell()}`);
  }

  saw(what: string): void {
    this.seen[what] = (this.seen[what] ?? 0) + 1;
  }

  /** Decisions about somebody and something; what was looked at field by field is counted apart. */
  get total(): number {
    return sum(this.decisions) - this.fields;
  }

  get fields(): number {
    return this.decisions.field ?? 0;
  }

  get faults(): number {
    return sum(this.differing);
  }

  toJSON() {
    const { total, fields, faults, decisions, differing, seen, counterexamples } = this;
    return { total, fields, faults, decisions, differing, seen, counterexamples };
  }

  add(other: Findings): void {
    for (const [way, count] of Object.entries(other.decisions) as [Way, number][])
      this.decisions[way] = (this.decisions[way] ?? 0) + count;
    for (const [way, count] of Object.entries(other.differing) as [Way, number][])
      this.differing[way] = (this.differing[way] ?? 0) + count;
    for (const [what, count] of Object.entries(other.seen)) this.seen[what] = (this.seen[what] ?? 0) + count;
    this.counterexamples.push(...other.counterexamples);
  }
}

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);
