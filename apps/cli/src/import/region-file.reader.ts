import { MOST_COUNTIES, type ListedRegion } from '@concord/agencies';
import { rowsOf, type RefusedRow } from '../csv-lines.js';
import { quoted } from './agency-row.js';
import { readRegionHeader, readRegionRow, type RegionRow } from './region-row.js';

/** A county of a region that is none; the region is there without it. */
export interface UnmatchedCounty {
  readonly line: number;
  readonly region: string;
  readonly what: string;
  readonly reason: string;
}

/** What a list of regions says, whole: the rows of a region need not stand together. */
export interface RegionList {
  readonly regions: readonly ListedRegion[];
  readonly unmatched: readonly UnmatchedCounty[];
  readonly refused: readonly RefusedRow[];
}

/**
 * Reads a list of the counties of regions, one a line, whatever the order of lines and columns. A line that cannot be used
 * comes as what is wrong with it, and the others are read.
 *
 * @throws Error where the file cannot be read, is empty, or lacks columns
 */
export async function readRegionFile(path: string): Promise<RegionList> {
  const read: (RegionRow | RefusedRow)[] = [];
  const noHeader = 'it names the columns.';
  for await (const row of rowsOf(path, { noHeader, readHeader: readRegionHeader, readRow: readRegionRow }))
    read.push(row);
  return gather(read);
}

interface GatheredRegion {
  readonly first: number;
  readonly name: string;
  /** Each with the line that names it. */
  readonly counties: Map<string, number>;
}

function gather(read: readonly (RegionRow | RefusedRow)[]): RegionList {
  const gathered = new Map<string, GatheredRegion>();
  const unmatched: UnmatchedCounty[] = [];
  const refused: RefusedRow[] = [];
  for (const row of read) {
    const reason = 'id' in row ? take(gathered, row) : row.reason;
    if (reason !== null) refused.push({ line: row.line, reason });
    else if ('id' in row && row.unmatched !== null)
      unmatched.push({ line: row.line, region: row.id, ...row.unmatched });
  }
  const regions: ListedRegion[] = [];
  for (const [id, { first, name, counties }] of gathered) {
    const reason = faultOf(counties.size);
    if (reason === null) regions.push({ id, name, countyFips: [...counties.keys()].sort() });
    else refused.push({ line: first, reason: `region ${quoted(id)} ${reason}` });
  }
  return { regions, unmatched, refused: refused.sort((a, b) => a.line - b.line) };
}

const faultOf = (counties: number): string | null =>
  counties === 0
    ? 'has no county that is one'
    : counties > MOST_COUNTIES
      ? `has more than ${MOST_COUNTIES} counties`
      : null;

/** Adds a row to its region. @returns why it is of no use; null where it was added */
function take(gathered: Map<string, GatheredRegion>, { line, id, name, countyFips }: RegionRow): string | null {
  const region = gathered.get(id) ?? { first: line, name, counties: new Map<string, number>() };
  gathered.set(id, region);
  if (region.name !== name) return `calls region ${quoted(id)} something else than line ${region.first}`;
  const before = countyFips === null ? undefined : region.counties.get(countyFips);
  if (before !== undefined) return `names the same county as line ${before}`;
  if (countyFips !== null) region.counties.set(countyFips, line);
  return null;
}
