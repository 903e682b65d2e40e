import { deidentify, RELEASE_POLICY_1 } from '@concord/deidentification';
import { findingsOf, matchView, RuleIndex, type BookedRule } from '@concord/matching';
import { restoreFilter, type FilterableView, type ParsedFilter } from '@concord/records';
import { validateReport } from '@concord/submission';
import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { machineFacts, numberOption, printResult, quantile, round, tell } from './measures.js';
import { RuleMix } from './rule-mix.js';

/**
 * `npm run bench -- matching [--most 1000000] [--rounds 15] [--seed 4]`: one record's views against the same ten rules
 * that fire among 1,000 to 1,000,000 that do not, in this process and without a database. The peer tries every rule, with
 * the same evaluation. Rounds of all sizes take turns.
 */
const MOST = numberOption('most', 1_000_000);
const ROUNDS = numberOption('rounds', 15);
const SEED = numberOption('seed', 4);
const SIZES = [1_000, 10_000, 100_000, 1_000_000].filter((size) => size <= MOST);
/** Trying every rule is slow: no more rules than this, and one record a round. */
const MOST_SCANNED = 100_000;
/** How often a round looks at each record. */
const LOOKS = 40;
const OWNERS = 2_000;

const COUNTIES = ['06073', '06037', '04013', '48201', '48141', '12086', '36061', '53033'] as const;
const NOW = new Date('2026-11-30T12:00:00Z');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** The views of eight records in eight counties: 40 g of fentanyl in a parcel of methamphetamine pills. */
function recordViews(): FilterableView[][] {
  return COUNTIES.map((countyFips) => {
    const validation = validateReport(
      {
        submitterReference: 'bench',
        occurredAt: '2026-11-20T03:15:00-08:00',
        sharing: 'NATION',
        place: { countyFips, setting: 'PARCEL_FACILITY' },
        substances: [
          { deaCode: '9801', form: 'POWDER', quantity: 40, unit: 'GM', laboratoryStatus: 'CONFIRMED' },
          { deaCode: '1105', form: 'PILL_TABLET', quantity: 300, unit: 'DU', laboratoryStatus: 'NONE' },
        ],
        concealment: ['PARCEL'],
        conveyance: 'PARCEL_SERVICE',
      },
      { now: NOW, agreementWidestSharing: 'PARTNERS', memberTaskForceIds: new Set() },
    );
    if (!validation.ok) throw new Error(JSON.stringify(validation.issues));
    return deidentify(validation.report, { h3Resolution: 6, policy: RELEASE_POLICY_1 }).map((view) => ({
      ...view,
      releasedAt: NOW,
    }));
  });
}

/** Ten that fire on every record: by county, by state, by substance, by weight, by method, by what they do not want. */
const countyFips = [...COUNTIES];
const stateFips = countyFips.map((fips) => fips.slice(0, 2));
const WANTED = [
  { place: { countyFips }, substance: { deaCodes: ['9801'] } },
  { place: { countyFips }, substance: { deaCodes: ['9801'] }, quantity: { minGrams: 10 } },
  { place: { countyFips }, conveyance: ['PARCEL_SERVICE'] },
  { place: { stateFips }, substance: { categories: ['FENTANYL'] } },
  { place: { stateFips }, substance: { deaCodes: ['1105'] }, quantity: { minUnits: 100 } },
  { place: { stateFips }, not: { conveyance: ['BUS', 'TRAIN'] } },
  { substance: { deaCodes: ['9801'], laboratoryStatuses: ['CONFIRMED'] }, quantity: { minGrams: 40 } },
  { substance: { categories: ['FENTANYL'] }, concealment: ['PARCEL', 'LUGGAGE'] },
  { or: [{ place: { stateFips: ['72'] } }, { place: { settings: ['PARCEL_FACILITY'] }, quantity: { minGrams: 20 } }] },
  { not: { place: { stateFips: ['72', '15'] } } },
].map((filter) => restoreFilter(filter).source);

interface Filled {
  readonly rules: number;
  readonly index: RuleIndex<BookedRule>;
  readonly builtSeconds: number;
  readonly memoryMb: number;
  readonly questions: number;
  readonly candidates: number;
  readonly microseconds: number[];
  readonly scan: readonly ParsedFilter[];
  readonly scanMicroseconds: number[];
}

