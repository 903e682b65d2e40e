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
import { at, CommunityModel, lastMonday, stepArbitrary, type Kind, type Step } from './community.builder.js';
import { makeCommunityBatch } from './community.store.js';
import type { ActAs } from './record.reader.js';
import { buildReport, partsOf } from './report.builder.js';
import { amendReport, recallReport } from './report-change.store.js';
import { persistReport } from './report.store.js';

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

  interface Stored {
    readonly reportId: string;
    version: number;
    readonly by: number;
    readonly releaseAfter: Date | null;
    recalled: boolean;
  }

  /** What happens, in the database and in the model alike. */
  class History {
    readonly model = new CommunityModel();
    readonly #stored: Stored[] = [];
    #week = 0;

    async take(step: Step): Promise<void> {
      if (step.do === 'batch') return this.batch(step.weeks);
      if (step.do === 'submit') return this.#submit(step);
      const n = this.#stored.length === 0 ? -1 : step.record % this.#stored.length;
      const [stored, known] = [this.#stored[n], this.model.records[n]];
      if (stored === undefined || known === undefined || stored.recalled) return;
      if (step.do === 'recall') await this.#recall(stored);
      else await this.#amend(stored, step.do === 'correct' ? step.kinds : null);
      known.kinds = step.do === 'correct' ? step.kinds : [];
    }

    async batch(weeks: number): Promise<void> {
      this.#week += weeks;
      const now = at(this.#week);
      expect(await makeBatch(now)).toBe(this.model.batch(now.getTime()));
      expect(await rows()).toEqual(this.model.rows());
    }

    async #submit({ kinds, agencies: by, embargoWeeks, synthetic }: Step & { do: 'submit' }): Promise<void> {
      const releaseAfter = embargoWeeks === 0 ? null : new Date(at(this.#week + embargoWeeks).getTime() - 1);
      for (const agency of by) {
        const { reportId, version } = await submit(kinds, agency, { releaseAfter }, synthetic);
        this.#stored.push({ reportId, version, by: agency, releaseAfter, recalled: false });
        this.model.records.push({ agency, kinds, releasedAt: releaseAfter?.getTime() ?? 0, synthetic });
      }
    }

    async #recall(stored: Stored): Promise<void> {
      const { reportId, version, by } = stored;
      const { audit } = partsOf(reportOf(['9801 LARGE']), agency(by));
      const sealedReason = Buffer.from('sealed');
      await recallReport(pool, { ...agency(by), reportId, version, sealedReason, audit });
      stored.recalled = true;
    }

    /** @param kinds null: no longer shared with partners */
    async #amend(stored: Stored, kinds: readonly Kind[] | null): Promise<void> {
      const { reportId, version, by, releaseAfter } = stored;
      const sharing = kinds === null ? 'NATION' : 'PARTNERS';
      const report = reportOf(kinds ?? ['9801 LARGE'], { releaseAfter, sharing });
      const amended = await amendReport(pool, report, {
        ...partsOf(report, agency(by), { reportId, contentDigest: freshDigest() }),
        ...{ version, change: 'CORRECTED', sealedReason: Buffer.from('sealed') },
      });
      expect(amended.outcome).toBe('AMENDED');
      stored.version += 1;
    }
  }

  it('let out what a full recount lets out, after any history', async () => {
    let [released, begunAnew] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(stepArbitrary, { minLength: 8, maxLength: 30 }), async (steps) => {
        await forget();
        const history = new History();
        for (const step of steps) await history.take(step);
        await history.batch(1);
        released += history.model.released.length;
        begunAnew += history.model.editions > 1 ? 1 : 0;
      }),
      { numRuns: 25 },
    );
    // Histories in which nothing is let out prove little.
    expect(Math.min(released, begunAnew)).toBeGreaterThan(0);
  });

  const five = async (of: readonly Kind[] = ['9801 LARGE']): Promise<void> => {
    for (const by of [0, 0, 1, 1, 1]) await submit(of, by);
  };

  it('let out nothing of one agency alone, however much it is, and all of it with another', async () => {
    for (let n = 0; n < 8; n++) await submit(['9801 LARGE'], 0);
    await makeBatch(at(0));
    expect(await rows()).toEqual([]);
    await submit(['9801 LARGE'], 1);
    await makeBatch(at(1));
    expect(await rows()).toHaveLength(9);
  });

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
      const made = await Promise.all([
        makeCommunityBatch(workers),
        makeCommunityBatch(workers),
        makeCommunityBatch(workers),
      ]);
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
