import { INCIDENT, xmlFile, xmlReport } from './nibrs-files.builder.js';
import { interpretFile } from '../interpret-file.js';
import { MAPPING, readNibrs, SETTINGS } from './read-nibrs.builder.js';

const report = xmlReport(INCIDENT);
const file = xmlFile([report]).toString();
const withDoctype = (doctype: string, text = file): Buffer => Buffer.from(text.replace('?>\n', `?>\n${doctype}\n`));

/** Entries that came before reading ended, and why it ended. */
async function readUntilFault(
  content: Buffer | AsyncIterable<Uint8Array>,
): Promise<{ entries: number; code: unknown }> {
  let entries = 0;
  const bytes = Buffer.isBuffer(content) ? one(content) : content;
  try {
    for await (const entry of interpretFile('NIBRS_XML', bytes, MAPPING, SETTINGS)) entries += entry.rows.length;
  } catch (error) {
    return { entries, code: (error as { code: unknown }).code };
  }
  return { entries, code: null };
}
async function* one(content: Buffer): AsyncGenerator<Uint8Array> {
  yield content;
}

describe('XML that is hostile or broken', () => {
  it.each([
    ['an external entity', '<!DOCTYPE nibrs:Submission [<!ENTITY e SYSTEM "file:///etc/passwd">]>'],
    ['entities in entities', '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'],
    ['an external document type', '<!DOCTYPE nibrs:Submission SYSTEM "http://127.0.0.1:1/nibrs.dtd">'],
  ])('refuses a document type with %s', async (_, doctype) => {
    expect(await readUntilFault(withDoctype(doctype))).toEqual({ entries: 0, code: 'XML_DOCTYPE' });
  });

  it('knows no entity of its own', async () => {
    const content = Buffer.from(file.replace('2026-000123', '&number;'));
    expect(await readUntilFault(content)).toEqual({ entries: 0, code: 'BROKEN_XML' });
  });

  it('keeps what came before the end of a file that was cut off', async () => {
    const two = xmlFile([report, report]);
    expect(await readUntilFault(two.subarray(0, two.length - 200))).toEqual({ entries: 1, code: 'BROKEN_XML' });
  });

  it.each([
    ['a text', () => 'x'],
    ['a tag', (index: number) => (index === 0 ? '<nc:Incident a="' : 'x')],
    ['a comment', (index: number) => (index === 0 ? '<!-- ' : 'x')],
    ['depth', () => '<nc:a>'],
    ['elements', () => '<nc:a/>'],
  ])('ends reading long before memory does: %s without end', async (_, content) => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(file.slice(0, file.indexOf('<nc:Incident>')));
      for (let index = 0; index < 100_000; index++) yield Buffer.from(content(index).repeat(index === 0 ? 1 : 10_000));
    }
    expect(await readUntilFault(endless())).toEqual({ entries: 0, code: 'TOO_LARGE' });
  });

  it.each([
    ['another root', '<html></html>', 'NOT_THIS_FORMAT'],
    ['a later edition', file.replace('cjis/nibrs/2019', 'cjis/nibrs/2023.0'), 'NOT_THIS_FORMAT'],
    ['nothing', '', 'BROKEN_XML'],
    ['a flat file', '00871I112026', 'BROKEN_XML'],
    ['an encoding that is not read', file.replace('UTF-8', 'EBCDIC-US'), 'BROKEN_XML'],
  ])('does not read %s', async (_, content, code) => {
    expect(await readUntilFault(Buffer.from(content))).toEqual({ entries: 0, code });
  });

  it('refuses bytes that are not of the encoding', async () => {
    expect(await readUntilFault(Buffer.from(file.replace('34', '\u00ff'), 'latin1'))).toEqual({
      entries: 0,
      code: 'BROKEN_XML',
    });
  });

  it('reads UTF-16, single bytes, other prefixes, and the edition before', async () => {
    const prefixed = file.replaceAll('nc:', 'core:').replaceAll('xmlns:nc=', 'xmlns:core=');
    const earlier = file.replace('cjis/nibrs/2019', 'cjis/nibrs/4.2').replace('cjis/2.0', 'cjis/1.0');
    const contents = [
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(file.replace('UTF-8', 'UTF-16'), 'utf16le')]),
      Buffer.from(file.replace('UTF-8', 'ISO-8859-1').replace('34', '\u00e9'), 'latin1'),
      Buffer.from(prefixed),
      Buffer.from(earlier),
    ];
    const [expected] = (await readNibrs('NIBRS_XML', Buffer.from(file))).entries;
    for (const content of contents) {
      const { entries } = await readNibrs('NIBRS_XML', content);
      expect(entries.map(({ input, questions }) => ({ input, questions }))).toEqual([
        { input: expected?.input, questions: [] },
      ]);
    }
  });
});