/** Of the processor and not of the clock, so that what else runs hardly counts; collecting garbage counts. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function memoryMb(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

function fill(stored: readonly string[], rules: number, records: readonly FilterableView[][]): Filled {
  const owners = Array.from({ length: OWNERS }, () => [randomUUID(), randomUUID()] as const);
  const before = memoryMb();
  const began = cpuMs();
  const index = new RuleIndex<BookedRule>();
  for (let n = 0; n < rules; n += 1) {
    const [personId = '', agencyId = ''] = owners[n % OWNERS] ?? [];
    index.upsert({ id: randomUUID(), personId, agencyId }, restoreFilter(stored[n]));
  }
  const builtSeconds = (cpuMs() - began) / 1_000;
  const used = memoryMb() - before;
  const looked = records.map((views) => index.candidates(views).length);
  return {
    rules,
    index,
    builtSeconds: round(builtSeconds, 3),
    memoryMb: round(used, 1),
    questions: index.questions,
    candidates: round(looked.reduce((sum, n) => sum + n, 0) / looked.length, 1),
    microseconds: [],
    scan: rules > MOST_SCANNED ? [] : stored.slice(0, rules).map(restoreFilter),
    scanMicroseconds: [],
  };
}

function lookUp({ index, microseconds }: Filled, records: readonly FilterableView[][]): void {
  const began = cpuMs();
  let firing = 0;
  for (let look = 0; look < LOOKS; look += 1)
    for (const views of records) for (const { rules } of findingsOf(index, views)) firing += rules.length;
  const looks = LOOKS * records.length;
  microseconds.push(((cpuMs() - began) * 1_000) / looks);
  if (firing !== looks * WANTED.length)
    throw new Error(`${firing / looks} rules fire on a record, not ${WANTED.length}`);
}

function tryEvery({ scan, scanMicroseconds }: Filled, views: readonly FilterableView[]): void {
  const began = cpuMs();
  let firing = 0;
  for (const filter of scan) {
    const matches = views.map((view) => matchView(filter, view));
    if (matches.some((match) => match !== null)) firing += 1;
  }
  scanMicroseconds.push((cpuMs() - began) * 1_000);
  if (firing !== WANTED.length) throw new Error(`${firing} rules fire when every one is tried, not ${WANTED.length}`);
}

const records = recordViews();
const mix = new RuleMix(SEED, records.flat());
tell(`drawing ${SIZES.at(-1) ?? 0} rules, seed ${SEED}`);
const stored = [...WANTED];
while (stored.length < (SIZES.at(-1) ?? 0)) stored.push(mix.next());
const filled = SIZES.map((rules) => {
  const made = fill(stored, rules, records);
  tell(`  ${rules} rules: ${made.builtSeconds} s, ${made.memoryMb} MB, ${made.candidates} questions looked at`);
  return made;
});
for (let turn = -2; turn < ROUNDS; turn += 1) {
  for (const one of filled) {
    lookUp(one, records);
    if (one.scan.length > 0) tryEvery(one, records[(turn + 2) % records.length] ?? []);
    // Two rounds of warming up do not count.
    if (turn < 0) one.microseconds.length = one.scanMicroseconds.length = 0;
  }
}
const fewest = quantile(filled[0]?.microseconds ?? [], 0.5);
printResult({
  benchmark: 'matching',
  machine: machineFacts(),
  seed: SEED,
  rounds: ROUNDS,
  firing: WANTED.length,
  thrownAway: mix.thrownAway,
  sizes: filled.map((one) => {
    const microseconds = quantile(one.microseconds, 0.5);
    const everyRule = one.scan.length > 0 ? quantile(one.scanMicroseconds, 0.5) : null;
    return {
      rules: one.rules,
      microsecondsARecord: microseconds,
      toTheFewest: round(microseconds / fewest, 2),
      everyRuleMicroseconds: everyRule,
      fasterThanEveryRule: everyRule === null ? null : round(everyRule / microseconds, 0),
      questions: one.questions,
      questionsLookedAt: one.candidates,
      builtSeconds: one.builtSeconds,
      memoryMb: one.memoryMb,
    };
  }),
});
