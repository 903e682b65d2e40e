import type { Queryable } from '@concord/platform/database';
import type { Pool, PoolClient } from 'pg';
import type { Book } from '../administration.js';
import { checkVersion, conflict, type Fault } from '../fault.js';
import { inSeat } from '../seat.js';
import { checkRegion, warningsOf, type Region, type RegionInput, type RegionOutcome } from './region.js';

interface RegionRow {
  id: string;
  name: string;
  version: number;
  counties: string[];
}

const SELECT = `select r.id, r.name, r.version,
    array(select rc.county_fips from region_county rc where rc.region_id = r.id order by rc.county_fips) as counties
  from region r`;

const asRegion = ({ id, name, version, counties }: RegionRow): Region => ({ id, name, version, countyFips: counties });

/** By id. @param after the id of the last one that was seen */
export async function findRegions(db: Queryable, limit: number, after: string | null): Promise<Region[]> {
  const { rows } = await db.query<RegionRow>({
    name: 'regions',
    text: `${SELECT} where $1::text is null or r.id collate "C" > $1 order by r.id collate "C" limit $2`,
    values: [after, limit],
  });
  return rows.map(asRegion);
}

async function findRegion(tx: Queryable, id: string): Promise<Region | null> {
  const { rows } = await tx.query<RegionRow>({ name: 'region', text: `${SELECT} where r.id = $1`, values: [id] });
  return rows[0] === undefined ? null : asRegion(rows[0]);
}

/** Makes a region, or says everything that is wrong. PostgreSQL asks again who acts. */
export async function createRegion(
  db: Pool,
  personId: string,
  input: RegionInput,
  book: Book<[Region]>,
): Promise<RegionOutcome> {
  return inSeat(db, { personId, agencyId: null }, async (tx): Promise<RegionOutcome> => {
    const checked = checkRegion(input, null);
    if (!('region' in checked)) return { kind: 'rejected', faults: checked.faults };
    if (!(await call(tx, 'create_region', checked.region)))
      return rejected({ path: 'id', code: 'TAKEN', message: 'There is a region with this id already.' });
    return done(tx, checked.region.id, [], book);
  });
}

export interface RegionChange extends RegionInput {
  readonly id: string;
  /** The version that the change was made against. */
  readonly version: number | null;
}

/** Changes a region, unless somebody else did meanwhile, and says what that means for what was released before. */
export async function changeRegion(
  db: Pool,
  personId: string,
  change: RegionChange,
  book: Book<[Region]>,
): Promise<RegionOutcome> {
  return inSeat(db, { personId, agencyId: null }, async (tx): Promise<RegionOutcome> => {
    const current = await findRegion(tx, change.id);
    if (current === null)
      return rejected({ path: 'id', code: 'NOT_FOUND', message: 'There is no region with this id.' });
    const checked = checkRegion(change, current);
    const faults: Fault[] = [];
    checkVersion(change.version, current.version, faults);
    faults.push(...checked.faults);
    if (faults.length > 0 || !('region' in checked)) return { kind: 'rejected', faults };
    if (await call(tx, 'change_region', { ...checked.region, version: current.version }))
      return done(tx, current.id, current.countyFips, book);
    return rejected(conflict((await findRegion(tx, current.id))?.version ?? current.version));
  });
}

async function done(
  tx: PoolClient,
  id: string,
  before: readonly string[],
  book: Book<[Region]>,
): Promise<RegionOutcome> {
  const region = await findRegion(tx, id);
  if (region === null) throw new Error('a region that was written is there');
  await book(tx, region);
  return { kind: 'done', region, warnings: region.version === 1 ? [] : warningsOf(before, region.countyFips) };
}

const rejected = (fault: Fault): RegionOutcome => ({ kind: 'rejected', faults: [fault] });

async function call(tx: PoolClient, name: 'create_region' | 'change_region', content: object): Promise<boolean> {
  const { rows } = await tx.query<{ done: boolean }>({
    name,
    text: `select ${name}($1) as done`,
    values: [JSON.stringify(content)],
  });
  return rows[0]?.done ?? false;
}
