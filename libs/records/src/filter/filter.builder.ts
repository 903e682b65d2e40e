import type fastCheck from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { FilterableView } from './evaluate-filter.js';
import type { SeizureRecordFilter } from './seizure-record-filter.js';

type FastCheck = typeof fastCheck;
type SubstanceView = FilterableView['substances'][number];

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
const START = Date.UTC(2026, 0, 1);
const DAYS = 8;

/** Few values of each kind, so that filters and views meet often. */
const STATES = ['06', '53', '04'];
const COUNTIES = ['06073', '06037', '53033', '04019'];
const DEA_CODES = ['9801', '1105', '9041'];
const CATEGORIES = ['FENTANYL', 'METHAMPHETAMINE', 'ADULTERANT', 'UNKNOWN'] as const;
const FORMS = ['POWDER', 'PILL_TABLET', 'UNKNOWN'] as const;
const LABORATORY_STATUSES = ['NONE', 'CONFIRMED'] as const;
const SETTINGS = ['HIGHWAY', 'STREET', 'UNKNOWN'] as const;
const CONCEALMENTS = ['PARCEL', 'ON_PERSON', 'NONE', 'UNKNOWN'] as const;
const CONVEYANCES = ['BUS', 'TRAIN', 'UNKNOWN'] as const;
const RELIABILITIES = ['A', 'B', 'F'] as const;
const CREDIBILITIES = [1, 3, 6] as const;
const OFFSETS = [-480, -720, 0, 345, 840];

