import type { ActivityMatches, AgencyActivity, ActivityDay } from '../agency-activity.types.js';
import { barChart } from './bar-chart.js';
import { markup, type Markup } from './markup.js';
import { MONTH_STYLE } from './month-style.js';

/** What the page shows; all of it is in `agencyMonth` too. */
export interface MonthOfAgency {
  readonly agency: { readonly name: string; readonly ori: string | null };
  readonly month: AgencyActivity;
  /** The month before it, for comparison. */
  readonly before: AgencyActivity;
  readonly days: readonly ActivityDay[];
  /** Null where the reader lists nobody else's records. */
  readonly matches: ActivityMatches | null;
}

const KINDS: Readonly<Record<string, string>> = {
  SIGNATURE: 'the same press mark or signature',
  PACKAGING: 'the same packaging',
  ROUTE: 'the same route',
  METHOD: 'carried and hidden in the same way',
};

const FIGURES = [
  ['received', 'Reports received'],
  ['corrected', 'Corrections and laboratory results'],
  ['held', 'Held for a supervisor'],
  ['released', 'Held ones released'],
  ['returned', 'Held ones returned'],
  ['recalled', 'Recalled'],
  ['recordsLeft', 'Records that others could see'],
] as const satisfies readonly (readonly [keyof AgencyActivity, string])[];

const minute = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
const monthName = (day: string): string =>
  new Intl.DateTimeFormat('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  );
const agencyName = ({ name, ori }: { readonly name: string; readonly ori: string | null }): string =>
  ori === null ? name : `${name} (${ori})`;

type Cell = string | number;
const row = (cells: readonly Cell[]): Markup =>
  markup`<tr>${cells.map((cell, at) => (at === 0 ? markup`<th scope="row">${cell}</th>` : markup`<td>${cell}</td>`))}</tr>`;

function table(caption: string, headings: readonly string[], rows: readonly (readonly Cell[])[]): Markup {
  return markup`<table><caption>${caption}</caption><thead><tr>${headings.map((heading) => markup`<th scope="col">${heading}</th>`)}</tr></thead><tbody>${rows.map(row)}</tbody></table>`;
}

/**
 * A month of an agency for its chief, on paper or on a screen: one document that needs nothing from elsewhere and runs
 * nothing. Each figure says what it rests on.
 */
export function monthPage(it: MonthOfAgency): string {
  const { agency, month, before, days } = it;
  const name = monthName(month.firstDay);
  const day = (of: ActivityDay): string => String(Number(of.day.slice(8)));
  const isOver = month.asOf >= month.until;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${agencyName(agency)}: ${name}</title>
<link rel="icon" href="data:,">
<style>${MONTH_STYLE}</style>
</head>
<body>
<main>
<h1>${agencyName(agency)}</h1>
<p class="lead">${name}: what was reported, what was shared, who read it. Days of ${month.timeZone}, as of ${minute(month.asOf)}${isOver ? '' : '; the month is not over'}.</p>
<p>For the agency’s own use. It is about its own reports: no figure is suppressed for being small.</p>
<section><h2>Received and shared</h2>
${table(
  'Reports and records',
  ['', name, monthName(before.firstDay)],
  FIGURES.map(([key, label]) => [label, month[key], before[key]]),
)}
${barChart({ title: `Reports received on each day of ${name}`, bars: days.map((of) => ({ label: day(of), value: of.received })) })}
<p class="basis">Received: stored for the first time in the month. Others could see: from a moment of the month on, as the records stand now; what was recalled since is in none.</p>
${
  month.left.length === 0
    ? markup`<p>No record of the month can be seen by others.</p>`
    : table(
        'How exactly, and by which kind of key',
        ['Precision', 'Key', 'Records'],
        month.left.map((of) => [of.precision, of.audience, of.records]),
      )
}
<p class="basis">A record that several kinds of key open is in each of their rows. Batches for community partners let out: ${month.communityBatches}; whether your records are in them nobody is told.</p>
</section>
<section><h2>Read by</h2>
${
  month.reads.length === 0
    ? markup`<p>No other agency was shown a record of yours.</p>`
    : table(
        'Other agencies that were shown records of yours',
        ['Agency', 'Purpose', 'Precision', 'Answers', 'Records'],
        month.reads.map((of) => [agencyName(of), of.purpose, of.precision, of.answers, of.records]),
      )
}
${barChart({ title: `Answers to other agencies on each day of ${name}`, bars: days.map((of) => ({ label: day(of), value: of.answers })) })}
<p class="basis">Of searches and by id, counted from the books, from ${minute(month.readsCountedSince)} to ${minute(month.readsCountedUntil)}; what was read outside that time is not in it. One record that was shown twice counts twice. Alerts are not in it: who watches is nobody’s to know.</p>
${table(
  'Besides',
  ['', name, monthName(before.firstDay)],
  [
    ['Requests for contact', month.contactRequests, before.contactRequests],
    ['Openings in imminent danger', openings(month), openings(before)],
  ],
)}
</section>
<section><h2>Matched</h2>
${matched(it.matches)}
</section>
<section class="days"><h2>Day by day</h2>
${table(
  'The days of the month',
  ['Day', 'Received', 'Could be seen', 'Answers'],
  days.map((of) => [of.day, of.received, of.recordsLeft, of.answers]),
)}
</section>
</main>
</body>
</html>
`.toString();
}

const openings = (month: AgencyActivity): number =>
  month.imminentDangerOpenings.reduce((sum, of) => sum + of.openings, 0);

function matched(matches: ActivityMatches | null): Markup {
  if (matches === null)
    return markup`<p>Not counted: whoever made this page lists no other agency’s records, or named no purpose.</p>`;
  const { records, lookedAt, byKind } = matches;
  const which = lookedAt < records ? `the newest ${lookedAt} of ${records}` : `all ${records}`;
  const figures = byKind.map(({ kind, records: count }) => [KINDS[kind] ?? kind, count] as const);
  const sum = markup`<p><strong>${matches.matched}</strong> of the month’s records that were looked at have something in common with a record of another agency.</p>`;
  const kinds = figures.length === 0 ? markup`` : table('In common', ['', 'Records of yours'], figures);
  return markup`${sum}${kinds}<p class="basis">Looked at: ${which} records of reports received in the month that still stand. Compared with what whoever made this page may list, of the same substance, released in the last 30 days; the substance alone does not count.</p>`;
}
