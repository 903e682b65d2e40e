import type { Queryable } from '@concord/platform/database';
import type { ActAs } from './record.reader.js';

/** From its start, to its end, exclusive. */
export interface ActivityPeriod {
  readonly from: Date;
  readonly until: Date;
}

/** What became of an agency's reports in a period, what left it and which agencies read it. About its own data alone. */
export interface AgencyActivity {
  /** Stored for the first time. */
  readonly received: number;
  /** Corrections and laboratory results. */
  readonly corrected: number;
  /** Submitted or corrected, and held for a supervisor. */
  readonly held: number;
  /** Held ones that a supervisor released. */
  readonly released: number;
  readonly returned: number;
  readonly recalled: number;
  /** Records that others could see from a moment in it on, as far as they stand, each once. */
  readonly recordsLeft: number;
  /** The same by precision and kind of key; a record counts in each row that it is in. */
  readonly left: readonly { readonly precision: string; readonly audience: string; readonly records: number }[];
  readonly reads: readonly {
    readonly ori: string | null;
    readonly name: string;
    readonly purpose: string;
    readonly precision: string;
    readonly answers: number;
    readonly records: number;
  }[];
  /** Reads are counted from the books: of those before `since` nothing is known here, those after `until` are not counted yet. */
  readonly readsCounted: { readonly since: Date; readonly until: Date };
  readonly contactRequests: number;
  readonly imminentDangerOpenings: readonly {
    readonly ori: string | null;
    readonly name: string;
    readonly openings: number;
  }[];
  /** Weekly batches for community partners; which records are in them would tell of other agencies'. */
  readonly communityBatches: number;
}

type Answer = Omit<
  AgencyActivity,
  'readsCounted' | 'contactRequests' | 'imminentDangerOpenings' | 'communityBatches'
> & {
  readonly span: { readonly since: string; readonly until: string };
  readonly contact_requests: number;
  readonly dangers: AgencyActivity['imminentDangerOpenings'];
  readonly community_batches: number;
};

/** In one statement, at one moment. For a supervisor or an admin of the agency: others are refused by the database too. */
export async function findAgencyActivity(db: Queryable, as: ActAs, period: ActivityPeriod): Promise<AgencyActivity> {
  const { rows } = await db.query<{ answer: Answer }>({
    name: 'agency_activity',
    text: 'select agency_activity(with_purpose($1, null), $2, $3, $4) as answer',
    values: [as.personId, as.agencyId, period.from, period.until],
  });
  const answer = rows[0]?.answer;
  if (answer === undefined) throw new Error('agency_activity answers with one row');
  const { span, contact_requests, dangers, community_batches, ...counts } = answer;
  return {
    ...counts,
    readsCounted: { since: new Date(span.since), until: new Date(span.until) },
    contactRequests: contact_requests,
    imminentDangerOpenings: dangers,
    communityBatches: community_batches,
  };
}
