import type { SubmittedReport } from '@concord/submission';
import { readCodes, readFlag } from '../cells/code.cell.js';
import { readBirthDate } from '../cells/date.cell.js';
import { readTexts } from '../cells/lists.js';
import { readAge, readCoordinate, readCoordinates } from '../cells/number.cell.js';
import { readCountry, readCounty, readState } from '../cells/place.cell.js';
import { readReference, readText } from '../cells/text.cell.js';
import { isNothing } from '../cells/words.js';
import { understood, type Outcome } from '../outcome.js';
import type { MappedRow } from './mapped-row.js';
import { readOccurred, readReleaseAfter } from './read-occurred.js';
import { coded } from './read-substance.js';
import type { ReportContext } from './report-context.js';

type Loose = Record<string, unknown>;

/** What of a row is of the report as a whole: everything but its substance. */
export function readReport(row: MappedRow, context: ReportContext): SubmittedReport {
  const report: Loose = {};
  put(report, 'submitterReference', row.read('reference', 'submitterReference', readReference));
  Object.assign(report, readOccurred(row, context));
  put(report, 'place', readPlace(row, context));
  put(report, 'route', readRoute(row, context));
  put(report, 'concealment', codes(row, 'concealment'));
  put(report, 'conveyance', code(row, 'conveyance', 'conveyance'));
  put(report, 'people', readPeople(row, context));
  put(report, 'identifiers', readIdentifiers(row, context));
  put(report, 'basis', {
    activity: code(row, 'basis_activity', 'basis.activity'),
    reasonableSuspicion: longText(row, 'basis_suspicion', 'basis.reasonableSuspicion'),
    decidedBy: row.read('basis_decided_by', 'basis.decidedBy', readText),
  });
  put(report, 'source', readSource(row));
  for (const name of ['narrative', 'remarks'] as const) put(report, name, longText(row, name, name));
  put(report, 'packaging', row.read('packaging', 'packaging', readText));
  Object.assign(report, readSharing(row, context));
  return report;
}

/** Leaves out what says nothing, and sections that hold nothing. */
function put(target: Loose, name: string, value: unknown): void {
  if (value === undefined || value === null) return;
  if (typeof value !== 'object' || Array.isArray(value)) {
    target[name] = value;
    return;
  }
  const kept = Object.entries(value).filter(([, each]) => each !== undefined && each !== null);
  if (kept.length > 0) target[name] = Object.fromEntries(kept);
}

const code = (row: MappedRow, column: string, path: string): string | null | undefined =>
  row.read(column, path, (text) => coded(row, column, text));

function codes(row: MappedRow, column: string): readonly string[] | null | undefined {
  return row.read(column, column, (text): Outcome<readonly string[] | null> => {
    const meaning = row.meaning(column, text);
    return meaning === null ? readCodes(column, text) : understood(meaning.split(/\s*;\s*/), 'CONFIRMED');
  });
}

/** Every character is kept; only blanks around it go. */
const longText = (row: MappedRow, column: string, path: string): string | undefined =>
  row.read(column, path, (text) => understood(text, 'EXACT'));

function county(
  row: MappedRow,
  column: string,
  path: string,
  { settings }: ReportContext,
  state: string | null,
): string | null | undefined {
  return row.read(column, path, (text) => readCounty(text, { settings, state, meaning: row.meaning(column, text) }));
}

function readPlace(row: MappedRow, context: ReportContext): Loose {
  const state = row.read('state', 'place.countyFips', readState) ?? null;
  const both = row.read('coordinates', 'place.latitude', readCoordinates);
  return {
    latitude: row.read('latitude', 'place.latitude', (text) => readCoordinate(text, 'latitude')) ?? both?.latitude,
    longitude: row.read('longitude', 'place.longitude', (text) => readCoordinate(text, 'longitude')) ?? both?.longitude,
    countyFips: county(row, 'county', 'place.countyFips', context, state),
    setting: code(row, 'setting', 'place.setting'),
    portOfEntry: row.read('port_of_entry', 'place.portOfEntry', readText),
  };
}

