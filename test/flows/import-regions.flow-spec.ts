import { createTestDatabase, type TestDatabase } from '@concord/platform/testing';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { concord } from '../faults/concord-command.builder.js';

const NOTHING = { created: 0, updated: 0, unchanged: 0, byHand: 0, unmatched: 0, refused: 0 };

/** Designated counties as a HIDTA publishes them; the regions are made up. */
const LIST = `region_id,region_name,state_abbr,county_name
hidta-synthetic-west,Synthetic West,CA,San Diego
hidta-synthetic-west,Synthetic West,CA,IMPERIAL COUNTY
hidta-synthetic-gulf,Synthetic Gulf,TX,Harris
hidta-synthetic-west,Synthetic West,AZ,Yuma
hidta-synthetic-gulf,Synthetic Gulf,LA,St. Tammany Parish
hidta-synthetic-gulf,Synthetic Gulf,TX,Nowhere
`;

describe('concord import regions', () => {
  let database: TestDatabase;
  let admin: Client;
  let folder: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.superuserUrl });
    await admin.connect();
    folder = await mkdtemp(join(tmpdir(), 'concord-regions-'));
  });
  afterAll(async () => {
    await admin?.end();
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const importing = async (text: string, outcome = 'done') => {
    const path = join(folder, 'list.csv');
    await writeFile(path, text);
    const said = await concord(['import', 'regions', path, '--database-url', database.ownerUrl, '--json']);
    expect(said.outcome).toBe(outcome);
    const lines = said.printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    return { summary: lines.pop(), lines };
  };
  const region = async (id: string): Promise<unknown> =>
    (
      await admin.query<Record<string, unknown>>(
        `select name, version, array(select county_fips from region_county c where c.region_id = r.id order by 1) as counties
         from region r where id = $1`,
        [id],
      )
    ).rows[0];
  const booked = async (action: string): Promise<number> =>
    (await admin.query('select from audit_entry where action = $1 and person_id is null', [action])).rowCount ?? 0;

  it('makes each region with its counties, and says by row what it could not match', async () => {
    const { summary, lines } = await importing(LIST);
    expect(summary).toEqual({ ...NOTHING, created: 2, unmatched: 1 });
    expect(lines).toEqual([
      { line: 7, region: 'hidta-synthetic-gulf', what: 'county "Nowhere"', reason: 'is no county of its state' },
    ]);
    expect(await region('hidta-synthetic-west')).toEqual({
      name: 'Synthetic West',
      version: 1,
      counties: ['04027', '06025', '06073'],
    });
    expect(await region('hidta-synthetic-gulf')).toMatchObject({ counties: ['22103', '48201'] });
    expect(await booked('region.create')).toBe(2);
  });

  it('changes nothing when it runs again, in whatever order, also what an admin has changed meanwhile', async () => {
    await admin.query(`update region set name = 'By hand', version = 2 where id = 'hidta-synthetic-gulf'`);
    await admin.query(`insert into region_county values ('hidta-synthetic-gulf', '48039')`);
    const [header, ...rows] = LIST.trim().split('\n');
    const { summary } = await importing([header, ...rows.reverse()].join('\r\n'));
    expect(summary).toEqual({ ...NOTHING, unchanged: 2, unmatched: 1 });
    expect(await region('hidta-synthetic-gulf')).toEqual({
      name: 'By hand',
      version: 2,
      counties: ['22103', '48039', '48201'],
    });
    expect([await booked('region.create'), await booked('region.update')]).toEqual([2, 0]);
  });

  it('applies what the list says anew, and leaves alone what was made by hand', async () => {
    await admin.query(`insert into region (id, name) values ('by-hand', 'Made by hand')`);
    const { summary } = await importing(
      LIST.replace('AZ,Yuma', 'AZ,Pima').concat('by-hand,Listed,CA,Alameda\nby-hand,Listed,CA,Marin\n'),
    );
    expect(summary).toEqual({ ...NOTHING, updated: 1, unchanged: 1, byHand: 1, unmatched: 1 });
    expect(await region('hidta-synthetic-west')).toMatchObject({ version: 2, counties: ['04019', '06025', '06073'] });
    expect(await region('by-hand')).toMatchObject({ name: 'Made by hand', counties: [] });
    expect(await booked('region.update')).toBe(1);
  });

  it('refuses rows that are none, each with its line and reason, and takes the others', async () => {
    const { summary, lines } = await importing(
      `county_fips,county_name,state_abbr,region_name,region_id,source
06001,,,Fine,fine,x
,Marin,CA,Fine,fine,x
06001,,,Fine,fine,x
06013,,,Other,fine,x
99999,,,Fine,fine,x
,Marin,XX,Fine,fine,x
,Marin,CA,,unnamed,x
,Marin,CA,Fine,No Good,x
,Marin,CA,"Open,open,x
,Marin,CA,Narrow,narrow
,Nowhere,CA,Empty,empty,x
`,
    );
    expect(lines).toEqual([
      { line: 6, region: 'fine', what: 'county_fips "99999"', reason: 'is no county' },
      { line: 7, region: 'fine', what: 'state_abbr "XX"', reason: 'is no state' },
      { line: 12, region: 'empty', what: 'county "Nowhere"', reason: 'is no county of its state' },
      { line: 4, reason: 'names the same county as line 2' },
      { line: 5, reason: 'calls region "fine" something else than line 2' },
      { line: 8, reason: 'region_name is empty' },
      { line: 9, reason: 'region_id "No Good" is not 1 to 60 small letters, digits and hyphens' },
      { line: 10, reason: 'is no CSV: its quotes do not match' },
      { line: 11, reason: 'has 5 columns, and the first line names 6' },
      { line: 12, reason: 'region "empty" has no county that is one' },
    ]);
    expect(summary).toEqual({ ...NOTHING, created: 1, unmatched: 3, refused: 7 });
    expect(await region('fine')).toMatchObject({ counties: ['06001', '06041'] });
    expect(await region('empty')).toBeUndefined();
  });

  it('fails where nothing is of use, and says what it wants', async () => {
    expect((await importing('region_id,region_name,state_abbr,county_name\nX,Y,CA,Marin\n', 'failed')).summary).toEqual(
      {
        ...NOTHING,
        refused: 1,
      },
    );
    await expect(importing('a,b\n1,2\n')).rejects.toThrow('lacks the columns region_id, region_name');
    await expect(concord(['import', 'regions'])).rejects.toThrow('From what? Give the file after `regions`.');
  });
});
