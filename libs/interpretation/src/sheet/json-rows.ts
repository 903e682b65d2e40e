import { UnreadableFile } from '../unreadable-file.js';
import { decodeText } from './decode-text.js';

const MAX_LINE_CHARACTERS = 1_000_000;

/** The lines of a text that are not blank, with their numbers. */
export async function* textLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<{ line: number; text: string }> {
  let pending = '';
  let line = 0;
  for await (const part of decodeText(bytes)) {
    pending += part;
    const lines = pending.split('\n');
    pending = lines.pop() ?? '';
    for (const each of lines) {
      line++;
      checkLength(each, line);
      if (each.trim() !== '') yield { line, text: each.replace(/\r$/, '') };
    }
    checkLength(pending, line + 1);
  }
  if (pending.trim() !== '') yield { line: line + 1, text: pending.replace(/\r$/, '') };
}

function checkLength(text: string, line: number): void {
  if (text.length <= MAX_LINE_CHARACTERS) return;
  throw new UnreadableFile('TOO_LARGE', `A line must have at most ${MAX_LINE_CHARACTERS} characters.`, line);
}
