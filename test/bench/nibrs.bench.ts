import { EMPTY_MAPPING, interpretFile, type FileFormat } from '@concord/interpretation';
import { build } from 'esbuild';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type * as Files from '../../libs/interpretation/src/nibrs/nibrs-files.builder.js';
import { machineFacts, numberOption, printResult, round } from './measures.js';

/**
 * `npm run bench -- nibrs [--mb 100]`: megabytes a second of the processor's time from the bytes of a NIBRS file on the disk
 * to reports and questions, for each format, and the most memory of the process in each tenth of the file: it must not grow.
 */
// What tests alone use is not in dist/.
const WRITER = join(import.meta.dirname, '../../../libs/interpretation/src/nibrs/nibrs-files.builder.ts');
const { outputFiles } = await build({ entryPoints: [WRITER], write: false, format: 'esm', platform: 'node' });
const written = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
const { flatSegments, INCIDENT, xmlFile, xmlReport } = (await import(
  `data:text/javascript;base64,${written}`
)) as typeof Files;

const MB = numberOption('mb', 100);
const SETTINGS = {
  stateFips: '06',
  countyFips: ['06073'],
  timeZone: 'America/Los_Angeles',
  now: new Date('2026-11-24T12:00:00Z'),
  ori: INCIDENT.ori,
};
const MAPPING = { ...EMPTY_MAPPING, constants: { county: '06073' } };
const LETTERS = ['D', 'E', 'B', 'H', 'L', 'A', 'X', 'J'];

/** Every third without drugs, some stolen, some with three drugs: as a month of a department is. */
function incident(n: number): Files.TrueIncident {
  const drug = (at: number) => ({ letter: LETTERS[at % 6] ?? 'D', thousandths: 500 + ((n * 37) % 90_000), unit: 'GM' });
  const drugs = n % 5 === 0 ? [drug(n), drug(n + 1), drug(n + 2)] : [drug(n)];
  const seized = { loss: n % 11 === 0 ? 7 : 6, descriptions: ['10'], drugs };
  return {
    ...INCIDENT,
    number: `2026-${String(n).padStart(7, '0')}`,
    date: `2026-${String(1 + (n % 10)).padStart(2, '0')}-${String(1 + (n % 28)).padStart(2, '0')}`,
    hour: String(n % 24).padStart(2, '0'),
    offenses: [{ code: '35A', location: n % 2 ? '20' : '13' }],
    properties: n % 3 === 0 ? [{ loss: 7, descriptions: ['77'], drugs: [] }] : [seized],
  };
}

const [XML_BEGIN = '', XML_END = ''] = xmlFile(['@']).toString('utf8').split('@');

function* texts(format: FileFormat): Generator<string> {
  if (format === 'NIBRS_XML') yield XML_BEGIN;
  let bytes = 0;
  for (let n = 0; bytes < MB * 1e6; n += 1) {
    const text =
      format === 'NIBRS_XML' ? `${xmlReport(incident(n))}\n` : `${flatSegments(incident(n)).join('\r\n')}\r\n`;
    bytes += Buffer.byteLength(text);
    yield text;
  }
  if (format === 'NIBRS_XML') yield XML_END;
}

const rssMb = (): number => round(process.memoryUsage().rss / 2 ** 20, 0);

async function measure(format: FileFormat, folder: string) {
  const path = join(folder, format);
  await pipeline(Readable.from(texts(format)), createWriteStream(path));
  const { size } = await stat(path);
  const most = Array.from({ length: 10 }, () => 0);
  let read = 0;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      const tenth = Math.min(9, Math.floor((read / size) * 10));
      most[tenth] = Math.max(most[tenth] ?? 0, rssMb());
      read += chunk.length;
      yield chunk;
    }
  }
  const counts = { entries: 0, withQuestions: 0, leftOut: 0 };
  const asked = new Map<string, number>();
  const before = rssMb();
  const [cpu, clock] = [process.cpuUsage(), performance.now()];
  const settings = { ...SETTINGS, tellSkipped: () => void (counts.leftOut += 1) };
  for await (const entry of interpretFile(format, bytes(), MAPPING, settings)) {
    counts.entries += 1;
    if (entry.questions.length > 0) counts.withQuestions += 1;
    for (const { code } of entry.questions) asked.set(code, (asked.get(code) ?? 0) + 1);
  }
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (user + system) / 1e6;
  await rm(path);
  return {
    ...{ format, mb: round(size / 1e6, 1), ...counts, asked: Object.fromEntries(asked) },
    ...{ cpuSeconds: round(seconds, 2), clockSeconds: round((performance.now() - clock) / 1_000, 2) },
    mbPerCpuSecond: round(size / 1e6 / seconds, 1),
    rssMb: { before, mostInEachTenth: most },
  };
}

const folder = await mkdtemp(join(tmpdir(), 'concord-nibrs-'));
try {
  const machine = machineFacts();
  const results = [];
  for (const format of ['NIBRS_FLAT', 'NIBRS_XML'] as const) results.push(await measure(format, folder));
  printResult({ bench: 'nibrs', machine, results });
} finally {
  await rm(folder, { recursive: true, force: true });
}
