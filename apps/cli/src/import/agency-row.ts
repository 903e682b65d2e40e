import { LONGEST_NAME, ORI, placeKeys, type ListedAgency } from '@concord/agencies';
import { findCountyByName, findStateByPostalCode, type AgencyLevel } from '@concord/codes';
import type { RefusedRow } from '../csv-lines.js';

/** The columns that are read, and what the file calls them. Others are left unread. */
const COLUMNS = {
  ori: 'ori',
  name: 'agency_name',
  type: 'agency_type',
  counties: 'county_name',
  state: 'state_abbr',
} as const;

type Column = keyof typeof COLUMNS;

/** Where each column is, by the file's first line. */
export type Header = Readonly<Record<Column, number>> & { readonly width: number };

/** What the list calls agencies, and their level. Federal ones are not in the list; a university has no state to act for. */
const LEVELS: ReadonlyMap<string, AgencyLevel> = new Map([
  ['City', 'LOCAL'],
  ['County', 'LOCAL'],
  ['University or College', 'LOCAL'],
  ['Other', 'LOCAL'],
  ['State Police', 'STATE'],
  ['Other State Agency', 'STATE'],
  ['Tribal', 'TRIBAL'],
]);

/** Where ORIs are older than postal codes. */
const NCIC_STATES: Readonly<Record<string, string>> = { NB: 'NE', GM: 'GU' };

/** What of a row could not be made into a place; the agency is there without it. */
export interface Unmatched {
  readonly line: number;
  readonly ori: string;
  readonly what: string;
  readonly reason: string;
}

export interface AgencyRow {
  readonly line: number;
  readonly agency: ListedAgency;
  readonly unmatched: readonly Unmatched[];
}

/** @throws Error with the names of all columns that are missing */
export function readHeader(names: readonly string[]): Header {
  const found = names.map((name) => name.trim().toLowerCase());
  const missing = Object.values(COLUMNS).filter((name) => !found.includes(name));
  if (missing.length > 0)
    throw new Error(`The file lacks the columns ${missing.join(', ')}: is it the FBI's list of agencies?`);
  const places = Object.entries(COLUMNS).map(([column, name]) => [column, found.indexOf(name)] as const);
  return { ...(Object.fromEntries(places) as Record<Column, number>), width: names.length };
}

/** One line as an agency, or the reason why it is none. */
export function readRow(line: number, cells: readonly string[], header: Header): AgencyRow | RefusedRow {
  if (cells.length !== header.width)
    return { line, reason: `has ${cells.length} columns, and the first line names ${header.width}` };
  const text = (column: Column): string => (cells[header[column]] ?? '').normalize('NFC').replace(/\s+/g, ' ').trim();
  const [ori, name, type] = [text('ori'), text('name'), text('type')];
  const level = LEVELS.get(type);
  const state = findStateByPostalCode(NCIC_STATES[text('state')] ?? text('state'));
  const reason = faultOf(ori, name);
  if (reason !== null) return { line, reason };
  if (level === undefined) return { line, reason: `${COLUMNS.type} ${quoted(type)} is not known` };
  if (state === null) return { line, reason: `${COLUMNS.state} ${quoted(text('state'))} is no state` };
  const { places, unmatched } = placesOf(level, state, text('counties'));
  return {
    line,
    agency: { ori, name, level, places },
    unmatched: unmatched.map((one) => ({ line, ori, ...one })),
  };
}

function faultOf(ori: string, name: string): string | null {
  if (!ORI.test(ori)) return `${COLUMNS.ori} ${quoted(ori)} is not two capital letters and seven letters or digits`;
  if (name === '') return `${COLUMNS.name} is empty`;
  if (/\p{C}|\uFFFD/u.test(name)) return `${COLUMNS.name} has characters that no text has: is the file UTF-8?`;
  return name.length > LONGEST_NAME ? `${COLUMNS.name} has more than ${LONGEST_NAME} characters` : null;
}

/** STATE agencies act for their state, wherever their post is; the others for the counties that are named. */
function placesOf(
  level: AgencyLevel,
  stateFips: string,
  counties: string,
): { readonly places: readonly string[]; readonly unmatched: readonly Pick<Unmatched, 'what' | 'reason'>[] } {
  const nothing = { nation: false, stateFips: [], countyFips: [], tribes: [] };
  if (level === 'STATE') return { places: placeKeys({ ...nothing, stateFips: [stateFips] }), unmatched: [] };
  const names = counties.split(';').map((name) => name.trim());
  const found = names.map((name) => ({ name, fips: name === '' ? null : findCountyByName(stateFips, name) }));
  const countyFips = found.flatMap(({ fips }) => (fips === null ? [] : [fips]));
  const unmatched = found
    .filter(({ name, fips }) => name !== '' && fips === null)
    .map(({ name }) => ({ what: `county ${quoted(name)}`, reason: 'is no county of its state' }));
  if (counties === '')
    unmatched.push({
      what: 'jurisdiction',
      reason: level === 'TRIBAL' ? 'names no county: add its tribe and counties by hand' : 'names no county',
    });
  return { places: placeKeys({ ...nothing, countyFips }), unmatched };
}

/** What a file says, on one line and not for long. */
export const quoted = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
