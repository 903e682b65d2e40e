import { LONGEST_REGION_NAME, REGION_ID } from '@concord/agencies';
import { findCountyByName, findStateByPostalCode, isCountyFips } from '@concord/codes';
import type { RefusedRow } from '../csv-lines.js';
import { quoted } from './agency-row.js';

/** The columns that are read. `county_fips` is optional: where it says something, state and name are not looked at. */
const NEEDED = ['region_id', 'region_name', 'state_abbr', 'county_name'] as const;
type Column = (typeof NEEDED)[number] | 'county_fips';

/** Where each column is, by the file's first line. */
export interface RegionHeader {
  readonly places: ReadonlyMap<Column, number>;
  readonly width: number;
}

/** One line: a county of a region. `countyFips` is null where none could be found, and `reason` says why. */
export interface RegionRow {
  readonly line: number;
  readonly id: string;
  readonly name: string;
  readonly countyFips: string | null;
  /** What could not be made into a county; null: it was. */
  readonly unmatched: { readonly what: string; readonly reason: string } | null;
}

/** @throws Error with the names of all columns that are missing */
export function readRegionHeader(names: readonly string[]): RegionHeader {
  const found = names.map((name) => name.trim().toLowerCase());
  const missing = NEEDED.filter((name) => !found.includes(name));
  if (missing.length > 0)
    throw new Error(`The file lacks the columns ${missing.join(', ')}; docs/agencies.md has the form.`);
  const columns: readonly Column[] = [...NEEDED, 'county_fips'];
  const places = new Map(columns.filter((name) => found.includes(name)).map((name) => [name, found.indexOf(name)]));
  return { places, width: names.length };
}

/** One line as a county of a region, or the reason why it is of no use. */
export function readRegionRow(line: number, cells: readonly string[], header: RegionHeader): RegionRow | RefusedRow {
  if (cells.length !== header.width)
    return { line, reason: `has ${cells.length} columns, and the first line names ${header.width}` };
  const text = (column: Column): string =>
    (cells[header.places.get(column) ?? -1] ?? '').normalize('NFC').replace(/\s+/g, ' ').trim();
  const [id, name] = [text('region_id'), text('region_name')];
  const reason = faultOf(id, name);
  if (reason !== null) return { line, reason };
  return { line, id, name, ...countyOf(text('county_fips'), text('state_abbr'), text('county_name')) };
}

function faultOf(id: string, name: string): string | null {
  if (!REGION_ID.test(id)) return `region_id ${quoted(id)} is not 1 to 60 small letters, digits and hyphens`;
  if (name === '') return 'region_name is empty';
  if (/\p{C}|\uFFFD/u.test(name)) return 'region_name has characters that no text has: is the file UTF-8?';
  return name.length > LONGEST_REGION_NAME ? `region_name has more than ${LONGEST_REGION_NAME} characters` : null;
}

function countyOf(fips: string, state: string, county: string): Pick<RegionRow, 'countyFips' | 'unmatched'> {
  const no = (what: string, reason: string) => ({ countyFips: null, unmatched: { what, reason } });
  if (fips !== '')
    return isCountyFips(fips)
      ? { countyFips: fips, unmatched: null }
      : no(`county_fips ${quoted(fips)}`, 'is no county');
  const stateFips = findStateByPostalCode(state);
  if (stateFips === null) return no(`state_abbr ${quoted(state)}`, 'is no state');
  const found = findCountyByName(stateFips, county);
  return found === null
    ? no(`county ${quoted(county)}`, 'is no county of its state')
    : { countyFips: found, unmatched: null };
}
