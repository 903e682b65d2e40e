import { precisionRank, type RecordView } from '@concord/deidentification';
import type { Queryable } from '@concord/platform/database';
import { substanceRow } from './persisted-report.js';
import type { ReadAs } from './record.reader.js';
import { outcomeOf, type PersistOutcome, type StoredReportRow } from './report.store.js';

/** A view that a report would have, and who would open it. */
export interface ViewToCount {
  readonly view: RecordView;
  /** Its keys. */
  readonly audience: readonly string[];
  /** Keys by which a reader knows that everybody who opens this view opens that other one too. */
  readonly cover: readonly string[];
}

export interface PreviewQuestion {
  readonly submitterReference: string;
  /** Whose names are wanted. */
  readonly keys: readonly string[];
  /** None where nothing may be counted. */
  readonly views: readonly ViewToCount[];
  /** Made-up records have made-up company only. */
  readonly synthetic: boolean;
}

/** Other released records in the same place and time as a view has it, each counted once, up to 1,000. */
export interface Company {
  /** Those of which everything is true that the view tells of substances and quantities. */
  readonly alike: number;
  readonly of: number;
}

export interface PreviewFound {
  /** What the agency has under the reference. */
  readonly stored: PersistOutcome | null;
  /** In the order of the question's views. */
  readonly company: readonly Company[];
  /** Of agencies, task forces and regions, by key. */
  readonly names: ReadonlyMap<string, string>;
  /** Of the agency's point of contact, as readers of its records get it. */
  readonly phone: string | null;
}

type StoredJson = Omit<StoredReportRow, 'released_at' | 'release_after'> & {
  readonly released_at: string;
  readonly release_after: string | null;
};

interface Answer {
  readonly stored: StoredJson | null;
  readonly counts: readonly Company[];
  readonly names: Readonly<Record<string, string>>;
  readonly phone: string | null;
}

/**
 * What a preview reads, in one statement: writes nothing. Counted are records of the agency itself and what the actor's
 * own keys open for the purpose named, at this moment; nothing else moves any number (docs/adr/0025).
 */
export async function readForPreview(db: Queryable, as: ReadAs, question: PreviewQuestion): Promise<PreviewFound> {
  const { rows } = await db.query<{ answer: Answer }>({
    name: 'preview_seizure_report',
    text: 'select preview_seizure_report(with_purpose($1, $4), $2, $3) as answer',
    values: [as.personId, as.agencyId, JSON.stringify(askedForm(question)), as.purpose],
  });
  const answer = rows[0]?.answer;
  if (answer === undefined) throw new Error('preview_seizure_report answers with one row');
  const { stored, counts, names, phone } = answer;
  return {
    stored: stored && outcomeOf('EXISTS', withDates(stored)),
    company: counts.map(({ alike, of }) => ({ alike, of })),
    names: new Map(Object.entries(names)),
    phone,
  };
}

function askedForm({ submitterReference, keys, views, synthetic }: PreviewQuestion): object {
  return {
    reference: submitterReference,
    synthetic,
    keys,
    views: views.map(({ view, audience, cover }) => ({
      rank: precisionRank(view.precision),
      audience,
      cover,
      county_fips: view.place.countyFips,
      h3: view.place.h3,
      port_of_entry: view.place.portOfEntry,
      local_from: localTime(view.occurred.from, view.occurred.offsetMinutes),
      local_to: localTime(view.occurred.to, view.occurred.offsetMinutes),
      substances: view.substances.map((substance, ordinal) => substanceRow(view, substance, ordinal)),
    })),
  };
}

/** The clock on the wall there, written as if it were UTC: two offsets have one Monday. */
const localTime = (at: Date, offsetMinutes: number): string =>
  new Date(at.getTime() + offsetMinutes * 60_000).toISOString();

const withDates = (row: StoredJson): StoredReportRow => ({
  ...row,
  released_at: new Date(row.released_at),
  release_after: row.release_after === null ? null : new Date(row.release_after),
});
