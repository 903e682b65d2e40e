import type { DemoRecord, DemoResult, DemoView } from './demo-play.js';

/** Colour only where a person's terminal shows it. */
const paint = (colour: boolean) => ({
  bold: (text: string): string => (colour ? `\u001b[1m${text}\u001b[0m` : text),
  dim: (text: string): string => (colour ? `\u001b[2m${text}\u001b[0m` : text),
  good: (text: string): string => (colour ? `\u001b[32m${text}\u001b[0m` : text),
});

/** The demo told to a person: what happened, who sees what, how long it took, what to try next. */
export function tellDemo(result: DemoResult, startMs: number, colour: boolean): string {
  const { bold, dim, good } = paint(colour);
  const { rejected } = result;
  return [
    '',
    bold('Concord: one report becomes one live alert'),
    dim(
      `PostgreSQL, api and worker started, migrated and filled with synthetic records in ${(startMs / 1000).toFixed(1)} s`,
    ),
    '',
    '1. A local agency submits: 12.5 kg of fentanyl at San Ysidro, with a phone number and a narrative.',
    `   ${good('accepted')} after ${result.submitMs} ms (stored, audited and queued in one transaction)`,
    "2. A state analyst's open subscription gets the alert.",
    `   ${good(`${result.submitToAlertMs} ms`)} from sending the report to the alert on the socket; rule "${result.alert.rule}"`,
    dim(`   (the very first report after the cold start took ${result.firstAlertMs} ms)`),
    `   match: ${result.alert.match}${result.alert.match === 'CERTAIN' ? ' (every weight in the band that this analyst sees is over a kilo)' : ''}`,
    '3. The same record, side by side:',
    '',
    ...table(result.views).map((line) => `   ${line}`),
    '',
    '   Nobody sees the phone number or the narrative: they are sealed and stay with the agency.',
    `4. The same report sent again: ${result.duplicate ? good('duplicate, answered with the same report; nothing stored twice') : 'NOT recognised'}`,
    `5. An invalid report: refused with all ${rejected.issues.length} faults at once, nothing stored:`,
    ...rejected.issues.map((issue) => `   ${issue.path.padEnd(26)} ${issue.code.padEnd(22)} ${dim(issue.message)}`),
    `6. The neighbour asks for the report itself: ${good(String(result.refused.code))}, as if it did not exist`,
    '',
    bold('What to try next'),
    '   npm start                     the same stack, staying up, with GraphiQL at http://127.0.0.1:4000/',
    '   npm run demo -- --json        the last line of this as JSON',
    '   docs/architecture.md          how it works; docs/glossary.md: the words',
    '',
  ].join('\n');
}

type Row = readonly [string, (record: DemoRecord) => string];

const ROWS: readonly Row[] = [
  ['precision', (r) => r.precision],
  [
    'when',
    (r) =>
      minutes(r) < 2
        ? r.occurred.from.slice(0, 16)
        : minutes(r) <= 1_440
          ? `${r.occurred.from.slice(0, 10)} (day)`
          : `${r.occurred.from.slice(0, 10)} (week)`,
  ],
  ['county', (r) => r.place.countyFips ?? r.place.stateFips],
  ['H3 cell', (r) => r.place.h3 ?? '-'],
  ['port of entry', (r) => r.place.portOfEntry ?? '-'],
  ['grams', (r) => grams(r)],
  ['signature', (r) => r.substances[0]?.signature ?? '-'],
  [
    'people',
    (r) =>
      r.people
        .map((p) =>
          [
            p.role,
            p.minAge === null ? '' : p.minAge === p.maxAge ? String(p.minAge) : `${p.minAge}-${String(p.maxAge)}`,
            p.citizenship ?? '',
          ]
            .filter(Boolean)
            .join(' '),
        )
        .join(', '),
  ],
  ['contributor', (r) => shorten(r.contributor?.name ?? 'withheld')],
];

function table(views: readonly DemoView[]): string[] {
  const head = ['', ...views.map((view) => view.persona)];
  const rows = ROWS.map(([label, cell]) => [
    label,
    ...views.map((view) => (view.record === null ? (label === 'precision' ? 'not visible' : '') : cell(view.record))),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)];
}

const minutes = (record: DemoRecord): number =>
  (Date.parse(record.occurred.to) - Date.parse(record.occurred.from)) / 60_000;

function grams(record: DemoRecord): string {
  const quantity = record.substances[0]?.quantity;
  if (!quantity || quantity.minGrams === null || quantity.maxGrams === null) return '-';
  return quantity.minGrams === quantity.maxGrams
    ? quantity.minGrams.toLocaleString('en-US')
    : `${quantity.minGrams.toLocaleString('en-US')} - ${quantity.maxGrams.toLocaleString('en-US')}`;
}

const shorten = (text: string): string => (text.length > 16 ? `${text.slice(0, 15)}…` : text);
