import fc from 'fast-check';

const WEEK_MS = 7 * 86_400_000;
/** Whatever a test stores now has been released by then. */
const START = Date.now() + 86_400_000;
export const at = (week: number): Date => new Date(START + week * WEEK_MS);

/** Three classes, of which a record may be in several. */
export const KINDS = ['9801 LARGE', '9801 MEDIUM', '9200 LARGE'] as const;
export type Kind = (typeof KINDS)[number];

export type Step =
  | { do: 'submit'; kinds: Kind[]; agencies: number[]; embargoWeeks: number; synthetic: boolean }
  | { do: 'correct'; record: number; kinds: Kind[] }
  | { do: 'narrow'; record: number }
  | { do: 'recall'; record: number }
  | { do: 'batch'; weeks: number };

const kinds = fc.subarray([...KINDS], { minLength: 1, maxLength: 2 });
const record = fc.nat({ max: 1_000 });
export const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      kinds,
      // Also many of one agency alone, which are no company.
      agencies: fc.oneof(
        { weight: 3, arbitrary: fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 5 }) },
        { weight: 1, arbitrary: fc.nat({ max: 2 }).map((agency) => Array.from({ length: 5 }, () => agency)) },
      ),
      embargoWeeks: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 4 })),
      synthetic: fc.oneof({ weight: 7, arbitrary: fc.constant(true) }, fc.constant(false)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('correct' as const), record, kinds }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('narrow' as const), record }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('recall' as const), record }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('batch' as const),
      // Twice in a week, each week, late by weeks, in another year.
      weeks: fc.constantFrom(0, 1, 1, 1, 2, 3, 53),
    }),
  },
);

/** What must be let out, said without the database: nothing but sets and the rule of five records of two agencies. */
export class CommunityModel {
  readonly records: { agency: number; kinds: readonly Kind[]; releasedAt: number; synthetic: boolean }[] = [];
  released: { batch: number; kind: string; record: number }[] = [];
  editions = 0;
  #due = -Infinity;
  #batches = 0;

  /** @returns whether there was one to make */
  batch(now: number): boolean {
    const due = lastMonday(now);
    if (due <= this.#due) return false;
    if (this.#batches === 0 || new Date(due).getUTCFullYear() > new Date(this.#due).getUTCFullYear()) {
      this.released = [];
      this.editions += 1;
    }
    this.#due = due;
    this.#batches += 1;
    for (const [kind, waiting] of this.waiting(now)) {
      const agencies = new Set(waiting.map((it) => this.records[it]?.agency));
      if (waiting.length < 5 || agencies.size < 2) continue;
      this.released.push(...waiting.map((it) => ({ batch: this.#batches, kind, record: it })));
    }
    return true;
  }

  /** A full recount: what stands, is released and has not been let out, by class. */
  waiting(now: number): Map<string, number[]> {
    const classes = new Map<string, number[]>();
    for (const [n, it] of this.records.entries()) {
      if (it.releasedAt > now) continue;
      for (const kind of it.kinds.map((name) => `${name} ${it.synthetic}`)) {
        if (this.released.some((out) => out.record === n && out.kind === kind)) continue;
        classes.set(kind, [...(classes.get(kind) ?? []), n]);
      }
    }
    return classes;
  }

  rows(): string[] {
    return this.released.map(({ batch, kind }) => `${batch} ${kind}`).sort();
  }
}

export function lastMonday(now: number): number {
  const monday = new Date(now - 6 * 3_600_000);
  monday.setUTCHours(6, 0, 0, 0);
  monday.setUTCDate(monday.getUTCDate() - ((monday.getUTCDay() + 6) % 7));
  return monday.getTime();
}
