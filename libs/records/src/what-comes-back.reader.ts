import type { Queryable } from '@concord/platform/database';
import type { ReadAs } from './record.reader.js';

/** What other records have in common with a report, the most telling first. */
export const OBSERVATION_KINDS = ['SIGNATURE', 'PACKAGING', 'ROUTE', 'METHOD', 'SUBSTANCE'] as const;
export type ObservationKind = (typeof OBSERVATION_KINDS)[number];

/** How far around, nearest first. */
export const OBSERVATION_SCOPES = ['COUNTY', 'REGION', 'STATE', 'NATION'] as const;
export type ObservationScope = (typeof OBSERVATION_SCOPES)[number];

/** "3 others with this press mark in your region this month", as numbers. */
export interface Observation {
  readonly kind: ObservationKind;
  readonly scope: ObservationScope;
  /** FIPS code or region id; `us` for the nation. */
  readonly place: string;
  /** Of a region. */
  readonly placeName: string | null;
  /** Other records that the asker may list. */
  readonly records: number;
  /** Of those, the agency's own. */
  readonly ownAgency: number;
  /** Counted are records that were released, and are of a time, since then. */
  readonly since: Date;
  /** Whether that is the whole window: otherwise there were more than are looked at, and since then is all of them. */
  readonly wholeWindow: boolean;
  /** The newest of them, as the asker sees them. */
  readonly shown: readonly { readonly id: string; readonly version: number; readonly precision: string }[];
}

const WINDOW_DAYS = 30;
/** Of the asker's newest records of the same substances: what is looked at takes milliseconds, however many there are. */
const MOST_LOOKED_AT = 1_000;

interface ObservationRow {
  about: string;
  kind: ObservationKind;
  scope: ObservationScope;
  place: string;
  place_name: string | null;
  records: number;
  own: number;
  since: Date;
  whole: boolean;
  shown: Observation['shown'];
}

/**
 * What the asker may list that has something in common with records of their own agency, by record: a function of what
 * passes row-level security for them and of nothing else (ADR 0035). One statement for all; nothing for a record that is
 * not the agency's own.
 */
export async function findWhatComesBack(
  db: Queryable,
  as: ReadAs,
  recordIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Observation[]>> {
  const { rows } = await db.query<ObservationRow>({
    name: 'what_comes_back',
    text: 'select * from what_comes_back(with_purpose($1, $3), $2, $4, $5, $6)',
    values: [as.personId, as.agencyId, as.purpose, recordIds, WINDOW_DAYS, MOST_LOOKED_AT],
  });
  const found = new Map<string, Observation[]>(recordIds.map((id) => [id, []]));
  for (const row of rows)
    found.get(row.about)?.push({
      ...{ kind: row.kind, scope: row.scope, place: row.place, placeName: row.place_name },
      ...{ records: row.records, ownAgency: row.own, since: row.since, wholeWindow: row.whole, shown: row.shown },
    });
  return new Map([...found].map(([id, observations]) => [id, tellingObservations(observations)]));
}

/**
 * The most telling first, nearest first; farther away only what is more than nearer by. The substance alone is told for
 * the nearest place: that there is more of it farther away is no news.
 */
export function tellingObservations(all: readonly Observation[]): Observation[] {
  const near = (it: Observation): number => OBSERVATION_SCOPES.indexOf(it.scope);
  return OBSERVATION_KINDS.flatMap((kind) => {
    const told: Observation[] = [];
    const ofKind = all
      .filter((it) => it.kind === kind)
      .sort((a, b) => near(a) - near(b) || (a.place < b.place ? -1 : 1));
    for (const it of ofKind) {
      if (kind === 'SUBSTANCE' && told.length > 0) break;
      if (told.every(({ records }) => records < it.records)) told.push(it);
    }
    return told;
  });
}
