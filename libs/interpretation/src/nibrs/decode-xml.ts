import { TextDecoder } from 'node:util';
import { FILE_FAULTS, UnreadableFile } from '../unreadable-file.js';

/** A declaration of the encoding stands within the first bytes or not at all. */
const DECLARATION_BYTES = 200;
/** No more than this is ever given to the parser at once, so that what it waits for can be measured. */
const PIECE = 16_384;

const SINGLE_BYTE = ['iso-8859-1', 'windows-1252', 'us-ascii'];

/**
 * Text of an XML file in small pieces: UTF-8, UTF-16 with its mark, or one of the single-byte encodings if declared.
 * @throws UnreadableFile for another encoding, and for bytes that are none of the one declared
 */
export async function* decodeXml(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  let head = Buffer.alloc(0);
  for await (const chunk of bytes) {
    if (decoder === null) {
      head = Buffer.concat([head, chunk]);
      if (head.length < DECLARATION_BYTES) continue;
      decoder = decoderFor(head);
      yield* pieces(decode(decoder, head));
    } else yield* pieces(decode(decoder, chunk));
  }
  if (decoder === null) {
    decoder = decoderFor(head);
    yield* pieces(decode(decoder, head));
  }
  yield decode(decoder, null);
}

function decoderFor(head: Buffer): TextDecoder {
  const declared = /^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)["']/.exec(
    head.toString('latin1').replace(/^\W{3}</, '<'),
  );
  const encoding = declared?.[1]?.toLowerCase() ?? 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder('utf-16le', { fatal: true });
  if (head[0] === 0xfe && head[1] === 0xff) return new TextDecoder('utf-16be', { fatal: true });
  if (encoding === 'utf-8') return new TextDecoder('utf-8', { fatal: true });
  if (SINGLE_BYTE.includes(encoding)) return new TextDecoder('windows-1252', { fatal: true });
  throw new UnreadableFile('BROKEN_XML', FILE_FAULTS.BROKEN_XML);
}

function decode(decoder: TextDecoder, bytes: Uint8Array | null): string {
  try {
    return bytes === null ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch {
    throw new UnreadableFile('BROKEN_XML', FILE_FAULTS.BROKEN_XML);
  }
}

function* pieces(text: string): Generator<string> {
  for (let from = 0; from < text.length; from += PIECE) yield text.slice(from, from + PIECE);
}
