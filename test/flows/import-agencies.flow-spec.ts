import { createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { concord } from '../faults/concord-command.builder.js';
import { AGENCY_LIST } from './agency-list.builder.js';

/** Other people's data: not ours to commit. */
const FBI = fileURLToPath(new URL('../../../shared/data/fbi-agencies-ori-2018.csv', import.meta.url));

interface Summary {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly byHand: number;
  readonly left: number;
  readonly unmatched: number;
  readonly refused: number;
}
const NOTHING: Summary = { created: 0, updated: 0, unchanged: 0, byHand: 0, left: 0, unmatched: 0, refused: 0 };

describe('concord import agencies', () => {
  let database: TestDatabase;
  let admin: Client;
  let folder: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    folder = await mkdtemp(join(tmpdir(), 'concord-import-'));
  });
  afterAll(async () => {
    await admin?.end();
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const run = async (path: string): Promise<{ summary: Summary; lines: Record<string, unknown>[] }> => {
    const { outcome, printed } = await concord([
      'import',
      'agencies',
      path,
      '--database-url',
      database.ownerUrl,
      '--json',
    ]);
    expect(outcome).toBe('done');
    const lines = printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    return { summary: lines.pop() as unknown as Summary, lines };
  };
  const importing = async (text: string): ReturnType<typeof run> => {
    const path = join(folder, 'list.csv');
    await writeFile(path, text);
    return run(path);
  };
  const agency = async (ori: string): Promise<Record<string, unknown> | undefined> =>
    (
      await admin.query<Record<string, unknown>>(
        `select name, level, status, version, array(select place_key from agency_place p where p.agency_id = a.id order by 1) as places
         from agency a where ori = $1`,
        [ori],
      )
    ).rows[0];
  const count = async (from: string): Promise<number> =>
    (await admin.query<{ n: number }>(`select count(*)::int as n from ${from}`)).rows[0]?.n ?? 0;

  it('makes each agency with its level and places, and says by row what it could not match', async () => {
    const { summary, lines } = await importing(AGENCY_LIST);
    expect(summary).toEqual({ ...NOTHING, created: 10, unmatched: 3 });
    expect(lines).toEqual([
      {
        line: 9,
        ori: 'AZ001SYN1',
        what: 'jurisdiction',
        reason: 'names no county: add its tribe and counties by hand',
      },
      { line: 10, ori: 'KS001SYN1', what: 'jurisdiction', reason: 'names no county' },
      { line: 11, ori: 'TX001SYN1', what: 'county "NOWHERE"', reason: 'is no county of its state' },
    ]);
    const places = { AL001SYN1: ['county:01073', 'county:01115', 'county:01117'], MO001SYN1: ['county:29189'] };
    for (const [ori, level, keys] of [
      ['AL001SYN1', 'LOCAL', places.AL001SYN1],
      ['MO001SYN1', 'LOCAL', places.MO001SYN1],
      ['MO001SYN2', 'LOCAL', ['county:29510']],
      ['IL001SYN1', 'LOCAL', ['county:17037']],
      ['NB001SYN1', 'LOCAL', ['county:31109']],
      ['CA001SYN1', 'STATE', ['state:06']],
      ['GM001SYN1', 'STATE', ['state:66']],
      ['AZ001SYN1', 'TRIBAL', []],
      ['KS001SYN1', 'LOCAL', []],
      ['TX001SYN1', 'LOCAL', ['county:48201']],
    ] as const)
      expect([ori, await agency(ori)]).toMatchObject([ori, { level, places: keys, status: 'ACTIVE', version: 1 }]);
    expect(await agency('MO001SYN1')).toMatchObject({ name: "Synthetic Sheriff's Office, St. Louis County" });
    expect(await count(`audit_entry where action = 'agency.create' and person_id is null`)).toBe(10);
  });

  it('changes nothing when it runs again, also what an admin has changed meanwhile', async () => {
    await admin.query(`update agency set name = 'By hand', version = 2 where ori = 'KS001SYN1'`);
    await admin.query(`insert into agency_place select id, 'county:20209' from agency where ori = 'KS001SYN1'`);
    const before = await count('audit_entry');
    expect((await importing(AGENCY_LIST)).summary).toEqual({ ...NOTHING, unchanged: 10, unmatched: 3 });
    expect(await agency('KS001SYN1')).toMatchObject({ name: 'By hand', version: 2, places: ['county:20209'] });
    expect(await count('audit_entry')).toBe(before);
  });

  it('applies what the list says anew, and touches nobody who was made by hand or has left', async () => {
    await admin.query(
      `insert into agency (ori, name, level) values ('OH001SYN1', 'Made by hand', 'LOCAL');
       update agency set status = 'LEFT' where ori = 'IL001SYN1'`,
    );
    const { summary } = await importing(
      AGENCY_LIST.replace('SHELBY; JEFFERSON; ST CLAIR', 'SHELBY')
        .replace('Synthetic College', 'Synthetic University')
        .concat('OH001SYN1,Listed,City,FRANKLIN,OH,,,0\n'),
    );
    expect(summary).toEqual({ ...NOTHING, updated: 1, unchanged: 8, byHand: 1, left: 1, unmatched: 3 });
    expect(await agency('AL001SYN1')).toMatchObject({ places: ['county:01117'], version: 2 });
    expect(await agency('OH001SYN1')).toMatchObject({ name: 'Made by hand', places: [] });
    expect(await agency('IL001SYN1')).toMatchObject({ name: 'Synthetic College', status: 'LEFT' });
    expect(await count(`audit_entry where action = 'agency.update'`)).toBe(1);
  });

  it('refuses rows that are none, each with its line and reason, and takes the others', async () => {
    const { summary, lines } = await importing(
      `state_abbr,county_name,agency_type,agency_name,ori
CA,ALAMEDA,City,Fine,CA009SYN1
CA,ALAMEDA,City,Twice,CA009SYN1
CA,ALAMEDA,City,Short,CA009
CA,ALAMEDA,Circus,Odd,CA009SYN2
XX,ALAMEDA,City,Nowhere,CA009SYN3
CA,ALAMEDA,City,,CA009SYN4
CA,ALAMEDA,City,"Open,CA009SYN5
CA,ALAMEDA,City,Wide,CA009SYN6,more

CA,ALAMEDA,City,Fine too,CA009SYN7
`,
    );
    expect(lines).toEqual([
      { line: 3, reason: 'has the same ORI as line 2' },
      { line: 4, reason: 'ori "CA009" is not two capital letters and seven letters or digits' },
      { line: 5, reason: 'agency_type "Circus" is not known' },
      { line: 6, reason: 'state_abbr "XX" is no state' },
      { line: 7, reason: 'agency_name is empty' },
      { line: 8, reason: 'is no CSV: its quotes do not match' },
      { line: 9, reason: 'has 6 columns, and the first line names 5' },
    ]);
    expect(summary).toEqual({ ...NOTHING, created: 2, refused: 7 });
    await expect(importing('a,b\n1,2\n')).rejects.toThrow('lacks the columns ori, agency_name');
    await expect(concord(['import', 'people', 'x.csv'])).rejects.toThrow('Import what?');
    await expect(concord(['import', 'agencies'])).rejects.toThrow('From what?');
  });

  (existsSync(FBI) ? it : it.skip)(
    'takes the whole list of the FBI, and again nothing (needs ../shared/data)',
    async () => {
      const rows = readFileSync(FBI, 'utf8').trim().split(/\r?\n/).length - 1;
      const agencies = await count('agency');
      const { summary, lines } = await run(FBI);
      expect(summary).toMatchObject({ created: rows, refused: 0, updated: 0 });
      expect(rows).toBe(18_702);
      expect(await count('agency')).toBe(agencies + rows);
      // Every county that is named was found: what is left says none, and is no state's.
      expect(new Set(lines.map(({ what }) => what))).toEqual(new Set(['jurisdiction']));
      expect(lines).toHaveLength(376);
      expect(
        await count(
          `agency a where ori in (select ori from agency) and not exists (select from agency_place p where p.agency_id = a.id) and listed is not null and ori not like '%SYN%'`,
        ),
      ).toBe(376);
      expect(
        await count(`(select agency_id from agency_place group by 1 having count(*) > 1) several`),
      ).toBeGreaterThanOrEqual(617);
      expect((await run(FBI)).summary).toEqual({ ...NOTHING, unchanged: rows, unmatched: 376 });
    },
    60_000,
  );
});