/** Random filters and views for property tests. fast-check is handed in: it is not there in production. */
export function filterArbitraries(fc: FastCheck) {
  const codes = (from: readonly string[]) => fc.subarray([...from], { minLength: 1, maxLength: 2 });
  const maybe = <Value>(arbitrary: Arbitrary<Value>) => fc.option(arbitrary, { freq: 2 });
  const sparsely = <Value>(arbitrary: Arbitrary<Value>) => fc.option(arbitrary, { freq: 1 });
  const ordered = (amounts: Arbitrary<number>) =>
    fc
      .tuple(sparsely(amounts), sparsely(amounts))
      .map(([a, b]) => (a !== null && b !== null && a > b ? [b, a] : [a, b]));

  const date = fc
    .integer({ min: 0, max: DAYS })
    .map((day) => new Date(START + day * DAY_MINUTES * MINUTE_MS).toISOString().slice(0, 10));
  const instant = fc
    .integer({ min: 0, max: DAYS * 48 })
    .map((half) => new Date(START + half * 30 * MINUTE_MS).toISOString());
  const period = fc
    .tuple(sparsely(fc.oneof(date, instant)), sparsely(fc.oneof(date, instant)))
    .map(([from, to]) => (from && to && Date.parse(from) >= Date.parse(to) ? { from } : { from, to }));

  const conditions = fc.record(
    {
      substance: fc.record(
        {
          deaCodes: codes(DEA_CODES),
          categories: codes(CATEGORIES),
          forms: codes(FORMS),
          laboratoryStatuses: codes(LABORATORY_STATUSES),
        },
        { requiredKeys: [] },
      ),
      quantity: fc
        .tuple(ordered(fc.constantFrom(0, 0.0015, 1.1, 10, 1000)), ordered(fc.constantFrom(0, 1, 500, 30_000)))
        .map(([[minGrams, maxGrams], [minUnits, maxUnits]]) => ({
          minGrams: minGrams ?? null,
          maxGrams: maxGrams ?? null,
          minUnits: minUnits ?? null,
          maxUnits: maxUnits ?? null,
        })),
      place: fc.record(
        { stateFips: codes(STATES), countyFips: codes(COUNTIES), settings: codes(SETTINGS) },
        { requiredKeys: [] },
      ),
      occurred: period,
      released: period,
      concealment: codes(CONCEALMENTS),
      conveyance: codes(CONVEYANCES),
      sourceReliability: codes(RELIABILITIES),
      sourceCredibility: maybe(fc.subarray([...CREDIBILITIES], { minLength: 1 })),
    },
    { requiredKeys: [] },
  );
  /** Mostly one or two conditions: with all nine at once hardly anything is ever TRUE. */
  const leaf = fc
    .tuple(
      conditions,
      fc.subarray(
        [
          ...['substance', 'quantity', 'place', 'occurred', 'released', 'concealment', 'conveyance'],
          ...['sourceReliability', 'sourceCredibility'],
        ],
        { maxLength: 2 },
      ),
    )
    .map(([all, kept]): SeizureRecordFilter =>
      Object.fromEntries(Object.entries(all).filter(([key]) => kept.includes(key))),
    );
  const nested = (depth: number): Arbitrary<SeizureRecordFilter> => {
    if (depth === 0) return leaf;
    const parts = fc.array(nested(depth - 1), { minLength: 1, maxLength: 2 });
    const combined = fc
      .tuple(leaf, sparsely(parts), sparsely(parts), maybe(nested(depth - 1)))
      .map(([own, and, or, not]): SeizureRecordFilter => ({ ...own, and, or, not }));
    return fc.oneof(leaf, combined);
  };

  const band = (values: readonly bigint[]) =>
    fc
      .tuple(fc.constantFrom(...values), fc.constantFrom(...values))
      .map(([a, b]) => (a < b ? { min: a, max: b } : { min: b, max: a }));
  const weight = band([0n, 1n, 2n, 1_100n, 9_999n, 10_000n, 999_999n, 1_000_000n, 9_999_999n]);
  const count = band([0n, 1n, 2n, 499n, 500n, 30_000n]);
  const quantity = fc.oneof(
    weight.map((milligrams) => ({ unit: 'GM' as const, milligrams, units: null, amount: null, estimated: false })),
    count.map((units) => ({ unit: 'DU' as const, milligrams: null, units, amount: null, estimated: false })),
    fc.constant({ unit: 'ML' as const, milligrams: null, units: null, amount: null, estimated: true }),
  );
  const substance: Arbitrary<SubstanceView> = fc.record({
    deaCode: maybe(fc.constantFrom(...DEA_CODES)),
    name: fc.constant('substance'),
    category: fc.constantFrom(...CATEGORIES),
    form: maybe(fc.constantFrom(...FORMS)),
    laboratoryStatus: maybe(fc.constantFrom(...LABORATORY_STATUSES)),
    quantity: maybe(quantity),
    purity: fc.constant(null),
    signature: fc.constant(null),
    adulterants: fc.constant(null),
  });
  const occurred = fc
    .tuple(
      fc.integer({ min: 0, max: DAYS * 48 }),
      fc.constantFrom(1, 30, 60, DAY_MINUTES, 7 * DAY_MINUTES),
      fc.constantFrom(...OFFSETS),
    )
    .map(([half, minutes, offsetMinutes]) => {
      const from = START + half * 30 * MINUTE_MS;
      return { from: new Date(from), to: new Date(from + minutes * MINUTE_MS), offsetMinutes };
    });
  const place = fc
    .record({
      countyFips: fc.constantFrom(...COUNTIES),
      hasCounty: fc.boolean(),
      setting: maybe(fc.constantFrom(...SETTINGS)),
    })
    .map(({ countyFips, hasCounty, setting }) => ({
      stateFips: countyFips.slice(0, 2),
      countyFips: hasCounty ? countyFips : null,
      h3: null,
      latitude: null,
      longitude: null,
      setting,
      portOfEntry: null,
    }));
  const view: Arbitrary<FilterableView> = fc.record({
    occurred,
    place,
    substances: fc.array(substance, { maxLength: 3 }),
    concealment: maybe(fc.uniqueArray(fc.constantFrom(...CONCEALMENTS), { maxLength: 3 })),
    conveyance: maybe(fc.constantFrom(...CONVEYANCES)),
    source: maybe(
      fc.record({
        reliability: fc.constantFrom(...RELIABILITIES),
        credibility: fc.constantFrom(...CREDIBILITIES),
      }),
    ),
    releasedAt: instant.map((text) => new Date(text)),
  });

  /** What a coarser precision may do to a view: widen, and leave out; never say something else. */
  const coarsening = fc
    .record({
      before: fc.integer({ min: 0, max: 3 * DAY_MINUTES }),
      after: fc.integer({ min: 0, max: 3 * DAY_MINUTES }),
      widening: fc.bigInt({ min: 0n, max: 1_000_000n }),
      drops: fc.record({
        county: fc.boolean(),
        setting: fc.boolean(),
        concealment: fc.boolean(),
        conveyance: fc.boolean(),
        source: fc.boolean(),
        form: fc.boolean(),
        laboratoryStatus: fc.boolean(),
        quantity: fc.boolean(),
        deaCode: fc.boolean(),
      }),
    })
    .map(({ before, after, widening, drops }) => {
      const widen = (band: { min: bigint; max: bigint } | null) =>
        band && { min: band.min > widening ? band.min - widening : 0n, max: band.max + widening };
      const coarsenSubstance = (fine: SubstanceView): SubstanceView => ({
        ...fine,
        // A category is said at every precision. A code may go only where it leaves "may be anything" behind.
        deaCode: drops.deaCode && fine.category === 'UNKNOWN' ? null : fine.deaCode,
        form: drops.form ? null : fine.form,
        laboratoryStatus: drops.laboratoryStatus ? null : fine.laboratoryStatus,
        quantity:
          drops.quantity || !fine.quantity
            ? null
            : { ...fine.quantity, milligrams: widen(fine.quantity.milligrams), units: widen(fine.quantity.units) },
      });
      return (fine: FilterableView): FilterableView => ({
        ...fine,
        occurred: {
          from: new Date(fine.occurred.from.getTime() - before * MINUTE_MS),
          to: new Date(fine.occurred.to.getTime() + after * MINUTE_MS),
          offsetMinutes: fine.occurred.offsetMinutes,
        },
        place: {
          ...fine.place,
          countyFips: drops.county ? null : fine.place.countyFips,
          setting: drops.setting ? null : fine.place.setting,
        },
        concealment: drops.concealment ? null : fine.concealment,
        conveyance: drops.conveyance ? null : fine.conveyance,
        source: drops.source ? null : fine.source,
        substances: fine.substances.map(coarsenSubstance),
      });
    });

  return { filter: nested(3), view, coarsening };
}
