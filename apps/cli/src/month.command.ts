import { ORI } from '@concord/agencies';
import { resolve } from 'node:path';
import { API_OPTIONS, openClient } from './api-options.js';
import { readOptions, UsageError, type Command } from './command.js';
import { writeNew } from './new-file.js';

const OPTIONS = {
  ...API_OPTIONS,
  month: { type: 'string' },
  out: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** A page that was cut off ends otherwise. */
const END = '</html>\n';

export const monthCommand: Command = {
  name: 'month',
  help: `month --agency ORI --out FILE [--month YYYY-MM] [--time-zone ZONE] [--json]
    the agency's month as a page to print: received, shared, read by, matched, with charts; for its supervisors and admins.
    The same figures as words and as JSON: digest --month; docs/something-comes-back.md

    --agency                            whose, by its ORI
    --out                               an .html file that is not there yet
    --month                             which; without it the last that is over, by this machine's clock
    --time-zone                         whose days: America/Chicago; without it by the state of the ORI
    --url            CONCORD_URL        where the API is; default http://127.0.0.1:4000
    --token-file     CONCORD_TOKEN      who asks: an access token
    --data           CONCORD_DATA_DIR   of a running npm start, with --as: its persona's token
    --as                                the persona: supervisor
    --json                              prints {"out","month"}`,
  options: OPTIONS,
  examples: ['month --agency CA0371100 --out october.html --month 2026-10'],
  async run(args, terminal) {
    const options = readOptions(args, OPTIONS);
    const { agency, out, month = lastMonth(new Date()), 'time-zone': timeZone } = options;
    if (agency === undefined || !ORI.test(agency))
      throw new UsageError('Which agency? Give --agency and its ORI, nine characters.');
    if (out === undefined) throw new UsageError('Where to? Give --out and the name of a file that is not there yet.');
    const client = await openClient(options, terminal);
    const query = new URLSearchParams({ month, ...(timeZone === undefined ? {} : { timeZone }) });
    const page = await textOf(await client.download(`agency/month?${query.toString()}`));
    if (!page.endsWith(END)) throw new Error('The page broke off: what came is not all of it. Ask again.');
    await writeNew(resolve(out), page);
    terminal.print(options.json === true ? `${JSON.stringify({ out, month })}\n` : `${month} is in ${out}\n`);
    return 'done';
  },
};

/** The month before this one, on the clock of this machine. */
export function lastMonth(now: Date): string {
  const at = new Date(now.getFullYear(), now.getMonth() - 1, 1);
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}`;
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of bytes) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}
