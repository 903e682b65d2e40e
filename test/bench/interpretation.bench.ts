import { parse } from 'csv-parse';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { guessMapping, interpretFile, readHeadings } from '@concord/interpretation';
import { machineFacts, numberOption, printResult, round } from './measures.js';

/**
 * `npm run bench -- interpretation [--rows 100000]`: rows a second from the bytes of a CSV file to reports, and the most memory
 * that was in use. Time of the processor and not of the clock, so that what else runs hardly counts. Peer: csv-parse alone over the same bytes, which every reader of the format pays.
 */
const ROWS = numberOption('rows', 100_000);
const SETTINGS = {
  stateFips: '06',
  countyFips: ['06073'],
  timeZone: 'America/Los_Angeles',
  now: new Date('2026-11-23T12:00:00Z'),
};
const HEADING = 'Case #,Date/Time Occ,County,Drug,Qty,UOM,Concealment,Conveyance,Age,Notes\n';
const DRUGS = ['meth', 'Fentanyl', 'crack', 'weed', 'black tar', 'Xanax'];
const UNITS = ['g', 'lbs', 'KG', 'oz.'];

/** Written as it is read: nothing of it is kept. */
async function* file(): AsyncGenerator<Uint8Array> {
  let chunk = HEADING;
  for (let n = 0; n < ROWS; n++) {
    const day = `${1 + (n % 12)}/${1 + (n % 28)}/25 ${1 + (n % 12)}:${10 + (n % 50)}${n % 2 ? 'pm' : 'am'}`;
    chunk += `25-${n},${day},San Diego Co.,${DRUGS[n % 6] ?? ''},"${1 + (n % 9)},${100 + (n % 800)}.5",${UNITS[n % 4] ?? ''},trunk,sedan,${18 + (n % 60)},"Seen, and weighed."\n`;
    if (chunk.length < 65_536) continue;
    yield Buffer.from(chunk);
    chunk = '';
  }
  yield Buffer.from(chunk);
}

let mostMemory = 0;
const watch = (): void => {
  mostMemory = Math.max(mostMemory, process.memoryUsage().rss);
};

async function seconds(work: () => Promise<number>): Promise<{ seconds: number; rows: number }> {
  const before = process.cpuUsage();
  const rows = await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, rows };
}

const { mapping } = guessMapping(await readHeadings('CSV', file()));
const before = process.memoryUsage().rss;
let questions = 0;
const own = await seconds(async () => {
  let rows = 0;
  for await (const entry of interpretFile('CSV', file(), mapping, SETTINGS)) {
    rows += entry.rows.length;
    questions += entry.questions.length;
    if (rows % 1_000 === 0) watch();
  }
  return rows;
});
const peer = await seconds(async () => {
  const parser = Readable.from(file()).pipe(parse({ info: true }));
  let rows = -1;
  parser.on('data', () => (rows += 1));
  await finished(parser);
  return rows;
});

printResult({
  bench: 'interpretation',
  machine: machineFacts(),
  rows: own.rows,
  questions,
  rowsPerCpuSecond: Math.round(own.rows / own.seconds),
  csvParseAlonePerCpuSecond: Math.round(peer.rows / peer.seconds),
  share: round(peer.seconds / own.seconds, 3),
  memoryMb: { before: round(before / 2 ** 20, 0), most: round(mostMemory / 2 ** 20, 0) },
});