/** Counties of a route are anywhere: their names need a state. */
function readRoute(row: MappedRow, context: ReportContext): Loose {
  const anywhere = { ...context, settings: { ...context.settings, stateFips: null } };
  const country = (column: string, path: string): string | null | undefined =>
    row.read(column, path, (text, { heading }) => {
      const meaning = row.meaning(column, text);
      return meaning === null ? readCountry(text, heading) : understood(meaning, 'CONFIRMED');
    });
  return {
    originCountry: country('origin_country', 'route.originCountry'),
    originCountyFips: county(row, 'origin_county', 'route.originCountyFips', anywhere, null),
    destinationCountry: country('destination_country', 'route.destinationCountry'),
    destinationCountyFips: county(row, 'destination_county', 'route.destinationCountyFips', anywhere, null),
  };
}

function readPeople(row: MappedRow, { instant }: ReportContext): Loose[] | undefined {
  const people: Loose[] = [];
  for (const n of row.compiled.people) {
    const person: Loose = {};
    const at = `people.${people.length}`;
    put(person, 'role', code(row, `person_${n}_role`, `${at}.role`));
    put(
      person,
      'age',
      row.read(`person_${n}_age`, `${at}.age`, (text) => readAge(text, instant.mapping.decimal)),
    );
    put(person, 'citizenship', code(row, `person_${n}_citizenship`, `${at}.citizenship`));
    put(person, 'affiliation', code(row, `person_${n}_affiliation`, `${at}.affiliation`));
    if (Object.keys(person).length > 0) people.push(person);
  }
  return people.length > 0 ? people : undefined;
}

function readIdentifiers(row: MappedRow, context: ReportContext): Loose[] | undefined {
  const identifiers: Loose[] = [];
  for (const n of row.compiled.identifiers) {
    const name = (part: string): string => `identifier_${n}_${part}`;
    // What the mapping says of every row is no identifier by itself.
    const parts = ['kind', 'value', 'given_name', 'surname', 'birth_date', 'sensitivity'];
    if (!parts.some((part) => row.cell(name(part))?.isConstant === false && !saysNothing(row, name(part)))) continue;
    identifiers.push(readIdentifier(row, name, `identifiers.${identifiers.length}`, context));
  }
  return identifiers.length > 0 ? identifiers : undefined;
}

/** "n/a", "none" and "unknown" in a column of numbers are no number of anybody's. */
const saysNothing = (row: MappedRow, column: string): boolean => {
  const text = row.cell(column)?.text ?? '';
  return isNothing(text) || /^(none|unk|unknown|no|\?)$/i.test(text);
};

function readIdentifier(row: MappedRow, name: (part: string) => string, at: string, { instant }: ReportContext): Loose {
  const identifier: Loose = {};
  put(identifier, 'kind', code(row, name('kind'), `${at}.kind`));
  put(
    identifier,
    'value',
    row.read(name('value'), `${at}.value`, (text): Outcome<string | null> =>
      saysNothing(row, name('value')) ? understood(null, 'LEFT_OUT') : readReference(text),
    ),
  );
  put(identifier, 'person', {
    givenName: row.read(name('given_name'), `${at}.person.givenName`, readText),
    surName: row.read(name('surname'), `${at}.person.surName`, readText),
    birthDate: row.read(name('birth_date'), `${at}.person.birthDate`, (text) => readBirthDate(text, instant)),
  });
  put(identifier, 'sensitivity', code(row, name('sensitivity'), `${at}.sensitivity`));
  return identifier;
}

function readSource(row: MappedRow): Loose {
  const credibility = code(row, 'source_credibility', 'source.credibility');
  return {
    reliability: code(row, 'source_reliability', 'source.reliability'),
    credibility: credibility == null ? credibility : Number(credibility),
  };
}

function readSharing(row: MappedRow, context: ReportContext): Loose {
  const sharing: Loose = {};
  put(sharing, 'sharing', code(row, 'sharing', 'sharing'));
  put(sharing, 'tlp', code(row, 'tlp', 'tlp'));
  put(sharing, 'releaseAfter', readReleaseAfter(row, context));
  put(sharing, 'holdUntilReleased', row.read('hold_until_released', 'holdUntilReleased', readFlag));
  put(sharing, 'withhold', codes(row, 'withhold'));
  put(sharing, 'timePrecision', code(row, 'time_precision', 'timePrecision'));
  put(sharing, 'taskForceIds', row.read('task_force_ids', 'taskForceIds', readTexts));
  return sharing;
}
