import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

export interface Measures {
  readonly bytes: number;
  /** Ends of line: in COPY's text format one a row, for those inside values are escaped. */
  readonly lines: number;
  readonly sha256: string;
}

const END_OF_LINE = 0x0a;

/** Hands on what comes through and measures it. */
export class MeasuringStream extends Transform {
  readonly #hash = createHash('sha256');
  #bytes = 0;
  #lines = 0;

  /** @param onBytes told how many bytes have come through, piece by piece */
  constructor(
    private readonly countLines: boolean,
    private readonly onBytes: (bytes: number) => void = () => undefined,
  ) {
    super();
  }

  override _transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#hash.update(piece);
    this.#bytes += piece.length;
    this.onBytes(this.#bytes);
    if (this.countLines)
      for (let at = piece.indexOf(END_OF_LINE); at >= 0; at = piece.indexOf(END_OF_LINE, at + 1)) this.#lines += 1;
    done(null, piece);
  }

  /** Once, when all has come through. */
  result(): Measures {
    return { bytes: this.#bytes, lines: this.#lines, sha256: this.#hash.digest('hex') };
  }
}
