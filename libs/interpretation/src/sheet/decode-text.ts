import { TextDecoder } from 'node:util';
import { UnreadableFile } from '../unreadable-file.js';

/** What Windows-1252 has where Latin-1 has controls; Node's own decoder gives the controls. 0 stands for none. */
const WINDOWS_1252_80_9F =
  '\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F' +
  '\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178';

/** A letter of several bytes in UTF-8, seen as Latin-1: where one stands, the text is not in Windows-1252 throughout. */
const UTF8_LETTER =
  /[\u00C2-\u00DF][\u0080-\u00BF]|[\u00E0-\u00EF][\u0080-\u00BF]{2}|[\u00F0-\u00F4][\u0080-\u00BF]{3}/;

/** Decodes Windows-1252, as long as nothing in it is UTF-8. */
class Windows1252 {
  /** The end of the piece before: a letter may be cut. */
  private before = '';

  decode(bytes: Uint8Array): string {
    const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    if (UTF8_LETTER.test(this.before + latin1)) throw mixed();
    this.before = (this.before + latin1).slice(-3);
    return latin1.replace(/[\u0080-\u009F]/g, (letter) => WINDOWS_1252_80_9F[letter.charCodeAt(0) - 0x80] ?? letter);
  }
}

const byteOrderMark = (bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null =>
  bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;

/** How many bytes at the end are the beginning of a letter whose rest is in the next chunk. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

const isAscii = (text: string): boolean => !/[^\0-\x7F]/.test(text);

/**
 * Text of a file in UTF-8 (with or without a mark), in UTF-16 with its mark (Excel's "Unicode text"), or, where it is no
 * UTF-8, in Windows-1252. A file that is partly UTF-8 is refused: some of its letters would be wrong.
 */
export async function* decodeText(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let utf16: TextDecoder | null = null;
  let legacy = null as Windows1252 | null;
  let onlyAscii = true;
  let first = true;
  let held: Uint8Array = new Uint8Array();
  for await (const chunk of bytes) {
    let whole = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    held = new Uint8Array();
    if (first) {
      // The mark has up to three bytes.
      if (whole.length < 3) {
        held = whole;
        continue;
      }
      first = false;
      const order = byteOrderMark(whole);
      if (order !== null) utf16 = new TextDecoder(order, { fatal: true });
    }
    if (utf16 !== null) {
      yield decodeUtf16(utf16, whole, true);
      continue;
    }
    if (legacy !== null) {
      yield legacy.decode(whole);
      continue;
    }
    const rest = unfinished(whole);
    held = whole.slice(whole.length - rest);
    whole = whole.subarray(0, whole.length - rest);
    const text = decoded(whole);
    yield text;
  }
  if (utf16 !== null) {
    decodeUtf16(utf16, held, false);
  } else if (held.length > 0) {
    yield decoded(held);
  }

  function decoded(part: Uint8Array): string {
    try {
      const text = utf8.decode(part);
      onlyAscii &&= isAscii(text);
      return text;
    } catch {
      if (!onlyAscii) throw mixed();
      legacy = new Windows1252();
      const text = legacy.decode(Buffer.concat([part, held]));
      held = new Uint8Array();
      return text;
    }
  }
}

function decodeUtf16(decoder: TextDecoder, bytes: Uint8Array, stream: boolean): string {
  try {
    return decoder.decode(bytes, { stream });
  } catch {
    throw mixed();
  }
}

const mixed = (): UnreadableFile =>
  new UnreadableFile('MIXED_ENCODING', 'The file must be in one encoding throughout: save it as "CSV UTF-8".');
