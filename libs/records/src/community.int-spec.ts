import type { ValidReport, ValidSubstance } from '@concord/deidentification';
import { openPool } from '@concord/platform/database';
import {
  addAgency,
  addAgreement,
  addMembership,
  addPerson,
  createTestDatabase,
  type TestDatabase,
} from '@concord/platform/testing';
import fc from 'fast-check';
import { Client, type Pool } from 'pg';
import { makeCommunityBatch } from './community.store.js';
import type { ActAs } from './record.reader.js';
import { buildReport, partsOf } from './report.builder.js';
import { amendReport, recallReport } from './report-change.store.js';
import { persistReport } from './report.store.js';

const WEEK_MS = 7 * 86_400_000;
/** Whatever a test stores now has been released by then. */
const START = Date.now() + 86_400_000;
const at = (week: number): Date => new Date(START + week * WEEK_MS);

/** Three classes, of which a record may be in several. */
const KINDS = ['9801 LARGE', '9801 MEDIUM', '9200 LARGE'] as const;
type Kind = (typeof KINDS)[number];

type Step =
  | { do: 'submit'; kinds: Kind[]; agencies: number[]; embargoWeeks: number; synthetic: boolean }
  | { do: 'correct'; record: number; kinds: Kind[] }
  | { do: 'narrow' | 'recall'; record: number }
  | { do: 'batch'; weeks: number };

const kinds = fc.subarray([...KINDS], { minLength: 1, maxLength: 2 });
const record = fc.nat({ max: 1_000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      kinds,
      agencies: fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 5 }),
      embargoWeeks: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 4 })),
      synthetic: fc.oneof({ weight: 7, arbitrary: fc.constant(true) }, fc.constant(false)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('correct' as const), record, kinds }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('narrow' as const, 'recall' as const), record }) },
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
class Model {
  readonly records: { agency: number; kinds: readonly Kind[]; releasedAt: number; synthetic: boolean }[] = [];
  released: { batch: number; kind: string; record: number }[] = [];
  #due = -Infinity;
  #batches = 0;

