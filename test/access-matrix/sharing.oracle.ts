/**
 * Who sees what, written by hand from the design's prose on access ("locks and keys") and from where the
 * personas are seated, and from nothing else: it imports none of our rooms, or it would repeat their mistakes.
 *
 *   "Roles of the owning agency read at OWNER; a SUBMITTER of another agency reads no shared records; auditors and
 *   privacy officers read the books; a system admin sees no record at all." A community partner has a precision of its
 *   own, which no record is shown at when it is released.
 */

export type Sharing = 'AGENCY' | 'TASK_FORCES' | 'STATE' | 'NATION' | 'PARTNERS';

/** `-`: as if the record did not exist. `X`: may not ask for records at all. */
export type Seen = 'OWNER' | 'TASK_FORCE' | 'PARTNER' | '-' | 'X';

export const SHARINGS: readonly Sharing[] = ['AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS'];

type Row = readonly [Seen, Seen, Seen, Seen, Seen];
type Table = Readonly<Record<string, { readonly unnamed: Row; readonly named: Row }>>;

const O: Seen = 'OWNER';
const T: Seen = 'TASK_FORCE';
const P: Seen = 'PARTNER';
const N: Seen = '-';
const X: Seen = 'X';

const always = (seen: Seen): { unnamed: Row; named: Row } => ({
  unnamed: [seen, seen, seen, seen, seen],
  named: [seen, seen, seen, seen, seen],
});
const whetherNamedOrNot = (...row: Row): { unnamed: Row; named: Row } => ({ unnamed: row, named: row });

/** A record of San Diego's police, of San Diego County (06073), in California (06). Columns: AGENCY to PARTNERS. */
export const SAN_DIEGO: Table = {
  // The same agency.
  'local-submitter': always(O),
  'local-analyst': always(O),
  supervisor: always(O),
  'agency-admin': always(O),
  'second-agency-admin': always(O),
  // LOCAL and TRIBAL agencies of the county.
  'neighbour-analyst': whetherNamedOrNot(N, N, N, N, P),
  'tribal-analyst': whetherNamedOrNot(N, N, N, N, P),
  // A submitter of another agency; a local agency at the other end of the country.
  'other-local-submitter': always(N),
  'far-local-analyst': always(N),
  // STATE: California's, and Washington's.
  'state-analyst': whetherNamedOrNot(N, N, P, P, P),
  'other-state-analyst': always(N),
  // FEDERAL.
  'federal-analyst': whetherNamedOrNot(N, N, N, P, P),
  'watch-officer': whetherNamedOrNot(N, N, N, P, P),
  // Riverside's member of the task force: another county, and no region that holds both.
  'taskforce-analyst': { unnamed: [N, N, N, N, N], named: [N, T, T, T, T] },
  'community-partner': always(X),
  'system-admin': always(X),
  'second-system-admin': always(X),
  auditor: always(X),
};

/** The reverse: a record of Riverside's sheriff, of Riverside County (06065), in California. */
export const RIVERSIDE: Table = {
  // The same agency.
  'taskforce-analyst': always(O),
  // San Diego's members of the task force are named people; their colleagues are not in it.
  'local-analyst': { unnamed: [N, N, N, N, N], named: [N, T, T, T, T] },
  supervisor: { unnamed: [N, N, N, N, N], named: [N, T, T, T, T] },
  'local-submitter': always(N),
  'agency-admin': always(N),
  'second-agency-admin': always(N),
  // Of other counties, and of no region with this one.
  'neighbour-analyst': always(N),
  'tribal-analyst': always(N),
  'other-local-submitter': always(N),
  'far-local-analyst': always(N),
  'state-analyst': whetherNamedOrNot(N, N, P, P, P),
  'other-state-analyst': always(N),
  'federal-analyst': whetherNamedOrNot(N, N, N, P, P),
  'watch-officer': whetherNamedOrNot(N, N, N, P, P),
  'community-partner': always(X),
  'system-admin': always(X),
  'second-system-admin': always(X),
  auditor: always(X),
};

/** Who has an inbox: analysts, supervisors and watch officers of sworn agencies. */
export const ALERTED: readonly string[] = [
  'local-analyst',
  'supervisor',
  'neighbour-analyst',
  'far-local-analyst',
  'tribal-analyst',
  'state-analyst',
  'other-state-analyst',
  'federal-analyst',
  'taskforce-analyst',
  'watch-officer',
];

export function expected(table: Table, persona: string, sharing: Sharing, named: boolean): Seen {
  const seen = table[persona]?.[named ? 'named' : 'unnamed'][SHARINGS.indexOf(sharing)];
  if (seen === undefined) throw new Error(`the oracle does not know ${persona}`);
  return seen;
}
