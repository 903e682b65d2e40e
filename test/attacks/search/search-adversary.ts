import { CONVEYANCE_CODES } from '@concord/codes';
import type { SeededRandom } from '../../../apps/embedded/src/seeded-random.js';
import { bisect, bitsLearnt, type Narrowed, type Truth } from './bisection.js';

const MINUTE_MS = 60_000;

/** Sends a document and hears the answer, null where it is refused; the transcript is kept by whoever made it. */
export type Ask = (document: string, variables?: Record<string, unknown>) => Promise<unknown>;

export interface Listed {
  readonly id: string;
  readonly occurred: { readonly from: string; readonly to: string };
  readonly substances: readonly { readonly quantity: ShownQuantity | null }[];
}
interface ShownQuantity {
  readonly minGrams: number | null;
  readonly maxGrams: number | null;
  readonly minUnits: number | null;
  readonly maxUnits: number | null;
}

interface Page {
  readonly seizureRecords: {
    readonly edges: readonly { readonly cursor: string; readonly match: string; readonly node: Listed }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** What was found out of one record beside what its view shows. */
export interface Finding {
  /** From 0, by release. */
  readonly record: number;
  readonly what: 'gram' | 'unit' | 'minute' | 'conveyance';
  readonly asked: number;
  readonly bits: number;
  /** What is left: one step where it was found. */
  readonly from: number;
  readonly to: number;
}

export interface SearchOptions {
  readonly random: SeededRandom;
  /** Questions for each thing that is looked for. */
  readonly most: number;
  /** Every field of a record, as a selection. */
  readonly wholeRecord: string;
}

type Filter = Record<string, unknown>;

const CONVEYANCES = CONVEYANCE_CODES.filter((code) => code !== 'UNKNOWN');
const FAR = { from: '2999-01-01' };

/** The wordings in which he asks whether a record has at least so much; `not` and `or` may tell what the plain one hides. */
const wordings = (
  atLeast: Filter,
  atMost: Filter,
): readonly { readonly filter: Filter; readonly negated: boolean }[] => [
  { filter: atLeast, negated: false },
  { filter: { not: atLeast }, negated: true },
  { filter: atMost, negated: true },
  { filter: { not: atMost }, negated: false },
  { filter: { and: [atLeast, { not: atMost }] }, negated: false },
  { filter: { or: [atLeast, { occurred: FAR }] }, negated: false },
  { filter: { not: { or: [atLeast, { occurred: FAR }] } }, negated: true },
];

/**
 * Reads everything that a reader can ask for and then looks, by filters alone, for what the views do not show: the gram in
 * its band, the piece, the minute, a withheld conveyance. What he asks depends on nothing but what he heard and his seed.
 */
export class SearchAdversary {
  asked = 0;

  constructor(
    private readonly send: Ask,
    private readonly options: SearchOptions,
  ) {}

  /** Page by page, one record at a time and then all at once, in both cases with every field. */
  async readAll(): Promise<readonly Listed[]> {
    const all = await this.page(null, { first: 50 });
    let after: string | null = null;
    for (let page = 0; page < all.length + 1; page++) {
      const { seizureRecords } = (await this.#ask(this.#pages(), { filter: null, first: 1, after })) as Page;
      after = seizureRecords.pageInfo.endCursor;
      if (!seizureRecords.pageInfo.hasNextPage) break;
    }
    for (const { id } of all)
      await this.#ask(`query($id: ID!) { seizureRecord(id: $id) ${this.options.wholeRecord} }`, { id });
    return all;
  }

  /** Every condition of the filter once for each side, over all records: what is met, how surely, and how many. */
  async tryConditions(): Promise<void> {
    for (const filter of CONDITIONS) {
      await this.page(filter, { first: 50 });
      await this.page({ not: filter }, { first: 50 });
    }
  }

  async search(records: readonly Listed[]): Promise<readonly Finding[]> {
    const findings: Finding[] = [];
    // In the order of release, which both worlds share; a list is newest first.
    for (const [record, it] of [...records].reverse().entries()) {
      const tell = (what: Finding['what'], range: { from: number; to: number }, found: Narrowed): void => {
        const bits = Math.max(0, bitsLearnt(range, found));
        findings.push({ record, what, asked: found.asked, bits, from: found.from, to: found.to });
      };
      const quantity = it.substances[0]?.quantity;
      const grams = rangeOf(quantity?.minGrams, quantity?.maxGrams, 1);
      if (grams)
        tell(
          'gram',
          grams,
          await this.#bisectBy(it, grams, 1, (n) =>
            wordings({ quantity: { minGrams: n } }, { quantity: { maxGrams: below(n, 1) } }),
          ),
        );
      const units = rangeOf(quantity?.minUnits, quantity?.maxUnits, 1);
      if (units)
        tell(
          'unit',
          units,
          await this.#bisectBy(it, units, 1, (n) =>
            wordings({ quantity: { minUnits: n } }, { quantity: { maxUnits: n - 1 } }),
          ),
        );
      const time = { from: Date.parse(it.occurred.from), to: Date.parse(it.occurred.to) };
      const instant = (n: number): string => new Date(n).toISOString();
      tell(
        'minute',
        time,
        await this.#bisectBy(it, time, MINUTE_MS, (n) =>
          wordings({ occurred: { from: instant(n) } }, { occurred: { to: instant(n) } }),
        ),
      );
      const ways = { from: 0, to: CONVEYANCES.length };
      tell(
        'conveyance',
        ways,
        await this.#bisectBy(it, ways, 1, (n) =>
          wordings({ conveyance: CONVEYANCES.slice(n) }, { conveyance: CONVEYANCES.slice(0, n) }),
        ),
      );
    }
    return findings;
  }

  async page(filter: Filter | null, { first }: { first: number }): Promise<readonly Listed[]> {
    const { seizureRecords } = (await this.#ask(this.#pages(), { filter, first, after: null })) as Page;
    return seizureRecords.edges.map(({ node }) => node);
  }

  #bisectBy(
    record: Listed,
    range: { readonly from: number; readonly to: number },
    step: number,
    ask: (bound: number) => ReturnType<typeof wordings>,
  ): Promise<Narrowed> {
    const { random, most } = this.options;
    const draw = (): number => random.next();
    return bisect({ ...range, step, most, draw }, async (bound, turn) => {
      const all = ask(bound);
      const { filter, negated } = all[turn % all.length] ?? { filter: {}, negated: false };
      return this.#holds(record.id, filter, negated);
    });
  }

  async #holds(id: string, filter: Filter, negated: boolean): Promise<Truth> {
    const document =
      'query($filter: SeizureRecordFilter) { seizureRecords(filter: $filter, first: 50) { totalCount { value atLeast } edges { cursor match node { id } } } }';
    const heard = (await this.#ask(document, { filter })) as Page | null;
    // Refused: nothing of these can be asked for.
    if (heard === null) return 'UNKNOWN';
    const { seizureRecords } = heard;
    const edge = seizureRecords.edges.find(({ node }) => node.id === id);
    if (edge?.match === 'POSSIBLE') return 'UNKNOWN';
    return (edge !== undefined) === negated ? 'NO' : 'YES';
  }

  #pages(): string {
    return `query($filter: SeizureRecordFilter, $first: Int, $after: String) { seizureRecords(filter: $filter, first: $first, after: $after) {
      totalCount { value atLeast } pageInfo { hasNextPage endCursor } edges { cursor match node ${this.options.wholeRecord} } } }`;
  }

  #ask(document: string, variables: Record<string, unknown>): Promise<unknown> {
    this.asked += 1;
    return this.send(document, variables);
  }
}

