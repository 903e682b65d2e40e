import { SaxesParser } from 'saxes';
import { UnreadableFile } from '../unreadable-file.js';
import { notAWorkbook } from './archive.js';

/** Of one text or tag, which the parser gathers before it tells of it: a cell takes far less. */
const MOST_BETWEEN_TAGS = 1_000_000;

/** What a reader of XML listens to. Names are without their prefix. */
export interface XmlListener {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  close?(name: string): void;
  onText?(text: string): void;
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

/**
 * Feeds a stream of XML to a listener and hands over after each piece, so that what was found can be given on. A document
 * type is refused: workbooks have none, and entities are declared in one.
 */
export async function* parseXml(text: AsyncIterable<string>, listener: XmlListener): AsyncGenerator<void> {
  const parser = new SaxesParser({ xmlns: false, position: false });
  parser.on('doctype', () => {
    throw notAWorkbook();
  });
  parser.on('error', () => {
    throw notAWorkbook();
  });
  let untold = 0;
  parser.on('opentag', ({ name, attributes }) => {
    untold = 0;
    listener.open?.(local(name), attributes);
  });
  parser.on('closetag', ({ name }) => {
    untold = 0;
    listener.close?.(local(name));
  });
  parser.on('text', (piece) => listener.onText?.(piece));
  for await (const piece of text) {
    untold += piece.length;
    parser.write(piece);
    if (untold > MOST_BETWEEN_TAGS) throw new UnreadableFile('TOO_LARGE', 'A cell of the workbook is too large.');
    yield;
  }
  parser.close();
}

/** Reads XML to its end. */
export async function readXml(text: AsyncIterable<string>, listener: XmlListener): Promise<void> {
  const pieces = parseXml(text, listener);
  while (!(await pieces.next()).done);
}
