/** The longest segment has 307 characters, and blanks may follow it. */
const LONGEST_LINE = 1_000;

/** A line of a file whose characters are its bytes, so that positions are what the specification counts. */
export interface FlatLine {
  /** From 1, as a text editor counts. */
  readonly line: number;
  /** Without its end; of a line that is too long the beginning. */
  readonly text: string;
  readonly isTooLong: boolean;
}

/** Lines that end with LF or CR LF, the last one with or without. No more than one line is ever kept. */
export async function* flatLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<FlatLine> {
  let [line, rest, isTooLong] = [1, '', false];
  const finish = (text: string): FlatLine => {
    const finished = { line, text: text.replace(/\r$/, ''), isTooLong };
    [line, rest, isTooLong] = [line + 1, '', false];
    return finished;
  };
  for await (const chunk of bytes) {
    const pieces = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1').split('\n');
    const last = pieces.pop() ?? '';
    for (const piece of pieces) yield finish(keep(piece));
    rest = keep(last);
  }
  if (rest !== '' || isTooLong) yield finish(rest);

  function keep(piece: string): string {
    const whole = rest + piece;
    if (whole.length <= LONGEST_LINE) return whole;
    isTooLong = true;
    return whole.slice(0, LONGEST_LINE);
  }
}