/** One of each condition that a filter has; a test compares their names with the schema's. */
export const CONDITIONS: readonly Filter[] = [
  { concealment: ['VEHICLE_COMPARTMENT'] },
  { conveyance: ['PASSENGER_VEHICLE'] },
  { sourceReliability: ['A', 'B', 'C'] },
  { sourceCredibility: [1, 2, 3] },
  { occurred: { from: '2020-01-01', to: '2030-01-01' } },
  { released: { from: '2020-01-01', to: '2999-01-01' } },
  { place: { countyFips: ['06073'], settings: ['PORT_OF_ENTRY'], stateFips: ['06'] } },
  { place: { settings: ['HIGHWAY'] } },
  { quantity: { minGrams: 50_000 } },
  { quantity: { maxGrams: 50_000, minUnits: 5_000, maxUnits: 5_000 } },
  {
    substance: { deaCodes: ['9801'], categories: ['FENTANYL'], forms: ['POWDER'], laboratoryStatuses: ['PRESUMPTIVE'] },
  },
  { and: [{ substance: { deaCodes: ['9801'] } }, { quantity: { minGrams: 33_333 } }] },
  { or: [{ quantity: { minUnits: 3_333 } }, { conveyance: ['BUS'] }] },
];

const below = (grams: number, step: number): number => grams - step / 1_000;

/** Null where nothing is left to be found. */
function rangeOf(
  least: number | null | undefined,
  most: number | null | undefined,
  step: number,
): { from: number; to: number } | null {
  if (least === null || least === undefined || most === null || most === undefined) return null;
  return { from: Math.floor(least / step) * step, to: Math.floor(most / step) * step + step };
}
