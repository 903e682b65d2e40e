import type { SheetRow } from '../sheet/sheet-row.js';
import { isBlank } from '../sheet/sheet-row.js';
import { UnreadableFile } from '../unreadable-file.js';
import { Archive, notAWorkbook } from './archive.js';
import { numberFormat, type NumberFormat } from './number-format.js';
import { parseXml, readXml } from './parse-xml.js';
import { SheetListener, MergeListener, type CellContext } from './sheet-listener.js';

/** Characters of all texts that cells share. */
const MAX_SHARED_CHARACTERS = 64 * 1024 * 1024;

interface SheetPart {
  readonly name: string;
  readonly part: string;
}

/** A workbook as Excel saves it: ECMA-376. */
export class Workbook {
  private constructor(
    private readonly archive: Archive,
    private readonly parts: readonly SheetPart[],
    private readonly context: CellContext,
  ) {}

  static async open(bytes: AsyncIterable<Uint8Array>): Promise<Workbook> {
    const archive = await Archive.of(bytes);
    const { sheets, system } = await readWorkbook(archive);
    const context = { system, formats: await readFormats(archive), shared: await readShared(archive) };
    return new Workbook(archive, sheets, context);
  }

  /** Names of the sheets that have a cell with something in it. */
  async filledSheets(): Promise<string[]> {
    const filled: string[] = [];
    for (const { name } of this.parts) {
      for await (const { cells } of this.rows(name)) {
        if (cells.every(isBlank)) continue;
        filled.push(name);
        break;
      }
    }
    return filled;
  }

  /** The sheet that the mapping names; without a name the only one that has rows. */
  async chooseSheet(name: string | null): Promise<string> {
    const filled = await this.filledSheets();
    const [only] = filled;
    if (name !== null && filled.includes(name)) return name;
    if (name === null && only === undefined) throw new UnreadableFile('EMPTY_FILE', 'There must be a sheet with rows.');
    if (name === null && filled.length === 1 && only !== undefined) return only;
    throw new UnreadableFile('SHEET_NOT_CHOSEN', `The mapping must name one of the sheets: ${filled.join(', ')}.`);
  }

  /** The rows of a sheet; cells that are merged downwards have their text in each row. */
  async *rows(name: string): AsyncGenerator<SheetRow> {
    const part = this.parts.find((each) => each.name === name)?.part;
    if (part === undefined) throw notAWorkbook();
    const merges = new MergeListener();
    // What is merged stands behind the rows: the sheet is read twice rather than kept.
    await readXml(this.archive.text(part), merges);
    const listener = new SheetListener(this.context, merges);
    const steps = parseXml(this.archive.text(part), listener);
    while ((await steps.next()).done !== true) yield* listener.take();
    yield* listener.take();
  }
}

async function readWorkbook(archive: Archive): Promise<{ sheets: SheetPart[]; system: '1900' | '1904' }> {
  const targets = new Map<string, string>();
  await readXml(archive.text('xl/_rels/workbook.xml.rels'), {
    open: (name, { Id, Target }) => {
      if (name === 'Relationship') targets.set(Id ?? '', partName(Target ?? ''));
    },
  });
  const sheets: SheetPart[] = [];
  let system: '1900' | '1904' = '1900';
  await readXml(archive.text('xl/workbook.xml'), {
    open: (element, attributes) => {
      if (element === 'workbookPr' && /^(1|true)$/.test(attributes['date1904'] ?? '')) system = '1904';
      if (element !== 'sheet') return;
      const part = targets.get(attributes['r:id'] ?? '');
      if (part !== undefined && archive.has(part)) sheets.push({ name: attributes['name'] ?? '', part });
    },
  });
  return { sheets: sheets.filter(({ part }) => part.includes('worksheet')), system };
}

const partName = (target: string): string => (target.startsWith('/') ? target.slice(1) : `xl/${target}`);

/** The format of each style, in the order in which cells number them. */
async function readFormats(archive: Archive): Promise<NumberFormat[]> {
  if (!archive.has('xl/styles.xml')) return [];
  const codes = new Map<number, string>();
  const ids: number[] = [];
  let inCells = false;
  await readXml(archive.text('xl/styles.xml'), {
    open: (name, attributes) => {
      if (name === 'numFmt') codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
      if (name === 'cellXfs') inCells = true;
      if (name === 'xf' && inCells) ids.push(Number(attributes['numFmtId'] ?? 0));
    },
    close: (name) => {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return ids.map((id) => numberFormat(id, codes.get(id)));
}

/** Texts that cells name by number; how they are pronounced is no part of them. */
async function readShared(archive: Archive): Promise<string[]> {
  if (!archive.has('xl/sharedStrings.xml')) return [];
  const shared: string[] = [];
  let characters = 0;
  let item = '';
  let inText = false;
  let inPhonetic = false;
  await readXml(archive.text('xl/sharedStrings.xml'), {
    open: (name) => {
      if (name === 'si') item = '';
      if (name === 'rPh') inPhonetic = true;
      if (name === 't') inText = true;
    },
    onText: (text) => {
      if (inText && !inPhonetic) item += text;
    },
    close: (name) => {
      if (name === 't') inText = false;
      if (name === 'rPh') inPhonetic = false;
      if (name !== 'si') return;
      shared.push(item);
      characters += item.length;
      if (characters > MAX_SHARED_CHARACTERS) {
        throw new UnreadableFile(
          'TOO_LARGE',
          `The texts of a workbook must have at most ${MAX_SHARED_CHARACTERS} characters.`,
        );
      }
    },
  });
  return shared;
}
