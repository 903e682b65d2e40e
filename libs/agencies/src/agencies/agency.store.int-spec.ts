import { openPool } from '@concord/platform/database';
import type { WatchedPool } from '@concord/platform/database-link';
import { createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { describe, expect, it, beforeAll, afterAll } from '@jest/globals';
import { Client } from 'pg';
import type { Agency, AgencyInput, AgencyOutcome } from './agency.js';
import { findAgencies, findAgency, wordsOf } from './agency.reader.js';
import { changeAgency, changeAgencyContact, createAgency } from './agency.store.js';

const ADMIN = '00000000-0000-4000-8000-000000000001';
const NOBODY = '00000000-0000-4000-8000-000000000002';
const nothing = (): Promise<void> => Promise.resolve();

describe('agencies in the directory', () => {
  let database: TestDatabase;
  let admin: Client;
  let db: WatchedPool;
  let numbers = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    db = openPool({ url: database.appUrl, role: 'concord_api', max: 4, statementTimeoutMs: 5_000 });
    await admin.query(
      `insert into person (id, issuer, subject, display_name) values ($1, 'urn:test', 'admin', 'Admin'), ($2, 'urn:test', 'nobody', 'Nobody')`,
      [ADMIN, NOBODY],
    );
    await admin.query(`insert into membership (person_id, roles) values ($1, '{SYSTEM_ADMIN}')`, [ADMIN]);
  });

  afterAll(async () => {
    await db.end();
    await admin.end();
    await database.drop();
  });

  const input = (change: AgencyInput = {}): AgencyInput => {
    numbers += 1;
    return {
      ori: `CA${String(numbers).padStart(7, '0')}`,
      name: `Agency ${numbers}`,
      level: 'LOCAL',
      jurisdiction: { countyFips: ['06073'] },
      ...change,
    };
  };
  const agencyOf = (outcome: AgencyOutcome): Agency => {
    if (outcome.kind === 'rejected') throw new Error(JSON.stringify(outcome.faults));
    return outcome.agency;
  };
  const create = async (change: AgencyInput = {}): Promise<Agency> =>
    agencyOf(await createAgency(db, ADMIN, input(change), nothing));
  const change = (agency: Agency, to: AgencyInput): Promise<AgencyOutcome> =>
    changeAgency(db, ADMIN, { ...to, ori: agency.ori ?? '', version: agency.version }, nothing);
  const codes = (outcome: AgencyOutcome): string[] =>
    outcome.kind === 'done' ? [] : outcome.faults.map(({ path, code }) => `${path} ${code}`);

  it('are stored whole, found by ORI, and changed one version at a time', async () => {
    const state = await create({ level: 'STATE', jurisdiction: { stateFips: ['06'] } });
    const made = await create({
      name: '  San Diego Police\u0300  ',
      jurisdiction: { countyFips: ['06073', '06025', '06073'] },
      parentOri: state.ori,
      contact: { name: 'Duty desk', phone: '+1 619 555 0101', email: 'duty@example.org' },
    });
    expect(made).toMatchObject({
      name: 'San Diego Police\u0300'.normalize('NFC'),
      status: 'ACTIVE',
      version: 1,
      parent: { ori: state.ori },
      jurisdiction: { nation: false, stateFips: [], countyFips: ['06025', '06073'], tribes: [] },
      contact: { name: 'Duty desk', phone: '+1 619 555 0101', email: 'duty@example.org' },
    });
    // What is absent stays, what is null is taken away.
    const changed = agencyOf(await change(made, { parentOri: null, contact: { email: null }, name: 'Harbor Police' }));
    expect(changed).toMatchObject({
      name: 'Harbor Police',
      version: 2,
      parent: null,
      contact: { name: 'Duty desk', phone: '+1 619 555 0101', email: null },
      jurisdiction: { countyFips: ['06025', '06073'] },
    });
    expect(codes(await change(made, { name: 'Late' }))).toEqual(['version CONFLICT']);
    const moved = agencyOf(await change(changed, { jurisdiction: { countyFips: ['36061'] }, contact: null }));
    expect(moved).toMatchObject({ contact: { name: null, phone: null }, jurisdiction: { countyFips: ['36061'] } });
    expect(await findAgency(db, made.ori ?? '')).toEqual(moved);
  });

  it('of two changes of one version in the same moment one is made', async () => {
    const made = await create();
    const outcomes = await Promise.all(['One', 'Two', 'Three'].map((name) => change(made, { name })));
    expect(outcomes.flatMap(codes).sort()).toEqual(['version CONFLICT', 'version CONFLICT']);
    expect(await findAgency(db, made.ori ?? '')).toMatchObject({ version: 2 });
  });

  it('of two points of contact of one version in the same moment one is stored, by an admin of that agency alone', async () => {
    const made = await create();
    const seat = { personId: NOBODY, agencyId: made.id };
    const store = (name: string) => changeAgencyContact(db, seat, { version: 1, contact: { name } }, nothing);
    await expect(store('None')).rejects.toMatchObject({ code: '42501' });
    await admin.query(`insert into membership (person_id, agency_id, roles) values ($1, $2, '{AGENCY_ADMIN}')`, [
      NOBODY,
      made.id,
    ]);
    // Both have read version 1 before the first may write.
    const holder = new Client({ connectionString: database.superuserUrl });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select from agency where id = $1 for update', [made.id]);
    const storing = Promise.all(['One', 'Two'].map(store));
    for (let waiting = 0; waiting < 2;) {
      const { rows } = await admin.query<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and query like 'select change_agency_contact%'`,
      );
      waiting = rows[0]?.n ?? 0;
    }
    await holder.end();
    expect((await storing).flatMap(codes)).toEqual(['version CONFLICT']);
    expect(await findAgency(db, made.ori ?? '')).toMatchObject({ version: 2, name: made.name, level: made.level });
    await admin.query('delete from membership where person_id = $1', [NOBODY]);
  });

  it('of two new ones with one ORI in the same moment one is made', async () => {
    const same = input();
    const outcomes = await Promise.all([1, 2, 3].map(() => createAgency(db, ADMIN, same, nothing)));
    expect(outcomes.flatMap(codes)).toEqual(['ori TAKEN', 'ori TAKEN']);
  });

  it('make no circle, not even two of them in the same moment', async () => {
    const [a, b, c] = [await create(), await create(), await create()];
    expect(codes(await change(a, { parentOri: a.ori }))).toEqual(['parentOri PARENT_DOES_NOT_FIT']);
    const outcomes = await Promise.all([
      change(a, { parentOri: b.ori }),
      change(b, { parentOri: c.ori }),
      change(c, { parentOri: a.ori }),
    ]);
    expect(outcomes.flatMap(codes)).toEqual(['parentOri PARENT_DOES_NOT_FIT']);
    // And whatever writes the table: the owner's SQL too.
    await expect(admin.query('update agency set parent_id = id where id = $1', [a.id])).rejects.toMatchObject({
      constraint: 'agency_parent_fits',
    });
  });

  it('are under agencies of the same or a higher level, also when a level changes', async () => {
    const local = await create();
    const state = await create({ level: 'STATE', jurisdiction: { stateFips: ['06'] } });
    const outcome = await createAgency(
      db,
      ADMIN,
      input({ level: 'STATE', jurisdiction: { stateFips: ['06'] }, parentOri: local.ori }),
      nothing,
    );
    expect(codes(outcome)).toEqual(['parentOri PARENT_DOES_NOT_FIT']);
    const child = agencyOf(await change(local, { parentOri: state.ori }));
    expect(codes(await change(state, { level: 'LOCAL', jurisdiction: { countyFips: ['06073'] } }))).toEqual([]);
    expect(codes(await change(child, { level: 'FEDERAL', jurisdiction: { nation: true } }))).toEqual([
      'parentOri PARENT_DOES_NOT_FIT',
    ]);
  });

  it('are written by system admins alone, and all or nothing with their entry', async () => {
    await expect(createAgency(db, NOBODY, input(), nothing)).rejects.toMatchObject({ code: '42501' });
    const asked = input();
    await expect(createAgency(db, ADMIN, asked, () => Promise.reject(new Error('no ink')))).rejects.toThrow('no ink');
    expect(await findAgency(db, asked.ori ?? '')).toBeNull();
    for (const sql of [
      `insert into agency (ori, name, level) values ('CAX000001', 'x', 'LOCAL')`,
      `update agency set status = 'LEFT'`,
      `update agency set name = 'x'`,
      `delete from agency`,
      `insert into agency_place select id, 'nation:us' from agency`,
      `select end_agency(gen_random_uuid(), null)`,
      `select recall_left_reports(gen_random_uuid(), 10)`,
      `select import_agencies('[]')`,
    ])
      await expect(db.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  it('are found by words and pages among twenty thousand', async () => {
    await admin.query(
      `insert into agency (ori, name, level)
       select 'ZZ' || lpad(n::text, 7, '0'), (array['Springfield', 'Shelby', 'O''Fallon', 'Miami-Dade', 'St. George'])[1 + n % 5]
         || ' ' || (array['Police Department', 'City/County Marshal', 'Sheriff''s Office'])[1 + n % 3] || ' ' || n, 'LOCAL'
       from generate_series(1, 20000) n`,
    );
    await admin.query('analyze agency');
    const find = async (search: string, first = 1000): Promise<string[]> =>
      (await findAgencies(db, { words: wordsOf(search), level: null }, first, null)).map(({ agency }) => agency.name);
    const named123 = Array.from({ length: 20_000 }, (_, at) => at + 1).filter(
      (n) => n % 5 === 3 && n % 3 === 2 && String(n).startsWith('123'),
    );
    expect((await find('sher dade 123')).sort()).toEqual(
      named123.map((n) => `Miami-Dade Sheriff's Office ${n}`).sort(),
    );
    expect(await find('st george county 4 zz')).toContain('St. George City/County Marshal 4');
    expect(await find('zz0000004')).toEqual(['St. George City/County Marshal 4']);
    expect(await find("o'fallon police 12")).not.toEqual([]);
    expect(await find('sprinfield')).toEqual([]);
    // Every one once, in the order of names, whatever the size of the page.
    const seen: string[] = [];
    for (let after = null; ;) {
      const page = await findAgencies(db, { words: wordsOf('shelby sheriff'), level: 'LOCAL' }, 97, after);
      seen.push(...page.map(({ agency }) => agency.name));
      const last = page.at(-1);
      if (last === undefined || page.length < 97) break;
      after = last.position as never;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(await count(`name like 'Shelby Sheriff%'`));
    const { rows } = await admin.query<Record<string, string>>(
      `explain (costs off) select id from agency a where agency_words(a.name, a.ori) @@ '''springfield'':* & ''199'':*'::tsquery`,
    );
    expect(JSON.stringify(rows)).toContain('agency_by_word');
  });

  const count = async (where: string): Promise<number> =>
    (await admin.query<{ n: number }>(`select count(*)::int as n from agency where ${where}`)).rows[0]?.n ?? 0;
});
