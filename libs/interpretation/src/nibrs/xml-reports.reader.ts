import { SaxesParser, type SaxesTagNS } from 'saxes';
import { decodeXml } from './decode-xml.js';
import { NAMESPACES, type XmlNode } from './report-tree.js';
import { FILE_FAULTS, UnreadableFile, type FileFaultCode } from '../unreadable-file.js';

/** What a parser may hold back of one text, comment or tag. */
const LONGEST_TOKEN = 65_536;
/** The FBI's own samples have some 20,000 characters a report; an incident with 999 victims may have a million. */
const LONGEST_REPORT = 4_000_000;
/** A text is told only when the tag after it has begun. */
const TAG_BEGUN = 16;
const MOST_ELEMENTS = 100_000;
const DEEPEST = 64;

export interface XmlReport {
  readonly tree: XmlNode;
  /** As it stands in the file, to the letter. */
  readonly source: string;
}

/**
 * Each `nibrs:Report` of a submission as a tree, one at a time. Neither document types nor entities are read, from
 * wherever; nothing of what a file can be made to contain makes this keep more than one report.
 *
 * @throws UnreadableFile where the XML ends, breaks, or is of another kind
 */
export async function* readXmlReports(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<XmlReport> {
  const reports = new ReportGatherer();
  for await (const piece of decodeXml(bytes)) yield* reports.take(piece);
  yield* reports.end();
}

class ReportGatherer {
  private readonly parser = new SaxesParser({ xmlns: true });
  private readonly open: XmlNode[] = [];
  private finished: XmlReport[] = [];
  private depth = 0;
  private elements = 0;
  /** Position of the parser after what it last told. */
  private told = 0;
  /** The file from `keptFrom` on: the report that is open, or what is not yet told. */
  private kept = '';
  private keptFrom = 0;

  constructor() {
    const { parser } = this;
    parser.on('doctype', () => this.fail('XML_DOCTYPE'));
    parser.on('error', () => this.fail('BROKEN_XML'));
    parser.on('opentagstart', () => this.beforeTag());
    parser.on('opentag', (tag) => this.onOpen(tag));
    parser.on('closetag', () => this.onClose());
    parser.on('text', (text) => this.onText(text));
    parser.on('cdata', (text) => this.onText(text));
    for (const event of ['comment', 'processinginstruction', 'xmldecl'] as const) parser.on(event, () => this.note());
  }

  *take(piece: string): Generator<XmlReport> {
    this.kept += piece;
    this.parser.write(piece);
    if (this.parser.position - this.told > LONGEST_TOKEN) this.fail('TOO_LARGE');
    if (this.open.length === 0) this.forget(Math.max(this.keptFrom, this.told - TAG_BEGUN));
    if (this.kept.length > LONGEST_REPORT) this.fail('TOO_LARGE');
    yield* this.finished.splice(0);
  }

  *end(): Generator<XmlReport> {
    this.parser.close();
    yield* this.finished.splice(0);
  }

  private beforeTag(): void {
    if (this.depth !== 1) return;
    // A report begins here: whatever stands before its tag is not of it.
    const start = this.kept.lastIndexOf('<', this.parser.position - this.keptFrom - 1);
    this.forget(this.keptFrom + start);
  }

  private onOpen(tag: SaxesTagNS): void {
    this.note();
    const name = `${NAMESPACES[tag.uri] ?? '?'}:${tag.local}`;
    if (this.depth === 0 && name !== 'nibrs:Submission') this.fail('NOT_THIS_FORMAT');
    this.depth += 1;
    const parent = this.open.at(-1);
    if (parent === undefined && !(this.depth === 2 && name === 'nibrs:Report')) return;
    if (this.depth > DEEPEST || ++this.elements > MOST_ELEMENTS) this.fail('TOO_LARGE');
    const node = { name, line: this.parser.line, id: named(tag, 'id'), ref: named(tag, 'ref'), children: [], text: '' };
    parent?.children.push(node);
    this.open.push(node);
  }

  private onClose(): void {
    this.note();
    this.depth -= 1;
    const node = this.open.pop();
    if (node === undefined || this.open.length > 0) return;
    this.elements = 0;
    const source = this.kept.slice(0, this.parser.position - this.keptFrom);
    this.finished.push({ tree: node, source });
    this.forget(this.parser.position);
  }

  private onText(text: string): void {
    this.note();
    const node = this.open.at(-1);
    if (node !== undefined) node.text += text;
  }

  private note(): void {
    this.told = this.parser.position;
  }

  private forget(until: number): void {
    this.kept = this.kept.slice(until - this.keptFrom);
    this.keptFrom = until;
  }

  private fail(code: FileFaultCode): never {
    throw new UnreadableFile(code, FILE_FAULTS[code], this.parser.line);
  }
}

function named(tag: SaxesTagNS, local: string): string | null {
  const found = Object.values(tag.attributes).find((it) => it.local === local && NAMESPACES[it.uri] === 's');
  return found?.value ?? null;
}
