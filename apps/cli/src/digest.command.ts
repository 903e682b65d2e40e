import { ORI } from '@concord/agencies';
import { API_OPTIONS, openClient } from './api-options.js';
import { readOptions, UsageError, type Command } from './command.js';

const OPTIONS = {
  ...API_OPTIONS,
  date: { type: 'string' },
  month: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** What an agency is told of a period, as far as it is printed. */
interface Activity {
  readonly firstDay: string;
  readonly lastDay: string;
  readonly timeZone: string;
  readonly asOf: string;
  readonly received: number;
  readonly corrected: number;
  readonly held: number;
  readonly released: number;
  readonly returned: number;
  readonly recalled: number;
  readonly recordsLeft: number;
  readonly left: readonly { readonly precision: string; readonly audience: string; readonly records: number }[];
  readonly reads: readonly {
    readonly ori: string | null;
    readonly name: string;
    readonly purpose: string;
    readonly precision: string;
    readonly answers: number;
    readonly records: number;
  }[];
  readonly readsCountedSince: string;
  readonly readsCountedUntil: string;
  readonly contactRequests: number;
  readonly imminentDangerOpenings: readonly {
    readonly ori: string | null;
    readonly name: string;
    readonly openings: number;
  }[];
  readonly communityBatches: number;
  readonly days?: readonly Readonly<Record<string, string | number>>[];
  readonly matches?: {
    readonly records: number;
    readonly lookedAt: number;
    readonly matched: number;
    readonly byKind: readonly { readonly kind: string; readonly records: number }[];
  } | null;
}
const FIELDS = `firstDay lastDay timeZone asOf received corrected held released returned recalled recordsLeft
  left { precision audience records } reads { ori name purpose precision answers records } readsCountedSince
  readsCountedUntil contactRequests imminentDangerOpenings { ori name openings } communityBatches`;
/** Of a month there is more to tell. */
const OF_MONTH =
  'days { day received recordsLeft answers } matches { records lookedAt matched byKind { kind records } }';

export const digestCommand: Command = {
  name: 'digest',
  help: `digest --agency ORI [--date YYYY-MM-DD | --month YYYY-MM] [--time-zone ZONE] [--json]
    what left the agency and which agencies read it, for its supervisors and admins; docs/something-comes-back.md

    --agency                            whose, by its ORI
    --date                              the day; without it, and without --month, yesterday on this machine's clock
    --month                             a month in place of a day; the command month makes a page of it
    --time-zone                         whose days: America/Chicago; without it by the state of the ORI
    --url            CONCORD_URL        where the API is; default http://127.0.0.1:4000
    --token-file     CONCORD_TOKEN      who asks: an access token
    --data           CONCORD_DATA_DIR   of a running npm start, with --as: its persona's token
    --as                                the persona: supervisor
    --json                              prints the answer as JSON`,
  options: OPTIONS,
  examples: ['digest --agency CA0371100', 'digest --agency CA0371100 --month 2026-10 --json'],
  async run(args, terminal) {
    const options = readOptions(args, OPTIONS);
    const { agency, month, 'time-zone': timeZone = null } = options;
    if (agency === undefined || !ORI.test(agency))
      throw new UsageError('Which agency? Give --agency and its ORI, nine characters.');
    if (month !== undefined && options.date !== undefined) throw new UsageError('A day or a month: not both.');
    const client = await openClient(options, terminal);
    const [field, argument, more] =
      month === undefined ? ['agencyDigest', 'date', ''] : ['agencyMonth', 'month', OF_MONTH];
    const { activity } = await client.request<{ activity: Activity }>(
      `query Digest($of: String!, $timeZone: String) { activity: ${field}(${argument}: $of, timeZone: $timeZone) { ${FIELDS} ${more} } }`,
      { of: month ?? options.date ?? yesterday(), timeZone },
    );
    terminal.print(options.json === true ? `${JSON.stringify(activity)}\n` : `${pageOf(activity).join('\n')}\n`);
    return 'done';
  },
};

function yesterday(): string {
  const at = new Date();
  at.setDate(at.getDate() - 1);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** Names of agencies are others' words: nothing in them steers a terminal. */
const plain = (text: string): string => text.replaceAll(/\p{C}/gu, '?');
const agencyOf = ({ ori, name }: { readonly ori: string | null; readonly name: string }): string =>
  plain(ori === null ? name : `${name} (${ori})`);

function pageOf(it: Activity): string[] {
  const line = (label: string, n: number): string => `  ${label.padEnd(34)}${String(n).padStart(8)}`;
  const days = it.firstDay === it.lastDay ? it.firstDay : `${it.firstDay} to ${it.lastDay}`;
  return [
    `${days}, ${it.timeZone}, as of ${it.asOf}`,
    'Reports',
    ...(['received', 'corrected', 'held', 'released', 'returned', 'recalled'] as const).map((of) => line(of, it[of])),
    'Records that others could see',
    line('each once', it.recordsLeft),
    ...it.left.map(({ precision, audience, records }) => line(`at ${precision} by ${audience}`, records)),
    `Read by others, as booked from ${it.readsCountedSince} to ${it.readsCountedUntil}`,
    ...(it.reads.length === 0 ? ['  nobody'] : []),
    ...it.reads.map(
      (read) =>
        `  ${agencyOf(read)}: ${read.records} records in ${read.answers} answers, ${read.precision}, ${read.purpose}`,
    ),
    'Besides',
    line('requests for contact', it.contactRequests),
    ...it.imminentDangerOpenings.map((by) => `  opened in imminent danger by ${agencyOf(by)}: ${by.openings}`),
    line('weekly batches for partners', it.communityBatches),
    ...matchesOf(it),
  ];
}

/** Null: whoever asks lists no other agency's records, or named no purpose. */
function matchesOf({ matches }: Activity): string[] {
  if (matches === undefined) return [];
  if (matches === null)
    return ['In common with other agencies: not counted without a purpose and a role that reads theirs'];
  const kinds = matches.byKind.map(({ kind, records }) => `${kind} ${records}`).join(', ');
  return [
    `In common with other agencies, of the newest ${matches.lookedAt} of ${matches.records} records`,
    `  ${matches.matched}${kinds === '' ? '' : `: ${kinds}`}`,
  ];
}