  /** @returns whether there was one to make */
  batch(now: number): boolean {
    const due = lastMonday(now);
    if (due <= this.#due) return false;
    if (new Date(due).getUTCFullYear() > new Date(this.#due).getUTCFullYear()) this.released = [];
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

function lastMonday(now: number): number {
  const monday = new Date(now - 6 * 3_600_000);
  monday.setUTCHours(6, 0, 0, 0);
  monday.setUTCDate(monday.getUTCDate() - ((monday.getUTCDay() + 6) % 7));
  return monday.getTime();
}

describe('batches for community partners', () => {
  let database: TestDatabase;
  let admin: Client;
  let pool: Pool;
  let agencies: ActAs[];

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    pool = openPool({ url: database.appUrl, role: 'concord_api', max: 4, statementTimeoutMs: 10_000 });
    agencies = [];
    for (let n = 0; n < 3; n++) {
      const agencyId = await addAgency(admin, { level: 'LOCAL', places: ['county:06073'] });
      const personId = await addPerson(admin);
      await addMembership(admin, { personId, agencyId, roles: ['ANALYST'] });
      agencies.push({ personId, agencyId });
    }
    await addAgreement(admin, { parties: agencies.map(({ agencyId }) => agencyId) });
  });
  afterAll(async () => {
    await pool?.end();
    await admin?.end();
    await database?.drop();
  });
  beforeEach(() => forget());

  async function forget(): Promise<void> {
    await admin.query('truncate community_record, community_admission, community_batch');
    await admin.query('delete from community_candidate');
  }

  const agency = (n: number): ActAs => {
    const one = agencies[n];
    if (one === undefined) throw new Error(`no agency ${n}`);
    return one;
  };
  let digests = 0;
  const freshDigest = (): string => `v1:community-${(digests += 1)}`;

  function reportOf(of: readonly Kind[], over: Partial<ValidReport> = {}): ValidReport {
    const [some] = buildReport().substances;
    const substances = of.map((kind) => {
      const [deaCode = '', band] = kind.split(' ');
      const milligrams = band === 'LARGE' ? 2_000_000n : 200_000n;
      return { ...some, deaCode, unit: 'GM', quantity: Number(milligrams) / 1_000, milligrams } as ValidSubstance;
    });
    return buildReport({ substances, ...over });
  }

  async function submit(of: readonly Kind[], by: number, over: Partial<ValidReport> = {}, synthetic = true) {
    const report = reportOf(of, over);
    return persistReport(pool, report, partsOf(report, agency(by), { synthetic, contentDigest: freshDigest() }));
  }

  const makeBatch = async (now: Date): Promise<boolean> =>
    (await admin.query('select from make_community_batch_at($1)', [now])).rowCount === 1;

  const rows = async (): Promise<string[]> => {
    const found = await admin.query<{ row: string }>(
      `select concat_ws(' ', batch, substance, band, synthetic::text) as row from community_record`,
    );
    return found.rows.map(({ row }) => row).sort();
  };

  it('let out what a full recount lets out, after any history', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 30 }), async (history) => {
        await forget();
        const model = new Model();
        const stored: { reportId: string; version: number; by: number; releaseAfter: Date | null; over: boolean }[] = [];
        let week = 0;
        for (const it of [...history, { do: 'batch', weeks: 1 } as const]) {
          if (it.do === 'submit') {
            const releaseAfter = it.embargoWeeks === 0 ? null : new Date(at(week + it.embargoWeeks).getTime() - 1);
            for (const by of it.agencies) {
              const { reportId, version } = await submit(it.kinds, by, { releaseAfter }, it.synthetic);
              stored.push({ reportId, version, by, releaseAfter, over: false });
              model.records.push({
                ...{ agency: by, kinds: it.kinds, releasedAt: releaseAfter?.getTime() ?? 0 },
                synthetic: it.synthetic,
              });
            }
          } else if (it.do === 'batch') {
            week += it.weeks;
            expect(await makeBatch(at(week))).toBe(model.batch(at(week).getTime()));
            expect(await rows()).toEqual(model.rows());
          } else {
            const n = stored.length === 0 ? -1 : it.record % stored.length;
            const [entry, known] = [stored[n], model.records[n]];
            if (entry === undefined || known === undefined || entry.over) continue;
            const { releaseAfter, reportId, by } = entry;
            if (it.do === 'recall') {
              const { audit } = partsOf(reportOf(['9801 LARGE']), agency(by));
              const sealedReason = Buffer.from('sealed');
              await recallReport(pool, { ...agency(by), reportId, version: entry.version, sealedReason, audit });
              entry.over = true;
              known.kinds = [];
            } else {
              const changed = it.do === 'narrow' ? known.kinds : it.kinds;
              const report = reportOf(changed.length > 0 ? changed : ['9801 LARGE'], {
                releaseAfter,
                sharing: it.do === 'narrow' ? 'NATION' : 'PARTNERS',
              });
              const { version } = entry;
              const amended = await amendReport(pool, report, {
                ...partsOf(report, agency(by), { reportId, contentDigest: freshDigest() }),
                ...{ version, change: 'CORRECTED', sealedReason: Buffer.from('sealed') },
              });
              expect(amended.outcome).toBe('AMENDED');
              entry.version += 1;
              known.kinds = it.do === 'narrow' ? [] : it.kinds;
            }
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  const five = async (of: readonly Kind[] = ['9801 LARGE']): Promise<void> => {
    for (const by of [0, 0, 1, 1, 1]) await submit(of, by);
  };

  it('tell nothing by ids: random, in no order, and in no table beside a record', async () => {
    await five();
    await makeBatch(at(0));
    const { rows: columns } = await admin.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = 'community_record'::regclass and attnum > 0 order by 1`,
    );
    expect(columns.map(({ name }) => name)).toEqual(
      ['band', 'batch', 'id', 'month', 'state_fips', 'substance', 'synthetic'].sort(),
    );
    const { rows: shared } = await admin.query(
      `select from community_record c where exists (select from community_admission a where a.record_id = c.id)
         or substr(c.id::text, 15, 1) <> '4'`,
    );
    expect(shared).toEqual([]);
  });

  it('are made once by two workers at the same moment, and by the clock of the database', async () => {
    await five();
    const workers = openPool({ url: database.appUrl, role: 'concord_worker', max: 4, statementTimeoutMs: 10_000 });
    try {
      const made = await Promise.all([makeCommunityBatch(workers), makeCommunityBatch(workers), makeCommunityBatch(workers)]);
      const batches = made.filter((it) => it !== null);
      expect(batches).toMatchObject([{ number: 1, records: 5, dueAt: new Date(lastMonday(Date.now())) }]);
      expect(await makeCommunityBatch(workers)).toBeNull();
      await expect(workers.query('select make_community_batch_at(now())')).rejects.toMatchObject({ code: '42501' });
      await expect(workers.query('select from community_record')).rejects.toMatchObject({ code: '42501' });
    } finally {
      await workers.end();
    }
  });

  it('leave no trace of one that was killed', async () => {
    await five();
    await admin.query('begin');
    await admin.query('select from make_community_batch_at($1)', [at(0)]);
    await admin.query('rollback');
    expect(await rows()).toEqual([]);
    expect(await makeBatch(at(0))).toBe(true);
    expect(await rows()).toHaveLength(5);
  });

  it('make nobody who submits wait: a batch takes no lock on what is submitted', async () => {
    await five();
    const other = new Client({ connectionString: database.superuserUrl });
    await other.connect();
    try {
      await other.query('begin');
      await other.query('select from make_community_batch_at($1)', [at(0)]);
      const report = reportOf(['9801 LARGE']);
      const stored = await persistReport(pool, report, partsOf(report, agency(0)));
      expect(stored.outcome).toBe('CREATED');
    } finally {
      await other.query('rollback');
      await other.end();
    }
  });
});
