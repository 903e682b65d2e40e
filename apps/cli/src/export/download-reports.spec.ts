import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadReports } from './download-reports.js';

const WHOLE = {
  csv: [
    'reference,narrative,concord_rows\r\nA-1,"two\r\nlines, é",\r\nA-2,,\r\nA-2,x,3\r\n',
    'reference,narrative,concord_no_rows\r\n',
  ],
  jsonl: [
    '{"kind":"begin"}\n{"kind":"report","narrative":"é"}\n{"kind":"report"}\n{"kind":"end","reports":2,"versions":3,"nextSince":"x"}\n',
    '{"kind":"begin"}\n{"kind":"end","reports":0,"versions":0,"nextSince":"x"}\n',
  ],
} as const;

describe('a downloaded export', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'concord-export-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** What came before the connection ended, without an error: as behind a proxy that says nothing of it. */
  const after = (text: string, length: number) => ({
    download: () => {
      const bytes = Buffer.from(text).subarray(0, length);
      return Promise.resolve(ReadableStream.from<Uint8Array>([bytes.subarray(0, 7), bytes.subarray(7)]));
    },
  });
  const take = (text: string, length: number, format: 'csv' | 'jsonl', name = 'taken') =>
    downloadReports(after(text, length), { format, since: undefined, out: join(folder, name), print: () => undefined });

  it.each(['csv', 'jsonl'] as const)('of %s that ends anywhere but at its end is none', async (format) => {
    for (const text of WHOLE[format]) {
      const bytes = Buffer.byteLength(text);
      // The last line may come without the end of its line: it says all the same that it is the last.
      const proven = format === 'csv' ? bytes - 2 : bytes;
      for (let length = 0; length < proven; length += 1)
        await expect(take(text, length, format)).rejects.toThrow('broke off');
      expect(await readdir(folder)).toEqual([]);
      const { rows } = await take(text, bytes, format);
      expect(rows).toBe(text === WHOLE[format][1] ? 0 : format === 'csv' ? 3 : 2);
      expect(await readFile(join(folder, 'taken'), 'utf8')).toBe(text);
      await rm(join(folder, 'taken'));
    }
  });

  it('is written over nothing', async () => {
    await writeFile(join(folder, 'mine'), 'mine');
    await expect(take(WHOLE.csv[0], 1_000, 'csv', 'mine')).rejects.toThrow('is there already');
    expect(await readdir(folder)).toEqual(['mine']);
    expect(await readFile(join(folder, 'mine'), 'utf8')).toBe('mine');
  });
});
